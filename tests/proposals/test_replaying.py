"""A proposal replayed on a ward's recorded stays: all of them, in batches, and with the counts that assessing each stay
by hand gives."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from monitoring.alerts.evidence import Evidence
from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from monitoring.checks.queries import timeline
from monitoring.due import registry
from monitoring.due.actions import run_one
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.due.registry import Lane, sweep_named
from monitoring.proposals import actions, replaying
from monitoring.proposals.comparing import CALLS, How, Signal, Totals
from monitoring.proposals.models import Difference, Proposal, Replay
from monitoring.proposals.queries import entries_since, replays_to_go_on
from monitoring.proposals.replaying import go_on
from monitoring.protocol import Action, Level, Settings, assess
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, operate
from tests.proposals.conftest import STRICTER, as_it_is, propose, replay_all, values
from wards.actions import discharge
from wards.models import Stay, Ward

MINUTE = timedelta(minutes=1)
WHEN: dict[Signal, Callable[[Evidence], bool]] = {
    Signal.CRITICAL: lambda said: said.level >= Level.CRITICAL,
    Signal.CONCERN: lambda said: said.level >= Level.CONCERN,
    Signal.WATCH: lambda said: said.level >= Level.WATCH,
    Signal.IMAGE_AND_EXPLORE: lambda said: Action.IMAGE_AND_EXPLORE in said.actions,
}


@pytest.fixture
def ward(cast: Cast) -> list[Patient]:
    """Five patients in their first hours, each with a course of its own; one has left, one was never operated."""
    courses: list[list[tuple[int, dict[str, int]]]] = [
        [(300, {"L4_left": 3}), (240, {}), (180, {})],
        [(280, {"L4_left": 2}), (200, {"L4_left": 2})],
        [(250, {"L4_left": 3}), (190, {"L5_left": 3, "L4_left": 3}), (100, {}), (60, {}), (30, {"L2_right": 3})],
        [(200, {})],
    ]
    patients = []
    for bed, course in zip(cast.beds, courses, strict=False):
        patient = watched_patient(cast, bed)
        for minutes, weaker in course:
            patient.check(minutes, flag=None, **weaker)
        patients.append(patient)
    discharge(patients[0].stay, by=cast.alice, at=ago(minutes=90), departure=Stay.Departure.HOME)
    admit_patient(cast, bed=cast.beds[5])
    return patients


@pytest.fixture
def full(cast: Cast, patient: Patient) -> Patient:
    """A ward of five, of whom the first alone was operated, and would be critical under stricter settings."""
    patient.check(60, L4_left=3)
    for bed in cast.beds[1:5]:
        admit_patient(cast, bed=bed)
    return patient


def rises(stay: Stay, settings: Settings, until: datetime) -> dict[Signal, list[datetime]]:
    """When each signal begins, by asking for the assessment of every minute of the last six hours of a stay."""
    history = timeline(stay)
    until = min(until, stay.discharged_at or until)
    start = ago(hours=6)
    minutes = [start + MINUTE * n for n in range(int((until - start) / MINUTE) + 1)]
    told = [Evidence.of(assess(history, settings, at)) for at in minutes]
    found: dict[Signal, list[datetime]] = {signal: [] for signal in CALLS}
    for (_before, was), (at, is_now) in pairwise(zip(minutes, told, strict=True)):
        for signal in CALLS:
            if WHEN[signal](is_now) and not WHEN[signal](was):
                found[signal].append(at)
    return found


def count_by_hand(ward: Ward, settings: Settings, until: datetime) -> dict[Signal, set[tuple[int, datetime]]]:
    """Each time that a signal begins, of each stay of the ward."""
    found: dict[Signal, set[tuple[int, datetime]]] = {signal: set() for signal in CALLS}
    for stay in Stay.objects.filter(ward=ward):
        for signal, times in rises(stay, settings, until).items():
            found[signal] |= {(stay.pk, at) for at in times}
    return found


def begun(replay: Replay, signal: Signal) -> set[tuple[int, datetime]]:
    """Each time that a replay tells of as one more, or earlier, or later under the proposed version."""
    return {
        (found.stay_id, datetime.fromisoformat(change["after"]))
        for found in Difference.objects.filter(replay=replay)
        for change in found.found["changes"]
        if change["signal"] == signal and change["how"] != How.FEWER
    }


def test_its_counts_are_those_of_assessing_every_stay_by_hand(cast: Cast, ward: list[Patient]) -> None:
    in_force = count_by_hand(cast.ward_7b, Settings(), now())
    for changes in (STRICTER, {"major_drop_grades": 4, "trial_limit_minutes": 45}):
        proposal = propose(cast, **changes)
        replay = replay_all(proposal)
        totals = Totals.from_json(replay.totals)
        assert (totals.stays, totals.unwatched) == (5, 1)
        proposed = count_by_hand(cast.ward_7b, proposal.newest.proposed, replay.at)
        assert proposed != in_force, changes
        for signal in CALLS:
            tally = totals.tallies[signal]
            assert (tally.before, tally.after) == (len(in_force[signal]), len(proposed[signal])), (changes, signal)
            assert begun(replay, signal) == proposed[signal] - in_force[signal], (changes, signal)
        actions.end(proposal, by=cast.adam, reason="the next", seen=1)


def test_only_the_stays_that_differ_are_told_one_by_one(cast: Cast, ward: list[Patient]) -> None:
    replay = replay_all(propose(cast))
    assert [found.stay for found in replay.differences.all()] == [ward[0].stay, ward[2].stay]
    assert Totals.from_json(replay.totals).differing == 2


def test_it_begins_by_itself_and_takes_no_stay_of_another_ward(cast: Cast, full: Patient) -> None:
    admit_patient(cast, bed=cast.beds_8c[0])
    replay = Replay.objects.get(draft__proposal=propose(cast))
    assert (replay.stays, replay.in_force, replay.asked_by) == (5, "default", cast.adam)
    assert replays_to_go_on(10) == [replay.pk]
    assert replay_all(replay.draft.proposal).totals["stays"] == 5


def test_it_is_done_in_batches_on_the_slow_lane_and_goes_on_where_it_was(
    cast: Cast, full: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sweep_named("replay").lane is Lane.SLOW
    monkeypatch.setattr(replaying, "BATCH", 2)
    replay = Replay.objects.get(draft__proposal=propose(cast))
    seen = []
    while replay.due_at is not None:
        go_on(replay.pk)
        replay.refresh_from_db()
        seen.append(replay.totals["stays"])
    assert seen == [2, 4, 5]
    assert [found.stay for found in replay.differences.all()] == [full.stay]


def test_a_batch_that_takes_long_ends_early(cast: Cast, full: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replaying, "BATCH_SECONDS", 0)
    replay = Replay.objects.get(draft__proposal=propose(cast))
    go_on(replay.pk)
    replay.refresh_from_db()
    assert (replay.totals["stays"], replay.finished_at) == (1, None)
    assert replay_all(replay.draft.proposal).totals["stays"] == 5


def test_a_batch_that_fails_leaves_nothing_and_is_tried_again(
    cast: Cast, full: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    replay = Replay.objects.get(draft__proposal=propose(cast))

    def fail_at_the_second(stay: Stay, of: Replay) -> object:
        if stay != full.stay:
            raise RuntimeError("Patient17 in bed 3")
        return replayed(stay, of)

    replayed = replaying.replayed
    monkeypatch.setattr(replaying, "replayed", fail_at_the_second)
    run_one(registry.sweep_named("replay"), replay.pk)
    replay.refresh_from_db()
    assert (replay.reached, replay.totals, replay.failures, replay.last_error) == (0, {}, 1, "RuntimeError")
    assert not Difference.objects.exists()
    assert replays_to_go_on(10) == []  # not yet
    monkeypatch.undo()
    assert Replay.objects.filter(pk=replay.pk).update(due_at=replay.at) == 1
    done = replay_all(replay.draft.proposal)
    assert (done.totals["stays"], done.failures, done.failing_since) == (5, 0, None)


def test_one_that_is_not_due_is_left_alone(cast: Cast, full: Patient) -> None:
    replay = replay_all(propose(cast))
    go_on(replay.pk)
    assert Replay.objects.get(pk=replay.pk).totals == replay.totals


def test_its_result_is_on_the_record_and_nobody_did_it(cast: Cast, full: Patient) -> None:
    replay = replay_all(propose(cast))
    entry = AuditEntry.objects.get(action="protocol.replayed")
    assert (entry.actor, entry.ward, entry.data["totals"]) == (None, cast.ward_7b, replay.totals)


def test_what_is_recorded_since_is_counted_and_it_can_be_replayed_again(cast: Cast, patient: Patient) -> None:
    proposal = propose(cast)
    first = replay_all(proposal)
    assert entries_since(cast.ward_7b.pk, first.at) == 0
    check = patient.check(20, L4_left=3)
    operate(cast, admit_patient(cast, bed=cast.beds_8c[0]))
    assert entries_since(cast.ward_7b.pk, first.at) == 1
    patient.retract(check)
    patient.check(10, L4_left=3)
    assert entries_since(cast.ward_7b.pk, first.at) == 2
    again = actions.replay_again(proposal, by=cast.adam)
    assert actions.replay_again(proposal, by=cast.adam) == again  # it runs
    done = replay_all(proposal)
    assert [each.totals["tallies"]["critical"]["more"] for each in (first, done)] == [0, 1]
    assert Replay.objects.get(pk=first.pk).totals == first.totals


def test_one_of_what_the_proposal_no_longer_says_is_given_up(cast: Cast, full: Patient) -> None:
    proposal = propose(cast)
    first = Replay.objects.get(draft__proposal=proposal)
    actions.revise(
        proposal, by=cast.adam, values=values(major_drop_grades=1), reason="More careful still.", seen=proposal.revision
    )
    go_on(first.pk)
    first.refresh_from_db()
    assert (first.due_at, first.finished_at, first.totals) == (None, None, {})
    assert replay_all(proposal).finished_at is not None


def test_one_of_a_proposal_that_has_ended_is_given_up(cast: Cast, full: Patient) -> None:
    proposal = propose(cast)
    actions.end(proposal, by=cast.adam, reason="Not now.", seen=proposal.revision)
    replay = replay_all(as_it_is(proposal))
    assert (replay.finished_at, replay.totals) == (None, {})


def test_a_ward_without_a_stay_is_replayed_too(cast: Cast) -> None:
    replay = replay_all(propose(cast))
    assert replay.finished_at is not None
    assert Totals.from_json(replay.totals) == Totals()


def test_a_replay_writes_nothing_about_a_stay(cast: Cast, full: Patient) -> None:
    before = list(Watch.objects.values()), list(Alert.objects.values())
    replay_all(propose(cast))
    assert (list(Watch.objects.values()), list(Alert.objects.values())) == before
    assert Proposal.objects.get().state == Proposal.State.OPEN
