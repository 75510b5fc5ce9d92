"""The pages on which an administrator looks after people, their accounts and their roles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from monitoring.escalation.models import Contact
from monitoring.identity.models import ClaimedRole, Factor, Link, SignedIn
from tests.cast import PASSWORD, Cast, on_duty, person
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in, spaced
from wards.models import Membership, Post, Role, Staff

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

NEW = "a kestrel over the lake"
ADDED = {"username": "zoe", "first_name": "Zoë", "last_name": "Zeller", "ward": "7b", "role": "nurse"}


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def eve(cast: Cast) -> Staff:
    """Administers 7B alone."""
    return person("Eve", "Ebert", (cast.ward_7b, Role.ADMINISTRATOR))


def url(staff: Staff, step: str = "") -> str:
    return f"/staff/{staff.public_id}/{step}"


def send(by: Staff, address: str, **sent: str) -> Response:
    return signed_in(by).post(address, sent)


def refused(answer: Response) -> str:
    assert answer.status_code == 422
    return said(answer.content.decode())


def link_in(answer: Response) -> str:
    """The path of the link that the page shows."""
    found = re.search(r"https?://[^/]+(/welcome/[^<]+/)</textarea>", answer.content.decode())
    assert found, said(answer.content.decode())
    return found.group(1)


# --- The list --------------------------------------------------------------------------------------------------------


def test_it_lists_the_people_of_ones_wards_and_nobody_elses(cast: Cast, eve: Staff) -> None:
    page = spaced(read(eve, "/staff/"))
    assert "Alice Ames" in page
    assert "Ward 7B: charge nurse" in page
    assert "Nora North" not in page
    assert "and on other wards" in page  # Adam, of 8C as well: not which


def test_each_person_says_how_they_sign_in_and_are_reached(cast: Cast) -> None:
    Factor.objects.create(staff=cast.sam, kind=Factor.Kind.TOTP, name="phone")
    Contact.objects.create(staff=cast.sam, channel="email", address="sam@example.org", recorded_by=cast.sam)
    page = read(cast.adam, "/staff/?q=stone")
    assert "second factor: yes" in page
    assert "E-mail" in spaced(page)
    assert "sam@example.org" not in page
    assert "no way outside Spinewatch" in read(cast.adam, "/staff/?q=ames")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=ali+am", {"Ames"}),
        ("ward=8c", {"North", "Singh", "Abbot"}),
        ("role=surgeon", {"Stone", "Singh"}),
        ("ward=7b&role=surgeon", {"Stone"}),
        ("ward=-", {"Lost"}),
        ("which=closed", {"Gone"}),
        ("which=ending", {"Chase"}),
        ("which=waiting", {"Lost"}),
        ("q=nobody", set()),
        ("ward=nonsense&role=king&which=x", {"Ames", "North", "Chase", "Stone", "Singh", "Abbot", "Lost"}),
    ],
)
def test_it_is_searched(cast: Cast, query: str, names: set[str]) -> None:
    Staff.objects.create_user("lost", last_name="Lost")
    Staff.objects.create_user("gone", last_name="Gone", is_active=False)
    Staff.objects.filter(pk=cast.carol.pk).update(ends_on="2020-01-01")
    page = read(cast.adam, f"/staff/?{query}")
    shown = set(re.findall(r'class="name" href="[^"]+">([^<]+)<', page))
    assert {name.split()[-1] for name in shown} == names


def test_the_list_takes_as_many_queries_for_many_as_for_few(cast: Cast) -> None:
    client = signed_in(cast.adam)
    client.get("/staff/")
    few = queries_of(lambda: client.get("/staff/"))
    for number in range(20):
        person(f"P{number}", "Extra", (cast.ward_7b, Role.NURSE))
    assert queries_of(lambda: client.get("/staff/")) == few
    assert few <= 14


def test_a_long_list_has_pages_that_keep_what_was_asked(cast: Cast) -> None:
    for number in range(51):
        person(f"P{number}", "Extra", (cast.ward_7b, Role.NURSE))
    first = read(cast.adam, "/staff/?q=extra")
    assert "page 1 of 2" in said(first)
    assert "?q=extra&amp;page=2" in first
    assert "P9 Extra" in read(cast.adam, "/staff/?q=extra&page=2")


@pytest.mark.parametrize("who", ["alice", "carol", "sam"])
def test_it_is_for_administrators(cast: Cast, who: str) -> None:
    somebody: Staff = getattr(cast, who)
    for address, status in (("/staff/", 403), ("/staff/new/", 403), (url(cast.alice), 403)):
        assert signed_in(somebody).get(address).status_code == status


@pytest.mark.parametrize("step", ["", "edit/", "link/", "close/", "reopen/", "second-factor/", "roles/"])
def test_somebody_of_another_ward_is_not_there(cast: Cast, eve: Staff, step: str) -> None:
    assert signed_in(eve).get(url(cast.nora, step)).status_code == 404
    assert send(eve, url(cast.nora, step), reason="x").status_code in {404, 405}


@pytest.mark.parametrize("step", ["edit/", "link/", "close/", "reopen/", "second-factor/"])
def test_an_account_on_other_wards_too_is_not_touched(cast: Cast, eve: Staff, step: str) -> None:
    """Seen, with the reason why not; the roles on one's own ward are still one's own."""
    Membership.objects.create(staff=cast.sue, ward=cast.ward_7b, role=Role.SURGEON)
    assert "also works on Ward 8C, which you do not administer" in said(read(eve, url(cast.sue)))
    assert signed_in(eve).get(url(cast.sue, step)).status_code == 403
    assert send(eve, url(cast.sue, step), reason="x", last_name="X").status_code == 403
    assert signed_in(eve).get(url(cast.sue, "roles/7b/surgeon/")).status_code == 200


# --- Somebody new ----------------------------------------------------------------------------------------------------


def test_somebody_new_gets_an_account_a_link_and_a_password_of_their_own(cast: Cast) -> None:
    answer = send(cast.adam, "/staff/new/", **ADDED)
    zoe = Staff.objects.get(username="zoe")
    assert answer["Location"] == url(zoe, "link/")
    made = send(cast.adam, url(zoe, "link/"), reason="New account.")
    browser = Client()
    page = browser.get(link_in(made), follow=True)
    assert page.redirect_chain == [("/welcome/", 302)]  # the token leaves the address
    assert "You sign in as zoe" in said(page.content.decode())
    assert browser.post("/welcome/", {"password": NEW, "again": NEW})["Location"] == "/sign-in/"
    assert "_auth_user_id" not in browser.session
    assert Staff.objects.get(pk=zoe.pk).check_password(NEW)
    assert browser.get(link_in(made), follow=True).status_code == 410


def test_what_is_wrong_stands_beside_its_field_and_everything_typed_is_kept(cast: Cast) -> None:
    answer = send(cast.adam, "/staff/new/", **ADDED | {"username": "alice", "phone": "ring"})
    assert "Write a number that can be dialled" in refused(answer)
    assert 'value="Zeller"' in answer.content.decode()
    assert "Somebody signs in as alice already" in refused(
        send(cast.adam, "/staff/new/", **ADDED | {"username": "alice"})
    )
    assert "Choose one of your wards." in refused(send(cast.adam, "/staff/new/", **ADDED | {"ward": "9z"}))
    assert "Choose a role." in refused(send(cast.adam, "/staff/new/", **ADDED | {"role": ""}))


def test_a_first_role_is_given_on_ones_own_wards_alone(cast: Cast, eve: Staff) -> None:
    assert "Choose one of your wards." in refused(send(eve, "/staff/new/", **ADDED | {"ward": "8c"}))
    assert not Staff.objects.filter(username="zoe").exists()


# --- The link --------------------------------------------------------------------------------------------------------


def test_the_link_is_shown_once_and_stored_nowhere(cast: Cast) -> None:
    link = link_in(send(cast.adam, url(cast.alice, "link/"), reason="Forgot it."))
    token = link.split("/")[2]
    assert token not in read(cast.adam, url(cast.alice, "link/"))
    assert token not in read(cast.adam, url(cast.alice))
    assert token not in str(list(AuditEntry.objects.values_list("data", "reason")))


def test_making_it_says_before_that_somebody_is_signed_out(cast: Cast) -> None:
    assert "stops working at once, and they are signed out everywhere" in said(
        read(cast.adam, url(cast.alice, "link/"))
    )


def test_two_passwords_that_differ_and_one_that_is_guessed_set_nothing(cast: Cast) -> None:
    browser = Client()
    browser.get(link_in(send(cast.adam, url(cast.alice, "link/"), reason="Forgot it.")))
    assert "These two differ." in refused(browser.post("/welcome/", {"password": NEW, "again": NEW + "x"}))
    assert "too short" in refused(browser.post("/welcome/", {"password": "short", "again": "short"}))
    assert not Staff.objects.get(pk=cast.alice.pk).has_usable_password()


def test_who_is_signed_in_uses_up_nobodys_link(cast: Cast) -> None:
    link = link_in(send(cast.adam, url(cast.alice, "link/"), reason="Forgot it."))
    browser = signed_in(cast.adam)
    assert "Adam Abbot is signed in here" in said(browser.get(link, follow=True).content.decode())
    browser.post("/welcome/", {"password": NEW, "again": NEW})
    assert not Staff.objects.get(pk=cast.alice.pk).has_usable_password()
    assert Client().get(link, follow=True).status_code == 200


def test_any_other_token_says_that_it_is_used_up(db: None) -> None:
    assert Client().get("/welcome/made-up/", follow=True).status_code == 410
    assert Client().get("/welcome/").status_code == 410
    assert Client().post("/welcome/", {"password": NEW, "again": NEW}).status_code == 410


# --- Changing, closing, opening again --------------------------------------------------------------------------------


def kept(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(seen_\w+)" value="([^"]*)"', page))


def test_a_name_is_changed(cast: Cast) -> None:
    seen = kept(read(cast.adam, url(cast.alice, "edit/")))
    answer = send(
        cast.adam, url(cast.alice, "edit/"), **seen, first_name="Alice", last_name="Amis", ends_on="2999-01-31"
    )
    assert answer["Location"] == url(cast.alice)
    assert "31-Jan-2999" in said(read(cast.adam, url(cast.alice)))


def test_a_stale_page_is_shown_anew_and_may_then_be_meant(cast: Cast, eve: Staff) -> None:
    seen = kept(read(cast.adam, url(cast.alice, "edit/")))
    send(eve, url(cast.alice, "edit/"), **seen, first_name="Alice", last_name="Amis")
    typed = {"first_name": "Alice", "last_name": "Ames-Amis"}
    answer = send(cast.adam, url(cast.alice, "edit/"), **seen, **typed)
    assert "Somebody has changed this account meanwhile" in refused(answer)
    assert "Kept now: Alice Amis" in refused(answer)
    page = answer.content.decode()
    assert send(cast.adam, url(cast.alice, "edit/"), **kept(page), **typed).status_code == 302
    assert Staff.objects.get(pk=cast.alice.pk).last_name == "Ames-Amis"


def test_closing_asks_whoever_leaves_a_post_empty_to_read_that(cast: Cast) -> None:
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam, since=1)
    page = said(read(cast.adam, url(cast.sam, "close/")))
    assert "Nobody else is surgeon on call on Ward 7B from now until" in page
    answer = send(cast.adam, url(cast.sam, "close/"), reason="Left.")
    assert "I have read this. Do it all the same." in refused(answer)
    assert 'value="Left."' in answer.content.decode()
    send(cast.adam, url(cast.sam, "close/"), reason="Left.", anyway="on")
    assert "Open the account again" in said(read(cast.adam, url(cast.sam)))


def test_where_nothing_is_left_behind_nothing_more_is_asked(cast: Cast) -> None:
    assert "I have read this" not in read(cast.adam, url(cast.alice, "close/"))
    assert send(cast.adam, url(cast.alice, "close/"), reason="Left.").status_code == 302
    assert not Client().login(username="alice", password=PASSWORD)


def test_an_account_opened_again_waits_for_a_new_password(cast: Cast) -> None:
    send(cast.adam, url(cast.alice, "close/"), reason="Left.")
    assert send(cast.adam, url(cast.alice, "reopen/"), reason="Came back.")["Location"] == url(cast.alice, "link/")
    assert "open, but no password is set yet" in said(read(cast.adam, url(cast.alice)))


def test_ones_own_account_and_roles_offer_nothing(cast: Cast) -> None:
    page = said(read(cast.adam, url(cast.adam)))
    assert "Your roles and your account are for another administrator" in page
    assert "Take away" not in page
    assert "Close the account" not in page
    assert send(cast.adam, url(cast.adam, "close/"), reason="Tired.").status_code == 403
    assert send(cast.adam, url(cast.adam, "link/"), reason="Tired.").status_code == 403


def test_a_lost_second_factor_is_reset_with_a_reason(cast: Cast) -> None:
    Factor.objects.create(staff=cast.sam, kind=Factor.Kind.TOTP, name="phone")
    assert "Say why" in refused(send(cast.adam, url(cast.sam, "second-factor/"), reason=""))
    send(cast.adam, url(cast.sam, "second-factor/"), reason="Lost the phone.")
    assert not Factor.objects.filter(staff=cast.sam, removed_at=None).exists()


def test_sessions_are_noted_as_over_with_the_reason(cast: Cast) -> None:
    for why, step in (("password", "link/"), ("account", "close/")):
        session = SignedIn.objects.create(staff=cast.alice, name=f"s-{why}", how="password", ends_at=now())
        send(cast.adam, url(cast.alice, step), reason="Left.")
        session.refresh_from_db()
        assert (session.why, session.ended_by) == (why, cast.adam)


def test_who_signs_in_by_the_hospitals_sign_in_waits_for_no_password(cast: Cast) -> None:
    lost = Staff.objects.create_user("lost", last_name="Lost")
    assert "no password set yet" in read(cast.adam, "/staff/?ward=-")
    Link.objects.create(staff=lost, issuer="https://id.example.org", subject="1")
    assert "no password set yet" not in read(cast.adam, "/staff/?ward=-")
    assert "Lost" not in read(cast.adam, "/staff/?which=waiting")
    assert "open, by the hospital’s sign-in" in read(cast.adam, url(lost))


def test_a_role_that_comes_from_the_hospitals_sign_in_says_that_it_comes_back(cast: Cast) -> None:
    address = url(cast.alice, "roles/7b/nurse/")
    assert "comes from the hospital’s sign-in" not in read(cast.adam, address)
    ClaimedRole.objects.create(membership=cast.alice.memberships.get())
    assert "comes from the hospital’s sign-in" in read(cast.adam, address)
    assert "(from the hospital’s sign-in)" in read(cast.adam, url(cast.alice))
    assert send(cast.adam, address, reason="Moved.").status_code == 302


# --- Roles -----------------------------------------------------------------------------------------------------------


def test_a_role_is_given_and_taken_away(cast: Cast) -> None:
    send(cast.adam, url(cast.alice, "roles/"), ward="7b", role="charge_nurse", reason="Leads at night.")
    assert "charge nurse · Ward 7B" in spaced(read(cast.adam, url(cast.alice)))
    address = url(cast.alice, "roles/7b/charge_nurse/")
    assert "is charge nurse on Ward 7B" in said(read(cast.adam, address))
    answer = signed_in(cast.adam).post(address, {"reason": "Days again."}, follow=True)
    assert "Alice Ames is charge nurse on Ward 7B no more." in said(answer.content.decode())
    again = signed_in(cast.adam).post(address, {"reason": "Days again."}, follow=True)
    assert "Somebody was faster" in said(again.content.decode())


def test_taking_the_only_nurse_on_duty_away_says_so(cast: Cast) -> None:
    on_duty(cast, Post.NURSE, cast.alice, since=1)
    address = url(cast.alice, "roles/7b/nurse/")
    assert "Nobody else is nurse on shift on Ward 7B" in said(read(cast.adam, address))
    assert "Do it all the same" in refused(send(cast.adam, address, reason="Moved."))
    assert send(cast.adam, address, reason="Moved.", anyway="on").status_code == 302


@pytest.mark.parametrize(
    ("address", "status"), [("roles/7b/king/", 404), ("roles/7b/surgeon/", 404), ("roles/9z/nurse/", 404)]
)
def test_a_role_that_is_not_there_is_not_taken(cast: Cast, address: str, status: int) -> None:
    assert signed_in(cast.adam).get(url(cast.alice, address)).status_code == status


def test_a_colleague_of_another_ward_is_given_a_role_by_the_name_they_sign_in_with(cast: Cast, eve: Staff) -> None:
    address = "/wards/7b/manage/colleague/"
    assert "Nobody with an open account" in refused(send(eve, address, username="xx", role="surgeon", reason="Covers."))
    send(eve, address, username="SUE", role="surgeon", reason="Covers 7B.")
    assert "surgeon · Ward 7B" in spaced(read(eve, url(cast.sue)))
    assert send(eve, "/wards/8c/manage/colleague/", username="alice", role="nurse", reason="x").status_code == 404
    assert send(cast.carol, address, username="sue", role="nurse", reason="x").status_code == 403
