"""What people do about a new version of a ward's protocol. What follows by itself is in `replaying` and `adopting`.

Each action is one transaction. It locks the proposal (the ward's row before there is one), and raises Forbidden where
`by` may not, and ValidationError where a rule refuses. `seen` is the revision that the page showed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.due.clock import now
from monitoring.due.nudge import nudge
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.proposals import rules
from monitoring.proposals.models import Draft, Proposal, Replay
from monitoring.proposals.queries import number_in_force, pending_of, replay_of, stays_to_replay
from monitoring.protocol import Settings
from wards.access import May, require
from wards.entries import said_why
from wards.locks import lock_rota
from wards.models import Staff, Ward
from wards.queries import protocol_version_of


@transaction.atomic
def propose(ward: Ward, *, by: Staff, values: dict[str, object], reason: str, replaces: int) -> Proposal:
    """Propose settings, by their names, in place of the version whose number the page showed; they are replayed at
    once. One proposal of a ward waits at a time."""
    ward = lock_rota(ward.pk)
    require(by, May.ADOPT_PROTOCOL, ward)
    why = said_why(reason)
    settings = rules.require_settings(values, ward)
    if (waiting := pending_of(ward)) is not None:
        words = _("%(who)s has proposed a version already. It must be approved, refused or withdrawn first.")
        raise ValidationError(words % {"who": waiting.newest.written_by})
    if replaces != number_in_force(ward.pk):
        raise ValidationError(_("Another version has come in force meanwhile. Look at it, then propose yours."))
    proposal = Proposal.objects.create(ward=ward)
    draft = _write(proposal, settings, by=by, reason=why)
    record("protocol.proposed", by=by, about=proposal, reason=why, data=_named(draft))
    _begin_replay(draft, ward, by=by)
    publish(topics.ward(ward.pk))
    return proposal


@transaction.atomic
def revise(proposal: Proposal, *, by: Staff, values: dict[str, object], reason: str, seen: int) -> Draft:
    """Say something else in an open proposal, which is replayed anew. Whoever does becomes one of its authors."""
    proposal = _locked(proposal, by)
    why = said_why(reason)
    rules.require_seen(proposal, seen)
    rules.require_open(proposal)
    settings = rules.require_settings(values, proposal.ward)
    draft = _write(proposal, settings, by=by, reason=why)
    proposal.revision += 1
    proposal.save(update_fields=["revision"])
    record("protocol.revised", by=by, about=proposal, reason=why, data=_named(draft))
    _begin_replay(draft, proposal.ward, by=by)
    publish(topics.ward(proposal.ward_id))
    return draft


@transaction.atomic
def replay_again(proposal: Proposal, *, by: Staff) -> Replay:
    """Replay what an open proposal says once more, because more was recorded. One that still runs is that replay."""
    proposal = _locked(proposal, by)
    rules.require_open(proposal)
    running = replay_of(proposal)
    if running is not None and running.due_at is not None:
        return running
    replay = _begin_replay(proposal.newest, proposal.ward, by=by)
    record("protocol.replay_asked", by=by, about=proposal, data=_named(replay.draft))
    publish(topics.ward(proposal.ward_id))
    return replay


@transaction.atomic
def approve(proposal: Proposal, *, by: Staff, at: datetime | None, seen: int, replay: UUID) -> Proposal:
    """Approve somebody else's proposal on the replay that was shown; it comes in force at `at` (None: at once)."""
    proposal = _locked(proposal, by)
    rules.require_open(proposal)
    rules.require_seen(proposal, seen)
    rules.require_second_person(by, proposal)
    draft = proposal.newest
    rules.require_current(draft, proposal)
    instant = now()
    proposal.approved_replay = rules.require_replay(proposal, replay, instant)
    proposal.in_force_from = proposal.due_at = rules.require_when(at, instant)
    proposal.approved_at, proposal.approved_by = instant, by
    proposal.state, proposal.revision = Proposal.State.APPROVED, proposal.revision + 1
    proposal.save()
    data = _named(draft) | {"from": proposal.in_force_from.isoformat(), "replay": proposal.approved_replay.pk}
    record("protocol.approved", by=by, about=proposal, data=data)
    if at is None:
        nudge("adopt", proposal.pk)
    publish(topics.ward(proposal.ward_id))
    return proposal


@transaction.atomic
def end(proposal: Proposal, *, by: Staff, reason: str, seen: int) -> Proposal:
    """Withdraw a proposal that one wrote, or refuse another's, for a reason, as long as it is not in force."""
    proposal = _locked(proposal, by)
    why = said_why(reason)
    rules.require_pending(proposal)
    rules.require_seen(proposal, seen)
    author = rules.is_author(by, proposal)
    proposal.state = Proposal.State.WITHDRAWN if author else Proposal.State.REFUSED
    proposal.ended_at, proposal.ended_by, proposal.ending_reason = now(), by, why
    proposal.due_at, proposal.revision = None, proposal.revision + 1
    proposal.save()
    record(f"protocol.{proposal.state}", by=by, about=proposal, reason=why, data=_named(proposal.newest))
    publish(topics.ward(proposal.ward_id))
    return proposal


def _locked(proposal: Proposal, by: Staff) -> Proposal:
    """The proposal as it is now, locked, where `by` may decide about it."""
    proposal = Proposal.objects.select_related("ward").select_for_update(of=("self",), no_key=True).get(pk=proposal.pk)
    require(by, May.ADOPT_PROTOCOL, proposal.ward)
    return proposal


def _write(proposal: Proposal, settings: Settings, *, by: Staff, reason: str) -> Draft:
    return Draft.objects.create(
        proposal=proposal,
        number=proposal.drafts.count() + 1,
        settings=settings.to_json(),
        replaces=number_in_force(proposal.ward_id),
        reason=reason,
        written_by=by,
    )


def _begin_replay(draft: Draft, ward: Ward, *, by: Staff) -> Replay:
    """Have a draft replayed on all stays recorded by now, beside the version in force; on the slow lane."""
    at = now()
    label, settings = protocol_version_of(ward)
    replay = Replay.objects.create(
        draft=draft,
        asked_by=by,
        at=at,
        in_force=label,
        in_force_settings=settings.to_json(),
        stays=stays_to_replay(ward.pk, at).count(),
        due_at=at,
    )
    nudge("replay", replay.pk)
    return replay


def _named(draft: Draft) -> dict[str, Any]:
    """A draft in the audit log."""
    return {"draft": draft.number, "replaces": draft.replaces, "settings": draft.settings}
