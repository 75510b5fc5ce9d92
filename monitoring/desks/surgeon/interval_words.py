"""The intervals of a deficit in words: how each is defined, how long it took, where it lies from the worst case."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.common import presentation as say
from monitoring.pathway.intervals import Mark, Measured, Point

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

MINUTE = timedelta(minutes=1)
POINT_WORDS: dict[Point, StrPromise] = {
    Point.LAST_GOOD: lazy("last good check"),
    Point.SEEN: lazy("first seen"),
    Point.RECORDED: lazy("recorded"),
    Point.OPENED: lazy("alert opened"),
    Point.ROSE_TO_CRITICAL: lazy("alert rose to critical"),
    Point.ACKNOWLEDGED: lazy("first acknowledged"),
    Point.ACCEPTED: lazy("first accepted by a surgeon"),
    Point.NURSES_ASKED_AGAIN: lazy("asked again"),
    Point.ACKNOWLEDGED_AGAIN: lazy("acknowledged again"),
    Point.SURGEONS_ASKED_AGAIN: lazy("surgeons asked again"),
    Point.ACCEPTED_AGAIN: lazy("accepted again"),
    Point.TREATED: lazy("treatment started"),
    Point.IMAGING_REQUESTED: lazy("imaging requested"),
    Point.IMAGING_DONE: lazy("imaging done"),
    Point.IMAGING_REPORTED: lazy("imaging reported"),
    Point.DECIDED: lazy("decided"),
    Point.OPERATION_STARTED: lazy("re-operation began"),
    Point.OPERATION_ENDED: lazy("re-operation ended"),
}
MARK_WORDS: dict[Mark, StrPromise] = {
    Mark.UP_TO_6_H: lazy("not later than 6 h from the worst case"),
    Mark.PAST_6_H: lazy("later than 6 h, not later than 8 h from the worst case"),
    Mark.PAST_8_H: lazy("later than 8 h from the worst case"),
}


def interval_words(measured: Measured) -> str:
    """Its definition: "alert opened → first acknowledged"."""
    said = {"since": POINT_WORDS[measured.interval.since], "until": POINT_WORDS[measured.interval.until]}
    return _("%(since)s → %(until)s") % said


def length_words(measured: Measured) -> str:
    """How long it took. What was not recorded is never 0, and what came the other way round says so."""
    span = measured.span
    if span is None:
        return _("not recorded")
    if span < -MINUTE:
        return _("−%(span)s: the other way round") % {"span": say.span_words(-span)}
    if span < MINUTE:
        return _("under 1 min")
    return say.span_words(span)


def mark_words(measured: Measured) -> str:
    return "" if measured.mark is None else str(MARK_WORDS[measured.mark])
