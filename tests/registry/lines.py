"""Lines of the registry for tests, brought in by one import of each ward."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from monitoring.registry.models import Import, Line
from wards.models import Staff, Ward

_numbers = count(1)
USUAL: dict[str, Any] = {
    "operated_on": date(2014, 3, 7),
    "sex": "F",
    "age": 61,
    "diagnosis": "stenosis",
    "procedure": "PLIF",
    "level_upper": "L3",
    "level_lower": "L5",
    "segments": 2,
    "departure": "home",
    "departure_days": 10.0,
}
CASE: dict[str, Any] = {
    "deficit": "severe",
    "onset_days": 2.0,
    "ended": "explored",
    "reoperation": "deficit",
    "reoperation_days": 2.5,
    "finding": "epidural_haematoma",
    "grade_at_deficit": 1,
    "grade_day3": 3,
    "grade_day7": 4,
    "relief": True,
}


def brought(by: Staff) -> Import:
    return Import.objects.create(source="the theatre book", digest=f"{next(_numbers):064x}", rows=1, imported_by=by)


def line(ward: Ward, by: Import, **facts: Any) -> Line:
    """One imported line, ordinary but for these facts."""
    return Line.objects.create(ward=ward, brought_by=by, case_key=f"k{next(_numbers)}", **(USUAL | facts))
