"""Each channel against a real provider: what is taken, and what each way of failing is called."""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from standardwebhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from monitoring.escalation.channels import CHANNELS, courier, label_of, offered
from monitoring.escalation.channels.contract import Message, NotSent, Receipt
from monitoring.settings import BASE_DIR
from tests.escalation.delivery.conftest import Environment
from tests.escalation.delivery.providers import MailServer, Receiver, breather, closed_port, took

SECRET = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()
MESSAGE = Message(
    id=uuid4(),
    title="CRITICAL, Ward 7B, open Spinewatch",
    body="Ward 7B calls the surgeon on call.",
    link="http://spinewatch.example/m/17.x/",
    at=datetime(2026, 3, 1, 10, 0, tzinfo=UTC).isoformat(),
    urgent=True,
)


def send(channel: str, address: str, message: Message = MESSAGE, seconds: float = 10.0) -> Receipt:
    """As a delivery is sent: in a process of its own if it goes outside."""
    return courier.send(channel, message, address, until=time.monotonic() + seconds)


def refused(channel: str, address: str, seconds: float = 10.0) -> NotSent:
    """How the sending fails."""
    with pytest.raises(NotSent) as failure:
        send(channel, address, seconds=seconds)
    return failure.value


def use_mail(environment: Environment, port: int) -> None:
    environment(EMAIL_URL=f"smtp://127.0.0.1:{port}", EMAIL_FROM="Spinewatch <watch@spinewatch.example>")


def use_webhook(environment: Environment, port: int) -> None:
    hook = {"url": f"http://127.0.0.1:{port}/hook", "secret": SECRET}
    environment(WEBHOOKS=json.dumps({"pager-gateway": hook}))


def use_service(environment: Environment, port: int) -> None:
    environment(APPRISE_SERVICES=json.dumps({"sms": f"json://127.0.0.1:{port}/send/{{to}}"}))


class TestEmail:
    def test_arrives_with_an_id_that_tells_a_repeat(self, environment: Environment, mails: MailServer) -> None:
        use_mail(environment, mails.port)
        assert send("email", "alice@hospital.example") == Receipt(delivered=False)
        send("email", "alice@hospital.example")
        first, second = mails.mails
        assert first["Message-ID"] == second["Message-ID"]
        assert str(MESSAGE.id) in first["Message-ID"]
        assert (first["Date"], first["To"]) == (second["Date"], "alice@hospital.example")
        text = first.get_payload()
        assert isinstance(text, str)
        assert MESSAGE.link in text
        assert MESSAGE.short_id in text

    def test_says_that_a_machine_wrote_it_and_that_it_is_urgent(
        self, environment: Environment, mails: MailServer
    ) -> None:
        use_mail(environment, mails.port)
        send("email", "alice@hospital.example")
        send("email", "alice@hospital.example", replace(MESSAGE, urgent=False))
        urgent, other = mails.mails
        assert (urgent["Auto-Submitted"], urgent["X-Auto-Response-Suppress"]) == ("auto-generated", "All")
        assert (urgent["Importance"], other["Importance"]) == ("high", None)
        assert urgent["Subject"] == MESSAGE.title

    @pytest.mark.parametrize(
        ("answers", "permanent", "reason"),
        [
            ({"rcpt": "550 no such user"}, True, "the mail server refused the address (SMTP 550)"),
            ({"rcpt": "451 try later"}, False, "the mail server does not take the address now (SMTP 451)"),
            ({"rcpt": "421 closing"}, False, "the mail server does not take the address now (SMTP 421)"),
            ({"data": "554 not here"}, True, "the mail server refused the message (SMTP 554)"),
            ({"data": "452 disk full"}, False, "the mail server does not take the message now (SMTP 452)"),
        ],
    )
    def test_is_refused_for_good_or_for_now(
        self, environment: Environment, mails: MailServer, answers: dict[str, str], permanent: bool, reason: str
    ) -> None:
        use_mail(environment, mails.port)
        for name, answer in answers.items():
            setattr(mails, name, answer)
        failure = refused("email", "nobody@hospital.example")
        assert (failure.permanent, failure.reason) == (permanent, reason)
        assert mails.mails == []

    def test_may_have_arrived_where_the_line_drops_after_the_message(
        self, environment: Environment, mails: MailServer
    ) -> None:
        use_mail(environment, mails.port)
        mails.data = ""
        failure = refused("email", "alice@hospital.example")
        assert not failure.permanent
        assert failure.reason == "the mail server hung up; it may have been sent"
        mails.data = "250 OK"
        send("email", "alice@hospital.example")
        lost, again = mails.mails
        assert lost["Message-ID"] == again["Message-ID"]

    def test_is_not_sent_where_nobody_listens(self, environment: Environment) -> None:
        use_mail(environment, closed_port())
        failure = refused("email", "alice@hospital.example")
        assert not failure.permanent
        assert failure.reason == "no connection to the mail server (ConnectionRefusedError)"

    def test_is_not_sent_where_the_server_does_not_know_us(self, environment: Environment, mails: MailServer) -> None:
        environment(EMAIL_URL=f"smtp://us:wrong-password@127.0.0.1:{mails.port}")
        failure = refused("email", "alice@hospital.example")
        assert not failure.permanent  # the address is not to blame
        assert "wrong-password" not in failure.reason

    def test_goes_on_where_the_server_is_slow_but_within_the_time(
        self, environment: Environment, mails: MailServer
    ) -> None:
        use_mail(environment, mails.port)
        mails.delay = 1.0
        send("email", "alice@hospital.example")
        assert len(mails.mails) == 1

    def test_does_not_wait_for_a_goodbye(self, environment: Environment, mails: MailServer) -> None:
        use_mail(environment, mails.port)
        mails.quit_delay = 5.0
        assert took(lambda: send("email", "alice@hospital.example")) < 4
        assert len(mails.mails) == 1

    @pytest.mark.parametrize(
        "address",
        ["alice", "a@b@c.example", "alice@hospital.example\r\nBcc: all@hospital.example", "älice@hospital.example", ""],
    )
    def test_has_an_address_that_is_one(self, address: str) -> None:
        with pytest.raises(ValidationError):
            CHANNELS["email"].validate(address)


@pytest.mark.thorough
class TestTheWholeAttemptHasALimit:
    """Whatever the provider does, and wherever it does it."""

    @pytest.mark.parametrize("every", [0.2, None], ids=["a byte now and then", "silence"])
    def test_of_an_email(self, environment: Environment, every: float | None) -> None:
        with breather(every) as port:
            use_mail(environment, port)
            environment(SEND_SECONDS="1.5")
            assert took(lambda: self.give_up("email", "alice@hospital.example")) < 4

    @pytest.mark.parametrize("every", [0.2, None], ids=["a byte now and then", "silence"])
    def test_of_a_webhook(self, environment: Environment, every: float | None) -> None:
        with breather(every) as port:
            use_webhook(environment, port)
            environment(SEND_SECONDS="1.5")
            assert took(lambda: self.give_up("webhook", "pager-gateway")) < 4

    @pytest.mark.parametrize("every", [0.2, None], ids=["a byte now and then", "silence"])
    def test_of_a_service(self, environment: Environment, every: float | None) -> None:
        with breather(every) as port:
            use_service(environment, port)
            environment(SEND_SECONDS="1.5")
            assert took(lambda: self.give_up("sms", "+4930123456")) < 4

    def test_that_has_passed_sends_nothing(self, environment: Environment, receiver: Receiver) -> None:
        use_webhook(environment, receiver.port)
        refused("webhook", "pager-gateway", seconds=-1)
        refused("webhook", "pager-gateway", seconds=0.01)
        assert receiver.requests == []

    def test_is_kept_by_a_sender_whose_parent_is_gone(self, environment: Environment) -> None:
        with breather(None) as port:
            use_mail(environment, port)
            order = {"channel": "email", "address": "a@b.example", "until": time.monotonic() + 1.5}
            text = json.dumps(order | {"message": asdict(MESSAGE)}, default=str)
            orphan = subprocess.run(courier.COMMAND, input=text, text=True, cwd=BASE_DIR, timeout=10, check=False)
        assert orphan.returncode == -signal.SIGALRM

    def test_is_kept_by_the_parent_of_a_sender_that_does_not(
        self, environment: Environment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        use_mail(environment, 25)
        environment(SEND_SECONDS="1.5")
        monkeypatch.setattr(courier, "COMMAND", ["sleep", "10"])
        assert took(lambda: self.give_up("email", "alice@hospital.example")) < 4

    @staticmethod
    def give_up(channel: str, address: str) -> None:
        failure = refused(channel, address, seconds=1.5)
        assert not failure.permanent
        assert failure.reason == "no answer within 1.5 s"


class TestWebhook:
    def test_is_signed_with_a_time_stamp(self, environment: Environment, receiver: Receiver) -> None:
        use_webhook(environment, receiver.port)
        send("webhook", "pager-gateway")
        ((path, headers, body),) = receiver.requests
        assert path == "/hook"
        assert headers["webhook-id"] == str(MESSAGE.id)
        said = Verifier(SECRET).verify(body, headers)
        assert said["data"]["title"] == MESSAGE.title
        assert said["data"]["id"] == str(MESSAGE.id)

    def test_can_be_refused_as_a_replay(self, environment: Environment, receiver: Receiver) -> None:
        use_webhook(environment, receiver.port)
        send("webhook", "pager-gateway")
        ((_, headers, body),) = receiver.requests
        later = str(int((datetime.now(UTC) - timedelta(minutes=6)).timestamp()))
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(body, headers | {"webhook-timestamp": later})
        with pytest.raises(WebhookVerificationError):
            Verifier(SECRET).verify(body.replace(b"7B", b"8C"), headers)

    def test_keeps_its_id_at_a_repeat(self, environment: Environment, receiver: Receiver) -> None:
        use_webhook(environment, receiver.port)
        send("webhook", "pager-gateway")
        send("webhook", "pager-gateway")
        assert len({headers["webhook-id"] for _, headers, _ in receiver.requests}) == 1

    @pytest.mark.parametrize(
        ("status", "permanent"),
        [(500, False), (503, False), (408, False), (429, False), (400, True), (404, True), (410, True), (302, True)],
    )
    def test_is_refused_for_good_or_for_now(
        self, environment: Environment, receiver: Receiver, status: int, permanent: bool
    ) -> None:
        use_webhook(environment, receiver.port)
        receiver.status, receiver.headers = status, {"Location": receiver.url}
        failure = refused("webhook", "pager-gateway")
        assert (failure.permanent, failure.reason) == (permanent, f"HTTP {status}")
        assert len(receiver.requests) == 1

    @pytest.mark.parametrize(
        ("header", "wait"),
        [("17", timedelta(seconds=17)), ("Wed, 21 Oct 2026 07:28:00 GMT", None), ("-5", None), ("²", None)],
    )
    def test_waits_as_long_as_it_is_told(
        self, environment: Environment, receiver: Receiver, header: str, wait: timedelta | None
    ) -> None:
        use_webhook(environment, receiver.port)
        receiver.status, receiver.headers = 429, {"Retry-After": header}
        assert refused("webhook", "pager-gateway").retry_after == wait

    def test_is_not_sent_where_nobody_listens(self, environment: Environment) -> None:
        use_webhook(environment, closed_port())
        failure = refused("webhook", "pager-gateway")
        assert not failure.permanent
        assert failure.reason == "no connection to the webhook (ConnectionError)"

    def test_is_taken_over_whatever_becomes_of_the_answers_body(
        self, environment: Environment, receiver: Receiver
    ) -> None:
        use_webhook(environment, receiver.port)
        receiver.promised = 9
        assert send("webhook", "pager-gateway") == Receipt(delivered=False)

    def test_goes_only_where_the_environment_says(self, environment: Environment, receiver: Receiver) -> None:
        use_webhook(environment, receiver.port)
        assert CHANNELS["webhook"].validate("pager-gateway") == "pager-gateway"
        with pytest.raises(ValidationError):
            CHANNELS["webhook"].validate(f"{receiver.url}/elsewhere")
        assert refused("webhook", "elsewhere").permanent


class TestService:
    def test_sends_to_the_address_and_carries_a_short_id(self, environment: Environment, receiver: Receiver) -> None:
        use_service(environment, receiver.port)
        send("sms", "+4930123456")
        ((path, _, body),) = receiver.requests
        assert path == "/send/+4930123456"
        said = json.loads(body)
        assert said["title"] == MESSAGE.title
        assert MESSAGE.short_id in said["message"]
        assert MESSAGE.link in said["message"]

    @pytest.mark.parametrize(
        ("status", "permanent"), [(500, False), (429, False), (404, True), (400, True), (302, True)]
    )
    def test_is_refused_for_good_or_for_now(
        self, environment: Environment, receiver: Receiver, status: int, permanent: bool
    ) -> None:
        use_service(environment, receiver.port)
        receiver.status, receiver.headers = status, {"Location": receiver.url}
        failure = refused("sms", "+4930123456")
        assert (failure.permanent, failure.reason) == (permanent, f"HTTP {status}")
        assert len(receiver.requests) == 1

    def test_is_not_sent_where_nobody_listens(self, environment: Environment) -> None:
        use_service(environment, closed_port())
        failure = refused("sms", "+4930123456")
        assert (failure.permanent, failure.reason) == (False, "the service did not take it")

    def test_that_is_gone_from_the_environment_is_refused_for_good(self) -> None:
        failure = refused("carrier-pigeon", "+4930123456")
        assert (failure.permanent, failure.reason) == (True, "this channel is no longer set up")

    @pytest.mark.parametrize(
        ("typed", "stored"), [("+49 (30) 123-456", "+4930123456"), ("030/123456", "030123456"), ("ward-7b", "ward-7b")]
    )
    def test_takes_numbers_as_people_write_them(self, environment: Environment, typed: str, stored: str) -> None:
        use_service(environment, 9)
        assert CHANNELS["sms"].validate(typed) == stored

    @pytest.mark.parametrize(
        "address",
        [
            *("", "x", "a/b", "a?b=c", "a&b", "a@evil.example", "a:b", "a#b", "a%2Fb", "../x", "0/../x", "a b"),
            *("a\r\nX: y", "a\n", "+", "{to}", "é" * 5, "１２３", "x" * 66),
        ],
    )
    def test_has_an_address_that_cannot_change_the_url(self, environment: Environment, address: str) -> None:
        use_service(environment, 9)
        with pytest.raises(ValidationError):
            CHANNELS["sms"].validate(address)


def test_only_what_is_set_up_is_offered(environment: Environment) -> None:
    environment(EMAIL_URL="", WEBHOOKS="", APPRISE_SERVICES="")
    assert [channel.name for channel in offered()] == []
    use_mail(environment, 25)
    use_service(environment, 9)
    assert [channel.name for channel in offered()] == ["email", "sms"]
    assert (label_of("sms"), label_of("email"), label_of("gone")) == ("SMS", "E-mail", "gone")


def test_what_stays_in_the_house_needs_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courier, "COMMAND", ["false"])
    assert send("in_app", "") == Receipt(delivered=False)
    assert send("probe", "") == Receipt(delivered=True)


def test_a_sender_that_breaks_down_is_tried_again(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    use_mail(environment, 25)
    monkeypatch.setattr(courier, "COMMAND", ["false"])
    failure = refused("email", "alice@hospital.example")
    assert (failure.permanent, failure.reason) == (False, "the sender broke down")
