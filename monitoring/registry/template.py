"""What somebody begins an import with: the names of the columns, and three operations that never were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from monitoring.registry.cells import EXAMPLE
from monitoring.registry.columns import COLUMNS

HEAD: Final = tuple(column.name for column in COLUMNS)

UNEVENTFUL: Final = {
    "operated_on": "2016-03-07",
    "sex": "M",
    "age": "58",
    "diagnosis": "stenosis",
    "procedure": "TLIF",
    "level_upper": "L4",
    "level_lower": "L5",
    "symptomatic_side": "right",
    "coagulopathy": "no",
    "deformity_correction": "no",
    "departure": "home",
    "departure_days": "10",
    "deficit": "none",
    "reoperation": "none",
}
AMELIORATED: Final = {
    "operated_on": "2016-04-12",
    "sex": "F",
    "age": "71",
    "diagnosis": "herniation_and_stenosis",
    "procedure": "PLIF",
    "segments": "2",
    "departure": "home",
    "departure_days": "14",
    "deficit": "severe",
    "onset_days": "2",
    "ended": "ameliorated",
    "reoperation": "none",
    "grade_at_deficit": "1",
}
CASE: Final = {column.name: column.example for column in COLUMNS}


def template_rows(ward: str) -> Iterator[list[str]]:
    """An operation after which all went well, a deficit that got better by itself, and a case. The import refuses
    their numbers, so that none is left among real ones.
    """
    for number, example in enumerate((UNEVENTFUL, AMELIORATED, CASE), start=1):
        row = example | {"case_key": f"{EXAMPLE}-{number}", "ward": ward}
        yield [row.get(name, "") for name in HEAD]
