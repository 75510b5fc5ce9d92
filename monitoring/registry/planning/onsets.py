"""The deficits that are simulated: drawn once, and the same under every schedule (common random numbers).

Only `Random.random` is asked, whose numbers Python promises never to change; what is made of them is made here.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import accumulate
from random import Random
from typing import NamedTuple

from monitoring.protocol.causes import LAST_DAY, CauseInPaper, predictive

STEPS = 5
"""Those of `Ladder`."""
DAY = 24 * 60  # minutes


class Deficit(NamedTuple):
    """One deficit. `depth` and `luck` are uniform on [0, 1) and (0, 1]: how deep, and how many looks miss it."""

    cause: str
    onset: float
    """Minutes after the index operation's end."""
    depth: float
    luck: float
    normals: tuple[float, ...]
    """A standard normal draw for each step of the ladder."""

    def looks_that_miss_it(self, missed: float) -> int:
        """How many in a row, where each does with that probability, independently of the others."""
        return 0 if missed == 0 else math.floor(math.log(self.luck) / math.log(missed))


@lru_cache(maxsize=4)
def deficits_of(causes: tuple[CauseInPaper, ...], count: int, seed: int) -> tuple[Deficit, ...]:
    """So many deficits. What a plan says of schedules, looks and ladder changes none of these draws."""
    random = Random(seed)
    limits = list(accumulate(cause.patients for cause in causes))
    return tuple(_deficit(random, causes, limits) for _ in range(count))


def _deficit(random: Random, causes: tuple[CauseInPaper, ...], limits: list[int]) -> Deficit:
    place = random.random() * limits[-1]
    cause = next(cause for cause, limit in zip(causes, limits, strict=True) if place < limit)
    return Deficit(
        cause.cause,
        onset_days(random, cause) * DAY,
        depth=random.random(),
        luck=1 - random.random(),
        normals=tuple(normal(random) for _ in range(STEPS)),
    )


def onset_days(random: Random, cause: CauseInPaper) -> float:
    """Days of the protocol's predictive distribution (§8), drawn again until they lie within (0, 9], as the paper's."""
    centre, scale, degrees = predictive(cause)
    while True:
        days = centre + scale * student_t(random, degrees)
        if 0 < days <= LAST_DAY:
            return days


def student_t(random: Random, degrees: int) -> float:
    """A draw from Student's t distribution, by the polar method of Bailey (Math. Comp. 62, 1994)."""
    x, w = _in_the_disc(random)
    return x * math.sqrt(degrees * (math.pow(w, -2 / degrees) - 1) / w)


def normal(random: Random) -> float:
    """A draw from the standard normal distribution, by the polar method of Marsaglia."""
    x, w = _in_the_disc(random)
    return x * math.sqrt(-2 * math.log(w) / w)


def _in_the_disc(random: Random) -> tuple[float, float]:
    """A point of the unit disc, as its first coordinate and its squared distance from the middle."""
    while True:
        x, y = 2 * random.random() - 1, 2 * random.random() - 1
        w = x * x + y * y
        if 0 < w < 1:
            return x, w
