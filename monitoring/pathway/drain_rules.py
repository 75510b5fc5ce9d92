"""What must be true of a drain's line: placed, read, removed, in this order in time.

Each function gives what is wrong by form field; nothing where all is well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext as _

from monitoring.checks.findings import Errors
from monitoring.checks.rules import time_errors
from monitoring.pathway.models import MOST_ML, DrainEntry
from monitoring.pathway.rules import minute_of, others_of
from wards.models import Stay
from wards.times import said

Stage = DrainEntry.Stage


def drain_errors(entry: DrainEntry, now: datetime, stays: Sequence[Stay]) -> Errors:
    """A placed drain has a name and is on suction or not; a reading is a whole number of ml, and 0 is one."""
    errors = time_errors("happened_time", entry.happened_at, now=now, stay=entry.stay, stays=stays)
    if entry.stage == Stage.READ and (entry.volume_ml is None or not 0 <= entry.volume_ml <= MOST_ML):
        errors["volume_ml"] = [_("Give the volume in ml: a whole number from 0 to %(most)d.") % {"most": MOST_ML}]
    if entry.stage == Stage.PLACED and not entry.label:
        errors["label"] = [_("Name the drain, so that nobody reads the wrong one.")]
    if entry.stage == Stage.PLACED and entry.suction is None:
        errors["suction"] = [_("Say whether it is on suction.")]
    if errors:
        return errors
    others = list(others_of(entry))
    own = [line for line in others if line.drain == entry.drain]
    if entry.stage == Stage.READ:
        return _lies_errors(entry, own)
    if entry.stage == Stage.PLACED:
        return _not_after(entry, own) or _name_errors(entry, [*others, entry])
    return _lies_errors(entry, own) or _not_before_reading(entry, own) or _name_errors(entry, [*others, entry])


def removal_errors(entry: DrainEntry) -> Errors:
    """What the lines of a drain rest on is not taken back from under them."""
    others = list(others_of(entry))
    if entry.stage == Stage.PLACED and any(line.drain == entry.drain for line in others):
        return {"__all__": [_("Readings of this drain rest on this. Take them back first.")]}
    return _name_errors(entry, others) if entry.stage == Stage.REMOVED else {}


def _name_errors(entry: DrainEntry, lines: Sequence[DrainEntry]) -> Errors:
    """Two drains that lie at once have different names. `lines` are all of the episode, as they would be."""
    lay = {line.drain: _Lay.told_by(line, lines) for line in lines if line.stage == Stage.PLACED}
    mine = lay.pop(entry.drain)
    if not any(mine.could_be_mistaken_for(other) for other in lay.values()):
        return {}
    if entry.stage == Stage.PLACED:
        return {"label": [_("A drain of this name lies already. Give this one another name.")]}
    return {"__all__": [_("Then two drains of this name would lie at once. Give one of them another name first.")]}


class _Lay(NamedTuple):
    """A drain's name, and the minutes from and to which it lay; `until` None: it lies."""

    name: str
    since: datetime
    until: datetime | None

    @classmethod
    def told_by(cls, placed: DrainEntry, lines: Sequence[DrainEntry]) -> _Lay:
        own = (line for line in lines if line.drain == placed.drain and line.stage == Stage.REMOVED)
        removed = next(own, None)
        until = None if removed is None else minute_of(removed.happened_at)
        return cls(placed.label.casefold(), minute_of(placed.happened_at), until)

    def could_be_mistaken_for(self, other: _Lay) -> bool:
        return (
            self.name == other.name
            and (self.until is None or other.since < self.until)
            and (other.until is None or self.since < other.until)
        )


def _not_after(entry: DrainEntry, own: Sequence[DrainEntry]) -> Errors:
    later = [line for line in own if _is_late(entry, line)]
    if later:
        words = _("It was read or removed at %(at)s: give a time before that.")
        return {"happened_time": [words % {"at": said(min(line.happened_at for line in later), entry.stay.ward)}]}
    return {}


def _is_late(placed: DrainEntry, line: DrainEntry) -> bool:
    """A volume ran in some time; but it may be removed in the minute in which it was placed."""
    if line.stage == Stage.READ:
        return placed.happened_at >= line.happened_at
    return minute_of(placed.happened_at) > minute_of(line.happened_at)


def _lies_errors(entry: DrainEntry, own: Sequence[DrainEntry]) -> Errors:
    """It is read and removed while it lies, and read once at a time."""
    placed = next((line for line in own if line.stage == Stage.PLACED), None)
    removed = next((line for line in own if line.stage == Stage.REMOVED), None)
    if placed is None:
        return {"__all__": [_("This drain no longer stands in the record.")]}
    if _is_late(placed, entry):
        words = _("It was placed at %(at)s: give a time after that.")
        return {"happened_time": [words % {"at": said(placed.happened_at, entry.stay.ward)}]}
    if removed is not None and (
        entry.stage == Stage.REMOVED or minute_of(entry.happened_at) > minute_of(removed.happened_at)
    ):
        words = _("It is recorded as removed at %(at)s.")
        return {"happened_time": [words % {"at": said(removed.happened_at, entry.stay.ward)}]}
    if any(line.stage == entry.stage and line.happened_at == entry.happened_at for line in own):
        return {"happened_time": [_("A reading of this drain at this time is recorded already.")]}
    return {}


def _not_before_reading(entry: DrainEntry, own: Sequence[DrainEntry]) -> Errors:
    read = [line.happened_at for line in own if line.stage == Stage.READ]
    if read and minute_of(entry.happened_at) < minute_of(max(read)):
        words = _("It was read at %(at)s: give a time after that.")
        return {"happened_time": [words % {"at": said(max(read), entry.stay.ward)}]}
    return {}
