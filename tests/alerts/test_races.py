"""Two people at one alert at the same moment: one is first, the other is told who it was; nothing is half done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert, HandOver
from monitoring.due.models import Watch
from tests.alerts.conftest import Patient, watched_patient
from tests.alerts.stages import STAGES, Colleagues
from tests.cast import set_stage
from tests.together import together
from wards import actions as wards
from wards.models import Stay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def patient(transactional_db: None) -> Patient:
    return watched_patient(set_stage())


@pytest.fixture
def others(patient: Patient) -> Colleagues:
    return Colleagues.of(patient)


def one_wins(*calls: Callable[[], object]) -> str:
    """Do them together: exactly one is done; what the other was told."""
    [refused] = [answer for answer in together(*calls) if isinstance(answer, ValidationError)]
    return " ".join(refused.messages)


def test_two_surgeons_accept_and_the_slower_is_told_who_has_it(patient: Patient, others: Colleagues) -> None:
    patient.checked(2, L4_left=1)
    seen = patient.alert
    told = one_wins(
        lambda: steps.accept(seen, by=others.tom, revision=seen.revision),
        lambda: steps.accept(seen, by=others.uma, revision=seen.revision),
    )
    assert str(patient.alert.accepted_by) in told
    assert patient.told.count("accepted") == 1


def test_two_surgeons_decide_differently_and_one_decision_stands(patient: Patient, others: Colleagues) -> None:
    patient.checked(2, L4_left=1)
    seen = patient.alert
    told = one_wins(
        lambda: steps.decide(seen, by=others.tom, revision=seen.revision, decision="explore", reason="now"),
        lambda: steps.decide(
            seen,
            by=others.uma,
            revision=seen.revision,
            decision="observe",
            reason="wait",
            look_again=timedelta(hours=1),
        ),
    )
    alert = patient.alert
    assert str(alert.decided_by) in told
    assert (alert.decision, alert.decision_reason) in {("explore", "now"), ("observe", "wait")}
    assert alert.accepted_by == alert.decided_by


def test_two_nurses_record_the_same_milestone_and_it_is_there_once(patient: Patient, others: Colleagues) -> None:
    patient.checked(2, L4_left=1)
    seen = patient.alert
    one_wins(
        lambda: steps.record_milestone(seen, by=others.ben, revision=seen.revision, kind="surgeon_told", at=None),
        lambda: steps.record_milestone(seen, by=others.nia, revision=seen.revision, kind="surgeon_told", at=None),
    )
    assert patient.alert.milestones.count() == 1


def test_two_confirm_the_pause_and_one_name_stands(patient: Patient, others: Colleagues) -> None:
    STAGES["paused"](patient, others)
    seen = patient.alert
    told = one_wins(
        lambda: steps.confirm_pause(seen, by=others.nia, revision=seen.revision),
        lambda: steps.confirm_pause(seen, by=others.tom, revision=seen.revision),
    )
    assert str(patient.alert.pause_confirmed_by) in told


def test_two_offers_at_once_leave_one(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    seen = patient.alert
    one_wins(
        lambda: offers.offer(seen, by=others.ben, revision=seen.revision, to=others.nia),
        lambda: offers.offer(seen, by=others.ben, revision=seen.revision, to=patient.cast.alice),
    )
    assert HandOver.objects.count() == 1


def test_an_offer_accepted_and_withdrawn_at_once_is_one_of_both(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    hand_over = offers.offer(patient.alert, by=others.ben, revision=patient.alert.revision, to=others.nia)
    one_wins(
        lambda: offers.accept_offer(hand_over, by=others.nia),
        lambda: offers.decline_offer(hand_over, by=others.ben),
    )
    hand_over.refresh_from_db()
    assert (hand_over.accepted_at is None) != (hand_over.declined_at is None)
    expected = others.nia if hand_over.accepted_at else others.ben
    assert patient.alert.acknowledged_by == expected


def test_discharge_and_a_fall_assessed_at_once_never_leave_an_undecided_alert_behind(
    patient: Patient, others: Colleagues
) -> None:
    patient.check(2, L4_left=1)
    answers = together(
        lambda: wards.discharge(patient.stay, by=others.nia, at=None, departure="home"),
        patient.assess,
    )
    assert isinstance(answers[0], ValidationError)
    assert Stay.objects.get(pk=patient.stay.pk).is_open
    patient.assess()
    assert patient.alert.level == "critical"


def test_accepting_and_a_rise_at_once_leave_no_acceptance_of_the_lesser_one(
    patient: Patient, others: Colleagues
) -> None:
    patient.checked(5, L4_left=3)
    seen = patient.alert
    patient.check(2, L4_left=1)
    together(lambda: steps.accept(seen, by=others.tom, revision=seen.revision), patient.assess)
    assert patient.alert.level == "critical"
    assert not patient.alert.has_surgeon
    assert Watch.objects.get(stay=patient.stay).changed_since is None
    assert Alert.objects.filter(stay=patient.stay, kind=Alert.Kind.DEFICIT).count() == 1
