"""Roles given and taken on wards, with a reason; never one's own, never the last administrator's."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, admit_patient, on_duty, person
from tests.together import together
from wards.access import Forbidden
from wards.models import Membership, Post, Role, Staff, Ward
from wards.roles import give_role, take_role
from wards.rota_queries import on_duty as who_is_on_duty


def give(staff: Staff, by: Staff, ward: Ward, role: Role, reason: str = "Joined.") -> Membership:
    return give_role(staff, by=by, ward=ward, role=role, reason=reason)


def take(staff: Staff, by: Staff, ward: Ward, role: Role, *, anyway: bool = False, reason: str = "Moved on.") -> bool:
    return take_role(staff, by=by, ward=ward, role=role, reason=reason, anyway=anyway)


def roles(staff: Staff) -> set[tuple[str, str]]:
    return set(Membership.objects.filter(staff=staff).values_list("ward__code", "role"))


def test_a_role_is_given_with_before_and_after_and_alerts_look_again(cast: Cast) -> None:
    give(cast.alice, cast.adam, cast.ward_7b, Role.CHARGE_NURSE)
    assert roles(cast.alice) == {("7b", "nurse"), ("7b", "charge_nurse")}
    entry = AuditEntry.objects.get(action="role.given")
    assert (entry.actor, entry.subject_id, entry.ward, entry.reason) == (
        cast.adam,
        str(cast.alice.pk),
        cast.ward_7b,
        "Joined.",
    )
    assert entry.data == {"ward": cast.ward_7b.pk, "before": ["nurse"], "after": ["charge_nurse", "nurse"]}
    assert Ward.objects.get(code="7b").retarget_at is not None
    assert Ward.objects.get(code="8c").retarget_at is None


def test_a_role_is_taken_with_before_and_after_and_alerts_look_again(cast: Cast) -> None:
    assert take(cast.alice, cast.adam, cast.ward_7b, Role.NURSE)
    assert roles(cast.alice) == set()
    entry = AuditEntry.objects.get(action="role.taken")
    assert (entry.reason, entry.data["before"], entry.data["after"]) == ("Moved on.", ["nurse"], [])
    assert Ward.objects.get(code="7b").retarget_at is not None


def test_sent_again_neither_changes_anything(cast: Cast) -> None:
    for _ in range(2):
        give(cast.alice, cast.adam, cast.ward_7b, Role.CHARGE_NURSE)
    assert take(cast.alice, cast.adam, cast.ward_7b, Role.CHARGE_NURSE)
    assert not take(cast.alice, cast.adam, cast.ward_7b, Role.CHARGE_NURSE)
    assert AuditEntry.objects.filter(action__startswith="role.").count() == 2


def test_an_administrator_gives_and_takes_on_their_own_wards_alone(cast: Cast) -> None:
    eve = person("Eve", "Ebert", (cast.ward_7b, Role.ADMINISTRATOR), (cast.ward_8c, Role.NURSE))
    give(cast.sue, eve, cast.ward_7b, Role.SURGEON)
    with pytest.raises(Forbidden):
        give(cast.alice, eve, cast.ward_8c, Role.NURSE)
    with pytest.raises(Forbidden):
        take(cast.sue, eve, cast.ward_8c, Role.SURGEON)
    assert roles(cast.sue) == {("7b", "surgeon"), ("8c", "surgeon")}


@pytest.mark.parametrize("who", ["alice", "carol", "sam"])
def test_nobody_else_may(cast: Cast, who: str) -> None:
    somebody: Staff = getattr(cast, who)
    with pytest.raises(Forbidden):
        give(cast.nora, somebody, cast.ward_7b, Role.NURSE)
    with pytest.raises(Forbidden):
        take(cast.alice, somebody, cast.ward_7b, Role.NURSE)


def test_nobody_changes_their_own_roles(cast: Cast) -> None:
    with pytest.raises(Forbidden, match="Nobody changes their own roles"):
        give(cast.adam, cast.adam, cast.ward_7b, Role.SURGEON)
    with pytest.raises(Forbidden, match="Nobody changes their own roles"):
        take(cast.adam, cast.adam, cast.ward_7b, Role.ADMINISTRATOR)


def test_a_reason_is_asked_for(cast: Cast) -> None:
    for refused in (
        lambda: give(cast.alice, cast.adam, cast.ward_7b, Role.SURGEON, reason=" "),
        lambda: take(cast.alice, cast.adam, cast.ward_7b, Role.NURSE, reason=""),
    ):
        with pytest.raises(ValidationError) as error:
            refused()
        assert list(error.value.message_dict) == ["reason"]


def test_a_closed_account_is_given_nothing(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.alice.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="This account is closed"):
        give(cast.alice, cast.adam, cast.ward_7b, Role.CHARGE_NURSE)


def test_the_only_nurse_on_duty_loses_the_role_only_where_that_was_read(cast: Cast) -> None:
    on_duty(cast, Post.NURSE, cast.alice, since=1)
    with pytest.raises(ValidationError) as refused:
        take(cast.alice, cast.adam, cast.ward_7b, Role.NURSE)
    assert "Nobody else is nurse on shift on Ward 7B from now until" in refused.value.message_dict["anyway"][0]
    assert roles(cast.alice) == {("7b", "nurse")}
    take(cast.alice, cast.adam, cast.ward_7b, Role.NURSE, anyway=True)
    assert who_is_on_duty(cast.ward_7b.pk, Post.NURSE, clock.now()) == []


def test_a_shift_to_come_counts_as_well(cast: Cast) -> None:
    on_duty(cast, Post.NURSE, cast.alice, since=-30, hours=38)
    with pytest.raises(ValidationError, match="Nobody else is nurse on shift on Ward 7B from"):
        take(cast.alice, cast.adam, cast.ward_7b, Role.NURSE)


def test_a_nurse_who_is_charge_nurse_too_leaves_nothing_behind(cast: Cast) -> None:
    """The role that stays is enough for the post."""
    on_duty(cast, Post.NURSE, cast.alice, since=1)
    give(cast.alice, cast.adam, cast.ward_7b, Role.CHARGE_NURSE)
    assert take(cast.alice, cast.adam, cast.ward_7b, Role.NURSE)


def test_a_surgeon_with_patients_loses_the_role_only_where_that_was_read(cast: Cast) -> None:
    admit_patient(cast)
    with pytest.raises(ValidationError, match="1 patient on Ward 7B is left without a responsible surgeon"):
        take(cast.sam, cast.adam, cast.ward_7b, Role.SURGEON)


@pytest.mark.django_db(transaction=True)
def test_of_two_administrators_who_take_it_from_each_other_one_stays(cast: Cast) -> None:
    fred = person("Fred", "Fox", (cast.ward_7b, Role.ADMINISTRATOR))

    def taken(staff: Staff, by: Staff) -> object:
        try:
            return take(staff, by, cast.ward_7b, Role.ADMINISTRATOR)
        except Forbidden as refused:
            return refused

    answers = together(lambda: taken(fred, cast.adam), lambda: taken(cast.adam, fred))
    assert sorted(type(answer).__name__ for answer in answers) == ["Forbidden", "bool"]
    assert Membership.objects.filter(ward=cast.ward_7b, role=Role.ADMINISTRATOR).count() == 1


def test_the_last_administrator_of_a_ward_stays_one(cast: Cast) -> None:
    """Whoever else asks was one when the page came, and has been closed since."""
    fred = person("Fred", "Fox", (cast.ward_7b, Role.ADMINISTRATOR))
    Staff.objects.filter(pk=fred.pk).update(is_active=False)
    with pytest.raises(ValidationError, match="Adam Abbot is the only administrator of Ward 7B"):
        take(cast.adam, fred, cast.ward_7b, Role.ADMINISTRATOR)
