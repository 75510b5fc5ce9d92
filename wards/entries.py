"""The life of every signed entry, whatever its kind: stored once, corrected by a new one, retracted once.

An action locks the episode's stays, drafts its entry, asks `stored_before`, applies the rules of its kind, and ends
with `store`. Nothing here decides who may: the action does.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from monitoring.due import clock
from wards.changes import history_changed, look_again
from wards.locks import current_stay, gone_elsewhere
from wards.models import ClinicalEntry, Staff, Stay, Ward, entries_of
from wards.times import said, was_now

EntryT = TypeVar("EntryT", bound=ClinicalEntry)

# Not content: what the server adds to an entry, and what may come upon it later.
ADDED = frozenset({"id", "public_id", "place", "recorded_at", "retracted_at", "retracted_by", "retraction_reason"})


def draft(model: type[EntryT], facts: dict[str, object], *, stay: Stay, by: Staff, key: UUID) -> EntryT:
    """A new entry about the stay, not yet stored. `facts` are the fields of its own kind."""
    return model(**facts, stay=stay, episode_id=stay.episode_id, recorded_by=by, idempotency_key=key)


def draft_correction(old: EntryT, facts: dict[str, object], *, by: Staff, reason: str, key: UUID) -> EntryT:
    """An entry in place of `old`, whose place in the order of first recording it keeps (protocol §10).

    Raises ValidationError where the reason is empty.
    """
    # By its id: the object itself would make `old` look superseded before the new entry is stored.
    entry = draft(type(old), {**facts, "supersedes_id": old.pk}, stay=old.stay, by=by, key=key)
    entry.correction_reason, entry.place = said_why(reason), old.place
    return entry


def said_why(reason: str) -> str:
    """The reason without surrounding space. Raises ValidationError where nothing is left."""
    if not reason.strip():
        raise ValidationError({"reason": [_("Say why: it stays on the record.")]})
    return reason.strip()


def stored_before(entry: EntryT, *, now_in: str = "") -> EntryT | None:
    """The entry that this form has already stored, if it was sent before. Ask under the episode's lock.

    `now_in` names the time field that the form gave as "now" and not as a time: sent again, "now" means what it
    meant at first. Raises ValidationError where the form comes back with other content.
    """
    stored = entries_of(type(entry)).filter(idempotency_key=entry.idempotency_key).first()
    if stored is None:
        return None
    if _differing(stored, entry) <= _forgiven(stored, now_in):
        return stored
    raise saved_otherwise(stored.recorded_at, stored.stay.ward)


def saved_otherwise(recorded_at: datetime, ward: Ward) -> ValidationError:
    """What a form is told that comes back under its old key with other values."""
    when = said(recorded_at, ward)
    message = _("This form was already saved at %(at)s with other values. Correct that entry instead.") % {"at": when}
    return ValidationError({NON_FIELD_ERRORS: [message]})


def _differing(one: ClinicalEntry, other: ClinicalEntry) -> set[str]:
    """The names of the fields in which two entries say different things."""
    content = [field for field in one._meta.concrete_fields if field.name not in ADDED]
    return {field.name for field in content if getattr(one, field.attname) != getattr(other, field.attname)}


def _forgiven(stored: ClinicalEntry, now_in: str) -> set[str]:
    """The "now" of a form differs each time it is sent. It is forgiven where the stored entry was a "now" too."""
    return {now_in} if now_in and was_now(getattr(stored, now_in), stored.recorded_at) else set()


def store(entry: EntryT, *, stays: Sequence[Stay], now_in: str = "") -> EntryT:
    """Save a drafted entry with its audit line, and have its episode assessed. `stays` are the episode's, locked.

    The same form in parallel, even about another episode, is stored once: the slower one gets the first one's answer.
    """
    try:
        with transaction.atomic():
            entry.save(force_insert=True)
    except IntegrityError:
        stored = stored_before(entry, now_in=now_in)
        if stored is None:
            raise
        return stored
    old = entry.supersedes
    verb, since = ("recorded", entry.at) if old is None else ("corrected", min(old.at, entry.at))
    data = {} if old is None else {"supersedes": old.pk}
    _tell(entry, verb, by=entry.recorded_by, reason=entry.correction_reason, data=data)
    _follow(entry, verb, by=entry.recorded_by, since=since, why=entry.correction_reason, stays=stays)
    return entry


def retract(entry: EntryT, *, by: Staff, reason: str, stays: Sequence[Stay]) -> EntryT:
    """Mark a standing entry as retracted: from now on it counts as if it had never been (protocol §2).

    The same retraction sent again changes nothing. Raises ValidationError where the entry no longer stands, or the
    reason is empty.
    """
    why = said_why(reason)
    entry = as_it_is(entry)
    if (entry.retracted_by, entry.retraction_reason) == (by, why):
        return entry
    require_standing(entry)
    entry.retracted_at, entry.retracted_by, entry.retraction_reason = clock.now(), by, why
    entry.save(update_fields=["retracted_at", "retracted_by", "retraction_reason"])
    _tell(entry, "retracted", by=by, reason=why, data={})
    _follow(entry, "retracted", by=by, since=entry.at, why=why, stays=stays)
    return entry


def as_it_is(entry: EntryT) -> EntryT:
    """The entry read again, under the lock: nothing read before it is trusted.

    Raises ValidationError where it was mended meanwhile: it is another episode's now, whose lock is not ours.
    """
    related = ("recorded_by", "retracted_by", "superseded_by__recorded_by", "stay__ward")
    present = entries_of(type(entry)).select_related(*related).get(pk=entry.pk)
    if present.episode_id != entry.episode_id:
        raise gone_elsewhere()
    return present


def require_standing(entry: ClinicalEntry) -> None:
    """Raises ValidationError that names who corrected or retracted the entry, and when."""
    if entry.retracted_at is not None:
        words = _("%(who)s retracted this entry at %(at)s. Look at the present one before you change it.")
        who, when = entry.retracted_by, entry.retracted_at
    elif (newer := entry.correction) is not None:
        words = _("%(who)s corrected this entry at %(at)s. Look at the present one before you change it.")
        who, when = newer.recorded_by, newer.recorded_at
    else:
        return
    raise ValidationError({NON_FIELD_ERRORS: [words % {"who": who, "at": said(when, entry.stay.ward)}]})


def _follow(entry: ClinicalEntry, verb: str, *, by: Staff, since: datetime, why: str, stays: Sequence[Stay]) -> None:
    """Have the episode assessed. What the protocol does not read has changed nothing since any time."""
    stay = current_stay(stays)
    if entry.is_history:
        history_changed(stay, by=by, since=since, what=f"{entry._meta.model_name}.{verb}", why=why)
    else:
        look_again(stay)


def _tell(entry: ClinicalEntry, verb: str, *, by: Staff, reason: str, data: dict[str, int]) -> None:
    audit.record(
        f"{entry._meta.model_name}.{verb}",
        by=by,
        about=entry,
        patient_id=entry.stay.patient_id,
        reason=reason,
        data={"stay": entry.stay_id, **data},
    )
