"""What the columns of the registry are called in the history of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

REGISTRY: dict[str, StrPromise] = {
    "age": lazy("age at the operation"),
    "brought_by": lazy("imported with"),
    "case_key": lazy("number in the study"),
    "checks_done": lazy("checks done"),
    "checks_late": lazy("checks that came late"),
    "counts": lazy("counts"),
    "deficit": lazy("deficit"),
    "departure_days": lazy("days until the patient left"),
    "digest": lazy("the file’s digest"),
    "ended": lazy("how the deficit ended"),
    "good_to_decompression_hours": lazy("hours from the last good check to the operation’s end"),
    "grade_at_deficit": lazy("lowest grade at the deficit"),
    "grade_day3": lazy("lowest grade on day 3"),
    "grade_day7": lazy("lowest grade on day 7"),
    "imported_at": lazy("imported at"),
    "imported_by": lazy("imported by"),
    "made_at": lazy("put together at"),
    "minutes_to_acknowledged": lazy("minutes until it was acknowledged"),
    "minutes_to_alert": lazy("minutes until the alert"),
    "minutes_to_imaging": lazy("minutes until imaging was done"),
    "minutes_to_theatre": lazy("minutes until the operation began"),
    "onset_days": lazy("days until the deficit was seen"),
    "operated_on": lazy("day of the operation"),
    "relief": lazy("relief"),
    "reoperation": lazy("why operated again"),
    "reoperation_days": lazy("days until the re-operation"),
    "rows": lazy("operations in the file"),
    "segments": lazy("fused segments"),
    "taken_back_at": lazy("taken back at"),
    "taken_back_by": lazy("taken back by"),
    "taken_back_reason": lazy("why it was taken back"),
}
"""Of lines and imports."""
