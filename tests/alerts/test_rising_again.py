"""What was said of a lesser finding does not count for a worse one; it stays on the timeline (protocol §10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from monitoring.alerts import steps
from monitoring.alerts.models import Alert, HandOver, Milestone
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient, clock_at
from tests.alerts.stages import STAGES, Colleagues
from tests.cast import ago


@pytest.fixture
def others(patient: Patient) -> Colleagues:
    return Colleagues.of(patient)


def taken_up(patient: Patient, others: Colleagues) -> None:
    """Acknowledged by Ben, accepted and decided by Tom."""
    steps.acknowledge(patient.alert, by=others.ben, revision=patient.alert.revision)
    steps.accept(patient.alert, by=others.tom, revision=patient.alert.revision)
    alert = patient.alert
    steps.decide(
        alert, by=others.tom, revision=alert.revision, decision="observe", reason="mild", look_again=timedelta(hours=1)
    )


def said(alert: Alert) -> tuple[object, ...]:
    return (
        alert.acknowledged_by,
        alert.accepted_by,
        alert.decided_by,
        alert.decision,
        alert.decision_reason,
        alert.look_again_at,
    )


NOTHING = (None, None, None, "", "", None)


def test_a_rise_in_level_asks_everybody_again(patient: Patient, others: Colleagues) -> None:
    patient.checked(10, L4_left=3)
    taken_up(patient, others)
    patient.checked(5, L4_left=1)
    assert said(patient.alert) == NOTHING
    assert patient.told == ["opened", "acknowledged", "accepted", "decided", "rose", "rose"]


def test_a_stronger_action_asks_everybody_again(patient: Patient, others: Colleagues) -> None:
    patient.check(200, L4_left=2)
    with clock_at(ago(minutes=190)):
        patient.assess()
    assert patient.alert.actions == ["treat_and_recheck"]
    Watch.objects.update(assess_at=None)  # as if it were still then
    taken_up(patient, others)
    patient.clock_comes()
    assert patient.alert.actions == ["image_and_explore"]
    assert said(patient.alert) == NOTHING


def test_a_new_muscle_asks_only_the_nurses_again(patient: Patient, others: Colleagues) -> None:
    patient.checked(10, L4_left=1)
    taken_up(patient, others)
    patient.checked(5, L4_left=1, L5_left=3)
    assert said(patient.alert) == (None, others.tom, others.tom, "observe", "mild", patient.alert.look_again_at)
    assert patient.alert.has_surgeon


def test_a_deeper_drop_and_a_fall_ask_nobody(patient: Patient, others: Colleagues) -> None:
    patient.checked(10, L4_left=3, L4_right=3, L5_left=4)
    taken_up(patient, others)
    before = said(patient.alert)
    patient.checked(5, L4_left=3, L4_right=3, L5_left=3)
    assert patient.alert.muscles["L5 left"]["latest"] == 3
    patient.checked(4)
    assert patient.alert.level_now == "stable"
    assert said(patient.alert) == before


def test_a_return_to_its_height_asks_everybody_again(patient: Patient, others: Colleagues) -> None:
    """The surgeon observes because it got better; it is as bad as ever again."""
    patient.checked(10, L4_left=1)
    patient.checked(9)
    taken_up(patient, others)
    patient.checked(5, L4_left=1)
    event = patient.alert.events.last()
    assert event is not None
    assert (event.kind, event.notifies, event.data["level"]) == ("rose", True, "critical")
    assert said(patient.alert) == NOTHING


def test_a_return_halfway_asks_only_the_nurses_again(patient: Patient, others: Colleagues) -> None:
    patient.checked(10, L4_left=1)
    patient.checked(9)
    taken_up(patient, others)
    patient.checked(5, L4_left=3)
    assert patient.alert.level_now == "concern"
    assert said(patient.alert) == (None, others.tom, others.tom, "observe", "mild", patient.alert.look_again_at)


def test_a_lapse_does_not_outlive_the_acceptance(patient: Patient, others: Colleagues) -> None:
    STAGES["lapsed"](patient, others)
    patient.checked(1, L4_left=1, S1_right=1)
    assert patient.alert.lapsed_at is not None, "a new muscle is not a rise"
    patient.checked(0.5)
    patient.checked(0.2, L4_left=1)
    again = patient.alert
    assert (again.accepted_at, again.lapsed_at) == (None, None)


def test_milestones_and_offers_outlive_a_rise(patient: Patient, others: Colleagues) -> None:
    patient.checked(10, L4_left=3)
    alert = patient.alert
    steps.record_milestone(alert, by=others.ben, revision=alert.revision, kind="surgeon_told", at=None)
    HandOver.objects.create(alert=alert, offered_by=others.ben, offered_to=others.nia)
    patient.checked(5, L4_left=1)
    assert patient.alert.milestones.count() == 1
    assert HandOver.objects.filter(accepted_at=None, declined_at=None).count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alerts_milestone SET kind = 'imaging_done'",
        "DELETE FROM alerts_milestone",
        "DELETE FROM alerts_handover",
        "DELETE FROM alerts_alertevent",
        "UPDATE alerts_alertevent SET data = '{}'",
        "DELETE FROM alerts_alert",
    ],
)
def test_the_database_lets_nobody_erase_a_step(patient: Patient, others: Colleagues, statement: str) -> None:
    STAGES["opened"](patient, others)
    alert = patient.alert
    Milestone.objects.create(alert=alert, kind="surgeon_told", at=ago(minutes=1), recorded_by=others.ben)
    HandOver.objects.create(alert=alert, offered_by=others.ben, offered_to=others.nia)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
