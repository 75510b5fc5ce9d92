"""What the paper published, as it published it (protocol §11): data, nothing computed from them.

One hospital's posterior lumbar fusions of 2009 to 2018, looked back upon. What in it does not add up is computed in
`monitoring.registry.contradictions`. Percentages and p values are the printed characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from monitoring.pathway.vocabulary import Finding
from monitoring.protocol.causes import PAPER, CauseInPaper
from wards.models import Operation, Patient

Counts = Mapping[str, int]

YEARS: Final = (2009, 2018)
OPERATIONS: Final = 4078
CASES: Final = 30
"""Operated again for weakness."""

# Table 1, of the cases

SEX: Final[Counts] = MappingProxyType({Patient.Sex.FEMALE.value: 18, Patient.Sex.MALE.value: 12})
AGE: Final = (62.9, 12.7)
"""Mean and SD in years."""
DIAGNOSES: Final[Counts] = MappingProxyType(
    {
        Operation.Diagnosis.HERNIATION.value: 6,
        Operation.Diagnosis.STENOSIS.value: 4,
        Operation.Diagnosis.HERNIATION_AND_STENOSIS.value: 11,
        Operation.Diagnosis.SCOLIOSIS.value: 7,
        Operation.Diagnosis.SPONDYLOLISTHESIS.value: 2,
    }
)
SEGMENTS: Final[Counts] = MappingProxyType({"2": 7, "3": 11, "4": 4, "5": 1, ">5": 7})

# The causes, Fig. 1 and the text

CAUSES: Final = PAPER
"""In the order of Table 2: patients, mean and SD of the days to onset. The protocol's likely cause rests on them."""
CAUSE_COUNTS: Final[Counts] = MappingProxyType({cause.cause: cause.patients for cause in CAUSES})
FINDINGS: Final[Counts] = MappingProxyType(
    {
        Finding.MALPOSITION.value: 8,
        Finding.LOOSE_SCREW.value: 2,
        Finding.CAGE_HERNIATION.value: 1,
        Finding.EPIDURAL_HAEMATOMA.value: 9,
        Finding.OSSIFIED_LIGAMENT.value: 2,
        Finding.OTHER_SIDE.value: 3,
        Finding.ROOT_OEDEMA.value: 5,
    }
)

# Table 2: the days from the operation to the weakness

COMPARED_WITH: Final = "root_oedema"
"""The group whose onset the others' were tested against, by "the Wilcoxon-Mann-Whitney test"."""


@dataclass(frozen=True, slots=True)
class PublishedOnset:
    """A row of Table 2. `p` as published, None of the group that the others are compared with."""

    n: int
    mean: float
    sd: float
    p: str | None


PUBLISHED_P: Final[Mapping[str, str]] = MappingProxyType(
    {"fixation": "0.238", "epidural_haematoma": "0.026", "insufficient_decompression": "0.079"}
)


def _published(cause: CauseInPaper) -> PublishedOnset:
    return PublishedOnset(cause.patients, cause.mean, cause.sd, PUBLISHED_P.get(cause.cause))


ONSET: Final[Mapping[str, PublishedOnset]] = MappingProxyType({cause.cause: _published(cause) for cause in CAUSES})
ONSET_WHOLE: Final = (2.9, 1.7)
"""Mean and SD over all cases."""
ONSET_RANGE: Final = (1, 9)
"""The first and the last day."""

# Strength after the second operation

RELIEVED: Final = 27


@dataclass(frozen=True, slots=True)
class PublishedGrades:
    """So many patients at MRC grade `low` to `high`."""

    low: int
    high: int
    patients: int


DAY3: Final = (PublishedGrades(2, 2, 3), PublishedGrades(3, 4, 27))
"""The three at grade 2 "had had epidural hematomas"."""
DAY7: Final = (PublishedGrades(4, 5, 30),)
""""By the seventh day, all patients were recorded as grade 4"; the three "grade 4 or normal"."""

# Percentages, as printed


@dataclass(frozen=True, slots=True)
class PublishedShare:
    """`percent` is printed for `k` of `n`."""

    what: str
    k: int
    n: int
    percent: str


SHARES: Final = (
    PublishedShare("incidence", CASES, OPERATIONS, "0.74"),
    PublishedShare("men", SEX[Patient.Sex.MALE], CASES, "40"),
    PublishedShare("women", SEX[Patient.Sex.FEMALE], CASES, "60"),
    PublishedShare("fixation", CAUSE_COUNTS["fixation"], CASES, "36"),
    PublishedShare("epidural_haematoma", CAUSE_COUNTS["epidural_haematoma"], CASES, "30"),
    PublishedShare("insufficient_decompression", CAUSE_COUNTS["insufficient_decompression"], CASES, "17"),
    PublishedShare("root_oedema", CAUSE_COUNTS["root_oedema"], CASES, "17"),
    PublishedShare("relief", RELIEVED, CASES, "90"),
)

# The patients of Figs. 2 to 4, and who was to be counted


@dataclass(frozen=True, slots=True)
class IllustratedPatient:
    """`grade` is the strength that was left `day` days after the operation; `cause` what was found."""

    figure: str
    age: int
    sex: str
    cause: str
    day: int
    grade: int


ILLUSTRATED: Final = (
    IllustratedPatient("2", 62, Patient.Sex.FEMALE.value, "fixation", 3, 1),
    IllustratedPatient("3", 44, Patient.Sex.MALE.value, "fixation", 1, 2),
    IllustratedPatient("4", 26, Patient.Sex.MALE.value, "epidural_haematoma", 1, 1),
)
DECLINED_BY_MORE_THAN: Final = 3
""""Declined by more than three grades" is criterion 1."""
FELL_TO: Final = (0, 1)
""""Declined suddenly to grade 0 or 1" is criterion 2."""
