"""Files of past operations, as hospitals send them: what they say, and what is wrong with them."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

from monitoring.registry.columns import COLUMNS

NAMES = [column.name for column in COLUMNS]
ORDINARY = {
    "ward": "7b",
    "operated_on": "2016-03-07",
    "sex": "F",
    "age": "62",
    "diagnosis": "stenosis",
    "procedure": "PLIF",
    "level_upper": "L3",
    "level_lower": "S1",
    "departure": "home",
    "departure_days": "14",
    "deficit": "none",
    "reoperation": "none",
}
CASE = ORDINARY | {
    "deficit": "severe",
    "onset_days": "3",
    "ended": "explored",
    "reoperation": "deficit",
    "reoperation_days": "3.5",
    "finding": "fixation.malposition",
    "grade_at_deficit": "0",
    "grade_day3": "3",
    "grade_day7": "4",
    "relief": "yes",
}


def row(key: str = "2016-1", **said: str) -> dict[str, str]:
    """An ordinary operation, but for these cells."""
    return {"case_key": key} | ORDINARY | said


def case(key: str = "2016-1", **said: str) -> dict[str, str]:
    return {"case_key": key} | CASE | said


def text(*rows: dict[str, str], names: list[str] | None = None, separator: str = ",") -> str:
    out = StringIO()
    writer = csv.DictWriter(out, names or NAMES, restval="", delimiter=separator, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def file(*rows: dict[str, str]) -> BytesIO:
    return BytesIO(text(*rows).encode())
