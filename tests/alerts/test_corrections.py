"""What a correction takes away is marked superseded, with who and why; it is never erased (protocol §10)."""

from __future__ import annotations

from datetime import timedelta

from monitoring.alerts.models import Alert
from monitoring.alerts.steps import close, decide
from tests.alerts.conftest import Patient, clock_at
from tests.cast import admit_patient, ago
from wards.actions import discharge


def test_a_correction_that_removes_the_fall_marks_it_superseded_and_leaves_the_alert_open(patient: Patient) -> None:
    check = patient.checked(5, L4_left=1)
    patient.correct(check, L4_left=5)
    patient.assess()
    alert = patient.alert
    assert alert.closed_at is None
    assert (alert.level, alert.actions) == ("critical", ["image_and_explore"])
    assert alert.superseded["level"] == "critical"
    assert alert.superseded["muscles"] == ["L4 left"]
    event = alert.events.get(kind="superseded")
    assert event.notifies is True
    assert event.data["changes"] == [{"by": patient.cast.alice.pk, "what": "check.corrected", "why": "mixed up"}]


def test_a_retraction_marks_too(patient: Patient) -> None:
    check = patient.checked(5, L4_left=1)
    patient.retract(check)
    patient.assess()
    assert patient.alert.superseded["because"] == ["fall"]


def test_a_wrong_side_corrected_supersedes_one_muscle_and_tells_of_the_other(patient: Patient) -> None:
    check = patient.checked(5, L4_left=1)
    patient.correct(check, L4_right=1)
    patient.assess()
    alert = patient.alert
    assert set(alert.muscles) == {"L4 left", "L4 right"}
    assert alert.superseded == {"muscles": ["L4 left"]}
    assert alert.events.filter(kind="rose", data__muscles=["L4 right"], notifies=True).exists()


def test_a_correction_of_a_correction_that_brings_the_fall_back_clears_the_mark(patient: Patient) -> None:
    check = patient.checked(5, L4_left=1)
    better = patient.correct(check, L4_left=5)
    patient.assess()
    patient.correct(better, L4_left=1)
    patient.assess()
    assert patient.alert.superseded == {}
    assert patient.told.count("superseded") == 2


def test_a_correction_that_changes_nothing_of_the_alert_marks_nothing(patient: Patient) -> None:
    check = patient.checked(5, L4_left=1)
    patient.correct(check, L4_left=1, at=ago(minutes=6))
    patient.assess()
    assert patient.alert.superseded == {}


def test_a_late_good_check_supersedes_the_reason_that_only_the_clock_had_made(patient: Patient) -> None:
    patient.checked(200, L4_left=2)
    assert "no_improvement" in patient.alert.because
    patient.checked(130)
    patient.checked(90)
    assert "no_improvement" in patient.alert.because
    assert patient.alert.superseded["because"] == ["no_improvement"]


def test_what_was_entered_wrong_and_corrected_before_anybody_assessed_it_raises_nothing(patient: Patient) -> None:
    check = patient.check(5, L4_left=1)
    patient.correct(check, L4_left=5)
    patient.assess()
    assert Alert.objects.filter(stay=patient.stay, kind=Alert.Kind.DEFICIT).count() == 0


def test_what_no_longer_held_can_come_to_hold_again_by_the_clock_alone(patient: Patient) -> None:
    check = patient.check(200, L4_left=1)
    with clock_at(ago(minutes=190)):
        patient.assess()
        patient.correct(check, L4_left=2)
        patient.assess()
    assert patient.alert.superseded["actions"] == ["image_and_explore"]
    patient.clock_comes()
    assert "no_improvement" in patient.alert.because
    assert "actions" not in patient.alert.superseded


def test_closing_the_alert_of_an_earlier_stay_takes_nothing_from_that_of_the_next(patient: Patient) -> None:
    patient.checked(20, L4_left=1)
    revision = patient.alert.revision
    decide(
        patient.alert,
        by=patient.cast.sam,
        revision=revision,
        decision="observe",
        reason="scanned elsewhere",
        look_again=timedelta(hours=1),
    )
    discharge(patient.stay, by=patient.cast.carol, at=ago(minutes=15), departure="home")
    patient.assess()
    before, episode = patient.stay.patient, patient.stay.episode
    readmitted = Patient(patient.cast, admit_patient(patient.cast, at=ago(minutes=10), patient=before, episode=episode))
    readmitted.checked(8, L4_left=1)
    close(patient.alert, by=patient.cast.sam, revision=patient.alert.revision, outcome="other", text="readmitted")
    readmitted.checked(5, L4_left=1)
    assert readmitted.alert.superseded == {}
    assert "superseded" not in readmitted.told
