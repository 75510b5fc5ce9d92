"""Theatre is planned, for another time, or not at all: one plan waits at a time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

from monitoring.due import clock
from monitoring.pathway.actions import theatre
from monitoring.pathway.course import current_plan
from monitoring.pathway.models import TheatrePlan
from monitoring.pathway.queries import course
from tests.cast import Cast, admit_patient, ago, operate
from tests.pathway.examples import again, plan, refusal
from wards.actions import admit, correct_operation, discharge, retract_operation
from wards.facts import OperationFacts
from wards.models import Operation, Stay
from wards.queries import standing_operations
from wards.times import said


def change(cast: Cast, old: TheatrePlan, hours: float | None, indication: str = "deficit") -> TheatrePlan:
    at = None if hours is None else ago(hours=-hours)
    return theatre.change_plan(
        old, by=cast.carol, planned_at=at, indication=indication, note="", reason="theatre is busy", key=uuid4()
    )


def waiting(stay: Stay) -> TheatrePlan | None:
    return course(stay.episode_id).plan(standing_operations(stay.episode_id))


def test_a_plan_waits_with_its_time_reason_and_note(cast: Cast, stay: Stay) -> None:
    planned = plan(cast, stay, ago(hours=-2), indication="infection", note="  theatre 2 ")
    assert waiting(stay) == planned
    assert (planned.planned_at, planned.indication, planned.note) == (ago(hours=-2), "infection", "theatre 2")


def test_a_plan_says_why(cast: Cast, stay: Stay) -> None:
    for indication in ("", "curiosity"):
        errors = refusal(partial(plan, cast, stay, indication=indication))
        assert errors == {"indication": ["Say why."]}


def test_a_plan_is_for_the_next_thirty_days(cast: Cast, stay: Stay) -> None:
    far = clock.now() + timedelta(days=30, minutes=1)
    errors = refusal(lambda: plan(cast, stay, far))
    assert errors == {"planned_time": ["That is more than 30 days ahead. Check the date."]}
    assert plan(cast, stay, clock.now() + timedelta(days=30) - timedelta(minutes=1)).is_standing


def test_a_plan_is_not_for_before_the_admission(cast: Cast, stay: Stay) -> None:
    early = stay.admitted_at - timedelta(seconds=1)
    errors = refusal(lambda: plan(cast, stay, early))
    assert errors == {"planned_time": ["That is before the admission. Check the date."]}
    assert plan(cast, stay, stay.admitted_at).is_standing


def test_a_plan_typed_after_its_time_is_taken(cast: Cast, stay: Stay) -> None:
    assert waiting(stay) is None
    planned = plan(cast, stay, ago(minutes=30))
    assert waiting(stay) == planned


def test_nothing_is_planned_for_who_has_been_discharged(cast: Cast, stay: Stay) -> None:
    discharge(stay, by=cast.alice, at=None, departure=Stay.Departure.HOME)
    stay.refresh_from_db()
    assert refusal(lambda: plan(cast, stay)) == {"__all__": ["The patient has been discharged."]}


def test_one_plan_waits_at_a_time(cast: Cast, stay: Stay) -> None:
    first = plan(cast, stay, ago(hours=-3))
    errors = refusal(lambda: plan(cast, stay, ago(hours=-5)))
    when = said(first.planned_at, stay.ward)
    assert errors == {"__all__": [f"Theatre is planned already for {when}. Change that plan, or take it back."]}
    theatre.cancel_plan(first, by=cast.sam, reason="better")
    assert waiting(stay) is None
    assert waiting(stay) != plan(cast, stay, ago(hours=-5))
    assert waiting(stay) is not None


def test_another_patients_plan_is_in_nobodys_way(cast: Cast, stay: Stay) -> None:
    other = admit_patient(cast, bed=cast.beds[1])
    operate(cast, other)
    assert {plan(cast, stay), plan(cast, other)} == {waiting(stay), waiting(other)}


def test_another_time_takes_the_plans_place(cast: Cast, stay: Stay) -> None:
    later = change(cast, plan(cast, stay, ago(hours=-2)), 4)
    assert waiting(stay) == later
    assert later.planned_at == ago(hours=-4)


def test_another_reason_leaves_the_time_as_it_was(cast: Cast, stay: Stay) -> None:
    first = plan(cast, stay, ago(hours=-2))
    changed = change(cast, first, None, "infection")
    assert (changed.planned_at, changed.indication) == (first.planned_at, "infection")


def test_a_changed_plan_obeys_the_rules_of_a_plan(cast: Cast, stay: Stay) -> None:
    first = plan(cast, stay)
    assert set(refusal(lambda: change(cast, first, 31 * 24))) == {"planned_time"}
    assert set(refusal(lambda: change(cast, first, 2, "curiosity"))) == {"indication"}


def test_a_plan_is_over_once_the_patient_was_operated_again(cast: Cast, stay: Stay) -> None:
    planned = plan(cast, stay, ago(hours=2))
    assert waiting(stay) == planned
    operation = again(cast, stay, ended_at=ago(hours=1))
    assert waiting(stay) is None
    assert plan(cast, stay) == waiting(stay)
    retract_operation(operation, by=cast.alice, reason="another patient's")
    assert waiting(stay) == planned


def test_a_plan_stays_over_though_the_operations_times_are_corrected(cast: Cast, stay: Stay) -> None:
    plan(cast, stay, ago(hours=2))
    operation = again(cast, stay, ended_at=ago(hours=1))
    facts = {name: getattr(operation, name) for name in OperationFacts.__dataclass_fields__}
    moved = OperationFacts(**(facts | {"ended_at": ago(minutes=50)}))
    correct_operation(operation, by=cast.alice, facts=moved, reason="misread", key=uuid4())
    assert waiting(stay) is None


def test_a_plan_is_over_if_the_operation_ended_sooner_than_it_was_meant(cast: Cast, stay: Stay) -> None:
    """It was brought forward: neither the plan's time nor that of typing it came first."""
    planned = TheatrePlan(planned_at=ago(hours=-2), recorded_at=ago(hours=3))
    assert current_plan([planned], [Operation(kind="secondary", ended_at=ago(hours=1))]) is None
    assert current_plan([planned], [Operation(kind="secondary", ended_at=planned.recorded_at)]) is None


def test_an_operation_before_the_plan_leaves_it_waiting_and_so_does_the_index(cast: Cast) -> None:
    planned = TheatrePlan(planned_at=ago(hours=-2), recorded_at=ago(hours=3))
    earlier = [
        Operation(kind="secondary", ended_at=ago(hours=3, minutes=1)),
        Operation(kind="index", ended_at=ago(hours=1)),
    ]
    assert current_plan([planned], earlier) is planned


def test_of_two_plans_the_nearer_one_is_current() -> None:
    now = clock_free_plans()
    assert current_plan(now, []) is now[1]
    assert current_plan([], []) is None


def clock_free_plans() -> list[TheatrePlan]:
    noon = TheatrePlan._meta.get_field("planned_at").to_python("2026-03-01T12:00:00+00:00")
    return [TheatrePlan(planned_at=noon + timedelta(hours=hours), recorded_at=noon) for hours in (3, 1, 2)]


def test_a_plan_of_the_stay_before_can_be_taken_back_after_a_readmission(cast: Cast, stay: Stay) -> None:
    old = plan(cast, stay, ago(minutes=30))
    discharge(stay, by=cast.alice, at=ago(minutes=20), departure=Stay.Departure.HOME)
    back = admit(
        by=cast.alice,
        at=ago(minutes=10),
        bed=cast.beds[1],
        patient=stay.patient,
        episode=stay.episode,
        responsible_surgeon=cast.sam,
        key=uuid4(),
    )
    assert set(refusal(lambda: plan(cast, back))) == {"__all__"}
    theatre.cancel_plan(old, by=cast.alice, reason="he went home")
    assert plan(cast, back) == waiting(back)
