"""The demo's patients, as a ward list. Nobody here exists; three follow the illustrated cases of the paper (Figs 2–4).

All times are hours after the end of the first operation, and negative before it. `course` says what a look found where
that differs from grade 5 everywhere, then perhaps a note; looks in between are rounds that find the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FULL = ""  # grade 5 everywhere: nothing differs


@dataclass(frozen=True, slots=True)
class Surgery:
    """An operation; `side` is where the symptoms were before it."""

    procedure: str
    upper: str
    lower: str
    diagnosis: str
    side: Literal["left", "right", "both", "none"]
    ended: float = 0
    took: float = 3.2
    kind: Literal["index", "secondary"] = "index"
    coagulopathy: bool = False
    deformity: bool = False


@dataclass(frozen=True, slots=True)
class Dose:
    """Conservative treatment started."""

    at: float
    kind: Literal["rest", "mannitol", "methylprednisolone"]
    dose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imaged:
    """An imaging study, and what it showed (`pathway.vocabulary`)."""

    modality: Literal["CT", "MRI", "XRAY"]
    requested: float
    done: float
    reported: float
    accession: str
    finding: str
    level: str
    side: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Explored:
    """What the last operation, for a deficit, was planned for and found; and its drain, with the ml of each reading."""

    planned: float
    theatre: str
    finding: str
    level: str
    side: str
    text: str
    drain: str
    readings: Mapping[float, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPatient:
    """One patient. `since` is how long ago the first operation ended; `home` from when to when they were discharged.

    `rounds_until`: the nurse was kept away after that. `slips`: what was typed first, then corrected to the course.
    `closed`: the outcome and words with which the surgeon closed the alert.
    """

    bed: str
    family: str
    given: str
    sex: Literal["F", "M"]
    age: int
    birthday: tuple[int, int]
    record_number: str
    surgeries: tuple[Surgery, ...] = ()
    since: float = 0
    baseline: str | None = FULL
    course: Mapping[float, str] = field(default_factory=dict)
    treatment: tuple[Dose, ...] = ()
    imaged: tuple[Imaged, ...] = ()
    explored: Explored | None = None
    home: tuple[float, float] | None = None
    rounds_until: float | None = None
    slips: Mapping[float, str] = field(default_factory=dict)
    acknowledged_by: str = ""
    accepted: bool = False
    closed: tuple[str, str] | None = None
    ward: str = "7B"
    surgeon: str = "sam"


PAPER_FIG_2 = DemoPatient(
    bed="01", family="Hargreaves", given="Margaret", sex="F", age=62, birthday=(3, 7), record_number="4417203",
    surgeries=(Surgery("PLIF", "L3", "S1", "stenosis", "left"),),
    since=71.8,
    course={71.6: "L2 left 1 — Pain in the front of the left thigh; cannot lift the leg off the bed."},
)  # fmt: skip

PAPER_FIG_3 = DemoPatient(
    bed="02", family="Okafor", given="Daniel", sex="M", age=44, birthday=(11, 21), record_number="4420518",
    surgeries=(Surgery("PLF", "L3", "L5", "herniation", "left"),),
    since=25.1,
    course={
        24.0: "L4 left 2 — Left big toe feels numb.",
        24.4: "L4 left 2",
        24.8: "L4 left 2 — No change so far under treatment.",
    },
    treatment=(
        Dose(24.3, "rest"),
        Dose(24.3, "methylprednisolone", "500 mg IV"),
        Dose(24.35, "mannitol", "20 %, 250 ml IV"),
    ),
    acknowledged_by="ben", accepted=True,
)  # fmt: skip

PAPER_FIG_4 = DemoPatient(
    bed="03", family="Reyes", given="Mateo", sex="M", age=26, birthday=(6, 30), record_number="4398871",
    surgeries=(
        Surgery("PLF", "T11", "L5", "other", "none", took=6.5, deformity=True),
        Surgery("other", "L1", "L3", "other", "right", ended=26.4, took=1.4, kind="secondary", deformity=True),
    ),
    since=72.6,
    course={
        24.0: "L2 right 1 — Right leg numb.",
        24.5: "L2 right 1 — MRI: epidural haematoma behind L2. To theatre.",
        26.7: "L2 right 2 — Haematoma removed; says the numbness is going.",
        30.4: "L2 right 3",
        54.4: "L2 right 4",
    },
    imaged=(
        Imaged(
            modality="MRI", requested=24.1, done=24.4, reported=24.5, accession="MR-2209-4471",
            finding="epidural_haematoma", level="L2", side="right", text="Haematoma behind L2 on the right root.",
        ),
    ),
    explored=Explored(
        planned=24.6, theatre="Theatre 2.", finding="epidural_haematoma", level="L2", side="right",
        text="Clot behind L2 taken out, the right root is free.",
        drain="1", readings={30.4: 45, 38.4: 60, 46.4: 40, 54.4: 25, 62.4: 15, 70.4: 10},
    ),
    closed=("explored", "Epidural haematoma behind L2 removed; recovering."),
)  # fmt: skip

SPINE_WARD = (
    PAPER_FIG_2,
    PAPER_FIG_3,
    PAPER_FIG_4,
    DemoPatient(
        bed="04", family="王 (Wang)", given="秀英 (Xiuying)", sex="F", age=71, birthday=(1, 15),
        record_number="4411960",
        surgeries=(Surgery("TLIF", "L4", "L5", "herniation_and_stenosis", "right"),),
        since=99.4,
    ),
    DemoPatient(  # the last round was missed
        bed="05", family="Kowalczyk", given="Zbigniew", sex="M", age=68, birthday=(9, 2), record_number="4415527",
        surgeries=(Surgery("PLIF", "L3", "L5", "stenosis", "both"),),
        since=42.2, rounds_until=37,
    ),
    DemoPatient(  # to be operated tomorrow: not watched yet
        bed="06", family="Lindgren", given="Astrid", sex="F", age=57, birthday=(4, 18), record_number="4423004",
        baseline="L5 left 4", surgeon="ines",
    ),
    DemoPatient(  # came at night from another hospital: nobody looked before the operation
        bed="07", family="Al-Rashid", given="Yusuf", sex="M", age=49, birthday=(12, 5), record_number="4422871",
        surgeries=(Surgery("PLF", "L2", "L4", "herniation", "both"),),
        since=17.3, baseline=None, surgeon="ines",
    ),
    DemoPatient(
        bed="08", family="Ferreira", given="Luísa", sex="F", age=66, birthday=(8, 24), record_number="4422390",
        surgeries=(Surgery("TLIF", "L4", "S1", "stenosis", "left"),),
        since=5.4,
        course={0.25: "L2 left block, L3 left block — Femoral nerve block from theatre still dense."},
        surgeon="ines",
    ),
    DemoPatient(
        bed="09", family="McAllister", given="Hamish", sex="M", age=74, birthday=(2, 11), record_number="4406158",
        surgeries=(Surgery("PLIF", "L4", "L5", "stenosis", "right", coagulopathy=True),),
        since=130.1,
        baseline="L4 left amputation, L5 left amputation, S1 left amputation — Below the knee, 2019.",
        course={0.25: "L4 left amputation, L5 left amputation, S1 left amputation"},
    ),
    DemoPatient(
        bed="10", family="Nguyễn", given="Thị Hương", sex="F", age=59, birthday=(10, 9), record_number="4413388",
        surgeries=(Surgery("TLIF", "L5", "S1", "spondylolisthesis", "right"),),
        since=55.1,
        course=dict.fromkeys((52.0, 52.5, 53.0, 53.5, 54.1), "L5 right 4"),
        surgeon="ines",
    ),
    DemoPatient(
        bed="11", family="Rosenberg", given="Abel", sex="M", age=70, birthday=(5, 27), record_number="4419642",
        surgeries=(Surgery("PLF", "T10", "ilium", "scoliosis", "right", took=7.8, deformity=True),),
        since=30.2,
        course={28.0: FULL, 29.3: "L4 right 3", 29.8: "L4 right 3 — Ward doctor called."},
    ),
    DemoPatient(  # went home on day 6, came back two days later with calf pain: the same episode goes on
        bed="12", family="Adeyemi", given="Folasade", sex="F", age=53, birthday=(7, 16), record_number="4402231",
        surgeries=(Surgery("PLIF", "L4", "L5", "herniation", "right"),),
        since=217.5, home=(150, 211.5),
        course={212.0: " — Readmitted with calf pain; strength is full."},
    ),
    DemoPatient(
        bed="13", family="Featherstonehaugh-Cholmondeley", given="Alexandrina Wilhelmina", sex="F", age=81,
        birthday=(12, 30), record_number="4422756",
        surgeries=(Surgery("PLIF", "L2", "S1", "herniation_and_stenosis", "both", took=4.6),),
        since=8.5,
    ),
    DemoPatient(
        bed="14", family="Iversen", given="Jonas", sex="M", age=38, birthday=(3, 29), record_number="4414090",
        surgeries=(Surgery("TLIF", "L5", "S1", "spondylolisthesis", "left"),),
        since=50.6,
        course={20.0: FULL}, slips={20.0: "S1 left 0"},
    ),
)  # fmt: skip

NEIGHBOURING_WARD = (
    DemoPatient(
        ward="8C", surgeon="ines",
        bed="02", family="Mbeki", given="Thandiwe", sex="F", age=47, birthday=(9, 19), record_number="4418815",
        surgeries=(Surgery("TLIF", "L4", "L5", "herniation", "left"),),
        since=31.2,
    ),
    DemoPatient(
        ward="8C", surgeon="ines",
        bed="04", family="O’Sullivan", given="Ciarán", sex="M", age=64, birthday=(1, 31), record_number="4421177",
        surgeries=(Surgery("PLIF", "L4", "S1", "stenosis", "both"),),
        since=13.1,
    ),
)  # fmt: skip

PATIENTS = SPINE_WARD + NEIGHBOURING_WARD
