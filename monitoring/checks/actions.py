"""What is done with checks, attempts, conservative treatment, accepted references: recorded, corrected, retracted.

Each action locks the episode's stays, asks whether this very form was stored before (then that is the answer), applies
the rules, and stores the entry with its audit line and the episode's due assessment in one transaction.

All raise `wards.access.Forbidden` where the role on the patient's ward does not allow it, and ValidationError by form
field where a rule is broken, where the same key comes back with other content, or where the entry no longer stands.
`at` is the clinical time. None means now, by the server's clock at receipt; in a correction, the time as recorded.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Acceptance, Attempt, Check, Treatment
from monitoring.checks.rules import acceptance_errors, attempt_errors, check_errors, refuse, treatment_errors
from monitoring.due import clock
from monitoring.protocol import Muscle
from wards import entries
from wards.access import May, require
from wards.locks import current_stay, lock_stays, same_stay
from wards.models import Staff, Stay
from wards.times import was_now


@transaction.atomic
def record_check(stay: Stay, *, by: Staff, at: datetime | None, findings: CheckFindings, key: UUID) -> Check:
    """Store a strength check of the stay's patient."""
    now = clock.now()
    stay, stays = _locked(stay)
    require(by, May.RECORD_CHECK, current_stay(stays))
    facts = {"examined_at": now if at is None else at, **findings.columns()}
    check = entries.draft(Check, facts, stay=stay, by=by, key=key)
    now_in = "examined_at" if at is None else ""
    stored = entries.stored_before(check, now_in=now_in)
    if stored is not None:
        return stored
    refuse(findings.errors() | check_errors(check, before=None, now=now, stays=stays))
    return entries.store(check, stays=stays, now_in=now_in)


@transaction.atomic
def correct_check(
    check: Check, *, by: Staff, at: datetime | None, findings: CheckFindings, reason: str, key: UUID
) -> Check:
    """Store a check in place of one that was wrong. The old one stays on the record, with who, when and why."""
    now = clock.now()
    stays = lock_stays(check.episode_id)
    old = entries.as_it_is(check)
    require(by, May.RECORD_CHECK, current_stay(stays))
    facts = {"examined_at": old.examined_at if at is None else at, **findings.columns()}
    new = entries.draft_correction(old, facts, by=by, reason=reason, key=key)
    stored = entries.stored_before(new)
    if stored is not None:
        return stored
    entries.require_standing(old)
    refuse(findings.errors() | check_errors(new, before=old, now=now, stays=stays))
    return entries.store(new, stays=stays)


@transaction.atomic
def retract_check(check: Check, *, by: Staff, reason: str) -> Check:
    """Take back a check: from now on it counts as if it had never been."""
    stays = lock_stays(check.episode_id)
    require(by, May.RECORD_CHECK, current_stay(stays))
    return entries.retract(check, by=by, reason=reason, stays=stays)


@transaction.atomic
def record_attempt(
    stay: Stay, *, by: Staff, at: datetime | None, reason: str, next_try: datetime | timedelta, note: str, key: UUID
) -> Attempt:
    """Store that a check was tried and could not be done, why (an `Attempt.Reason`), and when it is tried again.

    `next_try`: an instant, or so long from now. Two in a row, with no check between, tell the charge nurse.
    """
    now = clock.now()
    stay, stays = _locked(stay)
    require(by, May.RECORD_CHECK, current_stay(stays))
    again_at = next_try if isinstance(next_try, datetime) else _from_now(next_try, key, now)
    facts = {"tried_at": now if at is None else at, "reason": reason, "next_try_at": again_at, "note": note.strip()}
    attempt = entries.draft(Attempt, facts, stay=stay, by=by, key=key)
    now_in = "tried_at" if at is None else ""
    stored = entries.stored_before(attempt, now_in=now_in)
    if stored is not None:
        return stored
    refuse(attempt_errors(attempt, now=now, stays=stays))
    return entries.store(attempt, stays=stays, now_in=now_in)


def _from_now(span: timedelta, key: UUID, now: datetime) -> datetime:
    """So long from now; of a form that was sent before, from the "now" of then."""
    stored = Attempt.objects.filter(idempotency_key=key).first()
    meant_at_first = stored is not None and was_now(stored.next_try_at - span, stored.recorded_at)
    return stored.next_try_at if stored is not None and meant_at_first else now + span


@transaction.atomic
def retract_attempt(attempt: Attempt, *, by: Staff, reason: str) -> Attempt:
    """Take back an attempt: from now on it counts as if it had never been."""
    stays = lock_stays(attempt.episode_id)
    require(by, May.RECORD_CHECK, current_stay(stays))
    return entries.retract(attempt, by=by, reason=reason, stays=stays)


@transaction.atomic
def record_treatment(
    stay: Stay,
    *,
    by: Staff,
    at: datetime | None,
    kind: str,
    action: str,
    dose: str,
    key: UUID,
) -> Treatment:
    """Store that conservative treatment (a `Treatment.Kind`) started or stopped (a `Treatment.Action`)."""
    now = clock.now()
    stay, stays = _locked(stay)
    require(by, May.RECORD_TREATMENT, current_stay(stays))
    facts = {"happened_at": now if at is None else at, "kind": kind, "action": action, "dose": dose}
    treatment = entries.draft(Treatment, facts, stay=stay, by=by, key=key)
    now_in = "happened_at" if at is None else ""
    stored = entries.stored_before(treatment, now_in=now_in)
    if stored is not None:
        return stored
    refuse(treatment_errors(treatment, before=None, now=now, stays=stays))
    return entries.store(treatment, stays=stays, now_in=now_in)


@transaction.atomic
def correct_treatment(
    treatment: Treatment,
    *,
    by: Staff,
    at: datetime | None,
    kind: str,
    action: str,
    dose: str,
    reason: str,
    key: UUID,
) -> Treatment:
    """Store a treatment's entry in place of one that was wrong."""
    now = clock.now()
    stays = lock_stays(treatment.episode_id)
    old = entries.as_it_is(treatment)
    require(by, May.RECORD_TREATMENT, current_stay(stays))
    facts = {"happened_at": old.happened_at if at is None else at, "kind": kind, "action": action, "dose": dose}
    new = entries.draft_correction(old, facts, by=by, reason=reason, key=key)
    stored = entries.stored_before(new)
    if stored is not None:
        return stored
    entries.require_standing(old)
    refuse(treatment_errors(new, before=old, now=now, stays=stays))
    return entries.store(new, stays=stays)


@transaction.atomic
def retract_treatment(treatment: Treatment, *, by: Staff, reason: str) -> Treatment:
    """Take back a treatment's entry: from now on it counts as if it had never been."""
    stays = lock_stays(treatment.episode_id)
    require(by, May.RECORD_TREATMENT, current_stay(stays))
    return entries.retract(treatment, by=by, reason=reason, stays=stays)


@transaction.atomic
def accept_reference(
    stay: Stay,
    *,
    by: Staff,
    at: datetime | None,
    muscles: Mapping[Muscle, int],
    flags: Collection[str],
    reason: str,
    key: UUID,
) -> Acceptance:
    """Store that a surgeon accepts grades as new references, or red flags as known, and why (protocol §1)."""
    now = clock.now()
    stay, stays = _locked(stay)
    require(by, May.ACCEPT_REFERENCE, current_stay(stays))
    facts = {"accepted_at": now if at is None else at, **_accepted(muscles, flags, reason)}
    acceptance = entries.draft(Acceptance, facts, stay=stay, by=by, key=key)
    now_in = "accepted_at" if at is None else ""
    stored = entries.stored_before(acceptance, now_in=now_in)
    if stored is not None:
        return stored
    refuse(acceptance_errors(acceptance, now=now, stays=stays))
    return entries.store(acceptance, stays=stays, now_in=now_in)


@transaction.atomic
def correct_acceptance(
    acceptance: Acceptance,
    *,
    by: Staff,
    at: datetime | None,
    muscles: Mapping[Muscle, int],
    flags: Collection[str],
    reason: str,
    correction_reason: str,
    key: UUID,
) -> Acceptance:
    """Store an acceptance in place of one that was wrong. `reason` is the acceptance's own."""
    now = clock.now()
    stays = lock_stays(acceptance.episode_id)
    old = entries.as_it_is(acceptance)
    require(by, May.ACCEPT_REFERENCE, current_stay(stays))
    facts = {"accepted_at": old.accepted_at if at is None else at, **_accepted(muscles, flags, reason)}
    new = entries.draft_correction(old, facts, by=by, reason=correction_reason, key=key)
    stored = entries.stored_before(new)
    if stored is not None:
        return stored
    entries.require_standing(old)
    refuse(acceptance_errors(new, now=now, stays=stays))
    return entries.store(new, stays=stays)


@transaction.atomic
def retract_acceptance(acceptance: Acceptance, *, by: Staff, reason: str) -> Acceptance:
    """Take back an acceptance: the references are what they would have been without it."""
    stays = lock_stays(acceptance.episode_id)
    require(by, May.ACCEPT_REFERENCE, current_stay(stays))
    return entries.retract(acceptance, by=by, reason=reason, stays=stays)


def _locked(stay: Stay) -> tuple[Stay, Sequence[Stay]]:
    """The stay as it is under its episode's lock, and all the episode's stays."""
    stays = lock_stays(stay.episode_id)
    return same_stay(stay, stays), stays


def _accepted(muscles: Mapping[Muscle, int], flags: Collection[str], reason: str) -> dict[str, object]:
    names = {str(muscle): grade for muscle, grade in muscles.items()}
    return {"muscles": names, "flags": sorted(flags), "reason": entries.said_why(reason)}
