"""Signing in by the hospital's provider, over real HTTP; and everything of it that must not be believed."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from django.http import HttpResponse
from joserfc.jwk import ECKey, OctKey
from pytest_django import Settings

from monitoring.audit.models import AuditEntry
from monitoring.desks.common import lock
from monitoring.desks.common.certainty import CONFIRMED
from monitoring.identity.models import ClaimedRole, Link, SignedIn
from tests.cast import Cast
from tests.desks.pages import said
from tests.identity.browser import Browser, app_of, code_now, in_as
from tests.identity.conftest import provider_of
from tests.identity.hospital import Hospital
from wards.models import Membership, Role, Staff

START = "/sign-in/hospital/"


def sent_back(browser: Browser, way: str = "") -> str:
    """Out to the provider, where the person signs in: the address that they come back with."""
    out = browser.get(START, {"next": way})
    assert out.status_code == 302, said(out.content.decode())
    there = requests.get(out["Location"], allow_redirects=False, timeout=5)
    return str(there.headers["Location"])


def come_in(browser: Browser, way: str = "") -> HttpResponse:
    return browser.get(sent_back(browser, way))


def refused(response: HttpResponse) -> str:
    """Why, for the audit log; the page says it plainly."""
    assert response.status_code == 403
    assert "Not signed in" in said(response.content.decode())
    why: str = AuditEntry.objects.filter(action="sign_in.refused").latest("pk").data["why"]
    return why


# --- Who comes in -----------------------------------------------------------------------------------------------------


def test_somebody_unknown_with_a_mapped_role_gets_an_account(cast: Cast, hospital: Hospital) -> None:
    browser = Browser()
    assert come_in(browser, "/alerts/")["Location"] == "/alerts/"
    nina = Staff.objects.get(username="nina")
    assert in_as(browser, nina)
    assert (str(nina), nina.has_usable_password()) == ("Nina Novak", False)
    assert [(one.ward, one.role) for one in nina.memberships.all()] == [(cast.ward_7b, Role.NURSE)]
    assert SignedIn.objects.get().how == SignedIn.How.PROVIDER
    actions = AuditEntry.objects.filter(subject_id=str(nina.pk)).order_by("pk").values_list("action", flat=True)
    assert list(actions)[:4] == ["staff.added", "account.linked", "role.given", "sign_in.succeeded"]


def test_somebody_unknown_without_one_is_told_so(cast: Cast, hospital: Hospital) -> None:
    hospital.person["groups"] = ["everybody"]
    browser = Browser()
    response = come_in(browser)
    assert refused(response) == "unknown"
    assert "has given you no role" in said(response.content.decode())
    assert browser.person is None
    assert not Staff.objects.filter(username="nina").exists()


def test_an_account_that_is_there_is_found_by_its_name_and_later_by_its_subject(cast: Cast, hospital: Hospital) -> None:
    hospital.person["preferred_username"] = "alice"
    browser = Browser()
    come_in(browser)
    assert in_as(browser, cast.alice)
    hospital.person["preferred_username"] = "alice.married"
    again = Browser()
    come_in(again)
    assert in_as(again, cast.alice)
    assert Link.objects.get().subject == "h-1"


def test_another_subject_of_the_same_name_is_not_let_into_the_account(cast: Cast, hospital: Hospital) -> None:
    hospital.person["preferred_username"] = "alice"
    come_in(Browser())
    hospital.person["sub"] = "h-2"
    assert refused(come_in(Browser())) == "ambiguous"


@pytest.mark.parametrize(("proved", "expected"), [(True, True), (False, False), ("true", False), (None, False)])
def test_an_address_counts_only_where_it_was_proved(
    cast: Cast, hospital: Hospital, settings: Settings, proved: object, expected: bool
) -> None:
    settings.OIDC = provider_of(hospital, match="email")
    Staff.objects.filter(pk=cast.alice.pk).update(email="Nina@hospital.example")
    hospital.person |= {"email_verified": proved, "groups": []}
    browser = Browser()
    come_in(browser)
    assert in_as(browser, cast.alice) is expected


def test_matched_by_subject_alone_a_name_opens_no_account_that_is_there(
    cast: Cast, hospital: Hospital, settings: Settings
) -> None:
    settings.OIDC = provider_of(hospital, match="subject")
    hospital.person["preferred_username"] = "alice"
    assert refused(come_in(Browser())) == "ambiguous"


def test_a_closed_account_stays_closed(cast: Cast, hospital: Hospital) -> None:
    come_in(Browser())
    Staff.objects.filter(username="nina").update(is_active=False)
    assert refused(come_in(Browser())) == "closed"


# --- Roles ------------------------------------------------------------------------------------------------------------


def roles(name: str) -> list[str]:
    held = Membership.objects.filter(staff__username=name).order_by("ward__code", "role")
    return [f"{one.ward.code}:{one.role}" for one in held.select_related("ward")]


def test_each_sign_in_replaces_the_roles_of_the_one_before(cast: Cast, hospital: Hospital) -> None:
    come_in(Browser())
    hospital.person["groups"] = ["spine-surgeon"]
    come_in(Browser())
    assert roles("nina") == ["7b:surgeon"]
    changed = AuditEntry.objects.filter(action__startswith="role.").order_by("pk").values_list("data", flat=True)
    assert [(entry["before"], entry["after"]) for entry in changed] == [([], ["nurse"]), (["nurse"], ["surgeon"])]


def test_whoever_has_none_any_more_is_refused(cast: Cast, hospital: Hospital) -> None:
    come_in(Browser())
    hospital.person["groups"] = []
    assert refused(come_in(Browser())) == "no_role"
    assert roles("nina") == ["7b:nurse"], "what was refused has changed nothing"


def test_a_role_that_was_given_by_hand_stays(cast: Cast, hospital: Hospital) -> None:
    hospital.person |= {"preferred_username": "carol", "groups": ["spine-surgeon"]}
    come_in(Browser())
    hospital.person["groups"] = ["spine-nurse"]
    come_in(Browser())
    assert roles("carol") == ["7b:charge_nurse", "7b:nurse"]
    hospital.person["groups"] = []
    come_in(Browser())
    assert roles("carol") == ["7b:charge_nurse"]
    assert not ClaimedRole.objects.exists()


def test_unless_the_setting_says_that_the_claims_overrule_it(
    cast: Cast, hospital: Hospital, settings: Settings
) -> None:
    settings.OIDC = provider_of(hospital, overrules_hand=True)
    hospital.person |= {"preferred_username": "carol", "groups": ["spine-surgeon"]}
    come_in(Browser())
    assert roles("carol") == ["7b:surgeon"]


def test_groups_that_the_token_leaves_out_are_asked_for(cast: Cast, hospital: Hospital) -> None:
    hospital.keeps_groups_back = True
    come_in(Browser())
    assert roles("nina") == ["7b:nurse"]


def test_a_claim_may_lie_deeper(cast: Cast, hospital: Hospital, settings: Settings) -> None:
    settings.OIDC = provider_of(hospital, role_claim="realm_access.roles")
    hospital.person |= {"groups": [], "realm_access": {"roles": ["spine-nurse"]}}
    come_in(Browser())
    assert roles("nina") == ["7b:nurse"]


def test_our_second_factor_is_asked_for_unless_the_provider_does_that(
    cast: Cast, hospital: Hospital, settings: Settings
) -> None:
    hospital.person["preferred_username"] = "alice"
    secret = app_of(cast.alice)
    browser = Browser()
    assert come_in(browser)["Location"] == "/sign-in/second/"
    browser.post("/sign-in/second/", {"code": code_now(secret)})
    assert in_as(browser, cast.alice)
    settings.OIDC = provider_of(hospital, asks_second_factor=True)
    assert come_in(Browser())["Location"] == "/"


# --- What is not believed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"aud": "somebody-else"},
        {"aud": ["spinewatch", "somebody-else"]},
        {"aud": ["spinewatch", "somebody-else"], "azp": "somebody-else"},
        {"aud": None},
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"sub": None},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_that_lies_is_refused(cast: Cast, hospital: Hospital, lies: dict[str, Any]) -> None:
    hospital.lies = lies
    browser = Browser()
    assert refused(come_in(browser)) == "token"
    assert browser.person is None


@pytest.mark.parametrize(
    ("alg", "key"),
    [
        ("none", None),
        ("HS256", OctKey.import_key("a secret of ours" * 2)),
        ("ES256", ECKey.generate_key("P-256", {"kid": "1"})),
    ],
    ids=["unsigned", "by our own secret", "by another key"],
)
def test_a_token_that_is_not_signed_by_the_provider_is_refused(
    cast: Cast, hospital: Hospital, alg: str, key: ECKey | OctKey | None
) -> None:
    hospital.alg, hospital.signs_with = alg, key
    assert refused(come_in(Browser())) == "token"


def test_an_answer_that_nobody_asked_for_is_refused(cast: Cast, hospital: Hospital) -> None:
    """Somebody's link that would sign another person's browser in as them."""
    link = sent_back(Browser())
    assert refused(Browser().get(link)) == "too_late"
    victim = Browser()
    victim.get(START)
    assert refused(victim.get(link)) == "state"
    assert victim.person is None


def test_an_answer_is_good_once(cast: Cast, hospital: Hospital) -> None:
    browser = Browser()
    link = sent_back(browser)
    browser.get(link)
    browser.post("/sign-out/")
    assert refused(browser.get(link)) == "too_late"


def test_another_issuers_answer_is_refused(cast: Cast, hospital: Hospital) -> None:
    browser = Browser()
    link = sent_back(browser).replace("iss=http", "iss=https")
    assert refused(browser.get(link)) == "no_code"


def test_a_provider_that_says_no_signs_nobody_in(cast: Cast, hospital: Hospital) -> None:
    browser = Browser()
    link = sent_back(browser) + "&error=access_denied"
    assert refused(browser.get(link)) == "no_code"


def test_a_provider_that_is_down_leaves_the_password(cast: Cast, hospital: Hospital) -> None:
    hospital.down = True
    response = Browser().get(START)
    assert refused(response) == "unreachable"
    assert "sign in with your password here" in said(response.content.decode())


def test_it_leads_to_no_other_site(cast: Cast, hospital: Hospital) -> None:
    assert come_in(Browser(), "https://elsewhere.example/")["Location"] == "/"


def test_without_a_provider_these_pages_do_not_exist(cast: Cast) -> None:
    assert Browser().get(START).status_code == 404
    assert Browser().get(f"{START}back/").status_code == 404
    assert "Sign in by the hospital" not in Browser().get("/sign-in/").content.decode()


def test_with_one_the_sign_in_page_offers_it(cast: Cast, hospital: Hospital) -> None:
    assert "Sign in by the hospital" in said(Browser().get("/sign-in/?next=/alerts/").content.decode())


# --- The lock, for somebody who has no password here ------------------------------------------------------------------


def test_the_lock_offers_the_hospital_again_and_no_password(cast: Cast, hospital: Hospital) -> None:
    browser = Browser()
    come_in(browser)
    lock.lock(browser.session)
    page = browser.get("/locked/?next=/wards/7b/").content.decode()
    assert "Sign in by the hospital again" in said(page)
    assert 'name="password"' not in page
    assert come_in(browser, "/wards/7b/")["Location"] == "/wards/7b/"
    assert browser.get("/wards/7b/").status_code == 200


def test_a_pin_is_set_without_a_password_soon_after_signing_in(cast: Cast, hospital: Hospital) -> None:
    browser = Browser()
    come_in(browser)
    assert 'name="password"' not in browser.get("/me/pin/").content.decode()
    browser.post("/me/pin/", {"pin": "4719", "again": "4719"})
    lock.lock(browser.session)
    assert browser.post("/locked/", {"next": "/wards/7b/", "pin": "4719"})["Location"] == "/wards/7b/"


def test_later_the_hospital_is_asked_again_first(cast: Cast, hospital: Hospital) -> None:
    browser = Browser()
    come_in(browser)
    session = browser.session
    del session[CONFIRMED]
    session.save()
    assert browser.get("/me/pin/")["Location"] == "/me/confirm/?next=%2Fme%2Fpin%2F"
    page = browser.get("/me/confirm/?next=/me/pin/")
    assert page.status_code == 403
    assert "/sign-in/hospital/?next=%2Fme%2Fpin%2F" in page.content.decode()
