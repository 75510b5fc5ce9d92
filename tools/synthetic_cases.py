"""Thirty made-up patients with the counts and means of the paper's thirty (protocol §11; its Tables 1, 2 and Fig. 1).

Those of the paper's figures are among them, as far as it tells of them: the 62-year-old of Fig. 2, the 44-year-old of
Fig. 3, the 26-year-old of Fig. 4, and the one with a missing coagulation factor. All else about each is invented.
"""

from __future__ import annotations

from typing import Final, NamedTuple

HERNIATION, STENOSIS, BOTH = "herniation", "stenosis", "herniation_and_stenosis"
SCOLIOSIS, SLIP = "scoliosis", "spondylolisthesis"
SCREW, LOOSE, CAGE = "fixation.malposition", "fixation.loose_screw", "fixation.cage_herniation"
HAEMATOMA, OEDEMA = "epidural_haematoma", "root_oedema"
LIGAMENT = "insufficient_decompression.ossified_ligamentum_flavum"
OTHER_SIDE = "insufficient_decompression.new_weakness_other_side"


class Told(NamedTuple):
    """One case: what was found, on which day the weakness began, who it was, and the strength (MRC) before the second
    operation, on its day 3 and on its day 7."""

    finding: str
    day: int
    sex: str
    age: int
    diagnosis: str
    procedure: str
    upper: str
    lower: str
    before: int
    day3: int
    day7: int
    coagulopathy: bool = False


CASES: Final = (
    Told(SCREW, 3, "F", 62, BOTH, "PLIF", "L3", "S1", 1, 3, 4),
    Told(SCREW, 1, "M", 44, HERNIATION, "PLF", "L3", "L5", 2, 4, 5),
    Told(SCREW, 2, "F", 59, BOTH, "TLIF", "L3", "L5", 1, 3, 4),
    Told(SCREW, 3, "M", 66, BOTH, "PLIF", "L3", "S1", 2, 4, 4),
    Told(SCREW, 3, "F", 73, SCOLIOSIS, "PLF", "T11", "S1", 0, 3, 4),
    Told(SCREW, 4, "F", 65, BOTH, "PLIF", "L2", "L5", 1, 3, 4),
    Told(SCREW, 4, "M", 56, HERNIATION, "TLIF", "L4", "S1", 2, 4, 5),
    Told(SCREW, 5, "F", 76, SCOLIOSIS, "PLF", "T12", "S1", 1, 3, 4),
    Told(LOOSE, 4, "F", 79, SLIP, "PLIF", "L3", "S1", 2, 4, 4),
    Told(LOOSE, 5, "F", 83, STENOSIS, "PLF", "L2", "S1", 1, 3, 4),
    Told(CAGE, 3, "M", 53, BOTH, "TLIF", "L4", "S1", 1, 4, 4),
    Told(HAEMATOMA, 1, "M", 26, SCOLIOSIS, "PLF", "T10", "S1", 1, 3, 4),
    Told(HAEMATOMA, 1, "F", 68, BOTH, "PLIF", "L3", "S1", 0, 2, 4, coagulopathy=True),
    Told(HAEMATOMA, 1, "F", 72, STENOSIS, "PLIF", "L2", "L5", 1, 3, 4),
    Told(HAEMATOMA, 1, "M", 82, STENOSIS, "PLF", "L2", "S1", 0, 2, 4),
    Told(HAEMATOMA, 1, "F", 61, BOTH, "TLIF", "L3", "L5", 2, 4, 5),
    Told(HAEMATOMA, 2, "F", 67, BOTH, "PLIF", "L3", "S1", 1, 3, 4),
    Told(HAEMATOMA, 2, "M", 74, SCOLIOSIS, "PLF", "T10", "ilium", 0, 2, 4),
    Told(HAEMATOMA, 2, "F", 56, HERNIATION, "TLIF", "L4", "S1", 1, 4, 5),
    Told(HAEMATOMA, 2, "F", 83, BOTH, "PLF", "L1", "L5", 1, 3, 4),
    Told(LIGAMENT, 1, "M", 66, SCOLIOSIS, "PLF", "T10", "S1", 0, 3, 4),
    Told(LIGAMENT, 2, "F", 69, SCOLIOSIS, "PLF", "T11", "S1", 1, 3, 4),
    Told(OTHER_SIDE, 3, "F", 55, BOTH, "PLIF", "L3", "S1", 2, 4, 5),
    Told(OTHER_SIDE, 3, "M", 59, HERNIATION, "TLIF", "L2", "L5", 1, 3, 4),
    Told(OTHER_SIDE, 4, "F", 65, BOTH, "PLIF", "L3", "S1", 2, 4, 4),
    Told(OEDEMA, 3, "F", 47, HERNIATION, "PLIF", "L3", "L5", 2, 4, 5),
    Told(OEDEMA, 3, "M", 53, SLIP, "TLIF", "L3", "S1", 1, 3, 4),
    Told(OEDEMA, 5, "F", 65, STENOSIS, "PLF", "L1", "S1", 1, 4, 4),
    Told(OEDEMA, 5, "M", 47, HERNIATION, "PLIF", "L2", "S1", 2, 4, 4),
    Told(OEDEMA, 8, "M", 56, SCOLIOSIS, "PLF", "T12", "S1", 1, 3, 4),
)
