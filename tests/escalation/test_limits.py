"""After a surgeon has it, each milestone has its limit; a lapse resumes the ladder one rung up and says why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from monitoring.alerts.models import Alert, AlertEvent, Milestone
from monitoring.alerts.steps import accept, close, decide, record_milestone
from monitoring.escalation.limits import LIMIT_WORDS, Limit, next_limit
from tests.escalation.ascents import START, minute
from tests.escalation.conftest import Scene
from wards.models import Staff, Stay

SURGEONS = "Rhea+Sam+Tess+the site's number"


def take(scene: Scene, by: Staff) -> None:
    accept(scene.alert, by=by, revision=scene.alert.revision)


def done(scene: Scene, kind: str) -> None:
    record_milestone(scene.alert, by=scene.cast.alice, revision=scene.alert.revision, kind=kind, at=None)


def lapses(scene: Scene) -> list[str]:
    return [data["limit"] for _, data in scene.events(AlertEvent.Kind.LAPSED)]


@pytest.fixture
def accepted(critical: Scene) -> Scene:
    """Sam, called at minute 0, accepts at minute 1."""
    critical.climb_until(1)
    take(critical, critical.cast.sam)
    critical.climb_until(2)
    return critical


# Pure


def alert_accepted(at: float | None, **columns: object) -> Alert:
    facts = {"actions": ["image_and_explore"], "accepted_at": None if at is None else minute(at)}
    return Alert(**(facts | columns))


@pytest.mark.parametrize(
    ("milestones", "limit"),
    [
        ({}, Limit("imaging_requested", minute(31))),
        ({"surgeon_told": 2, "treatment_started": 3}, Limit("imaging_requested", minute(31))),
        ({"imaging_requested": 20}, Limit("imaging_done", minute(121))),
        ({"imaging_done": 50}, Limit("decision", minute(80))),
        ({"imaging_requested": 20, "imaging_done": 50}, Limit("decision", minute(80))),
        ({"imaging_done": -60}, Limit("decision", minute(31))),
        ({"theatre_booked": 20}, None),
        ({"exploration_begun": 20}, None),
    ],
)
def test_which_limit_runs(milestones: dict[str, float], limit: Limit | None) -> None:
    reached = {kind: minute(at) for kind, at in milestones.items()}
    assert next_limit(alert_accepted(1), reached) == limit


def test_no_limit_runs_before_acceptance_after_a_decision_or_without_imaging() -> None:
    assert next_limit(alert_accepted(None), {}) is None
    assert next_limit(alert_accepted(1, decided_at=minute(5)), {}) is None
    assert next_limit(alert_accepted(1, actions=["increase_checks"]), {}) is None


def test_every_limit_has_words() -> None:
    kind = Milestone.Kind
    reached: list[dict[str, datetime]] = [{}, {kind.IMAGING_REQUESTED: START}, {kind.IMAGING_DONE: START}]
    names = {limit.name for one in reached if (limit := next_limit(alert_accepted(1), one))}
    observed = observing(accepted=1, again=60)
    names |= {limit.name for limit in [next_limit(observed, {})] if limit}
    assert names == set(LIMIT_WORDS)


def observing(*, accepted: float, again: float, left: datetime | None = None, **columns: object) -> Alert:
    """Decided at minute 5 to observe, and to look again at minute `again`."""
    stay = Stay(discharged_at=left)
    decision = {"decision": "observe", "decided_at": minute(5), "look_again_at": minute(again)}
    return alert_accepted(accepted, stay=stay, **decision, **columns)


@pytest.mark.parametrize(("accepted", "at"), [(1, 60), (60, 60), (61, 91), (200, 230)])
def test_who_observes_has_said_until_when_and_who_takes_it_on_later_has_half_an_hour(
    accepted: float, at: float
) -> None:
    for actions in (["image_and_explore"], ["review"]):
        limit = next_limit(observing(accepted=accepted, again=60, actions=actions), {"imaging_done": START})
        assert limit == Limit("look_again", minute(at))


def test_nobody_looks_again_at_a_patient_who_has_left() -> None:
    assert next_limit(observing(accepted=1, again=60, left=minute(20)), {}) is None


# On the ladder


def test_imaging_not_requested_within_30_min_resumes_one_rung_up_and_says_why(accepted: Scene) -> None:
    accepted.climb_until(30.9)
    assert lapses(accepted) == []
    accepted.climb_until(45)
    assert lapses(accepted) == ["imaging_requested"]
    assert accepted.called(since=4) == [(31, "Tess"), (38, "Rhea+the site's number"), (43, SURGEONS)]
    assert not accepted.alert.has_surgeon


def test_the_timeline_says_which_limit_passed_and_when_it_was(accepted: Scene) -> None:
    accepted.look_at(40)  # nine minutes late
    ((_, data),) = accepted.events(AlertEvent.Kind.LAPSED)
    assert data == {"limit": "imaging_requested", "at": accepted.clock.minute(31).isoformat()}
    assert accepted.alert.lapsed_at == accepted.clock.minute(40)


def test_imaging_not_done_within_120_min(accepted: Scene) -> None:
    accepted.climb_until(20)
    done(accepted, "imaging_requested")
    accepted.climb_until(120.9)
    assert accepted.called(since=4) == []
    accepted.climb_until(122)
    assert (lapses(accepted), accepted.called(since=4)) == (["imaging_done"], [(121, "Tess")])


def test_done_in_time_and_decided_in_time_calls_nobody(accepted: Scene) -> None:
    accepted.climb_until(20)
    done(accepted, "imaging_requested")
    accepted.climb_until(60)
    done(accepted, "imaging_done")
    accepted.climb_until(89)
    decide(accepted.alert, by=accepted.cast.sam, revision=accepted.alert.revision, decision="explore", reason="clot")
    accepted.climb_until(300)
    assert (lapses(accepted), accepted.called(since=4)) == ([], [])


def test_the_decision_is_late_half_an_hour_after_the_imaging(accepted: Scene) -> None:
    accepted.climb_until(20)
    done(accepted, "imaging_done")
    accepted.climb_until(49.9)
    assert lapses(accepted) == []
    accepted.climb_until(50)
    assert (lapses(accepted), accepted.called(since=4)) == (["decision"], [(50, "Tess")])


def test_accepting_again_after_a_lapse_quiets_and_begins_the_limits_anew(accepted: Scene) -> None:
    accepted.climb_until(32)
    take(accepted, accepted.tess)
    accepted.climb_until(61.9)
    assert accepted.called(since=32) == []
    accepted.climb_until(62)
    assert lapses(accepted) == ["imaging_requested"] * 2
    assert accepted.called(since=32) == [(62, "Rhea+the site's number")]  # one more rung up


def test_the_missing_milestone_makes_the_lapse_good(accepted: Scene) -> None:
    accepted.climb_until(33)
    done(accepted, "imaging_requested")
    assert accepted.alert.has_surgeon
    accepted.climb_until(120.9)
    assert accepted.called(since=32) == []
    accepted.climb_until(121)
    assert lapses(accepted) == ["imaging_requested", "imaging_done"]


def test_another_milestone_does_not(accepted: Scene) -> None:
    accepted.climb_until(33)
    done(accepted, "treatment_started")
    accepted.climb_until(38)
    assert accepted.called(since=32) == [(38, "Rhea+the site's number")]


def test_after_the_last_rung_a_lapse_calls_that_one_again_and_it_repeats(critical: Scene) -> None:
    critical.climb_until(21)
    take(critical, critical.cast.sam)
    critical.climb_until(57)
    assert critical.called(since=21) == [(51, SURGEONS), (56, SURGEONS)]


def test_a_lapse_does_not_wake_the_nurses(accepted: Scene) -> None:
    accepted.climb_until(60)
    assert "Carol" not in {who for _, who in accepted.called(since=4)}


def test_a_limit_that_passed_while_nothing_ran_resumes_at_the_first_look(accepted: Scene) -> None:
    accepted.look_at(31 + 60)
    assert accepted.called(since=4)[-1] == (91, "Tess")
    accepted.climb_until(98)
    assert accepted.called(since=92) == [(98, "Rhea+the site's number")]
    assert accepted.clock.start + timedelta(minutes=91) == accepted.alert.lapsed_at


def observe(scene: Scene, by: Staff, minutes: float) -> None:
    decide(
        scene.alert,
        by=by,
        revision=scene.alert.revision,
        decision="observe",
        reason="moves better",
        look_again=timedelta(minutes=minutes),
    )


def test_not_looked_at_again_in_time_resumes_one_rung_up_and_says_when_it_was(accepted: Scene) -> None:
    accepted.climb_until(10)
    observe(accepted, accepted.cast.sam, 60)
    accepted.climb_until(69.9)
    assert (lapses(accepted), accepted.called(since=4)) == ([], [])
    accepted.climb_until(70)
    ((_, data),) = accepted.events(AlertEvent.Kind.LAPSED)
    assert data == {"limit": "look_again", "at": accepted.clock.minute(70).isoformat()}
    assert accepted.called(since=4) == [(70, "Tess")]
    assert not accepted.alert.has_surgeon


@pytest.mark.parametrize("decision", ["explore", "observe"])
def test_deciding_anew_in_time_calls_nobody(accepted: Scene, decision: str) -> None:
    accepted.climb_until(10)
    observe(accepted, accepted.cast.sam, 60)
    accepted.climb_until(65)
    if decision == "observe":
        observe(accepted, accepted.cast.sam, 240)
    else:
        decide(
            accepted.alert, by=accepted.cast.sam, revision=accepted.alert.revision, decision="explore", reason="clot"
        )
    accepted.climb_until(300)
    assert (lapses(accepted), accepted.called(since=4)) == ([], [])


def test_looking_again_too_late_makes_it_good_and_a_milestone_does_not(accepted: Scene) -> None:
    accepted.climb_until(10)
    observe(accepted, accepted.cast.sam, 60)
    accepted.climb_until(70)
    done(accepted, "theatre_booked")
    before = accepted.alert.has_surgeon
    observe(accepted, accepted.cast.sam, 60)
    assert (before, accepted.alert.has_surgeon) == (False, True)
    accepted.climb_until(100)
    assert accepted.called(since=71) == []


def test_who_takes_on_what_was_not_looked_at_has_half_an_hour_for_it(accepted: Scene) -> None:
    accepted.climb_until(10)
    observe(accepted, accepted.cast.sam, 60)
    accepted.climb_until(72)
    take(accepted, accepted.tess)
    accepted.climb_until(101.9)
    assert accepted.called(since=72) == []
    accepted.climb_until(102)
    assert lapses(accepted) == ["look_again", "look_again"]


def test_a_closing_ends_the_limit(accepted: Scene) -> None:
    accepted.climb_until(10)
    observe(accepted, accepted.cast.sam, 60)
    close(accepted.alert, by=accepted.cast.sam, revision=accepted.alert.revision, outcome="non_neurogenic")
    accepted.climb_until(300)
    assert lapses(accepted) == []
