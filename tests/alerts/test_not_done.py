"""A check that could not be done twice in a row: the charge nurse is told, until somebody has looked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.checks import actions
from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Attempt, Check, Untested
from monitoring.checks.queries import timeline
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.escalation.climb import climb
from monitoring.escalation.models import Delivery
from monitoring.protocol import FLAGS, MUSCLES
from tests.alerts.conftest import Patient
from tests.cast import ago, on_duty
from wards import actions as wards
from wards.models import Post, Stay


def tried(patient: Patient, minutes_ago: float, *, reason: str = "asleep", assess: bool = True) -> Attempt:
    attempt = actions.record_attempt(
        patient.stay,
        by=patient.cast.alice,
        at=ago(minutes=minutes_ago),
        reason=reason,
        next_try=timedelta(minutes=15),
        note="",
        key=uuid4(),
    )
    if assess:
        patient.assess()
    return attempt


def taken_back(patient: Patient, attempt: Attempt) -> None:
    actions.retract_attempt(attempt, by=patient.cast.alice, reason="wrong patient")
    patient.assess()


def not_done(patient: Patient) -> list[Alert]:
    return list(Alert.objects.filter(stay=patient.stay, kind=Alert.Kind.NOT_DONE).order_by("pk"))


def outcome(patient: Patient) -> str:
    (alert,) = not_done(patient)
    return alert.outcome


def test_one_attempt_tells_nobody(patient: Patient) -> None:
    tried(patient, 10)
    assert not_done(patient) == []


def test_two_in_a_row_open_an_alert_since_the_first(patient: Patient) -> None:
    first, second = tried(patient, 30), tried(patient, 10, reason="away")
    (alert,) = not_done(patient)
    assert (alert.level, alert.began_at, alert.outcome) == ("watch", first.tried_at, "")
    (opened,) = alert.events.all()
    assert opened.notifies
    assert opened.data == {"tries": [first.tried_at.isoformat(), second.tried_at.isoformat()]}


def test_two_typed_at_once_open_one_alert(patient: Patient) -> None:
    tried(patient, 10, assess=False)
    tried(patient, 30, assess=False)
    patient.assess()
    assert len(not_done(patient)) == 1


def test_a_third_attempt_and_any_other_assessment_open_no_second_alert(patient: Patient) -> None:
    for minutes in (30, 20, 10):
        tried(patient, minutes)
    patient.clock_comes()
    assert len(not_done(patient)) == 1


def test_a_check_between_two_attempts_tells_nobody(patient: Patient) -> None:
    tried(patient, 30)
    patient.checked(20)
    tried(patient, 10)
    assert not_done(patient) == []


def test_a_check_at_the_instant_of_an_attempt_comes_after_it(patient: Patient) -> None:
    tried(patient, 30)
    patient.checked(30)
    tried(patient, 10)
    assert not_done(patient) == []


def test_the_next_check_closes_it(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    patient.checked(5)
    assert outcome(patient) == "looked"


def test_a_check_typed_late_that_was_between_them_closes_it_too(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    patient.checked(20)
    assert outcome(patient) == "looked"


def test_a_check_of_nothing_but_nt_is_no_look(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    nothing = CheckFindings(muscles=dict.fromkeys(MUSCLES, Untested.SEDATED), flags={})
    actions.record_check(patient.stay, by=patient.cast.alice, at=ago(minutes=5), findings=nothing, key=uuid4())
    patient.assess()
    assert outcome(patient) == ""


def test_a_check_of_the_flags_alone_is_no_look(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    found = CheckFindings(flags=dict.fromkeys(FLAGS, "absent"))  # type: ignore[arg-type]
    actions.record_check(patient.stay, by=patient.cast.alice, at=ago(minutes=5), findings=found, key=uuid4())
    patient.assess()
    assert outcome(patient) == ""


def test_taking_an_attempt_back_closes_it_and_says_so(patient: Patient) -> None:
    tried(patient, 30)
    taken_back(patient, tried(patient, 10))
    assert outcome(patient) == "taken_back"


def test_taking_back_one_of_three_leaves_it_open(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 20)
    taken_back(patient, tried(patient, 10))
    assert outcome(patient) == ""


def test_retracting_the_check_that_closed_it_opens_another(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    check = patient.checked(5)
    patient.retract(check)
    patient.assess()
    assert [alert.outcome for alert in not_done(patient)] == ["looked", ""]


def test_a_discharge_closes_it(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    wards.discharge(patient.stay, by=patient.cast.carol, at=None, departure=Stay.Departure.HOME)
    patient.assess()
    assert outcome(patient) == "no_longer_due"


def test_two_more_after_a_check_open_another(patient: Patient) -> None:
    tried(patient, 60)
    tried(patient, 50)
    patient.checked(40)
    tried(patient, 30)
    tried(patient, 20)
    assert [alert.outcome for alert in not_done(patient)] == ["looked", ""]


def test_attempts_of_the_stay_before_do_not_count_after_a_readmission(patient: Patient) -> None:
    tried(patient, 30)
    wards.discharge(patient.stay, by=patient.cast.carol, at=ago(minutes=20), departure=Stay.Departure.HOME)
    again = wards.admit(
        by=patient.cast.alice,
        at=ago(minutes=15),
        bed=patient.cast.beds[0],
        patient=patient.stay.patient,
        episode=patient.stay.episode,
        responsible_surgeon=None,
        key=uuid4(),
    )
    back = Patient(patient.cast, again)
    tried(back, 10)
    assert not_done(back) == []


def test_an_attempt_moves_nothing_that_the_protocol_reads(patient: Patient) -> None:
    patient.checked(240, L4_left=3)
    watch, before = patient.watch, timeline(patient.stay)
    due = watch.check_due_at
    tried(patient, 30, assess=False)
    assert patient.watch.changed_since is None  # the level shown is still the level
    assert patient.watch.changes == []
    patient.assess()
    tried(patient, 10)
    assert timeline(patient.stay) == before
    assert patient.watch.check_due_at == due
    assert patient.alert.events.count() == 1


def test_taking_an_attempt_back_is_no_correction_of_the_findings(patient: Patient) -> None:
    """Who retracts an attempt may still be the second person who confirms a pause."""
    patient.checked(60, L4_left=1)
    check = Check.objects.latest("pk")
    attempt = tried(patient, 30)
    patient.correct(check)
    patient.assess()
    actions.retract_attempt(attempt, by=patient.cast.carol, reason="wrong patient")
    patient.assess()
    assert patient.told[-2:] == ["paused", "fell"]
    steps.confirm_pause(patient.alert, by=patient.cast.carol, revision=patient.alert.revision)


def test_the_charge_nurse_is_called_at_once_and_nobody_else(patient: Patient) -> None:
    on_duty(patient.cast, Post.CHARGE_NURSE, patient.cast.carol)
    on_duty(patient.cast, Post.NURSE, patient.cast.alice)
    on_duty(patient.cast, Post.SURGEON_ON_CALL, patient.cast.sam)
    tried(patient, 30)
    tried(patient, 10)
    (alert,) = not_done(patient)
    climb(alert.pk)
    called = Delivery.objects.filter(alert=alert, purpose=Delivery.Purpose.CALL)
    assert {delivery.person for delivery in called} == {patient.cast.carol}


def test_it_is_acknowledged_but_not_closed_by_hand(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    (alert,) = not_done(patient)
    steps.acknowledge(alert, by=patient.cast.carol, revision=alert.revision)
    (alert,) = not_done(patient)
    with pytest.raises(ValidationError, match="closed by the check"):
        steps.close(alert, by=patient.cast.carol, revision=alert.revision, outcome="entry_error")


def test_an_assessment_repeated_leaves_the_same_rows(patient: Patient) -> None:
    tried(patient, 30)
    tried(patient, 10)
    rows = [(alert.pk, alert.revision, alert.events.count()) for alert in not_done(patient)]
    for _ in range(3):
        Watch.objects.filter(stay=patient.stay).update(assess_at=now())
        patient.assess()
    assert [(alert.pk, alert.revision, alert.events.count()) for alert in not_done(patient)] == rows
