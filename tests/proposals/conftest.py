"""Adam proposes on ward 7B, Ada approves; a patient who can be examined at will; replays done while one waits."""

from __future__ import annotations

from typing import Any

import pytest

from monitoring.proposals import actions
from monitoring.proposals.models import Draft, Proposal, Replay
from monitoring.proposals.replaying import go_on
from monitoring.protocol import Settings
from tests.alerts.conftest import patient
from tests.cast import Cast, cast, person
from wards.models import Role, Staff

__all__ = ["cast", "patient"]

STRICTER: dict[str, object] = {"major_drop_grades": 2}
REASON = "Three muscles missed in May."


@pytest.fixture
def ada(cast: Cast) -> Staff:
    """A second administrator, of ward 7B alone."""
    return person("Ada", "Ashe", (cast.ward_7b, Role.ADMINISTRATOR))


def values(**changes: object) -> dict[str, object]:
    """All settings, the defaults but for these."""
    defaults = Settings()
    return {name: getattr(defaults, name) for name in Settings.__slots__} | changes


def propose(cast: Cast, **changes: object) -> Proposal:
    """Adam's proposal for 7B, the first that it has had."""
    said = values(**changes or STRICTER)
    return actions.propose(cast.ward_7b, by=cast.adam, values=said, reason=REASON, replaces=0)


def replay_all(proposal: Proposal) -> Replay:
    """Do the newest replay to its end, as the sweep does batch by batch."""
    replay = Replay.objects.filter(draft__proposal=proposal).latest("pk")
    while replay.due_at is not None:
        go_on(replay.pk)
        replay.refresh_from_db()
    return replay


def as_it_is(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


def approve(proposal: Proposal, by: Staff, **said: Any) -> Proposal:
    """Approve a proposal on its newest replay, at once, from a page that is up to date."""
    replay = Replay.objects.filter(draft__proposal=proposal).latest("pk")
    fresh = {"at": None, "seen": as_it_is(proposal).revision, "replay": replay.public_id}
    return actions.approve(proposal, by=by, **fresh | said)


def drafts(proposal: Proposal) -> list[Draft]:
    return list(proposal.drafts.all())
