"""Accounts: opened, changed, closed and opened again, by whoever administers all wards of somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import PASSWORD, Cast, admit_patient, allocate, on_duty, person
from tests.desks.pages import signed_in
from wards.access import Forbidden
from wards.models import Membership, Post, Role, Staff, Ward
from wards.staff_actions import StaffFacts, add_staff, close_staff, edit_staff, facts_of, reopen_staff
from wards.staff_queries import people_within_reach, wards_beyond

ZOE = StaffFacts("Zoë", "Zeller", "ext. 4711", ends_on=None)
FAR = date(2999, 12, 31)


@pytest.fixture
def eve(cast: Cast) -> Staff:
    """Administers 7B alone."""
    return person("Eve", "Ebert", (cast.ward_7b, Role.ADMINISTRATOR))


def add(by: Staff, ward: Ward, **changes: object) -> Staff:
    return add_staff(by=by, username="zoe", facts=replace(ZOE, **changes), ward=ward, role=Role.NURSE)  # type: ignore[arg-type]


def close(staff: Staff, by: Staff, *, anyway: bool = False) -> Staff:
    return close_staff(staff, by=by, reason="Left the hospital.", anyway=anyway)


def retargeted(ward: Ward) -> bool:
    return Ward.objects.get(pk=ward.pk).retarget_at is not None


def test_somebody_new_has_a_role_and_cannot_sign_in_before_they_set_a_password(cast: Cast) -> None:
    zoe = add(cast.adam, cast.ward_7b)
    assert facts_of(Staff.objects.get(username="zoe")) == ZOE
    assert list(zoe.memberships.values_list("ward__code", "role")) == [("7b", "nurse")]
    assert not zoe.has_usable_password()
    assert retargeted(cast.ward_7b)


def test_the_log_keeps_who_opened_which_account_and_never_a_phone_number(cast: Cast) -> None:
    zoe = add(cast.adam, cast.ward_7b)
    entry = AuditEntry.objects.get(action="staff.added")
    assert (entry.actor, entry.subject_id, entry.ward) == (cast.adam, str(zoe.pk), cast.ward_7b)
    assert entry.data["after"] == {"first_name": "Zoë", "last_name": "Zeller", "ends_on": ""}
    assert "4711" not in str(entry.data)


def test_the_same_form_sent_again_opens_one_account(cast: Cast) -> None:
    assert add(cast.adam, cast.ward_7b) == add(cast.adam, cast.ward_7b)
    assert AuditEntry.objects.filter(action="staff.added").count() == 1


@pytest.mark.parametrize("name", ["alice", "ALICE"])
def test_a_name_to_sign_in_with_is_one_persons(cast: Cast, name: str) -> None:
    with pytest.raises(ValidationError, match="Somebody signs in as alice already"):
        add_staff(by=cast.adam, username=name, facts=ZOE, ward=cast.ward_7b, role=Role.NURSE)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"last_name": " "}, "last_name"),
        ({"phone": "call me"}, "phone"),
        ({"ends_on": date(2020, 1, 1)}, "ends_on"),
        ({"first_name": "x" * 81}, "first_name"),
    ],
)
def test_what_is_wrong_is_said_by_its_field(cast: Cast, changes: dict[str, object], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add(cast.adam, cast.ward_7b, **changes)
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("username", ["", "two words", "x" * 151])
def test_a_name_to_sign_in_with_is_one_word(cast: Cast, username: str) -> None:
    with pytest.raises(ValidationError) as refused:
        add_staff(by=cast.adam, username=username, facts=ZOE, ward=cast.ward_7b, role=Role.NURSE)
    assert list(refused.value.message_dict) == ["username"]


def test_only_administrators_of_the_ward_add_people_to_it(cast: Cast, eve: Staff) -> None:
    for somebody in (cast.alice, cast.carol, cast.sam):
        with pytest.raises(Forbidden):
            add(somebody, cast.ward_7b)
    with pytest.raises(Forbidden):
        add(eve, cast.ward_8c)


def test_a_change_is_kept_with_before_and_after(cast: Cast) -> None:
    seen = facts_of(cast.alice)
    edit_staff(cast.alice, by=cast.adam, facts=replace(seen, last_name="Amis", ends_on=FAR, phone="4712"), seen=seen)
    assert facts_of(Staff.objects.get(username="alice")) == StaffFacts("Alice", "Amis", "4712", FAR)
    entry = AuditEntry.objects.get(action="staff.changed")
    assert entry.data == {
        "before": {"first_name": "Alice", "last_name": "Ames", "ends_on": ""},
        "after": {"first_name": "Alice", "last_name": "Amis", "ends_on": "2999-12-31"},
        "phone": True,
    }


def test_a_stale_page_overwrites_nothing_and_says_so(cast: Cast, eve: Staff) -> None:
    seen = facts_of(cast.alice)
    edit_staff(cast.alice, by=eve, facts=replace(seen, last_name="Amis"), seen=seen)
    with pytest.raises(ValidationError, match="Somebody has changed this account meanwhile"):
        edit_staff(cast.alice, by=cast.adam, facts=replace(seen, phone="4712"), seen=seen)
    assert Staff.objects.get(username="alice").phone == ""


def test_a_last_day_lies_ahead(cast: Cast) -> None:
    seen, yesterday = facts_of(cast.alice), (clock.now() - timedelta(days=2)).date()
    with pytest.raises(ValidationError, match="This day has passed"):
        edit_staff(cast.alice, by=cast.adam, facts=replace(seen, ends_on=yesterday), seen=seen)


def test_an_account_is_for_who_administers_all_its_wards(cast: Cast, eve: Staff) -> None:
    """Whoever makes a new password could sign in as them, on any of their wards."""
    Membership.objects.create(staff=cast.sue, ward=cast.ward_7b, role=Role.SURGEON)
    seen = facts_of(cast.sue)
    assert wards_beyond(eve, cast.sue) == [cast.ward_8c]
    with pytest.raises(Forbidden, match="also works on Ward 8C"):
        edit_staff(cast.sue, by=eve, facts=replace(seen, phone="1"), seen=seen)
    with pytest.raises(Forbidden):
        close(cast.sue, eve)
    close(cast.sue, cast.adam)
    with pytest.raises(Forbidden):
        reopen_staff(cast.sue, by=eve, reason="Back.")


def test_nobody_ends_or_closes_their_own_account(cast: Cast) -> None:
    seen = facts_of(cast.adam)
    with pytest.raises(Forbidden):
        edit_staff(cast.adam, by=cast.adam, facts=replace(seen, ends_on=FAR), seen=seen)
    with pytest.raises(Forbidden):
        close(cast.adam, cast.adam)
    edit_staff(cast.adam, by=cast.adam, facts=replace(seen, last_name="Abbott"), seen=seen)


def test_a_closed_account_ends_its_sessions_and_they_do_not_come_back_with_it(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert client.get("/wards/7b/").status_code == 200
    close(cast.alice, cast.adam)
    assert client.get("/wards/7b/").status_code == 302
    reopen_staff(cast.alice, by=cast.adam, reason="Came back.")
    assert client.get("/wards/7b/").status_code == 302
    alice = Staff.objects.get(username="alice")
    assert alice.is_active
    assert not alice.check_password(PASSWORD)
    assert alice.memberships.get().role == Role.NURSE


def test_closing_and_opening_are_kept_with_the_reason_and_once(cast: Cast) -> None:
    for _ in range(2):
        close(cast.alice, cast.adam)
    for _ in range(2):
        reopen_staff(cast.alice, by=cast.adam, reason="Came back.")
    kept = AuditEntry.objects.filter(action__in=["staff.closed", "staff.reopened"]).order_by("pk")
    assert list(kept.values_list("action", "reason")) == [
        ("staff.closed", "Left the hospital."),
        ("staff.reopened", "Came back."),
    ]
    assert retargeted(cast.ward_7b)


def test_a_reason_is_asked_for(cast: Cast) -> None:
    with pytest.raises(ValidationError) as refused:
        close_staff(cast.alice, by=cast.adam, reason=" ", anyway=True)
    assert list(refused.value.message_dict) == ["reason"]


def test_who_is_the_only_one_on_call_is_closed_only_by_who_has_read_it(cast: Cast) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam, since=1)
    admit_patient(cast)
    with pytest.raises(ValidationError) as refused:
        close(cast.sam, cast.adam)
    said = refused.value.message_dict["anyway"]
    assert said[0].startswith("Nobody else is surgeon on call on Ward 7B from now until")
    assert said[1] == "1 patient on Ward 7B is left without a responsible surgeon."
    assert Staff.objects.get(username="sam").is_active
    close(cast.sam, cast.adam, anyway=True)
    assert not Staff.objects.get(username="sam").is_active


def test_somebody_on_call_beside_them_is_enough(cast: Cast) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    on_duty(cast, Post.SURGEON_ON_CALL, person("Tess", "Tiller", (cast.ward_7b, Role.SURGEON)))
    close(cast.sam, cast.adam)


def test_a_nurse_with_patients_is_closed_only_by_who_has_read_it(cast: Cast) -> None:
    allocate(cast, admit_patient(cast), cast.alice)
    with pytest.raises(ValidationError, match="1 patient on Ward 7B is left without a nurse"):
        close(cast.alice, cast.adam)


def test_of_two_administrators_who_close_each_other_one_stays(cast: Cast) -> None:
    """Who asks was an administrator when the page came, and has been closed since: the ward keeps its last one."""
    fred = person("Fred", "Fox", (cast.ward_7b, Role.ADMINISTRATOR), (cast.ward_8c, Role.ADMINISTRATOR))
    close(cast.adam, fred)
    with pytest.raises(ValidationError, match="Fred Fox is the only administrator of Ward 7B"):
        close(fred, cast.adam)
    seen = facts_of(fred)
    with pytest.raises(ValidationError, match="Fred Fox is the only administrator of Ward 7B"):
        edit_staff(fred, by=cast.adam, facts=replace(seen, ends_on=FAR), seen=seen)


def test_an_account_past_its_end_is_given_another_end_first(cast: Cast) -> None:
    close(cast.alice, cast.adam)
    Staff.objects.filter(pk=cast.alice.pk).update(ends_on=date(2020, 1, 1))
    with pytest.raises(ValidationError, match="Give it a later one first"):
        reopen_staff(cast.alice, by=cast.adam, reason="Back.")
    seen = facts_of(Staff.objects.get(pk=cast.alice.pk))
    edit_staff(cast.alice, by=cast.adam, facts=replace(seen, ends_on=FAR), seen=seen)
    assert reopen_staff(cast.alice, by=cast.adam, reason="Back.").is_active


def test_an_administrator_finds_the_people_of_their_wards_and_those_of_none(cast: Cast, eve: Staff) -> None:
    lost = Staff.objects.create_user("lost", last_name="Lost")
    everybody = [cast.adam, cast.alice, cast.carol, eve, lost, cast.sam]  # by name; Adam, of two wards, once
    assert list(people_within_reach(eve)) == everybody
    assert [one.username for one in people_within_reach(cast.adam)].count("adam") == 1
    assert not people_within_reach(cast.carol).exists()
