"""Who sets up the first second factor of an account: its owner, not whoever found the password first."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from pytest_django import Settings

from monitoring.audit.models import AuditEntry, RowChange
from monitoring.due.clock import now
from monitoring.identity.enrolment import make_code, use_code
from monitoring.identity.models import EnrolmentCode, Factor
from monitoring.identity.throttle import LIMITS
from tests.cast import Cast, person
from tests.desks.pages import said
from tests.identity.browser import Browser, app_of, code_now, in_as
from tests.identity.conftest import found_in, hidden
from wards.access import Forbidden
from wards.invitations import invite
from wards.models import Role, Staff

ENROL = "/sign-in/enrol/"
WHY = "Met in person."
NEW = "a kestrel over the lake"


@pytest.fixture(autouse=True)
def _surgeons_need_one(settings: Settings) -> None:
    settings.SECOND_FACTOR_REQUIRED = frozenset({"surgeon", "administrator"})


@pytest.fixture
def sam(cast: Cast) -> Staff:
    """Has been signed in before surgeons needed one."""
    cast.sam.last_login = now() - timedelta(days=30)
    cast.sam.save()
    return cast.sam


def set_up(browser: Browser) -> None:
    page = browser.get(ENROL)
    secret = found_in(page, r'class="secret">([^<]+)<').replace(" ", "")
    browser.post(ENROL, {"kept": hidden(page, "kept"), "code": code_now(secret)})


def came_by_link(cast: Cast, staff: Staff) -> Browser:
    token = invite(staff, by=cast.adam, reason=WHY)
    browser = Browser()
    browser.get(f"/welcome/{token}/")
    browser.post("/welcome/", {"password": NEW, "again": NEW})
    return browser


# --- By the link ------------------------------------------------------------------------------------------------------


def test_somebody_new_sets_it_up_right_after_the_password_of_their_link(cast: Cast) -> None:
    browser = came_by_link(cast, cast.sam)
    assert browser.get(ENROL).status_code == 200
    assert browser.person is None, "the link signs nobody in"
    set_up(browser)
    assert in_as(browser, cast.sam)


def test_somebody_who_was_here_before_does_so_by_a_new_link(cast: Cast, sam: Staff) -> None:
    browser = came_by_link(cast, sam)
    set_up(browser)
    assert in_as(browser, sam)


def test_the_link_leads_to_signing_in_where_no_factor_is_needed_or_one_is_there(cast: Cast) -> None:
    app_of(cast.sam)
    for staff in (cast.alice, cast.sam):
        browser = came_by_link(cast, staff)
        assert browser.get(ENROL)["Location"] == "/sign-in/"
        assert browser.person is None


def test_a_new_accounts_own_password_is_enough_until_it_was_signed_in_once(cast: Cast) -> None:
    """As with manage.py first_administrator, whose password nobody's link has set."""
    browser = Browser()
    browser.sign_in("adam")
    set_up(browser)
    assert in_as(browser, cast.adam)


# --- By a code --------------------------------------------------------------------------------------------------------


def test_the_password_alone_sets_nothing_up_for_who_was_here_before(sam: Staff) -> None:
    browser = Browser()
    assert browser.sign_in("sam")["Location"] == ENROL
    page = browser.get(ENROL).content.decode()
    assert "an administrator of your ward hands you a code" in said(page)
    assert 'name="kept"' not in page
    browser.post(ENROL, {"kept": "made up", "code": "000000"})
    browser.post(ENROL, {"name": "a thief's key", "answer": "{}"})
    assert not Factor.objects.exists()
    assert browser.person is None


def test_the_code_of_an_administrator_lets_them_once(cast: Cast, sam: Staff) -> None:
    code = make_code(sam, by=cast.adam, reason=WHY)
    first, second = Browser(), Browser()
    for browser in (first, second):
        browser.sign_in("sam")
    assert first.post(ENROL, {"code": code.upper()})["Location"] == ENROL
    assert second.post(ENROL, {"code": code}).status_code == 422
    set_up(first)
    assert in_as(first, sam)


def test_a_code_of_somebody_else_a_replaced_one_and_an_old_one_do_not(cast: Cast, sam: Staff) -> None:
    theirs = make_code(cast.sue, by=cast.adam, reason=WHY)
    replaced = make_code(sam, by=cast.adam, reason=WHY)
    newest = make_code(sam, by=cast.adam, reason=WHY)
    assert not use_code(sam, theirs)
    assert not use_code(sam, replaced)
    EnrolmentCode.objects.filter(staff=sam, retired_at=None).update(until=now())
    assert not use_code(sam, newest)


def test_codes_cannot_be_guessed(cast: Cast, sam: Staff) -> None:
    code = make_code(sam, by=cast.adam, reason=WHY)
    browser = Browser()
    browser.sign_in("sam")
    for _try in range(LIMITS["person here"].free):
        assert browser.post(ENROL, {"code": "aaaa-bbbb-cccc"}).status_code == 422
    assert browser.post(ENROL, {"code": code}).status_code == 429
    refused = AuditEntry.objects.filter(action="second_factor.refused", subject_id=str(sam.pk))
    assert refused.count() == LIMITS["person here"].free


def test_neither_log_nor_history_has_anything_that_could_be_typed(cast: Cast, sam: Staff) -> None:
    code = make_code(sam, by=cast.adam, reason=WHY)
    assert use_code(sam, code)
    made, used = AuditEntry.objects.filter(action__startswith="enrolment_code").order_by("pk")
    assert (made.action, made.actor, made.reason) == ("enrolment_code.made", cast.adam, WHY)
    assert (used.action, used.actor) == ("enrolment_code.used", sam)
    digest = EnrolmentCode.objects.get().digest
    kept = str([list(model.objects.values()) for model in (AuditEntry, RowChange)])
    assert not any(text in kept for text in (code, code.replace("-", ""), digest))


def test_only_who_answers_for_the_account_makes_one_and_nobody_their_own(cast: Cast, sam: Staff) -> None:
    eve = person("Eve", "Ebert", (cast.ward_8c, Role.ADMINISTRATOR))
    for somebody in (cast.alice, cast.carol, eve):
        with pytest.raises(Forbidden):
            make_code(sam, by=somebody, reason=WHY)
    with pytest.raises(Forbidden):
        make_code(cast.adam, by=cast.adam, reason=WHY)
    with pytest.raises(ValidationError):
        make_code(sam, by=cast.adam, reason=" ")
    app_of(sam)
    with pytest.raises(ValidationError, match="already"):
        make_code(sam, by=cast.adam, reason=WHY)
    assert not EnrolmentCode.objects.exists()


# --- The administrator's page -----------------------------------------------------------------------------------------


def adams(cast: Cast) -> Browser:
    """Adam's browser: he is signed in already."""
    browser = Browser()
    browser.force_login(cast.adam)
    return browser


def test_the_page_of_a_person_offers_it_where_they_wait_for_it(cast: Cast, sam: Staff) -> None:
    adam = adams(cast)
    offers = "Make a code for a second factor"
    assert offers in adam.get(f"/staff/{sam.public_id}/").content.decode()
    for nobody in (cast.sue, cast.alice):
        assert offers not in adam.get(f"/staff/{nobody.public_id}/").content.decode()
    page = adam.post(f"/staff/{sam.public_id}/second-factor/", {"reason": WHY})
    code = found_in(page, r'class="secret">([a-z2-7-]{14})<')
    assert use_code(sam, code)


def test_a_lost_factor_is_reset_and_the_code_for_another_handed_over_in_one_step(cast: Cast, sam: Staff) -> None:
    app_of(sam)
    page = adams(cast).post(f"/staff/{sam.public_id}/second-factor/", {"reason": "Lost the phone."})
    assert not Factor.objects.filter(removed_at=None).exists()
    browser = Browser()
    browser.sign_in("sam")
    browser.post(ENROL, {"code": found_in(page, r'class="secret">([a-z2-7-]{14})<')})
    set_up(browser)
    assert in_as(browser, sam)


# --- Where there is no other administrator ----------------------------------------------------------------------------


def test_whoever_runs_the_server_makes_one(cast: Cast, sam: Staff) -> None:
    out = StringIO()
    call_command("enrolment_code", "sam", reason="The only administrator is new.", stdout=out)
    assert use_code(sam, out.getvalue().strip())
    assert AuditEntry.objects.get(action="enrolment_code.made").actor is None


def test_and_not_for_nobody_nor_where_a_factor_is_there(cast: Cast, sam: Staff) -> None:
    app_of(sam)
    for name in ("sam", "nobody"):
        with pytest.raises(CommandError):
            call_command("enrolment_code", name, reason=WHY)
    assert not EnrolmentCode.objects.exists()
