"""Which nurse has which patient."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, admit_patient, ago, allocate, person
from wards import actions, rota
from wards.access import Forbidden
from wards.models import Allocation, Membership, Role, Staff, Ward
from wards.rota_queries import patients_nurse

HOUR = timedelta(hours=1)


@pytest.fixture
def anna(cast: Cast) -> Staff:
    return person("Anna", "Adler", (cast.ward_7b, Role.NURSE))


def nurse_of(stay_id: int, hours: float = 0) -> Staff | None:
    return patients_nurse(stay_id, clock.now() + hours * HOUR)


def test_a_nurse_has_the_patient_until_the_end_of_the_shift(cast: Cast) -> None:
    stay = admit_patient(cast)
    Ward.objects.update(retarget_at=None)
    allocate(cast, stay, cast.alice, hours=8)
    assert (nurse_of(stay.pk), nurse_of(stay.pk, 7.9), nurse_of(stay.pk, 8.1)) == (cast.alice, cast.alice, None)
    assert AuditEntry.objects.get(action="allocation.recorded").patient == stay.patient
    assert Ward.objects.get(pk=cast.ward_7b.pk).retarget_at is not None


def test_of_several_the_one_recorded_last_counts(cast: Cast, anna: Staff) -> None:
    stay = admit_patient(cast)
    allocate(cast, stay, cast.alice, hours=8)
    second = allocate(cast, stay, anna, hours=4)
    assert (nurse_of(stay.pk), nurse_of(stay.pk, 5)) == (anna, cast.alice)
    rota.cancel_allocation(second, by=cast.alice)
    assert nurse_of(stay.pk) == cast.alice


def test_the_same_allocation_sent_again_changes_nothing_and_going_back_to_the_first_does(
    cast: Cast, anna: Staff
) -> None:
    stay, ends_at = admit_patient(cast), clock.now() + 8 * HOUR
    for nurse in (cast.alice, cast.alice, anna, anna, cast.alice):
        rota.allocate(stay, by=cast.carol, nurse=nurse, ends_at=ends_at)
    assert (Allocation.objects.count(), nurse_of(stay.pk)) == (3, cast.alice)
    starts_at = clock.now() + HOUR
    for _ in range(2):
        rota.allocate(stay, by=cast.carol, nurse=anna, starts_at=starts_at, ends_at=ends_at)
    assert (Allocation.objects.count(), nurse_of(stay.pk), nurse_of(stay.pk, 2)) == (4, cast.alice, anna)


def test_who_has_left_has_no_patient_and_the_one_before_has(cast: Cast, anna: Staff) -> None:
    stay = admit_patient(cast)
    allocate(cast, stay, cast.alice)
    allocate(cast, stay, anna)
    Staff.objects.filter(pk=anna.pk).update(is_active=False)
    assert nurse_of(stay.pk) == cast.alice
    Membership.objects.filter(staff=cast.alice).update(ward=cast.ward_8c)
    assert nurse_of(stay.pk) is None


@pytest.mark.parametrize("name", ["sam", "adam", "nora"])
def test_only_a_nurse_of_the_ward_is_given_a_patient(cast: Cast, name: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        allocate(cast, admit_patient(cast), getattr(cast, name))
    assert list(refusal.value.message_dict) == ["nurse"]


@pytest.mark.parametrize("name", ["sam", "adam", "nora"])
def test_only_the_wards_nurses_allocate(cast: Cast, name: str) -> None:
    stay = admit_patient(cast)
    given = allocate(cast, stay, cast.alice)
    with pytest.raises(Forbidden):
        rota.allocate(stay, by=getattr(cast, name), nurse=cast.alice, ends_at=clock.now() + HOUR)
    with pytest.raises(Forbidden):
        rota.cancel_allocation(given, by=getattr(cast, name))


@pytest.mark.parametrize(("hours", "message"), [(-1, "after the start"), (25, "longer than 24 hours")])
def test_a_shift_that_cannot_be_meant_is_refused(cast: Cast, hours: float, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        allocate(cast, admit_patient(cast), cast.alice, hours=hours)


def test_cancelling_twice_changes_nothing_and_what_is_over_stays(cast: Cast) -> None:
    stay = admit_patient(cast)
    given = allocate(cast, stay, cast.alice)
    times = {rota.cancel_allocation(given, by=cast.alice).cancelled_at for _ in range(2)}
    assert len(times) == 1
    Allocation.objects.update(cancelled_at=None, starts_at=ago(hours=9), ends_at=ago(hours=1))
    with pytest.raises(ValidationError, match="This is over"):
        rota.cancel_allocation(given, by=cast.alice)


def test_a_patient_who_is_gone_is_nobodys(cast: Cast) -> None:
    stay = admit_patient(cast)
    allocate(cast, stay, cast.alice)
    actions.discharge(stay, by=cast.alice, at=ago(hours=1), departure="home")
    assert nurse_of(stay.pk) is None
    with pytest.raises(ValidationError, match="was discharged at"):
        allocate(cast, stay, cast.alice)


def test_a_move_to_another_ward_ends_the_allocations_and_one_within_the_ward_does_not(cast: Cast) -> None:
    stay = admit_patient(cast)
    given = allocate(cast, stay, cast.alice)
    Ward.objects.update(retarget_at=None)
    actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds[1])
    assert nurse_of(stay.pk) == cast.alice
    assert not Ward.objects.filter(retarget_at__isnull=False).exists()
    actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds_8c[0], responsible_surgeon=cast.sue)
    assert nurse_of(stay.pk) is None
    assert Allocation.objects.get(pk=given.pk).cancelled_by == cast.alice
    assert Ward.objects.get(retarget_at__isnull=False) == cast.ward_8c


def test_another_responsible_surgeon_makes_open_alerts_look_again(cast: Cast) -> None:
    tom = person("Tom", "Tell", (cast.ward_7b, Role.SURGEON))
    stay = admit_patient(cast)
    Ward.objects.update(retarget_at=None)
    actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds[1], responsible_surgeon=tom)
    assert Ward.objects.get(retarget_at__isnull=False) == cast.ward_7b
