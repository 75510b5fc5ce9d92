"""One life for all of this room's entries: signed, corrected, taken back, each in the caller's transaction.

All raise `wards.access.Forbidden` where the role on the patient's ward does not allow it, and ValidationError by form
field where a rule is broken, where the same key comes back with other content, or where the entry no longer stands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from monitoring.checks.findings import Errors
from monitoring.checks.rules import refuse
from monitoring.due import clock
from wards import entries
from wards.access import May, require
from wards.locks import current_stay, lock_stays, same_stay
from wards.models import ClinicalEntry, Staff, Stay

EntryT = TypeVar("EntryT", bound=ClinicalEntry)
Judge = Callable[[EntryT, datetime, Sequence[Stay]], Errors]
"""What is wrong with an entry at an instant, given the episode's stays; empty where nothing is."""


def nothing(_entry: ClinicalEntry) -> Errors:
    return {}


@dataclass(frozen=True, slots=True)
class Kind(Generic[EntryT]):
    """How entries of one kind are signed: who may, what makes one wrong, and which field is its time."""

    model: type[EntryT]
    right: May
    judge: Judge[EntryT]
    at_field: str = ""
    """The field of its time; empty where it has none of its own."""

    keeps: Callable[[EntryT], Errors] = nothing
    """What forbids to take an entry back; empty where nothing does."""

    def sign(self, stay: Stay, *, by: Staff, at: datetime | None, facts: dict[str, object], key: UUID) -> EntryT:
        """Store an entry about the stay's patient, once however often it is sent. `at` None is now."""
        now = clock.now()
        stays = lock_stays(stay.episode_id)
        require(by, self.right, current_stay(stays))
        said = self._timed(now if at is None else at) | facts
        entry = entries.draft(self.model, said, stay=same_stay(stay, stays), by=by, key=key)
        now_in = self.at_field if at is None else ""
        stored = entries.stored_before(entry, now_in=now_in)
        if stored is not None:
            return stored
        refuse(self.judge(entry, now, stays))
        return entries.store(entry, stays=stays, now_in=now_in)

    def correct(
        self, old: EntryT, *, by: Staff, at: datetime | None, facts: dict[str, object], reason: str, key: UUID
    ) -> EntryT:
        """Store an entry in the place of a wrong one, which stays on the record. `at` None leaves the time alone."""
        now = clock.now()
        stays = lock_stays(old.episode_id)
        require(by, self.right, current_stay(stays))
        old = entries.as_it_is(old)
        said = self._timed(old.at if at is None else at) | facts
        new = entries.draft_correction(old, said, by=by, reason=reason, key=key)
        stored = entries.stored_before(new)
        if stored is not None:
            return stored
        entries.require_standing(old)
        refuse(self.judge(new, now, stays))
        return entries.store(new, stays=stays)

    def _timed(self, at: datetime) -> dict[str, object]:
        return {self.at_field: at} if self.at_field else {}

    def retract(self, entry: EntryT, *, by: Staff, reason: str) -> EntryT:
        """Take back an entry that never should have been: it stays on the record, and counts no more."""
        stays = lock_stays(entry.episode_id)
        require(by, self.right, current_stay(stays))
        if entries.as_it_is(entry).is_standing:
            refuse(self.keeps(entry))
        return entries.retract(entry, by=by, reason=reason, stays=stays)
