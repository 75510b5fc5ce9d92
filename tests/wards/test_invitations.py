"""The link by which somebody sets a password: once, for three days, for the account as it was then."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import PASSWORD, Cast, person
from tests.desks.pages import signed_in
from wards.access import Forbidden
from wards.invitations import invite, invited, set_password, token_for
from wards.models import Membership, Role, Staff
from wards.staff_actions import close_staff

NEW = "a kestrel over the lake"


def link(cast: Cast, staff: Staff | None = None) -> str:
    return invite(staff or cast.alice, by=cast.adam, reason="Forgot it.")


def test_the_old_password_and_its_sessions_are_gone_as_soon_as_the_link_is_made(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert client.get("/wards/7b/").status_code == 200
    link(cast)
    assert not Staff.objects.get(pk=cast.alice.pk).check_password(PASSWORD)
    assert client.get("/wards/7b/").status_code == 302


def test_it_sets_a_password_once(cast: Cast) -> None:
    token = link(cast)
    assert set_password(token, NEW) == cast.alice
    assert Staff.objects.get(pk=cast.alice.pk).check_password(NEW)
    assert invited(token) is None
    with pytest.raises(ValidationError, match="This link is used up"):
        set_password(token, "another one altogether")


def test_who_made_it_and_who_used_it_are_on_the_record_and_neither_link_nor_password(cast: Cast) -> None:
    token = link(cast)
    set_password(token, NEW)
    made, used = AuditEntry.objects.filter(action__startswith="password.").order_by("pk")
    assert (made.action, made.actor, made.reason) == ("password.link_made", cast.adam, "Forgot it.")
    assert (used.action, used.actor, used.data) == ("password.set", cast.alice, {"by": "link"})
    assert token not in str([made.data, used.data])


def test_a_newer_link_replaces_an_older_one(cast: Cast) -> None:
    older, newer = link(cast), link(cast)
    assert invited(older) is None
    assert invited(newer) == cast.alice


def test_it_ends_after_its_days(cast: Cast) -> None:
    link(cast)
    alice = Staff.objects.get(pk=cast.alice.pk)
    assert invited(token_for(alice, until=clock.now() + timedelta(minutes=1))) == alice
    assert invited(token_for(alice, until=clock.now() - timedelta(seconds=1))) is None


@pytest.mark.parametrize("spoil", [lambda token: token[:-1], lambda token: "x" + token, lambda token: "", str.upper])
def test_no_other_text_is_a_link(cast: Cast, spoil: object) -> None:
    assert invited(spoil(link(cast))) is None  # type: ignore[operator]


def test_closing_the_account_ends_it_for_good(cast: Cast) -> None:
    token = link(cast)
    close_staff(cast.alice, by=cast.adam, reason="Left.", anyway=True)
    assert invited(token) is None
    Staff.objects.filter(pk=cast.alice.pk).update(is_active=True)
    assert invited(token) is None


@pytest.mark.parametrize("password", ["short", "password123", "1234567890"])
def test_a_password_that_others_would_guess_is_refused_and_the_link_stays_good(cast: Cast, password: str) -> None:
    token = link(cast)
    with pytest.raises(ValidationError) as refused:
        set_password(token, password)
    assert list(refused.value.message_dict) == ["password"]
    assert invited(token) == cast.alice


def test_nobody_makes_one_for_themselves_nor_for_a_closed_account(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        invite(cast.adam, by=cast.adam, reason="Forgot it.")
    close_staff(cast.alice, by=cast.adam, reason="Left.", anyway=True)
    with pytest.raises(ValidationError, match="This account is closed"):
        link(cast)


def test_only_who_administers_all_wards_of_somebody_makes_one(cast: Cast) -> None:
    """A link is a way into the account, on every ward of it."""
    eve = person("Eve", "Ebert", (cast.ward_7b, Role.ADMINISTRATOR))
    Membership.objects.create(staff=cast.sue, ward=cast.ward_7b, role=Role.SURGEON)
    for somebody in (eve, cast.carol, cast.sam):
        with pytest.raises(Forbidden):
            invite(cast.sue, by=somebody, reason="Forgot it.")
    assert cast.sue.check_password(PASSWORD)
