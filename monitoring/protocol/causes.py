"""The likely cause, as information that no rule uses (protocol §8, from the paper's Table 2)."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from monitoring.protocol.events import Operation

DAY = timedelta(days=1)
FIRST_DAY = 1.0
LAST_DAY = 9.0
LOWEST_PERCENT = 1
HIGHEST_PERCENT = 97


class CauseInPaper(NamedTuple):
    """A cause in the paper's Table 2: how many patients, and the mean and SD of the days to onset."""

    cause: str
    patients: int
    mean: float
    sd: float


class Predictive(NamedTuple):
    """Where a further patient's onset is looked for: Student's *t* with so many degrees of freedom, in days."""

    centre: float
    scale: float
    degrees: int


PAPER = (
    CauseInPaper("fixation", 11, 3.4, 1.2),
    CauseInPaper("epidural_haematoma", 9, 1.4, 0.5),
    CauseInPaper("insufficient_decompression", 5, 2.6, 1.1),
    CauseInPaper("root_oedema", 5, 4.8, 2.0),
)


@dataclass(frozen=True, slots=True)
class Cause:
    """A likely cause and its share in percent, 1 to 97."""

    cause: str
    percent: int

    def to_json(self) -> dict[str, Any]:
        return {"cause": self.cause, "percent": self.percent}


def likely_causes(operation: Operation, seen_at: datetime) -> tuple[Cause, ...]:
    """Protocol §8: given "after an `index` operation, for *d* ≤ 9"; highest weight first."""
    days = max((seen_at - operation.at) / DAY, FIRST_DAY)
    if operation.kind != "index" or days > LAST_DAY:
        return ()
    weights = {cause.cause: weight(cause, days) for cause in PAPER}
    total = sum(weights.values())
    ranked = sorted(weights, key=lambda cause: -weights[cause])
    return tuple(Cause(cause, percent(weights[cause] / total)) for cause in ranked)


def weight(cause: CauseInPaper, days: float) -> float:
    """Protocol §8: "*n* times the density at *d* of the predictive *t* distribution"."""
    centre, scale, degrees = predictive(cause)
    return cause.patients * student_t_density((days - centre) / scale, degrees) / scale


def predictive(cause: CauseInPaper) -> Predictive:
    """Protocol §8: "with *n* − 1 degrees of freedom, centre *m*, scale *s*·√(1 + 1/*n*): few patients, wide tails"."""
    return Predictive(cause.mean, cause.sd * math.sqrt(1 + 1 / cause.patients), cause.patients - 1)


def student_t_density(t: float, degrees: int) -> float:
    """The density of Student's t distribution."""
    peak = math.gamma((degrees + 1) / 2) / (math.sqrt(degrees * math.pi) * math.gamma(degrees / 2))
    return peak * math.pow(1 + t * t / degrees, -(degrees + 1) / 2)


def percent(share: float) -> int:
    """Protocol §8: "rounded to a whole number (Python's `round`) and kept within 1–97"."""
    return min(max(round(100 * share), LOWEST_PERCENT), HIGHEST_PERCENT)
