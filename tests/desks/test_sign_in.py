"""Who comes in, where they land, and what is written down of it."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from monitoring.audit.models import AuditEntry
from tests.cast import PASSWORD, Cast
from tests.desks.pages import alerting_works, said, signed_in


def sign_in(name: str, password: str = PASSWORD, url: str = "/sign-in/") -> tuple[Client, str, str]:
    client = Client()
    response = client.post(url, {"username": name, "password": password}, follow=True)
    return client, response.request["PATH_INFO"], response.content.decode()


@pytest.mark.parametrize(
    ("name", "desk"), [("alice", "/wards/7b/"), ("carol", "/wards/7b/"), ("sam", "/inbox/"), ("adam", "/audit/")]
)
def test_everybody_lands_on_the_desk_of_their_role(cast: Cast, name: str, desk: str) -> None:
    assert sign_in(name)[1] == desk


def test_a_page_asked_for_before_signing_in_comes_after_it(cast: Cast) -> None:
    assert sign_in("alice", url="/sign-in/?next=/alerts/")[1] == "/alerts/"


def test_signing_in_never_leads_to_another_site(cast: Cast) -> None:
    assert sign_in("alice", url="/sign-in/?next=https://elsewhere.example/")[1] == "/wards/7b/"


@pytest.mark.parametrize("url", ["/", "/wards/", "/wards/7b/", "/alerts/", "/inbox/"])
def test_nobody_sees_a_desk_without_signing_in(db: None, url: str) -> None:
    response = Client().get(url)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_a_wrong_password_is_refused_in_plain_words(cast: Cast) -> None:
    client, url, page = sign_in("alice", "wrong")
    assert url == "/sign-in/"
    assert "Name and password do not fit together." in said(page)
    assert "_auth_user_id" not in client.session


def test_somebody_who_has_left_cannot_sign_in(cast: Cast) -> None:
    cast.alice.is_active = False
    cast.alice.save()
    assert sign_in("alice")[1] == "/sign-in/"


def test_signing_in_and_out_are_written_down(cast: Cast) -> None:
    client, _, _ = sign_in("alice")
    client.post("/sign-out/")
    entries = AuditEntry.objects.filter(actor=cast.alice).order_by("pk").values_list("action", flat=True)
    assert list(entries) == ["sign_in.succeeded", "board.opened", "sign_out.succeeded"]
    assert "_auth_user_id" not in client.session


def test_a_failed_attempt_is_written_down_about_the_account_it_was_on(cast: Cast) -> None:
    sign_in("alice", "wrong")
    (entry,) = AuditEntry.objects.filter(action="sign_in.failed")
    assert (entry.actor, entry.subject_id) == (None, str(cast.alice.pk))


def test_what_was_typed_is_kept_nowhere(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        sign_in("my secret passphrase", "my other secret")
    (entry,) = AuditEntry.objects.filter(action="sign_in.failed")
    assert "secret" not in f"{caplog.text} {entry.__dict__}"


def test_a_link_cannot_sign_anybody_out(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session


def test_the_first_page_already_says_whether_alerting_works(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert "ALERTING DOES NOT ANSWER. PHONE THE SURGEON" in said(client.get("/wards/7b/").content.decode())
    alerting_works()
    assert "Alerting checked 0 s ago · as of" in said(client.get("/wards/7b/").content.decode())


@pytest.mark.parametrize("url", ["/nowhere/", "/wards/8c/"])
def test_an_unknown_page_and_another_wards_look_the_same(cast: Cast, url: str) -> None:
    response = signed_in(cast.alice).get(url)
    assert response.status_code == 404
    assert "Nothing here" in response.content.decode()


def test_a_form_from_before_signing_in_is_told_that_nothing_was_stored(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.alice)
    response = client.post("/sign-out/")
    assert response.status_code == 403
    assert "Nothing was stored." in response.content.decode()
