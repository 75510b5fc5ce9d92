"""An approved proposal comes in force when it is due; or lapses, where its approval no longer holds."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.proposals.models import Draft, Proposal
from monitoring.proposals.queries import number_in_force
from wards.access import May, may
from wards.actions import adopt_protocol
from wards.models import Staff

LONGEST_BACK_OFF = 30  # seconds


def bring_in_force(proposal_id: int) -> None:
    """Put an approved proposal that is due in force; the ward's open stays are assessed again (protocol §10).

    It lapses where who approved it no longer may, or another version has come in force since it was written.
    """
    with transaction.atomic():
        proposal = _locked(proposal_id)
        if proposal.due_at is None or proposal.due_at > now():
            return
        draft, approver = proposal.newest, proposal.approved_by
        assert approver is not None
        if not may(approver, May.ADOPT_PROTOCOL, proposal.ward):
            _lapse(proposal, Proposal.Lapse.APPROVER_GONE)
        elif number_in_force(proposal.ward_id) != draft.replaces:
            _lapse(proposal, Proposal.Lapse.OVERTAKEN)
        else:
            _adopt(proposal, draft, approver)
        proposal.due_at, proposal.revision = None, proposal.revision + 1
        proposal.failures, proposal.failing_since, proposal.last_error = 0, None, ""
        proposal.save()
        publish(topics.ward(proposal.ward_id))


def back_off(proposal_id: int, error: Exception) -> None:
    """Note that bringing it in force raised `error`; it is tried again in a while, and its page shows it until then."""
    with transaction.atomic():
        proposal = _locked(proposal_id)
        proposal.failures += 1
        proposal.failing_since = proposal.failing_since or now()
        proposal.last_error = type(error).__name__
        proposal.due_at = now() + timedelta(seconds=min(2**proposal.failures, LONGEST_BACK_OFF))
        proposal.save(update_fields=["failures", "failing_since", "last_error", "due_at"])


def _locked(proposal_id: int) -> Proposal:
    proposals = Proposal.objects.select_related("ward", "approved_by")
    return proposals.select_for_update(of=("self",), no_key=True).get(pk=proposal_id)


def _adopt(proposal: Proposal, draft: Draft, approver: Staff) -> None:
    proposal.version = adopt_protocol(
        proposal.ward, by=approver, settings=draft.proposed, reason=draft.reason, replaces=draft.replaces
    )
    proposal.state = Proposal.State.IN_FORCE


def _lapse(proposal: Proposal, why: Proposal.Lapse) -> None:
    proposal.state = Proposal.State.LAPSED
    proposal.ended_at, proposal.ending_reason = now(), why
    record("protocol.lapsed", by=None, about=proposal, reason=why.value)
