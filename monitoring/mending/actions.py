"""What people do about records that were mixed up: propose, carry out as a second person, withdraw or refuse.

Each is one transaction, and raises Forbidden where `by` may not on every ward that has one of these patients, and
ValidationError, by form field, where a rule refuses.
"""

from __future__ import annotations

from django.db import transaction

from monitoring.checks.models import Check
from monitoring.due.clock import now
from monitoring.mending import rules
from monitoring.mending.carrying_out import carry_out, tell
from monitoring.mending.models import Mending
from monitoring.mending.queries import require_on_all_wards
from monitoring.mending.rehearsing import rehearse
from wards.access import May
from wards.entries import said_why
from wards.models import Episode, Patient, Staff, Stay


def propose_merge(
    source: Patient,
    target: Patient,
    *,
    by: Staff,
    reason: str,
    one_episode: tuple[Episode, Episode] | None = None,
    keeps: Stay | None = None,
) -> Mending:
    """Both records are one person's: `source` goes into `target`. `one_episode`: an episode of each that are one."""
    absorbed, into = one_episode or (None, None)
    kind = Mending.Kind.MERGE
    return _propose(
        Mending(kind=kind, source=source, target=target, absorbed=absorbed, into=into, keeps=keeps), by, reason
    )


def propose_stay_move(
    stay: Stay, target: Patient, *, by: Staff, reason: str, into: Episode | None = None, keeps: Stay | None = None
) -> Mending:
    """The stay is `target`'s. `into`: their episode that it continues; None: it begins one."""
    kind = Mending.Kind.STAY
    return _propose(
        Mending(kind=kind, source=stay.patient, target=target, stay=stay, into=into, keeps=keeps), by, reason
    )


def propose_check_move(check: Check, to_stay: Stay, *, by: Staff, reason: str) -> Mending:
    """The check was made on the patient of `to_stay`."""
    mending = Mending(
        kind=Mending.Kind.CHECK,
        source=check.stay.patient,
        target=to_stay.patient,
        strength_check=check,
        to_stay=to_stay,
    )
    return _propose(mending, by, reason)


@transaction.atomic
def _propose(mending: Mending, by: Staff, reason: str) -> Mending:
    """Rehearsed first: what could not be carried out is not proposed."""
    mending.reason, mending.proposed_by = said_why(reason), by
    rules.require_two_records(mending)
    require_on_all_wards(by, May.MEND_RECORDS, mending)
    rehearse(mending, by=by)
    mending.save(force_insert=True)
    tell(mending, "proposed", by=by, why=mending.reason)
    return mending


@transaction.atomic
def confirm(mending: Mending, *, by: Staff) -> Mending:
    """Carry out what somebody else has proposed."""
    mending = _locked(mending)
    require_on_all_wards(by, May.CONFIRM_MENDING, mending)
    rules.require_open(mending)
    rules.require_second_person(by, mending)
    mending.state, mending.confirmed_at, mending.confirmed_by = Mending.State.DONE, now(), by
    mending.save(update_fields=["state", "confirmed_at", "confirmed_by"])
    carry_out(mending, by=by)
    return mending


@transaction.atomic
def end(mending: Mending, *, by: Staff, reason: str) -> Mending:
    """Withdraw what one proposed, or refuse another's, for a reason. Nothing is changed about the records."""
    mending = _locked(mending)
    own = by.pk == mending.proposed_by_id
    require_on_all_wards(by, May.MEND_RECORDS if own else May.CONFIRM_MENDING, mending)
    why = said_why(reason)
    rules.require_open(mending)
    mending.state = Mending.State.WITHDRAWN if own else Mending.State.REFUSED
    mending.ended_at, mending.ended_by, mending.ending_reason = now(), by, why
    mending.save(update_fields=["state", "ended_at", "ended_by", "ending_reason"])
    tell(mending, mending.state, by=by, why=why)
    return mending


def _locked(mending: Mending) -> Mending:
    rows = Mending.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related(
        "source", "target", "absorbed", "into", "stay__ward", "strength_check__stay", "to_stay__ward", "keeps",
        "proposed_by", "confirmed_by", "ended_by",
    ).get(pk=mending.pk)  # fmt: skip
