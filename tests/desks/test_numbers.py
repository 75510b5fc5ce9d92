"""Whom to phone, in which order, and by which number; who is missing is said."""

from __future__ import annotations

import pytest

from monitoring.desks.common.numbers import Calls, dialled, whom_to_call
from monitoring.due.clock import now
from tests.alerts.conftest import Patient
from tests.cast import Cast, on_duty
from wards.models import Post, Staff, Stay
from wards.rota_queries import on_duty_by_post


def numbered(staff: Staff, phone: str) -> Staff:
    staff.phone = phone
    staff.save(update_fields=["phone"])
    return staff


def calls(patient: Patient) -> Calls:
    stay = Stay.objects.select_related("ward", "responsible_surgeon").get(pk=patient.stay.pk)
    return whom_to_call(stay, on_duty_by_post(stay.ward_id, now()))


def told(patient: Patient) -> list[tuple[str, str, str]]:
    return [(callee.role, callee.name, callee.phone) for callee in calls(patient).surgeons]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1700", "1700"),
        ("ext. 4720", "4720"),
        ("Ext 4720", "4720"),
        ("+44 20 7946 0142", "+442079460142"),
        ("+49 (0)30 / 123-0", "+49301230"),
        ("(030) 123", "030123"),
        ("030 1234 ext. 56", ""),
        ("via switchboard", ""),
        ("", ""),
    ],
)
def test_a_number_is_dialled_as_it_is_written_or_not_at_all(written: str, number: str) -> None:
    assert dialled(written) == number


def test_on_call_comes_first_then_the_second_then_who_is_responsible(cast: Cast, patient: Patient, tess: Staff) -> None:
    numbered(cast.sam, "4741")
    on_duty(cast, Post.SURGEON_ON_CALL, tess)
    assert told(patient) == [("surgeon on call", "Tess Tiller", ""), ("responsible surgeon", "Sam Stone", "4741")]


def test_who_has_two_roles_stands_once(cast: Cast, patient: Patient) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, numbered(cast.sam, "4741"))
    assert told(patient) == [("surgeon on call, responsible surgeon", "Sam Stone", "4741")]


def test_an_empty_post_is_said_and_is_nobody_to_phone(cast: Cast, patient: Patient) -> None:
    found = calls(patient)
    assert (found.surgeons[0].role, found.surgeons[0].nobody) == ("surgeon on call", True)
    assert found.first is not None
    assert found.first.name == "Sam Stone"
    assert not found.has_number


def test_the_number_that_finds_a_surgeon_is_tried_before_a_name_without_one(cast: Cast, patient: Patient) -> None:
    patient.stay.ward.surgeon_phone = "4700"
    patient.stay.ward.save(update_fields=["surgeon_phone"])
    first = calls(patient).first
    assert first is not None
    assert (first.who, first.phone) == ("always finds a surgeon", "4700")


def test_a_surgeon_who_has_left_is_not_phoned(cast: Cast, patient: Patient) -> None:
    cast.sam.is_active = False
    cast.sam.save(update_fields=["is_active"])
    assert calls(patient).names == []
    assert calls(patient).first is None


def test_the_wards_own_phone_is_no_surgeon(cast: Cast, patient: Patient) -> None:
    found = calls(patient)
    assert found.ward is not None
    assert found.ward.phone == "1700"
    assert "1700" not in [callee.phone for callee in found.surgeons]
