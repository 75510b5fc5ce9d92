"""Operations: recorded, corrected, retracted, and the rules for each."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.checks.actions import retract_check
from monitoring.due import clock
from monitoring.due.models import Watch
from tests.cast import Cast, admit_patient, ago, operate, operation_facts
from tests.checks.examples import examine
from wards import actions
from wards.access import Forbidden
from wards.models import Operation, Stay
from wards.queries import operation_during, standing_operations


@pytest.fixture
def stay(cast: Cast) -> Stay:
    return admit_patient(cast, at=ago(days=5))


def correct(cast: Cast, operation: Operation, reason: str = "typed wrong", **facts: Any) -> Operation:
    return actions.correct_operation(operation, by=cast.sam, facts=operation_facts(**facts), reason=reason, key=uuid4())


def refused(field: str, message: str, call: Any) -> None:
    before = Operation.objects.count()
    with pytest.raises(ValidationError) as refusal:
        call()
    assert message in refusal.value.message_dict[field][0]
    assert Operation.objects.count() == before


def assess_at(stay: Stay) -> tuple[bool, datetime | None, Any]:
    watch = Watch.objects.get(stay=stay)
    return watch.assess_at is not None, watch.changed_since, watch.changes


def test_an_operation_is_stored_audited_and_assessed_from_its_end(cast: Cast, stay: Stay) -> None:
    Watch.objects.update(assess_at=None)
    operation = operate(cast, stay, ended_at=ago(days=1))
    assert (operation.stay, operation.episode, operation.recorded_by) == (stay, stay.episode, cast.alice)
    change = {"by": cast.alice.pk, "what": "operation.recorded", "why": ""}
    assert assess_at(stay) == (True, operation.ended_at, [change])
    entry = AuditEntry.objects.get(action="operation.recorded")
    assert (entry.actor, entry.patient, entry.subject_id) == (cast.alice, stay.patient, str(operation.pk))


def test_a_correction_stands_in_the_place_of_the_old_one(cast: Cast, stay: Stay) -> None:
    old = operate(cast, stay, ended_at=ago(days=1))
    operate(cast, stay, ended_at=ago(hours=8), kind="secondary")
    new = correct(cast, old, ended_at=ago(days=2), level_lower="S1")
    assert (new.supersedes, new.place, new.correction_reason) == (old, old.place, "typed wrong")
    assert (new.episode, new.stay, new.recorded_by) == (old.episode, old.stay, cast.sam)
    assert not Operation.objects.get(pk=old.pk).is_standing
    assert standing_operations(stay.episode_id)[0] == new
    assert AuditEntry.objects.get(action="operation.corrected").data == {"stay": stay.pk, "supersedes": old.pk}


@pytest.mark.parametrize("days", [0.5, 2])
def test_a_corrected_time_is_assessed_from_the_earlier_of_the_two(cast: Cast, stay: Stay, days: float) -> None:
    old = operate(cast, stay, ended_at=ago(days=1))
    Watch.objects.update(changed_since=None, changes=[])
    new = correct(cast, old, ended_at=ago(days=days))
    change = {"by": cast.sam.pk, "what": "operation.corrected", "why": "typed wrong"}
    assert assess_at(stay) == (True, min(old.ended_at, new.ended_at), [change])


def test_a_retracted_operation_counts_as_if_it_had_never_been(cast: Cast, stay: Stay) -> None:
    operation = operate(cast, stay)
    retracted = actions.retract_operation(operation, by=cast.sam, reason=" wrong patient ")
    assert (retracted.retracted_by, retracted.retraction_reason) == (cast.sam, "wrong patient")
    assert standing_operations(stay.episode_id) == []
    assert AuditEntry.objects.get(action="operation.retracted").reason == "wrong patient"
    operate(cast, stay)


def test_the_same_retraction_sent_again_changes_nothing(cast: Cast, stay: Stay) -> None:
    operation = operate(cast, stay)
    times = {actions.retract_operation(operation, by=cast.sam, reason="wrong patient").retracted_at for _ in range(3)}
    assert len(times) == 1
    assert AuditEntry.objects.filter(action="operation.retracted").count() == 1


def test_what_no_longer_stands_is_not_changed_and_the_message_names_who_changed_it(cast: Cast, stay: Stay) -> None:
    old = operate(cast, stay)
    new = correct(cast, old)
    refused("__all__", "Sam Stone corrected this entry at", lambda: correct(cast, old, level_lower="S1"))
    refused("__all__", "Sam Stone corrected", lambda: actions.retract_operation(old, by=cast.alice, reason="x"))
    actions.retract_operation(new, by=cast.sam, reason="wrong patient")
    refused("__all__", "Sam Stone retracted this entry at", lambda: correct(cast, new))
    refused("__all__", "Sam Stone retracted", lambda: actions.retract_operation(new, by=cast.alice, reason="x"))


@pytest.mark.parametrize("nothing", ["", "  "])
def test_a_change_needs_a_reason(cast: Cast, stay: Stay, nothing: str) -> None:
    operation = operate(cast, stay)
    refused("reason", "Say why", lambda: correct(cast, operation, reason=nothing))
    refused("reason", "Say why", lambda: actions.retract_operation(operation, by=cast.sam, reason=nothing))


def test_an_administrator_and_another_ward_write_no_operation(cast: Cast, stay: Stay) -> None:
    operation = operate(cast, stay)
    for somebody in (cast.adam, cast.sue):
        with pytest.raises(Forbidden):
            actions.record_operation(stay, by=somebody, facts=operation_facts(), key=uuid4())
        with pytest.raises(Forbidden):
            actions.correct_operation(operation, by=somebody, facts=operation_facts(), reason="x", key=uuid4())
        with pytest.raises(Forbidden):
            actions.retract_operation(operation, by=somebody, reason="x")


@pytest.mark.parametrize(
    ("field", "message", "facts"),
    [
        ("ended_at", "future", lambda: {"ended_at": clock.now() + timedelta(minutes=2)}),
        ("ended_at", "end after it starts", lambda: {"started_at": ago(days=1)}),
        ("started_at", "longer than 24 hours", lambda: {"started_at": ago(days=2, minutes=1)}),
        ("level_lower", "must not lie above", lambda: {"level_upper": "L5", "level_lower": "L4"}),
        ("level_lower", "must not lie above", lambda: {"level_upper": "L1", "level_lower": "T12"}),
        ("procedure", "Name the fusion", lambda: {"procedure": "other"}),
        ("kind", "Record the index fusion first", lambda: {"kind": "secondary"}),
    ],
)
def test_an_operation_must_be_sound(cast: Cast, stay: Stay, field: str, message: str, facts: Any) -> None:
    given = facts()
    given.setdefault("ended_at", ago(days=1))
    refused(field, message, lambda: operate(cast, stay, **given))


def test_an_episode_has_one_index_fusion_and_it_comes_first(cast: Cast, stay: Stay) -> None:
    index = operate(cast, stay, ended_at=ago(days=2))
    refused("kind", "Another one begins a new episode", lambda: operate(cast, stay, ended_at=ago(days=1)))
    refused("kind", "follows an index", lambda: operate(cast, stay, ended_at=ago(days=3), kind="secondary"))
    second = operate(cast, stay, ended_at=ago(days=1), kind="secondary", procedure="other")
    refused("kind", "The index comes first", lambda: correct(cast, index, ended_at=ago(hours=12)))
    refused("kind", "follows an index", lambda: correct(cast, index, ended_at=ago(days=2), kind="secondary"))
    refused("kind", "Another one begins", lambda: correct(cast, second, ended_at=ago(days=1)))
    refused("__all__", "depends on this", lambda: actions.retract_operation(index, by=cast.sam, reason="x"))


def test_operations_do_not_overlap(cast: Cast, stay: Stay) -> None:
    index = operate(cast, stay, ended_at=ago(days=1))
    overlapping = index.ended_at + timedelta(hours=2)
    refused("started_at", "Another operation", lambda: operate(cast, stay, ended_at=overlapping, kind="secondary"))
    operate(cast, stay, ended_at=index.ended_at + timedelta(hours=3), kind="secondary")


@pytest.mark.parametrize(
    ("minutes_after_start", "covered"), [(-1, False), (0, False), (1, True), (179, True), (180, True), (181, False)]
)
def test_an_operation_may_not_cover_a_check_nor_end_at_its_instant(
    cast: Cast, stay: Stay, minutes_after_start: int, covered: bool
) -> None:
    """At one instant a check counts as before an operation (protocol §10): it would be a false baseline."""
    end = ago(days=1)
    start = end - timedelta(hours=3)
    check = examine(cast, stay, at=start + timedelta(minutes=minutes_after_start))
    if covered:
        refused("started_at", "A check is recorded at", lambda: operate(cast, stay, ended_at=end))
        retract_check(check, by=cast.alice, reason="wrong time")
    operation = operate(cast, stay, ended_at=end)
    assert operation_during(stay.episode_id, check.examined_at) == (operation if covered else None)


def test_a_discharged_stay_takes_no_new_operation_but_takes_corrections(cast: Cast, stay: Stay) -> None:
    operation = operate(cast, stay, ended_at=ago(days=2))
    actions.discharge(stay, by=cast.alice, at=ago(hours=1), departure="home")
    refused("__all__", "was discharged at", lambda: operate(cast, stay, ended_at=ago(days=1), kind="secondary"))
    assert correct(cast, operation, ended_at=ago(days=2), level_lower="S1").levels_label == "L4–S1"


def test_a_change_after_a_readmission_is_assessed_on_the_present_stay(cast: Cast, stay: Stay) -> None:
    operation = operate(cast, stay, ended_at=ago(days=3))
    actions.discharge(stay, by=cast.alice, at=ago(days=1), departure="home")
    bed = cast.beds_8c[0]
    present = admit_patient(cast, bed=bed, at=ago(hours=9), patient=stay.patient, episode=stay.episode)
    Watch.objects.update(assess_at=None, changed_since=None)
    with pytest.raises(Forbidden):
        correct(cast, operation)
    new = actions.correct_operation(
        operation, by=cast.sue, facts=operation_facts(ended_at=ago(days=3)), reason="side", key=uuid4()
    )
    assert new.stay == stay
    assert [assess_at(each)[0] for each in (stay, present)] == [False, True]
