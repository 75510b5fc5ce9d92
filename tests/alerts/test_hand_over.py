"""An open alert is offered to a named colleague; until they accept, everything goes on as before."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert, HandOver
from monitoring.alerts.moves import pending
from monitoring.alerts.queries import offers_to
from tests.alerts.conftest import Patient
from tests.alerts.stages import STAGES, Colleagues
from wards import actions as wards
from wards.access import Forbidden
from wards.models import Membership, Staff


@pytest.fixture
def others(patient: Patient) -> Colleagues:
    return Colleagues.of(patient)


def offer(patient: Patient, by: Staff, to: Staff) -> HandOver:
    return offers.offer(patient.alert, by=by, revision=patient.alert.revision, to=to, note=" my shift ends ")


def test_until_the_colleague_accepts_nothing_changes(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    offer(patient, others.ben, others.nia)
    assert patient.alert.acknowledged_by == others.ben
    event = patient.alert.events.get(kind="hand_over_offered")
    assert (event.by, event.data) == (others.ben, {"to": others.nia.pk, "note": "my shift ends"})
    assert [found.alert for found in offers_to(others.nia)] == [patient.alert]
    assert not offers_to(others.ben)


def test_a_nurse_who_accepts_is_on_it(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    before = patient.alert.acknowledged_at
    offers.accept_offer(offer(patient, others.ben, others.nia), by=others.nia)
    alert = patient.alert
    assert before is not None
    assert alert.acknowledged_at is not None
    assert (alert.acknowledged_by, alert.accepted_by) == (others.nia, None)
    assert alert.acknowledged_at > before
    event = alert.events.get(kind="handed_over")
    assert (event.by, event.data) == (others.nia, {"from": others.ben.pk, "as": "nurse"})
    assert pending(alert) is None


def test_a_surgeon_who_accepts_has_it(patient: Patient, others: Colleagues) -> None:
    STAGES["accepted"](patient, others)
    offers.accept_offer(offer(patient, others.tom, others.uma), by=others.uma)
    assert (patient.alert.accepted_by, patient.alert.has_surgeon) == (others.uma, True)
    assert patient.alert.events.get(kind="handed_over").data == {"from": others.tom.pk, "as": "surgeon"}


def test_a_surgeon_who_takes_it_over_after_a_lapse_has_it(patient: Patient, others: Colleagues) -> None:
    STAGES["lapsed"](patient, others)
    offers.accept_offer(offer(patient, others.tom, others.uma), by=others.uma)
    assert patient.alert.has_surgeon


def test_a_nurse_may_offer_it_to_a_surgeon_who_then_has_it(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    offers.accept_offer(offer(patient, others.ben, others.uma), by=others.uma)
    assert (patient.alert.accepted_by, patient.alert.acknowledged_by) == (others.uma, others.ben)


def test_it_is_not_offered_to_oneself(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    with pytest.raises(ValidationError, match="yourself"):
        offer(patient, others.ben, others.ben)


@pytest.mark.parametrize("who", ["nora", "sue", "adam"])
def test_it_is_not_offered_to_somebody_without_the_right(patient: Patient, others: Colleagues, who: str) -> None:
    STAGES["acknowledged"](patient, others)
    with pytest.raises(ValidationError) as refused:
        offer(patient, others.ben, getattr(patient.cast, who))
    assert list(refused.value.message_dict) == ["to"]


def test_a_surgeon_does_not_offer_it_to_a_nurse(patient: Patient, others: Colleagues) -> None:
    STAGES["accepted"](patient, others)
    with pytest.raises(ValidationError, match="Nia Nash may not take this"):
        offer(patient, others.tom, others.nia)


def test_it_is_not_offered_to_somebody_who_has_left(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    others.nia.is_active = False
    others.nia.save()
    with pytest.raises(ValidationError, match="Nia Nash may not take this"):
        offer(patient, others.ben, others.nia)


def test_while_one_offer_waits_a_second_is_refused_and_names_to_whom(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    offer(patient, others.ben, others.nia)
    with pytest.raises(ValidationError, match="offered it to Nia Nash"):
        offer(patient, others.ben, patient.cast.alice)


def test_once_declined_it_may_be_offered_again(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    offers.decline_offer(offer(patient, others.ben, others.nia), by=others.nia)
    assert patient.alert.acknowledged_by == others.ben
    assert patient.alert.events.get(kind="hand_over_declined").data == {"from": others.ben.pk}
    offers.accept_offer(offer(patient, others.ben, patient.cast.alice), by=patient.cast.alice)
    assert patient.alert.acknowledged_by == patient.cast.alice


def test_who_offered_it_may_withdraw(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    hand_over = offer(patient, others.ben, others.nia)
    offers.decline_offer(hand_over, by=others.ben)
    assert patient.alert.events.get(kind="hand_over_declined").data == {"to": others.nia.pk, "withdrawn": True}
    with pytest.raises(ValidationError, match="declined or withdrawn"):
        offers.accept_offer(hand_over, by=others.nia)


def test_nobody_else_answers_an_offer(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    hand_over = offer(patient, others.ben, others.nia)
    for who in (patient.cast.alice, others.tom, others.ben, patient.cast.adam):
        with pytest.raises(Forbidden, match="offered to Nia Nash"):
            offers.accept_offer(hand_over, by=who)
    for who in (patient.cast.alice, others.tom, patient.cast.adam):
        with pytest.raises(Forbidden, match="Ben Bolt has offered this"):
            offers.decline_offer(hand_over, by=who)


def test_an_offer_is_answered_once(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    hand_over = offer(patient, others.ben, others.nia)
    offers.accept_offer(hand_over, by=others.nia)
    for again in (offers.accept_offer, offers.decline_offer):
        with pytest.raises(ValidationError, match="accepted it already"):
            again(hand_over, by=others.nia)


def test_an_offer_of_a_closed_alert_cannot_be_accepted(patient: Patient, others: Colleagues) -> None:
    STAGES["accepted"](patient, others)
    hand_over = offer(patient, others.tom, others.uma)
    steps.close(patient.alert, by=others.tom, revision=patient.alert.revision, outcome="entry_error")
    with pytest.raises(ValidationError, match="Tom Thorn has closed"):
        offers.accept_offer(hand_over, by=others.uma)
    assert patient.alert.accepted_by == others.tom
    assert not offers_to(others.uma)


def test_an_offer_outlives_a_rise_and_who_accepts_has_the_worse_one(patient: Patient, others: Colleagues) -> None:
    patient.checked(10, L4_left=3)
    steps.accept(patient.alert, by=others.tom, revision=patient.alert.revision)
    hand_over = offer(patient, others.tom, others.uma)
    patient.checked(5, L4_left=1)
    assert not patient.alert.has_surgeon
    offers.accept_offer(hand_over, by=others.uma)
    assert (patient.alert.accepted_by, patient.alert.level) == (others.uma, "critical")


@pytest.mark.parametrize("state", ["acknowledged", "accepted"])
def test_what_somebody_has_is_theirs_to_offer(patient: Patient, others: Colleagues, state: str) -> None:
    STAGES[state](patient, others)
    by, to = (patient.cast.sam, others.uma) if state == "accepted" else (patient.cast.alice, others.nia)
    with pytest.raises(ValidationError, match="theirs to hand over"):
        offer(patient, by, to)


def test_what_somebody_has_who_has_left_anybody_may_offer(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    Membership.objects.filter(staff=others.ben).delete()
    offers.accept_offer(offer(patient, patient.cast.alice, others.nia), by=others.nia)
    assert patient.alert.acknowledged_by == others.nia


def test_an_offer_does_not_take_it_from_who_accepted_it_meanwhile(patient: Patient, others: Colleagues) -> None:
    STAGES["opened"](patient, others)
    hand_over = offer(patient, others.tom, others.uma)
    steps.accept(patient.alert, by=patient.cast.sam, revision=patient.alert.revision)
    with pytest.raises(ValidationError, match="Sam Stone has it now"):
        offers.accept_offer(hand_over, by=others.uma)
    offers.decline_offer(hand_over, by=patient.cast.sam)
    assert patient.alert.accepted_by == patient.cast.sam


def test_after_a_move_the_colleague_must_work_on_the_new_ward(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    hand_over = offer(patient, others.ben, others.nia)
    bed, sue = patient.cast.beds_8c[0], patient.cast.sue
    wards.move(patient.stay, by=patient.cast.carol, at=None, to_bed=bed, responsible_surgeon=sue)
    with pytest.raises(Forbidden):
        offers.accept_offer(hand_over, by=others.nia)
    assert Alert.objects.get(pk=hand_over.alert_id).acknowledged_by == others.ben


def test_the_nurse_who_is_on_it_withdraws_no_surgeons_offer(patient: Patient, others: Colleagues) -> None:
    STAGES["acknowledged"](patient, others)
    steps.accept(patient.alert, by=patient.cast.sam, revision=patient.alert.revision)
    hand_over = offer(patient, patient.cast.sam, others.tom)
    with pytest.raises(Forbidden):
        offers.decline_offer(hand_over, by=others.ben)
    offers.decline_offer(hand_over, by=patient.cast.sam)
