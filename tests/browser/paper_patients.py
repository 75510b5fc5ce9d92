"""The paper's three illustrated patients (figures 2, 3 and 4): what happened to each, in the words of its forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitoring.demo.patients import PAPER_FIG_2, PAPER_FIG_3, PAPER_FIG_4, DemoPatient, Surgery


@dataclass(frozen=True)
class Case:
    """One of the three: what fell, what imaging and the re-operation found, and how strength came back.

    `course` is the muscle's grade by the day after the re-operation, from that of the first check on; `relief` as the
    paper counts it, by day 3.
    """

    patient: DemoPatient
    muscle: str
    words: str
    after_hours: int
    fell_to: int
    complaint: str
    modality: str
    finding: str
    side: str
    level: str
    seen: str
    reason: str
    reoperation: Surgery
    done: str
    course: Mapping[int, int]
    relief: str

    def grades(self, grade: int) -> dict[str, int]:
        return {self.muscle: grade}

    def as_sent(self, grade: int) -> dict[str, str]:
        """The same by the form's field, for the rounds."""
        side, myotome = self.muscle.split("_")
        return {f"{myotome.lower()}_{side}": str(grade)}


FIG_2 = Case(
    PAPER_FIG_2,
    muscle="left_L2",
    words="L2 left",
    after_hours=71,
    fell_to=1,
    complaint="Pain in the front of the left thigh; cannot lift the leg off the bed.",
    modality="CT",
    finding="fixation.malposition",
    side="left",
    level="L3",
    seen="The left L3 pedicle screw intrudes the inner pedicle wall.",
    reason="A screw presses on the left root: it comes out now.",
    reoperation=Surgery("other", "L3", "L3", "stenosis", "left", took=1.3, kind="secondary"),
    done="Left L3 pedicle screw removed; the root is free.",
    course={0: 2, 1: 2, 2: 3, 3: 3, 5: 4, 7: 4},
    relief="yes",
)
FIG_3 = Case(
    PAPER_FIG_3,
    muscle="left_L4",
    words="L4 left",
    after_hours=23,
    fell_to=2,
    complaint="Left big toe feels numb.",
    modality="CT",
    finding="fixation.malposition",
    side="left",
    level="L4",
    seen="The left L4 pedicle screw has entered the spinal canal.",
    reason="No better after an hour of treatment, and a screw in the canal.",
    reoperation=Surgery("other", "L4", "L4", "herniation", "left", took=1.1, kind="secondary"),
    done="Left L4 pedicle screw adjusted; X-ray shows it in place.",
    course={0: 3, 1: 3, 2: 4, 3: 4, 6: 5, 7: 5},
    relief="yes",
)
FIG_4 = Case(
    PAPER_FIG_4,
    muscle="right_L2",
    words="L2 right",
    after_hours=22,
    fell_to=1,
    complaint="Right leg numb.",
    modality="MRI",
    finding="epidural_haematoma",
    side="right",
    level="L2",
    seen="Epidural haematoma behind the L2 vertebral body.",
    reason="A haematoma compresses the dural sac: evacuate it now.",
    reoperation=Surgery("other", "L1", "L3", "other", "none", took=1.4, kind="secondary", deformity=True),
    done="Epidural haematoma behind L2 removed, drain placed.",
    course={0: 1, 1: 2, 3: 2, 4: 3, 6: 4, 7: 4},  # one of the three haematomas at grade 2 on day 3 ("Results")
    relief="no",
)
