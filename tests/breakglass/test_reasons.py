"""Each reason to reach a patient on no ward of one's own gives exactly what it should, and ends when it should."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.http import Http404

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert, HandOver
from monitoring.audit.models import AuditEntry
from monitoring.breakglass.actions import break_glass, end
from monitoring.breakglass.models import BreakGlass
from monitoring.checks import actions as checks
from monitoring.checks.models import Check
from monitoring.due.clock import now
from monitoring.escalation.ladder import Track
from monitoring.escalation.models import Delivery
from monitoring.escalation.outbox import call
from monitoring.escalation.people import Recipient
from tests.alerts.conftest import Patient, findings
from tests.cast import Cast, admit_patient, ago, on_duty, person
from wards import access, actions, reasons, rota
from wards.access import Forbidden, May
from wards.models import Membership, Post, Role, Staff, Stay, Ward
from wards.rights import ANSWERING, LOOKING, ON_A_STAY

REASON = "Unconscious in the corridor"
SURGEONS_ON_A_STAY = frozenset(what for what in ON_A_STAY if Role.SURGEON in access.RULES[what])
SURGEONS_ANSWERS = frozenset(what for what in ANSWERING if Role.SURGEON in access.RULES[what])
NURSES_ANSWERS = frozenset(what for what in ANSWERING if Role.NURSE in access.RULES[what])
AFTERWARDS = LOOKING | {May.VIEW_INBOX}


def test_the_reasons_are_these() -> None:
    assert {reason.name for reason in reasons.registered()} == {
        "treating",
        "has the alert",
        "had the alert",
        "is offered the alert",
        "was sent the alert",
        "was sent the alert, now closed",
        "break-glass",
    }


def test_no_reason_lends_what_belongs_to_a_ward() -> None:
    assert all(reason.lends <= ON_A_STAY for reason in reasons.registered())
    wards_own = {May.VIEW_BOARD, May.ADMIT, May.EDIT_ROTA, May.ALLOCATE, May.VIEW_AUDIT, May.ADOPT_PROTOCOL}
    assert not wards_own & ON_A_STAY


def reaches(staff: Staff, stay: Stay) -> bool:
    """Whether somebody reaches a stay: the list, the page and the rights say the same."""
    fresh = Stay.objects.get(pk=stay.pk)
    listed = access.stays_within_reach(staff).filter(pk=stay.pk).exists()
    assert access.may(staff, May.VIEW_STAY, fresh) == listed
    try:
        assert access.stay_or_404(staff, stay.public_id) == stay
    except Http404:
        assert not listed
    else:
        assert listed
    return listed


def rights(staff: Staff, stay: Stay) -> frozenset[May]:
    """All that somebody may do on a stay; asked one by one and all at once it is the same."""
    fresh = Stay.objects.get(pk=stay.pk)
    found = access.rights_on(staff, fresh)
    assert found == {what for what in May if access.may(staff, what, fresh)}
    return found


@pytest.fixture
def critical(patient: Patient) -> Patient:
    patient.checked(90)
    patient.checked(10, L4_left=2)
    return patient


def send(patient: Patient, to: Staff) -> Alert:
    alert = patient.alert
    call(alert, [Recipient(to)], step=1, at=now(), track=Track.SURGICAL, why="the surgeon on call")
    return alert


def closed(alert: Alert, *, by: Staff, minutes_ago: float) -> None:
    """As if somebody had closed it so long ago."""
    at = now() - timedelta(minutes=minutes_ago)
    fields = {"closed_at": at, "closed_by": by, "outcome": Alert.Outcome.EXPLORED, "marks": {}}
    Alert.objects.filter(pk=alert.pk).update(**fields)


# --- The stay's own surgeon ------------------------------------------------------------------------------------------


def test_the_treating_surgeon_acts_as_a_surgeon_where_the_ward_is_not_theirs(cast: Cast) -> None:
    stay = admit_patient(cast)
    assert not reaches(cast.sue, stay)
    Stay.objects.filter(pk=stay.pk).update(responsible_surgeon=cast.sue)
    assert reaches(cast.sue, stay)
    assert rights(cast.sue, stay) == SURGEONS_ON_A_STAY
    assert not access.may(cast.sue, May.VIEW_BOARD, cast.ward_7b)


def test_only_their_own_patient_of_that_ward(cast: Cast) -> None:
    stay, other = admit_patient(cast), admit_patient(cast, bed=cast.beds[1])
    Stay.objects.filter(pk=stay.pk).update(responsible_surgeon=cast.sue)
    assert not reaches(cast.sue, other)
    assert not rights(cast.sue, other)


def test_a_patient_given_to_another_surgeon_is_theirs_no_more(cast: Cast) -> None:
    stay = admit_patient(cast)
    for surgeon, expected in ((cast.sue, True), (cast.sam, False)):
        Stay.objects.filter(pk=stay.pk).update(responsible_surgeon=surgeon)
        assert reaches(cast.sue, stay) == expected


def test_no_reason_lends_a_role_that_is_not_theirs(cast: Cast) -> None:
    """Whoever is a surgeon nowhere is not made one by a name in a field."""
    stay = admit_patient(cast)
    Stay.objects.filter(pk=stay.pk).update(responsible_surgeon=cast.nora)
    assert not reaches(cast.nora, stay)
    assert not rights(cast.nora, stay)


def test_a_readmission_is_another_stay(cast: Cast) -> None:
    first = admit_patient(cast, at=ago(days=5))
    Stay.objects.filter(pk=first.pk).update(responsible_surgeon=cast.sue)
    actions.discharge(first, by=cast.alice, at=ago(days=2), departure="home")
    again = admit_patient(cast, bed=cast.beds[1], at=ago(days=1), patient=first.patient, episode=first.episode)
    assert reaches(cast.sue, first)
    assert not reaches(cast.sue, again)


# --- On call ---------------------------------------------------------------------------------------------------------


def test_being_on_call_adds_nothing_to_a_role_on_the_ward_and_nothing_stays_when_that_ends(cast: Cast) -> None:
    stay = admit_patient(cast)
    duty = on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    assert rights(cast.sam, stay) >= SURGEONS_ON_A_STAY
    Membership.objects.filter(staff=cast.sam).delete()
    Stay.objects.filter(pk=stay.pk).update(responsible_surgeon=None)
    assert not reaches(cast.sam, stay)
    rota.cancel_duty(duty, by=cast.carol)
    assert not reaches(cast.sam, stay)


# --- Whoever was sent an alert ---------------------------------------------------------------------------------------


def test_a_surgeon_called_across_wards_looks_and_answers(critical: Patient, cast: Cast) -> None:
    stay = critical.stay
    assert not reaches(cast.sue, stay)
    alert = send(critical, cast.sue)
    assert reaches(cast.sue, stay)
    assert rights(cast.sue, stay) == SURGEONS_ANSWERS
    with pytest.raises(Forbidden):
        checks.record_check(stay, by=cast.sue, at=None, findings=findings(), key=uuid4())
    steps.accept(alert, by=cast.sue, revision=critical.alert.revision)
    assert critical.alert.accepted_by == cast.sue


def test_a_nurse_of_another_ward_looks_and_does_not_quiet_the_nurses_at_the_bed(critical: Patient, cast: Cast) -> None:
    alert = send(critical, cast.nora)
    assert rights(cast.nora, critical.stay) == NURSES_ANSWERS == LOOKING | {May.CONFIRM_PAUSE}
    for step in (steps.accept, steps.acknowledge):
        with pytest.raises(Forbidden):
            step(alert, by=cast.nora, revision=alert.revision)


def test_an_administrator_who_was_sent_an_alert_may_look_and_do_nothing(critical: Patient, cast: Cast) -> None:
    far = person("Ada", "Far", (cast.ward_8c, Role.ADMINISTRATOR))
    send(critical, far)
    assert rights(far, critical.stay) == {May.VIEW_STAY}


@pytest.mark.parametrize(("minutes", "expected"), [(24 * 60 - 1, True), (24 * 60 + 1, False)])
def test_a_day_after_the_closing_it_ends_to_the_minute(
    critical: Patient, cast: Cast, minutes: float, expected: bool
) -> None:
    alert = send(critical, cast.sue)
    closed(alert, by=cast.sam, minutes_ago=minutes)
    assert reaches(cast.sue, critical.stay) == expected
    assert rights(cast.sue, critical.stay) == (AFTERWARDS if expected else frozenset())


def test_a_message_withdrawn_before_it_went_out_opens_nothing(critical: Patient, cast: Cast) -> None:
    send(critical, cast.sue)
    Delivery.objects.filter(person=cast.sue).update(state=Delivery.State.WITHDRAWN)
    assert not reaches(cast.sue, critical.stay)


def test_a_patient_moved_away_can_still_be_opened_by_whoever_was_sent_the_alert(critical: Patient, cast: Cast) -> None:
    stay = critical.stay
    send(critical, cast.sam)
    actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds_8c[0], responsible_surgeon=cast.sue)
    assert rights(cast.sam, stay) == SURGEONS_ANSWERS
    assert not reaches(cast.alice, stay)


# --- Whoever has the alert, or is offered it -------------------------------------------------------------------------


def test_who_has_accepted_acts_as_the_patients_surgeon_until_it_is_closed(critical: Patient, cast: Cast) -> None:
    stay, alert = critical.stay, send(critical, cast.sue)
    steps.accept(alert, by=cast.sue, revision=alert.revision)
    Delivery.objects.filter(person=cast.sue).update(state=Delivery.State.WITHDRAWN)
    assert rights(cast.sue, stay) == SURGEONS_ON_A_STAY
    closed(critical.alert, by=cast.sue, minutes_ago=1)
    assert rights(cast.sue, stay) == AFTERWARDS
    closed(critical.alert, by=cast.sue, minutes_ago=24 * 60 + 1)
    assert not reaches(cast.sue, stay)


def test_who_handed_it_on_only_answers_again(critical: Patient, cast: Cast) -> None:
    stay, alert = critical.stay, send(critical, cast.sue)
    steps.accept(alert, by=cast.sue, revision=alert.revision)
    hand_over = offers.offer(critical.alert, by=cast.sue, revision=critical.alert.revision, to=cast.sam)
    offers.accept_offer(hand_over, by=cast.sam)
    assert rights(cast.sue, stay) == SURGEONS_ANSWERS


def test_an_offer_opens_the_stay_until_it_is_withdrawn(critical: Patient, cast: Cast) -> None:
    stay, alert = critical.stay, critical.alert
    offer = HandOver.objects.create(alert=alert, offered_by=cast.sam, offered_to=cast.sue)
    assert rights(cast.sue, stay) == SURGEONS_ANSWERS
    offers.decline_offer(offer, by=cast.sam)
    assert not reaches(cast.sue, stay)


def test_an_offer_to_a_surgeon_of_another_ward_is_taken_over(critical: Patient, cast: Cast) -> None:
    send(critical, cast.sue)
    offer = offers.offer(critical.alert, by=cast.sam, revision=critical.alert.revision, to=cast.sue)
    offers.accept_offer(offer, by=cast.sue)
    assert critical.alert.accepted_by == cast.sue


# --- Break-glass -----------------------------------------------------------------------------------------------------


def broken(cast: Cast, stay: Stay, by: Staff) -> BreakGlass:
    return break_glass(stay, by=by, reason=REASON)


@pytest.mark.parametrize("who", ["nora", "sue"])
def test_the_glass_gives_a_look_a_check_and_an_acknowledgement(critical: Patient, cast: Cast, who: str) -> None:
    staff: Staff = getattr(cast, who)
    broken(cast, critical.stay, staff)
    assert reaches(staff, critical.stay)
    assert rights(staff, critical.stay) == LOOKING | {May.RECORD_CHECK, May.ACKNOWLEDGE_ALERT}


def test_what_is_written_by_it_says_so_in_the_log(critical: Patient, cast: Cast) -> None:
    broken(cast, critical.stay, cast.nora)
    check = checks.record_check(critical.stay, by=cast.nora, at=None, findings=findings(), key=uuid4())
    entry = cast_log("check.recorded", check)
    assert entry.data["by_reason"] == "break-glass"
    assert (entry.acting_role, entry.ward) == (Role.NURSE, cast.ward_7b)


def cast_log(action: str, check: Check) -> AuditEntry:
    return AuditEntry.objects.get(action=action, subject_type="checks.check", subject_id=str(check.pk))


def test_what_the_wards_own_write_says_nothing_of_a_reason(critical: Patient, cast: Cast) -> None:
    check = checks.record_check(critical.stay, by=cast.alice, at=None, findings=findings(), key=uuid4())
    assert "by_reason" not in cast_log("check.recorded", check).data


@pytest.mark.parametrize(("left", "expected"), [(timedelta(seconds=5), True), (timedelta(0), False)])
def test_it_ends_after_an_hour_of_the_databases_clock(cast: Cast, left: timedelta, expected: bool) -> None:
    stay = admit_patient(cast)
    opened = broken(cast, stay, cast.nora)
    assert opened.until - opened.at == timedelta(hours=1)
    began = now() - timedelta(hours=1) + left
    BreakGlass.objects.filter(pk=opened.pk).update(at=began, until=began + timedelta(hours=1))
    assert reaches(cast.nora, stay) == expected


def test_it_can_be_ended_before(cast: Cast) -> None:
    stay = admit_patient(cast)
    opened = broken(cast, stay, cast.nora)
    end(opened, by=cast.nora)
    assert not reaches(cast.nora, stay)


def test_it_is_of_the_patient_wherever_they_are_moved(cast: Cast) -> None:
    stay = admit_patient(cast)
    ward_9 = Ward.objects.create(code="9d", name="Ward 9D", time_zone="Europe/Berlin")
    far = person("Far", "Away", (ward_9, Role.NURSE))
    broken(cast, stay, far)
    actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds_8c[0], responsible_surgeon=cast.sue)
    assert reaches(far, stay)


def test_it_is_of_nobody_else(cast: Cast) -> None:
    stay, other = admit_patient(cast), admit_patient(cast, bed=cast.beds[1])
    broken(cast, stay, cast.nora)
    assert not reaches(cast.nora, other)
    assert not reaches(cast.sue, stay)


def test_somebody_who_has_left_reaches_nobody_whatever_the_reason(critical: Patient, cast: Cast) -> None:
    broken(cast, critical.stay, cast.sue)
    send(critical, cast.sue)
    cast.sue.is_active = False
    cast.sue.save(update_fields=["is_active"])
    assert not reaches(cast.sue, critical.stay)
    assert not rights(cast.sue, critical.stay)


# --- What it costs ---------------------------------------------------------------------------------------------------


def test_the_wards_own_people_are_asked_nothing_more(cast: Cast, django_assert_num_queries: object) -> None:
    stay = Stay.objects.get(pk=admit_patient(cast).pk)
    with django_assert_num_queries(1):  # type: ignore[operator]
        access.rights_on(cast.sam, stay)


def test_a_stay_comes_with_its_reasons(cast: Cast, django_assert_num_queries: object) -> None:
    stay = admit_patient(cast)
    broken(cast, stay, cast.nora)
    nora = Staff.objects.prefetch_related("memberships").get(pk=cast.nora.pk)
    with django_assert_num_queries(2):  # type: ignore[operator]  # not on a ward of hers; by which reasons
        found = access.stay_or_404(nora, stay.public_id)
        access.rights_on(nora, found)


def test_of_many_stays_the_reasons_are_read_at_once(cast: Cast, django_assert_num_queries: object) -> None:
    stays = [admit_patient(cast, bed=bed) for bed in cast.beds[:3]]
    for stay in stays:
        broken(cast, stay, cast.nora)
    with django_assert_num_queries(2):  # type: ignore[operator]
        access.learn_reasons(cast.nora, stays)
    assert all(access.may(cast.nora, May.VIEW_STAY, stay) for stay in stays)
