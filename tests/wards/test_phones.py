"""The numbers that people dial: who may set which, and what is a number."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from tests.cast import Cast
from wards.access import Forbidden
from wards.phones import set_phone, set_ward_phones


def test_ones_own_number_is_kept_and_not_audited_itself(cast: Cast) -> None:
    set_phone(by=cast.sam, phone="  ext.  4741 ")
    cast.sam.refresh_from_db()
    assert cast.sam.phone == "ext. 4741"
    [line] = AuditEntry.objects.filter(action="staff.phone_set")
    assert "4741" not in str(line.data)


def test_an_empty_number_takes_it_away(cast: Cast) -> None:
    set_phone(by=cast.sam, phone="4741")
    set_phone(by=cast.sam, phone="")
    cast.sam.refresh_from_db()
    assert cast.sam.phone == ""
    assert AuditEntry.objects.filter(action="staff.phone_removed").count() == 1


def test_the_same_number_again_changes_nothing(cast: Cast) -> None:
    set_phone(by=cast.sam, phone="4741")
    set_phone(by=cast.sam, phone="4741")
    assert AuditEntry.objects.filter(action="staff.phone_set").count() == 1


@pytest.mark.parametrize("phone", ["call me", "7", "030 1234 ext. 56", "x", "+", "4741; 4742", "1" * 33])
def test_what_nobody_can_dial_is_refused(cast: Cast, phone: str) -> None:
    with pytest.raises(ValidationError) as refused:
        set_phone(by=cast.sam, phone=phone)
    assert list(refused.value.message_dict) == ["phone"]


@pytest.mark.parametrize("who", ["carol", "adam"])
def test_who_leads_a_ward_sets_its_numbers_with_before_and_after(cast: Cast, who: str) -> None:
    set_ward_phones(cast.ward_7b, by=getattr(cast, who), phone="1700", surgeon_phone="4700")
    cast.ward_7b.refresh_from_db()
    assert (cast.ward_7b.phone, cast.ward_7b.surgeon_phone) == ("1700", "4700")
    [line] = AuditEntry.objects.filter(action="ward.phones_set")
    assert line.data["before"] == {"phone": "1700", "surgeon_phone": ""}
    assert line.data["after"] == {"phone": "1700", "surgeon_phone": "4700"}


@pytest.mark.parametrize("who", ["alice", "sam", "nora"])
def test_nobody_else_sets_a_wards_numbers(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        set_ward_phones(cast.ward_7b, by=getattr(cast, who), phone="1", surgeon_phone="2")
