"""The paper's tables of any cohort: incidence, Table 1, causes (Fig. 1), Table 2, strength. Pure.

What cannot be estimated says so and why; nothing is guessed, and an unknown value is counted as unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from monitoring.pathway.vocabulary import Finding
from monitoring.registry import paper
from monitoring.registry.cohort import SEGMENTS, Standing, segments_name
from monitoring.registry.queries import CaseRow, operations
from monitoring.registry.statistics.categories import chi_square_or_fisher
from monitoring.registry.statistics.estimates import NotEstimable
from monitoring.registry.statistics.proportions import Proportion, proportion
from monitoring.registry.statistics.ranks import Comparison, Pairs, kruskal, mann_whitney, pairwise
from monitoring.registry.statistics.spread import Spread, spread
from wards.models import Operation, Patient

AGAINST: Final = "root_oedema"
"""The group that the paper's Table 2 compares the others with."""

CAUSES: Final = tuple(cause.cause for cause in paper.CAUSES)
GRADES: Final = (0, 1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Block:
    """The cases by one characteristic. `counts` has every category, in order, those without a case too.

    `beside_paper` asks whether the two hospitals' counts could come from one population.
    """

    counts: Mapping[str, int]
    beside_paper: Comparison | NotEstimable

    @property
    def cases(self) -> int:
        return sum(self.counts.values())

    def share(self, category: str) -> Proportion | NotEstimable:
        return proportion(self.counts[category], self.cases)


@dataclass(frozen=True, slots=True)
class Onset:
    """The days to onset of one cause, and whether they differ from those of root oedema (None: that group itself)."""

    spread: Spread | NotEstimable
    unknown: int
    against: Comparison | NotEstimable | None


@dataclass(frozen=True, slots=True)
class Onsets:
    """Table 2. `days` are the known days of each cause; `omnibus` asks whether any cause differs, `pairs` which."""

    days: Mapping[str, Sequence[float]]
    whole: Spread | NotEstimable
    causes: Mapping[str, Onset]
    omnibus: Comparison | NotEstimable
    pairs: Pairs | NotEstimable


@dataclass(frozen=True, slots=True)
class Strength:
    """The cases by MRC grade at the deficit, on day 3 and on day 7 after the re-operation; None: not known.

    `relief` is of those of whom it is known.
    """

    at_deficit: Mapping[int | None, int]
    day3: Mapping[int | None, int]
    day7: Mapping[int | None, int]
    relief: Proportion | NotEstimable
    relief_unknown: int


@dataclass(frozen=True, slots=True)
class Study:
    """All of it, of one cohort."""

    flow: Mapping[Standing, int]
    incidence: Proportion | NotEstimable
    sex: Block
    age: Spread | NotEstimable
    diagnosis: Block
    segments: Block
    causes: Block
    findings: Mapping[str, int]
    onsets: Onsets
    strength: Strength

    @property
    def operations(self) -> int:
        return operations(self.flow)

    @property
    def cases(self) -> int:
        return self.flow[Standing.CASE]


def study_of(flow: Mapping[Standing, int], cases: Sequence[CaseRow]) -> Study:
    """The tables of a cohort from its flow and its cases."""
    findings = Counter(row.finding for row in cases)
    return Study(
        flow=flow,
        incidence=proportion(flow[Standing.CASE], operations(flow)),
        sex=_block((row.sex for row in cases), Patient.Sex.values, paper.SEX),
        age=spread([row.age for row in cases]),
        diagnosis=_block((row.diagnosis for row in cases), Operation.Diagnosis.values, paper.DIAGNOSES),
        segments=_block((segments_name(row.segments) for row in cases), SEGMENTS, paper.SEGMENTS),
        causes=_block((cause_of(row) for row in cases), (*CAUSES, *NO_CAUSE), paper.CAUSE_COUNTS),
        findings={finding: findings[finding] for finding in Finding.values},
        onsets=onsets_of(cases),
        strength=_strength(cases),
    )


UNKNOWN: Final = "unknown"
NO_CAUSE: Final = (Finding.NONE_FOUND.value, UNKNOWN)
"""What a re-operation may come to beside the paper's four causes."""


def cause_of(row: CaseRow) -> str:
    """One of the four causes, "none_found", or "unknown" where nobody recorded what was found."""
    return Finding(row.finding).cause if row.finding else UNKNOWN


def _block(values: Iterable[str], categories: Iterable[str], published: Mapping[str, int]) -> Block:
    counted = Counter(values)
    counts = {category: counted[category] for category in categories}
    table = [[counts[category], published.get(category, 0)] for category in counts]
    return Block(counts, chi_square_or_fisher(table))


def onsets_of(cases: Sequence[CaseRow]) -> Onsets:
    """Table 2 of these cases. The order of the causes is the paper's."""
    days = {cause: [row.onset_days for row in cases if cause_of(row) == cause] for cause in CAUSES}
    known = {cause: [day for day in some if day is not None] for cause, some in days.items()}
    causes = {
        cause: Onset(
            spread(known[cause]),
            len(days[cause]) - len(known[cause]),
            None if cause == AGAINST else mann_whitney(known[cause], known[AGAINST]),
        )
        for cause in CAUSES
    }
    whole = spread([row.onset_days for row in cases if row.onset_days is not None])
    return Onsets(known, whole, causes, kruskal(list(known.values())), pairwise(known))


def _strength(cases: Sequence[CaseRow]) -> Strength:
    told = [row.relief for row in cases if row.relief is not None]
    return Strength(
        at_deficit=_by_grade(row.grade_at_deficit for row in cases),
        day3=_by_grade(row.grade_day3 for row in cases),
        day7=_by_grade(row.grade_day7 for row in cases),
        relief=proportion(told.count(True), len(told)),
        relief_unknown=len(cases) - len(told),
    )


def _by_grade(grades: Iterable[int | None]) -> dict[int | None, int]:
    counted = Counter(grades)
    return {grade: counted[grade] for grade in (*GRADES, None)}
