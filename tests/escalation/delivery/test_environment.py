"""What the environment may say about sending. What it may not is refused when the application starts, unquoted."""

from __future__ import annotations

import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from monitoring.escalation.environment import MailServer, mail_server, send_seconds, services, webhooks

SECRET = "d2h5IGRvIHlvdSByZWFkIHRoaXMgaW4gYSB0ZXN0Pw=="


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer("", 25)),
        ("smtp://mail.example", MailServer("mail.example", 25)),
        ("smtp+tls://us:p%40ss@mail.example", MailServer("mail.example", 587, "us", "p@ss", use_tls=True)),
        ("smtps://mail.example:4650", MailServer("mail.example", 4650, use_ssl=True)),
    ],
)
def test_a_mail_server_is_named_by_its_url(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize("url", ["mail.example", "https://mail.example", "smtp://", "smtp://:25"])
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        mail_server(url)


def test_a_service_is_an_apprise_url_with_a_place_for_the_address() -> None:
    assert services("") == {}
    assert services('{"sms": "clicksend://us:key/{to}"}') == {"sms": "clicksend://us:key/{to}"}


@pytest.mark.parametrize(
    "found",
    [
        {"sms": "json://sekrit.example/"},
        {"sms": "json://{to}/sekrit"},
        {"sms": "json://sekrit.{to}/x"},
        {"sms": "json://sekrit/{to}/{to}"},
        {"sms": 5},
        {"email": "json://sekrit/{to}"},
        {"a b": "json://sekrit/{to}"},
        {"a-name-of-more-than-24-letters": "json://sekrit/{to}"},
        ["sekrit"],
        "sekrit",
    ],
)
def test_what_is_no_service_is_refused_and_not_quoted(found: object) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        services(json.dumps(found))
    assert "sekrit" not in str(refusal.value)


def test_a_webhook_has_an_url_and_a_secret() -> None:
    found = {"pager": {"url": "https://pager.example/in", "secret": f"whsec_{SECRET}"}}
    assert webhooks(json.dumps(found)) == found


@pytest.mark.parametrize(
    "found",
    [
        {"pager": "https://sekrit.example"},
        {"pager": {"url": "https://sekrit.example"}},
        {"pager": {"url": "ftp://sekrit.example", "secret": SECRET}},
        {"pager": {"url": "https://sekrit.example", "secret": "c2hvcnQ="}},
        {"pager": {"url": "https://sekrit.example", "secret": ""}},
        {"pager": {"url": "https://sekrit.example", "secret": None}},
        {"pager": {"url": 7, "secret": SECRET}},
    ],
)
def test_what_is_no_webhook_is_refused_and_not_quoted(found: object) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        webhooks(json.dumps(found))
    assert "sekrit" not in str(refusal.value)


def test_what_is_no_json_is_refused_and_not_quoted() -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        services('{"sms": "sekrit')
    assert "sekrit" not in str(refusal.value)


def test_an_attempt_ends_before_the_worker_does() -> None:
    assert send_seconds("1.5") == 1.5
    for wrong in ("0", "-1", "31", "nan", "inf", "ten", ""):
        with pytest.raises(ImproperlyConfigured):
            send_seconds(wrong)
