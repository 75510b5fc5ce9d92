"""Where a request came from is written beside what it did, and no request inherits another's."""

import re
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from monitoring.audit import actions
from monitoring.audit.context import NOWHERE, Origin, current_origin
from monitoring.audit.middleware import OriginMiddleware
from monitoring.audit.models import AuditEntry
from tests.cast import PASSWORD, Cast
from tests.desks.pages import signed_in


def test_what_a_request_does_carries_its_id_and_address(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            actions.record("ward.viewed", by=cast.alice, about=cast.ward_7b)
        return HttpResponse()

    responses = [
        OriginMiddleware(view)(RequestFactory(REMOTE_ADDR=address).get("/")) for address in ("10.1.2.3", "::1")
    ]
    entries = list(AuditEntry.objects.order_by("id"))
    assert [entry.address for entry in entries] == ["10.1.2.3", "::1"]
    assert [entry.request_id for entry in entries] == [response["X-Request-ID"] for response in responses]
    assert entries[0].request_id != entries[1].request_id
    assert current_origin() == NOWHERE


def test_over_a_unix_socket_there_is_no_address(cast: Cast) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        assert current_origin().address is None
        return HttpResponse()

    OriginMiddleware(view)(RequestFactory(REMOTE_ADDR="").get("/"))


def asked(view_says: list[Origin], **meta: Any) -> HttpResponse:
    """A request with these headers goes through; what its origin was is kept."""

    def view(request: HttpRequest) -> HttpResponse:
        view_says.append(current_origin())
        return HttpResponse()

    return OriginMiddleware(view)(RequestFactory().get("/", **meta))


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "10.9.9.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "10.2.2.2", "10.2.2.2"),
        (1, "6.6.6.6, 10.2.2.2", "10.2.2.2"),
        (2, "6.6.6.6, 10.2.2.2, 10.3.3.3", "10.2.2.2"),
        (2, "10.2.2.2", "10.0.0.1"),
        (1, "2001:db8::1", "2001:db8::1"),
        (1, "<script>", "10.0.0.1"),
    ],
)
def test_of_the_forwarded_addresses_only_what_our_proxies_added_counts(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies
    found: list[Origin] = []
    asked(found, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert found[0].address == address


def test_a_browser_without_a_name_is_given_one_that_it_keeps(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    found: list[Origin] = []
    cookie = asked(found).cookies["device"]
    assert cookie.value == found[0].device
    assert re.fullmatch("[0-9a-f]{32}", cookie.value)
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
    assert cookie["max-age"] > 365 * 24 * 60 * 60
    again = asked(found, HTTP_COOKIE=f"device={cookie.value}")
    assert found[1].device == cookie.value
    assert "device" not in again.cookies


@pytest.mark.parametrize("told", ["", "x", "A" * 32, "a" * 31, "a" * 33, "'; DROP TABLE wards_stay; --"])
def test_a_name_that_we_did_not_give_is_none(told: str) -> None:
    found: list[Origin] = []
    response = asked(found, HTTP_COOKIE=f"device={told}")
    assert found[0].device != told
    assert response.cookies["device"].value == found[0].device


def test_what_is_no_page_names_no_device() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("{}", content_type="application/json")

    assert "device" not in OriginMiddleware(view)(RequestFactory().get("/")).cookies


def test_a_browser_says_who_it_is_in_so_many_words_and_no_control_characters() -> None:
    found: list[Origin] = []
    asked(found, HTTP_USER_AGENT="Tab\x00let\r\n\x1b[31m 3\x85" + "x" * 300)
    assert found[0].agent.startswith("Tablet[31m 3x")
    assert len(found[0].agent) == 200


def test_a_session_is_named_so_that_the_name_opens_nothing(cast: Cast) -> None:
    client = signed_in(cast.alice)
    key = client.session.session_key
    client.get("/wards/7b/")
    entry = AuditEntry.objects.latest("id")
    assert re.fullmatch("[0-9a-f]{16}", entry.session)
    assert key is not None
    assert entry.session not in key
    client.get("/wards/7b/")
    assert AuditEntry.objects.latest("id").session == entry.session
    other = signed_in(cast.alice)
    other.get("/wards/7b/")
    assert AuditEntry.objects.latest("id").session != entry.session


def test_signing_in_is_told_of_the_session_that_it_began(cast: Cast) -> None:
    client = Client()
    client.post("/sign-in/", {"username": "alice", "password": PASSWORD})
    client.get("/wards/7b/")
    signed, opened = AuditEntry.objects.filter(action__in=["sign_in.succeeded", "board.opened"]).order_by("id")
    assert signed.session == opened.session != ""
