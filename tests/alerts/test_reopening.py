"""An alert that a person has closed can be opened again: nothing of the closing is lost, and what is there is told."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from tests.alerts.conftest import Patient, clock_at
from tests.alerts.stages import Colleagues, lapse
from tests.cast import ago
from wards.actions import discharge
from wards.models import Staff

one_by_one = pytest.mark.parametrize("together", [True, False], ids=["together", "one by one"])


@pytest.fixture
def others(patient: Patient) -> Colleagues:
    return Colleagues.of(patient)


def close(patient: Patient, by: Staff, outcome: str = "other", text: str = "seen by neurology") -> Alert:
    alert = patient.alerts[-1]
    return steps.close(alert, by=by, revision=alert.revision, outcome=outcome, text=text)


def reopen(patient: Patient, by: Staff, *, number: int = -1, minutes_ago: float | None = None) -> Alert:
    """As if it were so many minutes ago, where that is said."""
    alert = patient.alerts[number]
    if minutes_ago is None:
        return steps.reopen(alert, by=by, revision=alert.revision, reason=" weak again ")
    with clock_at(ago(minutes=minutes_ago)):
        return steps.reopen(alert, by=by, revision=alert.revision, reason=" weak again ")


def everything_done(patient: Patient, others: Colleagues) -> None:
    """Critical; acknowledged by Ben, accepted and decided by Tom, lapsed, paused, then closed by Tom."""
    check = patient.checked(5, L4_left=1)
    steps.acknowledge(patient.alert, by=others.ben, revision=patient.alert.revision)
    alert = patient.alert
    steps.decide(alert, by=others.tom, revision=alert.revision, decision="explore", reason="haematoma")
    lapse(patient.alert, "decision")
    patient.correct(check)
    patient.assess()
    close(patient, others.tom)


def test_a_surgeon_who_reopens_has_it_and_all_else_is_asked_again(patient: Patient, others: Colleagues) -> None:
    everything_done(patient, others)
    reopen(patient, others.uma)
    alert = patient.alert
    assert (alert.closed_at, alert.closed_by, alert.outcome, alert.outcome_text, alert.marks) == (None,) * 2 + (
        "",
        "",
        None,
    )
    assert (alert.accepted_by, alert.has_surgeon, alert.acknowledged_by) == (others.uma, True, None)
    assert (alert.decided_at, alert.decision, alert.decision_reason, alert.look_again_at) == (None, "", "", None)
    assert (alert.paused_at, alert.pause_confirmed_at) == (None, None)
    assert alert.superseded["level"] == "critical"


def test_a_nurse_who_reopens_is_on_it_and_no_surgeon_has_it(patient: Patient, others: Colleagues) -> None:
    patient.checked(5, L4_left=3)
    steps.accept(patient.alert, by=others.tom, revision=patient.alert.revision)
    close(patient, others.ben)
    reopen(patient, others.nia)
    assert (patient.alert.acknowledged_by, patient.alert.accepted_by) == (others.nia, None)


def test_the_timeline_and_the_audit_log_keep_the_closing_whole(patient: Patient, others: Colleagues) -> None:
    everything_done(patient, others)
    closed, told = patient.alert, list(patient.alert.events.values_list("pk", "kind", "data"))
    assert closed.closed_at is not None
    reopen(patient, others.uma)
    event = patient.alert.events.get(kind="reopened")
    assert patient.alert.reopened_at is not None
    assert (event.by, event.notifies) == (others.uma, True)
    assert event.data == {
        "outcome": "other",
        "text": "seen by neurology",
        "closed_by": others.tom.pk,
        "closed_at": closed.closed_at.isoformat(),
        "marks": closed.marks,
        "reason": "weak again",
        "as": "surgeon",
        "reopened_at": patient.alert.reopened_at.isoformat(),
    }
    assert list(patient.alert.events.values_list("pk", "kind", "data"))[: len(told)] == told
    assert AuditEntry.objects.filter(action="alert.reopened", actor=others.uma).count() == 1


def test_why_must_be_said(patient: Patient, others: Colleagues) -> None:
    patient.checked(5, L4_left=1)
    closed = close(patient, others.tom)
    with pytest.raises(ValidationError) as refused:
        steps.reopen(closed, by=others.uma, revision=closed.revision, reason="  ")
    assert list(refused.value.message_dict) == ["reason"]
    assert patient.alert.closed_at is not None


def test_what_was_known_at_the_closing_is_told_again_by_the_same_alert(patient: Patient, others: Colleagues) -> None:
    with clock_at(ago(minutes=15)):
        patient.checked(20, L4_right=3)
        patient.checked(18, L4_right=4)
        close(patient, others.ben)
    patient.checked(10, L4_right=4)
    assert patient.alert.level_now == "watch"
    reopen(patient, others.ben)
    patient.checked(0.5, L4_right=3)
    alert = patient.alert
    assert (alert.closed_at, alert.level_now, alert.better_since) == (None, "concern", None)
    assert patient.told[-1] == "rose"


def test_what_is_new_raises_it_and_opens_no_second(patient: Patient, others: Colleagues) -> None:
    with clock_at(ago(minutes=15)):
        patient.checked(20, L4_left=3)
        close(patient, others.ben)
    reopen(patient, others.ben)
    patient.checked(2, L4_left=3, S1_right=1)
    assert (patient.alert.level, set(patient.alert.muscles)) == ("critical", {"L4 left", "S1 right"})
    assert (patient.alert.acknowledged_by, patient.alert.accepted_by) == (None, None), "asked again, as after any rise"


def test_it_closes_again_and_the_assessments_after_that_change_nothing(patient: Patient, others: Colleagues) -> None:
    patient.checked(20, L4_left=1)
    close(patient, others.tom)
    reopen(patient, others.uma)
    patient.assess()
    close(patient, others.uma, "non_neurogenic", "")
    alert, told = patient.alert, patient.told
    assert (alert.outcome, alert.closed_by, alert.marks is None) == ("non_neurogenic", others.uma, False)
    for _ in range(2):
        patient.clock_comes()
        patient.checked(1, L4_left=1)
    assert patient.told == told
    assert patient.alert.closed_at == alert.closed_at
    assert (told.count("closed"), told.count("reopened")) == (2, 1)


def test_looks_from_before_do_not_close_it_at_once_and_two_since_do(patient: Patient, others: Colleagues) -> None:
    with clock_at(ago(minutes=29)):
        patient.checked(30, L4_left=3)
        close(patient, others.ben)
    patient.checked(25)
    patient.checked(20)
    reopen(patient, others.ben, minutes_ago=15)
    patient.clock_comes()
    patient.checked(17)
    patient.checked(10)
    assert patient.alert.closed_at is None
    patient.checked(5)
    assert (patient.alert.outcome, patient.alert.closed_by) == ("resolved", None)


@one_by_one
def test_two_stable_looks_after_it_come_between_two_alerts(
    patient: Patient, others: Colleagues, together: bool
) -> None:
    with clock_at(ago(minutes=29)):
        patient.checked(30, L4_left=3)
        close(patient, others.ben)
    reopen(patient, others.ben, minutes_ago=25)
    with clock_at(ago(minutes=24)):
        patient.clock_comes()
    record = patient.check if together else patient.checked
    record(20)
    record(15)
    record(10, S1_right=1)
    patient.assess()
    first, second = patient.alerts
    assert (first.outcome, first.level, list(first.muscles)) == ("resolved", "concern", ["L4 left"])
    assert (second.level, second.closed_at, list(second.muscles)) == ("critical", None, ["S1 right"])


def test_an_alert_that_was_closed_meanwhile_takes_nothing_from_it(patient: Patient, others: Colleagues) -> None:
    with clock_at(ago(minutes=29)):
        patient.checked(30, L4_left=3)
        close(patient, others.ben)
    with clock_at(ago(minutes=19)):
        patient.checked(20, L4_left=3, S1_right=1)
        close(patient, others.tom)
    reopen(patient, others.ben, number=0)
    patient.clock_comes()
    first, second = patient.alerts
    assert (first.closed_at, first.superseded, set(first.muscles)) == (None, {}, {"L4 left"})
    assert second.closed_at is not None
    patient.checked(1, L4_left=3, S1_right=0)
    assert set(patient.alerts[0].muscles) == {"L4 left", "S1 right"}
    assert len(patient.alerts) == 2


def test_it_holds_the_patient_again_until_somebody_has_decided(patient: Patient, others: Colleagues) -> None:
    patient.checked(5, L4_left=1)
    alert = patient.alert
    steps.decide(alert, by=others.tom, revision=alert.revision, decision="explore", reason="haematoma")
    close(patient, others.tom)
    reopen(patient, others.tom)
    with pytest.raises(ValidationError, match="open and undecided"):
        discharge(patient.stay, by=others.ben, at=None, departure="home")


def test_what_another_alert_had_told_is_known_at_its_closing_too(patient: Patient, others: Colleagues) -> None:
    with clock_at(ago(minutes=49)):
        patient.checked(50, L4_left=3)
        close(patient, others.ben)
    with clock_at(ago(minutes=29)):
        patient.checked(40, L4_left=1)
        patient.checked(30, L4_left=0)
        close(patient, others.tom)
    assert patient.alerts[1].because == ["fall", "worse"]
    reopen(patient, others.uma, number=0)
    patient.clock_comes()
    first = patient.alerts[0]
    assert (first.because, first.level) == ([], "concern"), "what the other one had told is not told again"
    steps.close(first, by=others.uma, revision=first.revision, outcome="non_neurogenic")
    patient.clock_comes()
    patient.checked(1, L4_left=0)
    assert len(patient.alerts) == 2
