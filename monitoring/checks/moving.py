"""A check goes to the record of the patient whom it was made on. Done by mending only, which asks who may."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from uuid import UUID

from monitoring.audit import actions as audit
from monitoring.checks.models import Check
from monitoring.checks.rules import check_errors, refuse
from monitoring.due import clock
from wards import entries
from wards.changes import history_changed
from wards.locks import current_stay
from wards.models import Staff, Stay

NOT_COPIED = ("id", "public_id", "supersedes_id", "correction_reason")


def bring_over(
    check: Check, *, to: Stay, by: Staff, why: str, key: UUID, stays_there: Sequence[Stay], stays_here: Sequence[Stay]
) -> Check:
    """The check as it was signed, by whom and when, on another stay; where it stood it is retracted for this reason.

    It keeps its place in the order of first recording (protocol §10). `stays_there` are the stays of its episode,
    `stays_here` those of `to`'s, all locked. Raises ValidationError where the check no longer stands, or the rules of
    the other stay refuse it.
    """
    old = entries.as_it_is(check)
    entries.require_standing(old)
    new = _copied(old, to, key)
    refuse(check_errors(new, before=None, now=clock.now(), stays=stays_here))
    entries.retract(old, by=by, reason=why, stays=stays_there)
    new.save(force_insert=True)
    data = {"stay": to.pk, "moved_from": old.pk}
    audit.record("check.moved", by=by, about=new, patient_id=to.patient_id, reason=why, data=data)
    history_changed(current_stay(stays_here), by=by, since=new.at, what="check.moved", why=why)
    return new


def _copied(old: Check, to: Stay, key: UUID) -> Check:
    """Signed by the same person at the same time: nobody has examined anew."""
    fields = [field.attname for field in Check._meta.concrete_fields if field.attname not in NOT_COPIED]
    new = Check(**{name: copy(getattr(old, name)) for name in fields})
    new.stay, new.episode_id, new.idempotency_key, new.moved_from = to, to.episode_id, key, old
    return new
