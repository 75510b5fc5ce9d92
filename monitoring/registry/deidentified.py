"""The lines as they may leave the hospital: de-identified, one number for each line that means nothing elsewhere.

No name, no number of a record, no free text and no date: a day is told as days from the operation, of the operation
itself the year alone. Ages over 89 are one group. Wards are letters. The order is a shuffle, another one each time, so
that neither the place in the file nor its number leads back to a date.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.db.models import CharField, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat, ExtractYear

from monitoring.registry.cohort import VERSION
from monitoring.registry.models import Line

OLDEST_TOLD: Final = 89
OVER_OLDEST: Final = "90+"
AT_A_TIME: Final = 2000

FACTS: Final = (
    "sex", "diagnosis", "procedure", "level_upper", "level_lower", "segments", "symptomatic_side", "coagulopathy",
    "deformity_correction", "departure", "departure_days", "deficit", "onset_days", "ended", "reoperation",
    "reoperation_days", "finding", "grade_at_deficit", "grade_day3", "grade_day7", "relief",
    "good_to_decompression_hours", "minutes_to_alert", "minutes_to_acknowledged", "minutes_to_imaging",
    "minutes_to_theatre", "checks_done", "checks_late",
)  # fmt: skip
"""The columns of a line that leave as they are; spans are rounded."""

HEAD: Final = ("line", "ward", "year", "age", "standing", "source", *FACTS, "definition")
DECIMALS: Final = 2


def rows(lines: QuerySet[Line], letters: Mapping[int, str]) -> Iterator[list[Any]]:
    """The lines, by `HEAD`, through a cursor of the database's: however many, a few thousand are held at a time.

    `lines` have their `standing` (`cohort.lines`); `letters` are the wards' by their ids.
    """
    shuffled = Func(Concat(Value(uuid4().hex), Cast("pk", TextField())), function="md5", output_field=CharField())
    found = (
        lines.annotate(year=ExtractYear("operated_on"), imported=F("brought_by"))
        .order_by(shuffled)
        .values_list("ward", "year", "age", "standing", "imported", *FACTS)
    )
    with transaction.atomic():
        for number, row in enumerate(found.iterator(chunk_size=AT_A_TIME), start=1):
            ward, year, age, standing, imported, *facts = row
            source = "recorded" if imported is None else "imported"
            yield [number, letters[ward], year, age_told(age), standing, source, *map(told, facts), VERSION]


def age_told(age: int) -> int | str:
    return age if age <= OLDEST_TOLD else OVER_OLDEST


def told(fact: Any) -> Any:
    """A fact in a cell: empty where nothing is known, yes or no for what is either."""
    if fact is None:
        return ""
    if isinstance(fact, bool):
        return "yes" if fact else "no"
    return round(fact, DECIMALS) if isinstance(fact, float) else fact
