"""A new version of a ward's protocol: proposed, changed, approved by a second person on a fresh replay, or ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.due.clock import now
from monitoring.proposals import actions
from monitoring.proposals.models import Draft, Proposal, Replay
from monitoring.proposals.rules import require_settings
from monitoring.protocol import ScheduleRow, Settings
from tests.cast import Cast
from tests.proposals.conftest import STRICTER, approve, as_it_is, drafts, propose, replay_all, values
from wards.access import Forbidden
from wards.actions import adopt_protocol
from wards.models import ProtocolVersion, Staff, Ward

State = Proposal.State


def refusal(act: Callable[[], object]) -> str:
    """The one sentence that refuses."""
    before = (Draft.objects.count(), AuditEntry.objects.count(), ProtocolVersion.objects.count())
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        act()
    assert (Draft.objects.count(), AuditEntry.objects.count(), ProtocolVersion.objects.count()) == before
    return " ".join(refused.value.messages)


@pytest.fixture
def replayed(cast: Cast) -> Proposal:
    """Adam's proposal, replayed."""
    proposal = propose(cast)
    replay_all(proposal)
    return proposal


def test_a_proposal_says_all_settings_why_and_what_it_replaces(cast: Cast) -> None:
    proposal = propose(cast)
    (draft,) = drafts(proposal)
    assert draft.proposed == Settings(major_drop_grades=2)
    assert (draft.reason, draft.replaces, draft.written_by) == ("Three muscles missed in May.", 0, cast.adam)
    entry = AuditEntry.objects.get(action="protocol.proposed")
    assert (entry.actor, entry.ward, entry.reason) == (cast.adam, cast.ward_7b, draft.reason)
    assert entry.data["settings"] == draft.settings


@pytest.mark.parametrize("who", ["alice", "carol", "sam", "nora", "sue"])
def test_only_an_administrator_of_the_ward_may(cast: Cast, replayed: Proposal, who: str) -> None:
    by: Staff = getattr(cast, who)
    replay = Replay.objects.get().public_id
    for act in (
        lambda: actions.propose(cast.ward_7b, by=by, values=values(**STRICTER), reason="r", replaces=0),
        lambda: actions.revise(replayed, by=by, values=values(**STRICTER), reason="r", seen=1),
        lambda: actions.replay_again(replayed, by=by),
        lambda: actions.approve(replayed, by=by, at=None, seen=1, replay=replay),
        lambda: actions.end(replayed, by=by, reason="r", seen=1),
    ):
        with pytest.raises(Forbidden):
            act()


def test_one_proposal_of_a_ward_waits_at_a_time(cast: Cast, ada: Staff) -> None:
    propose(cast)
    said = refusal(lambda: propose(cast, major_drop_grades=1))
    assert said == "Adam Abbot has proposed a version already. It must be approved, refused or withdrawn first."
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(ward=cast.ward_7b)
    actions.propose(cast.ward_8c, by=cast.adam, values=values(**STRICTER), reason="there too", replaces=0)


def test_what_would_change_nothing_is_no_proposal(cast: Cast) -> None:
    assert "nothing would change" in refusal(lambda: propose(cast, major_drop_grades=3))


def test_a_page_that_showed_another_version_proposes_nothing(cast: Cast) -> None:
    adopt_protocol(cast.ward_7b, by=cast.adam, settings=Settings(major_drop_grades=4), reason="first")
    assert "come in force meanwhile" in refusal(lambda: propose(cast))


def test_it_wants_a_reason(cast: Cast) -> None:
    act = lambda: actions.propose(cast.ward_7b, by=cast.adam, values=values(**STRICTER), reason=" ", replaces=0)  # noqa: E731
    assert refusal(act) == "Say why: it stays on the record."


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("major_drop_grades", 6, "from 1 to 5"),
        ("major_drop_grades", True, "from 1 to 5"),
        ("trial_limit_minutes", -1, "whole number of minutes"),
        ("trial_limit_minutes", 2.5, "whole number of minutes"),
        ("fall_pathway", "never", "Choose one of these."),
        ("schedule", (ScheduleRow(4, 60), ScheduleRow(2, 30), ScheduleRow(None, 90)), "rise from row to row"),
        ("schedule", (ScheduleRow(4, 0), ScheduleRow(None, 90)), "1 or more"),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused_by_the_settings_name(
    name: str, value: object, sentence: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        require_settings(values(**{name: value}), Ward())
    assert list(refused.value.message_dict) == [name]
    assert sentence in refused.value.message_dict[name][0]


def test_a_change_is_another_draft_with_a_replay_of_its_own(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    actions.revise(replayed, by=ada, values=values(major_drop_grades=1), reason="Two is not enough.", seen=1)
    first, second = drafts(replayed)
    assert (first.proposed.major_drop_grades, second.proposed.major_drop_grades) == (2, 1)
    assert second.written_by == ada
    assert Replay.objects.filter(draft=second).count() == 1
    assert "Somebody has changed this proposal" in refusal(
        lambda: actions.revise(replayed, by=cast.adam, values=values(**STRICTER), reason="again", seen=1)
    )


def test_who_wrote_any_of_it_does_not_approve_it(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    assert "another administrator approves it" in refusal(lambda: approve(replayed, cast.adam))
    actions.revise(replayed, by=ada, values=values(major_drop_grades=1), reason="Two is not enough.", seen=1)
    replay_all(replayed)
    assert "another administrator approves it" in refusal(lambda: approve(replayed, ada))


def test_the_database_takes_no_authors_approval_either(cast: Cast, replayed: Proposal) -> None:
    with pytest.raises(IntegrityError, match="somebody who wrote none of it"), transaction.atomic():
        Proposal.objects.update(approved_by=cast.adam)


def test_a_second_person_approves_it(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    approve(replayed, ada)
    proposal = as_it_is(replayed)
    assert (proposal.state, proposal.approved_by, proposal.due_at) == (State.APPROVED, ada, proposal.in_force_from)
    assert proposal.approved_replay == Replay.objects.get()
    entry = AuditEntry.objects.get(action="protocol.approved")
    assert (entry.actor, entry.ward) == (ada, cast.ward_7b)


def test_without_a_finished_replay_nothing_is_approved(cast: Cast, ada: Staff) -> None:
    assert "is not finished" in refusal(lambda: approve(propose(cast), ada))


def test_a_replay_of_what_it_said_before_approves_nothing(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    old = Replay.objects.get().public_id
    actions.revise(replayed, by=cast.adam, values=values(major_drop_grades=1), reason="Stricter.", seen=1)
    assert "is not finished" in refusal(lambda: approve(replayed, ada))
    replay_all(replayed)
    assert "replayed again meanwhile" in refusal(lambda: approve(replayed, ada, replay=old))
    approve(replayed, ada)


def test_a_replay_of_last_week_approves_nothing(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    Replay.objects.update(at=now() - timedelta(days=7, minutes=1))
    assert "more than 7 days old" in refusal(lambda: approve(replayed, ada))
    actions.replay_again(replayed, by=ada)
    replay_all(replayed)
    approve(replayed, ada)


def test_who_asks_for_another_replay_may_approve_it_all_the_same(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    actions.replay_again(replayed, by=ada)
    replay_all(replayed)
    assert approve(replayed, ada).state == State.APPROVED


def test_a_stale_page_approves_nothing(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    assert "Somebody has changed this proposal" in refusal(lambda: approve(replayed, ada, seen=2))
    assert "replayed again meanwhile" in refusal(lambda: approve(replayed, ada, replay=uuid4()))


def test_after_another_version_has_come_in_force_it_must_be_changed_first(
    cast: Cast, ada: Staff, replayed: Proposal
) -> None:
    adopt_protocol(cast.ward_7b, by=cast.adam, settings=Settings(major_drop_grades=4), reason="by hand")
    assert "Another version has come in force" in refusal(lambda: approve(replayed, ada))
    actions.revise(replayed, by=cast.adam, values=values(**STRICTER), reason="Still.", seen=1)
    replay = replay_all(replayed)
    assert replay.in_force == "7b 1"
    approve(replayed, ada)


@pytest.mark.parametrize(
    ("ahead", "sentence"),
    [(timedelta(minutes=-1), "This time is past."), (timedelta(days=91), "more than 90 days away")],
)
def test_it_comes_in_force_neither_in_the_past_nor_too_far_ahead(
    cast: Cast, ada: Staff, replayed: Proposal, ahead: timedelta, sentence: str
) -> None:
    assert sentence in refusal(lambda: approve(replayed, ada, at=now() + ahead))


def test_who_wrote_it_withdraws_it_and_others_refuse_it(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    actions.end(replayed, by=cast.adam, reason="The audit comes first.", seen=1)
    other = propose(cast)
    actions.end(other, by=ada, reason="Too many calls at night.", seen=1)
    assert [as_it_is(each).state for each in (replayed, other)] == [State.WITHDRAWN, State.REFUSED]
    assert as_it_is(other).ending_reason == "Too many calls at night."
    actions_told = AuditEntry.objects.filter(action__in=["protocol.withdrawn", "protocol.refused"])
    assert [entry.actor for entry in actions_told.order_by("pk")] == [cast.adam, ada]


def test_what_has_ended_is_not_changed_approved_or_ended_again(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    actions.end(replayed, by=cast.adam, reason="No.", seen=1)
    for act in (
        lambda: actions.revise(replayed, by=ada, values=values(**STRICTER), reason="r", seen=2),
        lambda: actions.replay_again(replayed, by=ada),
        lambda: approve(replayed, ada),
        lambda: actions.end(replayed, by=ada, reason="r", seen=2),
    ):
        assert "This proposal is withdrawn" in refusal(act)


def test_an_approved_one_that_waits_can_still_be_stopped(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    approve(replayed, ada, at=now() + timedelta(days=2))
    actions.end(replayed, by=cast.adam, reason="The clinical lead is away.", seen=2)
    proposal = as_it_is(replayed)
    assert (proposal.state, proposal.due_at) == (State.WITHDRAWN, None)


def test_drafts_are_never_changed_and_nothing_is_deleted(cast: Cast, replayed: Proposal) -> None:
    for table, change in (
        ("proposals_draft", "UPDATE proposals_draft SET reason = 'x'"),
        ("proposals_difference", "UPDATE proposals_difference SET found = '{}'"),
        ("proposals_proposal", "DELETE FROM proposals_proposal"),
        ("proposals_replay", "DELETE FROM proposals_replay"),
    ):
        with pytest.raises(IntegrityError, match=table), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_every_change_of_a_proposal_is_kept_row_by_row(cast: Cast, ada: Staff, replayed: Proposal) -> None:
    approve(replayed, ada)
    kept = RowChange.objects.filter(table="proposals_proposal", row_id=str(replayed.pk)).order_by("pk")
    assert [change.operation for change in kept] == ["INSERT", "UPDATE"]
    before, after = kept[1].before, kept[1].after
    assert before is not None
    assert after is not None
    assert (before["state"], after["state"]) == ("open", "approved")
