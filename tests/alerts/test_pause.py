"""Where a correction removes all that was critical, surgical paging pauses until a second person confirms (§10)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import steps
from monitoring.alerts.models import PAUSE_LASTS, Alert, AlertEvent
from monitoring.checks.models import Check
from monitoring.due.clock import now
from tests.alerts.conftest import Patient
from tests.alerts.stages import STAGES, Colleagues
from tests.cast import Cast, admit_patient, operate
from wards.models import Staff


@pytest.fixture
def others(patient: Patient) -> Colleagues:
    return Colleagues.of(patient)


@contextmanager
def in_minutes(minutes: float) -> Iterator[None]:
    """Let people act as of an instant to come."""
    instant = now() + timedelta(minutes=minutes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("monitoring.alerts.steps.now", lambda: instant)
        yield


def fall(patient: Patient) -> Check:
    return patient.checked(20, L4_left=1)


def corrected(patient: Patient, check: Check, by: Staff | None = None, **weaker: int) -> Check:
    correction = patient.correct(check, by=by, at=None, flag=None, **weaker)
    patient.assess()
    return correction


def confirm(patient: Patient, by: Staff) -> Alert:
    return steps.confirm_pause(patient.alert, by=by, revision=patient.alert.revision)


def test_a_correction_that_removes_all_that_was_critical_pauses_and_says_whose_it_was(patient: Patient) -> None:
    corrected(patient, fall(patient))
    event = patient.alert.events.get(kind=AlertEvent.Kind.PAUSED)
    assert patient.alert.is_paused(now())
    assert event.data == {"changes": [{"by": patient.cast.alice.pk, "what": "check.corrected", "why": "mixed up"}]}
    assert (patient.alert.level, patient.alert.closed_at) == ("critical", None)


def test_what_is_left_may_be_a_concern(patient: Patient) -> None:
    corrected(patient, fall(patient), L4_left=3)
    assert patient.alert.is_paused(now())
    assert patient.alert.level_now == "concern"


def test_a_retraction_pauses_as_well(patient: Patient) -> None:
    patient.retract(fall(patient))
    patient.assess()
    assert patient.alert.is_paused(now())
    event = patient.alert.events.get(kind=AlertEvent.Kind.PAUSED)
    assert [change["what"] for change in event.data["changes"]] == ["check.retracted"]


def test_a_correction_that_leaves_something_critical_does_not_pause(patient: Patient) -> None:
    corrected(patient, patient.checked(20, L4_left=1, L5_left=1), L5_left=1)
    assert patient.alert.superseded["muscles"] == ["L4 left"]
    assert patient.alert.paused_at is None


def test_what_never_was_critical_has_nothing_to_pause(patient: Patient) -> None:
    corrected(patient, patient.checked(20, L4_left=3))
    assert patient.alert.superseded["level"] == "concern"
    assert patient.alert.paused_at is None


def test_a_better_check_pauses_nothing(patient: Patient) -> None:
    fall(patient)
    patient.checked(2)
    assert patient.alert.paused_at is None


def test_a_late_entry_corrects_nothing_and_so_pauses_nothing(cast: Cast) -> None:
    """A baseline typed late: the leg was as weak before. Nobody said that an entry was wrong, so paging goes on."""
    patient = Patient(cast, admit_patient(cast))
    operate(cast, patient.stay)
    patient.checked(20, L4_left=1)
    patient.checked(30 * 60, L4_left=1)
    assert patient.alert.superseded["level"] == "critical"
    assert patient.alert.paused_at is None


@pytest.mark.parametrize("state", ["acknowledged", "accepted", "lapsed", "decided"])
def test_it_pauses_in_every_state_and_what_people_said_stays(patient: Patient, others: Colleagues, state: str) -> None:
    STAGES[state](patient, others)
    before = patient.alert
    check = patient.stay.checks.latest("examined_at")
    corrected(patient, check)
    after = patient.alert
    assert after.is_paused(now())
    said = ("acknowledged_by_id", "accepted_by_id", "lapsed_at", "decided_by_id", "decision", "decision_reason")
    assert [getattr(after, name) for name in said] == [getattr(before, name) for name in said]


def test_it_lasts_ten_minutes_unless_confirmed(patient: Patient, others: Colleagues) -> None:
    corrected(patient, fall(patient))
    alert = patient.alert
    assert alert.paused_at is not None
    assert alert.is_paused(alert.paused_at + PAUSE_LASTS - timedelta(seconds=1))
    assert not alert.is_paused(alert.paused_at + PAUSE_LASTS)
    confirm(patient, others.nia)
    assert patient.alert.is_paused(alert.paused_at + timedelta(days=1))
    assert patient.alert.pause_confirmed_by == others.nia


def test_ten_minutes_later_nobody_confirms_any_more(patient: Patient, others: Colleagues) -> None:
    corrected(patient, fall(patient))
    with in_minutes(10.1), pytest.raises(ValidationError, match="within ten minutes"):
        confirm(patient, others.nia)
    with in_minutes(9.9):
        confirm(patient, others.nia)


def test_nobody_confirms_what_does_not_pause(patient: Patient, others: Colleagues) -> None:
    fall(patient)
    with pytest.raises(ValidationError, match="does not pause"):
        confirm(patient, others.nia)


def test_a_second_confirmation_is_told_of_the_first(patient: Patient, others: Colleagues) -> None:
    corrected(patient, fall(patient))
    confirm(patient, others.nia)
    with pytest.raises(ValidationError, match="Nia Nash has confirmed"):
        confirm(patient, others.tom)


def test_who_corrected_is_no_second_person(patient: Patient, others: Colleagues) -> None:
    corrected(patient, fall(patient), others.ben)
    with pytest.raises(ValidationError, match="You made the correction"):
        confirm(patient, others.ben)
    confirm(patient, patient.cast.alice)


def test_who_retracted_is_no_second_person(patient: Patient, others: Colleagues) -> None:
    patient.retract(fall(patient), by=others.ben)
    patient.assess()
    with pytest.raises(ValidationError, match="You made the correction"):
        confirm(patient, others.ben)


def test_of_several_who_corrected_before_one_assessment_none_confirms(patient: Patient, others: Colleagues) -> None:
    first, second = patient.checked(20, L4_left=1), patient.checked(10, L5_left=1)
    patient.correct(first, by=others.ben)
    patient.correct(second, by=others.tom)
    patient.assess()
    for who in (others.ben, others.tom):
        with pytest.raises(ValidationError, match="You made the correction"):
            confirm(patient, who)
    confirm(patient, others.nia)


def test_who_took_away_the_first_half_confirms_no_more_than_who_took_the_rest(
    patient: Patient, others: Colleagues
) -> None:
    first, second = patient.checked(20, L4_left=1), patient.checked(10, L5_left=1)
    corrected(patient, first, others.ben)
    assert patient.alert.paused_at is None
    corrected(patient, second, others.tom)
    assert patient.alert.is_paused(now())
    for who in (others.ben, others.tom):
        with pytest.raises(ValidationError, match="You made the correction"):
            confirm(patient, who)


def test_who_corrects_once_more_during_the_pause_cannot_confirm_either(patient: Patient, others: Colleagues) -> None:
    correction = corrected(patient, fall(patient), others.ben)
    paused_at = patient.alert.paused_at
    corrected(patient, correction, others.nia)
    assert patient.alert.paused_at == paused_at
    with pytest.raises(ValidationError, match="You made the correction"):
        confirm(patient, others.nia)


def test_correcting_again_and_again_does_not_pause_again(patient: Patient, others: Colleagues) -> None:
    correction = corrected(patient, fall(patient), others.ben)
    Alert.objects.update(paused_at=None)  # as the climb does when the time is over
    corrected(patient, correction, others.ben)
    assert patient.alert.paused_at is None


def test_an_unassessed_check_is_assessed_before_anybody_confirms(patient: Patient, others: Colleagues) -> None:
    corrected(patient, fall(patient))
    seen = patient.alert
    patient.check(1, L4_left=1)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        steps.confirm_pause(seen, by=others.nia, revision=seen.revision)


@pytest.mark.parametrize("is_confirmed", [False, True], ids=["unconfirmed", "confirmed"])
@pytest.mark.parametrize("minutes_ago", [30, 1], ids=["typed late", "now"])
def test_a_check_that_makes_it_critical_again_resumes(
    patient: Patient, others: Colleagues, is_confirmed: bool, minutes_ago: int
) -> None:
    corrected(patient, fall(patient))
    if is_confirmed:
        confirm(patient, others.nia)
    patient.checked(minutes_ago, L4_left=1)
    alert = patient.alert
    assert (alert.paused_at, alert.pause_confirmed_at, alert.pause_confirmed_by) == (None, None, None)
    assert not alert.is_paused(now())
    assert alert.events.get(kind=AlertEvent.Kind.RESUMED).notifies


def test_a_correction_of_the_correction_resumes_and_asks_the_surgeons_again(
    patient: Patient, others: Colleagues
) -> None:
    STAGES["accepted"](patient, others)
    correction = corrected(patient, patient.stay.checks.latest("examined_at"), others.ben)
    assert patient.alert.accepted_by == others.tom
    corrected(patient, correction, others.nia, L4_left=1)
    assert patient.told[-1] != "paused"
    assert patient.told.count("resumed") == 1
    assert not patient.alert.has_surgeon


def test_a_new_concern_during_the_pause_does_not_resume_it(patient: Patient) -> None:
    corrected(patient, fall(patient))
    patient.checked(1, S1_right=3)
    assert patient.alert.is_paused(now())
    assert patient.told[-1] in {"rose", "superseded"}


def test_it_pauses_anew_after_it_was_critical_in_between(patient: Patient, others: Colleagues) -> None:
    corrected(patient, fall(patient))
    again = patient.checked(1, L4_left=1)
    corrected(patient, again)
    assert patient.told.count("paused") == 2
    assert patient.alert.is_paused(now())
