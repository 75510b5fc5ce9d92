"""One message's way out: claimed before it is sent, sent only while it is true, marked by nobody but its attempt."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from monitoring.alerts.models import Alert, HandOver
from monitoring.due.clock import now
from monitoring.escalation import deliver as module
from monitoring.escalation.channels import courier
from monitoring.escalation.channels.contract import Message, NotSent, Receipt
from monitoring.escalation.contacts import mark_read
from monitoring.escalation.deliver import LEASE, claim, deliver, note_failure, note_success, pause_after
from monitoring.escalation.models import Contact, Delivery
from monitoring.escalation.queries import deliveries_to_attempt
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.escalation.delivery.conftest import Environment
from tests.escalation.delivery.providers import MailServer, Receiver, breather, closed_port, took
from wards.models import Staff

State = Delivery.State
Answer = Callable[[], Receipt]


class Provider:
    """Stands in for the courier: does what each attempt is told to, the last again and again; keeps what was sent."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers) or [Receipt]
        self.sent: list[tuple[str, str, Message]] = []

    def send(self, channel: str, message: Message, address: str, *, until: float) -> Receipt:
        self.sent.append((channel, address, message))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer()


def fail(reason: str = "HTTP 500", permanent: bool = False, retry_after: timedelta | None = None) -> Answer:
    def answer() -> Receipt:
        raise NotSent(reason, permanent=permanent, retry_after=retry_after)

    return answer


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Provider]:
    def use(*answers: Answer) -> Provider:
        told = Provider(*answers)
        monkeypatch.setattr(courier, "send", told.send)
        return told

    return use


def contact_of(staff: Staff, channel: str = "email", address: str = "sam@hospital.example", **more: object) -> Contact:
    return Contact.objects.create(staff=staff, channel=channel, address=address, **more)


def call(alert: Alert | None, contact: Contact, *, step: int = 1, **more: object) -> Delivery:
    """A call as the climb writes it: surgical, unless told otherwise."""
    facts = {"purpose": "call", "track": "surgical", "why": "the surgeon on call", "person": contact.staff} | more
    return Delivery.objects.create(
        alert=alert, step=step, contact=contact, channel=contact.channel, next_attempt_at=now(), **facts
    )


def make_due(row: Delivery) -> None:
    """Let the time of its next attempt, or the end of its lease, have come."""
    Delivery.objects.filter(pk=row.pk).update(next_attempt_at=now())


def attempt(row: Delivery) -> Delivery:
    """The row after one more attempt that is due."""
    make_due(row)
    deliver(row.pk)
    row.refresh_from_db()
    return row


def wait(row: Delivery) -> float:
    """Seconds until the next attempt."""
    assert row.next_attempt_at is not None
    return round((row.next_attempt_at - now()).total_seconds(), 0)


class TestAMessage:
    def test_is_sent_and_its_contact_works(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        told = provider()
        contact = contact_of(cast.sam, broken_since=now(), broken_reason="HTTP 404")
        row = call(critical, contact)
        deliver(row.pk)
        row.refresh_from_db()
        contact.refresh_from_db()
        assert (row.state, row.attempts, row.next_attempt_at) == (State.ACCEPTED, 1, None)
        assert row.accepted_at is not None
        assert row.delivered_at is None  # a provider's word that it has it is no word that it arrived
        assert (contact.broken_since, contact.broken_reason) == (None, "")
        assert contact.last_worked_at is not None
        ((channel, address, message),) = told.sent
        assert (channel, address, message.id) == ("email", "sam@hospital.example", row.public_id)

    def test_that_arrived_for_certain_says_so(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(lambda: Receipt(delivered=True))
        row = attempt(call(critical, contact_of(cast.sam)))
        assert row.state == State.DELIVERED
        assert row.delivered_at is not None

    def test_is_on_record_as_being_sent_before_it_is(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        row = call(critical, contact_of(cast.sam))

        def look() -> Receipt:
            seen = Delivery.objects.get(pk=row.pk)
            assert (seen.state, seen.attempts) == (State.SENDING, 1)
            assert wait(seen) == LEASE.total_seconds()
            return Receipt()

        provider(look)
        assert attempt(row).state == State.ACCEPTED

    def test_that_is_not_due_is_left_alone(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        told = provider()
        row = call(critical, contact_of(cast.sam))
        deliver(row.pk)
        deliver(row.pk)
        later = call(critical, contact_of(cast.sam), step=2)
        Delivery.objects.filter(pk=later.pk).update(next_attempt_at=now() + timedelta(seconds=2))
        deliver(later.pk)
        assert len(told.sent) == 1

    def test_is_found_by_the_sweep_until_it_is_done(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(fail(), Receipt)
        row = call(critical, contact_of(cast.sam))
        assert deliveries_to_attempt(9) == [row.pk]
        attempt(row)
        assert deliveries_to_attempt(9) == []
        make_due(row)
        assert deliveries_to_attempt(9) == [row.pk]
        attempt(row)
        assert deliveries_to_attempt(9) == []


class TestAFailureForNow:
    def test_is_tried_again_at_growing_intervals_with_the_same_id(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        told = provider(fail("no answer within 10 s"))
        row = call(critical, contact_of(cast.sam))
        pauses = []
        for _ in range(5):
            row = attempt(row)
            assert (row.state, row.error) == (State.RETRYING, "no answer within 10 s")
            pauses.append(wait(row))
        assert pauses == [5, 15, 30, 60, 60]
        assert {message.id for _, _, message in told.sent} == {row.public_id}
        assert Contact.objects.get().broken_since is None

    def test_leaves_the_provider_alone_as_long_as_it_asks_for_within_reason(self) -> None:
        assert pause_after(1, timedelta(seconds=20)) == timedelta(seconds=20)
        assert pause_after(1, timedelta(seconds=1)) == timedelta(seconds=5)
        assert pause_after(1, timedelta(hours=1)) == timedelta(minutes=2)
        assert pause_after(99, None) == timedelta(minutes=1)

    def test_is_forgotten_once_it_goes_through(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(fail(), Receipt)
        row = attempt(attempt(call(critical, contact_of(cast.sam))))
        assert (row.state, row.error, row.attempts) == (State.ACCEPTED, "", 2)

    def test_calls_the_backups_too_from_the_third_on(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(fail())
        pager = contact_of(cast.sam, "sms", "+4930123456", is_backup=True)
        row = call(critical, contact_of(cast.sam))
        attempt(attempt(row))
        assert Delivery.objects.count() == 1
        attempt(row)
        other = Delivery.objects.get(contact=pager)
        assert row.state == State.RETRYING  # and goes on
        assert (other.step, other.purpose, other.track, other.why) == (1, "call", "surgical", "the surgeon on call")
        assert (other.person, other.state, other.channel) == (cast.sam, State.PENDING, "sms")
        attempt(row)
        assert Delivery.objects.count() == 2

    def test_calls_the_backups_at_once_where_the_provider_wants_a_long_pause(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(fail("HTTP 429", retry_after=timedelta(seconds=90)))
        contact_of(cast.sam, "sms", "+4930123456", is_backup=True)
        row = attempt(call(critical, contact_of(cast.sam)))
        assert (row.state, wait(row)) == (State.RETRYING, 90)
        assert Delivery.objects.count() == 2


class TestAFailureForGood:
    def test_breaks_the_contact_and_calls_the_next_one_at_once(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(fail("the mail server refused the address (SMTP 550)", permanent=True))
        backup = contact_of(cast.sam, "webhook", "gateway", is_backup=True)
        broken = contact_of(cast.sam, "email", "old@hospital.example", broken_since=now())
        second = contact_of(cast.sam, "sms", "+4930123456")
        contact_of(cast.sam, "sms", "+4930999999", removed_at=now())
        contact_of(cast.carol, "sms", "+4930777777")
        first = contact_of(cast.sam)
        row = attempt(call(critical, first))
        first.refresh_from_db()
        assert (row.state, row.next_attempt_at) == (State.FAILED, None)
        assert row.ended_at is not None
        assert first.broken_since is not None
        assert first.broken_reason == row.error == "the mail server refused the address (SMTP 550)"
        order = [second, backup, broken]
        for called in order:
            attempt(Delivery.objects.get(contact=called, state=State.PENDING))
        assert Delivery.objects.count() == 4
        assert set(Delivery.objects.values_list("state", flat=True)) == {State.FAILED}

    def test_keeps_the_time_since_when_the_contact_is_broken(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(fail("HTTP 410", permanent=True))
        since = now() - timedelta(days=1)
        contact = contact_of(cast.sam, broken_since=since, broken_reason="HTTP 404")
        attempt(call(critical, contact))
        contact.refresh_from_db()
        assert (contact.broken_since, contact.broken_reason) == (since, "HTTP 410")

    def test_of_the_last_contact_lets_the_climb_pass_on(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(fail(permanent=True))
        Alert.objects.update(next_step_at=now() + timedelta(minutes=8))
        attempt(call(critical, contact_of(cast.sam)))
        critical.refresh_from_db()
        assert critical.next_step_at is not None
        assert critical.next_step_at <= now()

    def test_of_a_ward_phone_calls_the_wards_next_number_of_that_kind(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider(fail(permanent=True))
        phone, site, other = (
            Contact.objects.create(ward=cast.ward_7b, purpose=purpose, channel="sms", address=address)
            for purpose, address in (("ward_phone", "1700"), ("site_number", "112"), ("ward_phone", "1701"))
        )
        attempt(call(critical, phone, track="nursing"))
        assert Delivery.objects.filter(contact=other, person=None).exists()
        assert not Delivery.objects.filter(contact=site).exists()

    def test_of_news_calls_nobody_else(self, cast: Cast, critical: Alert, provider: Callable[..., Provider]) -> None:
        provider(fail(permanent=True))
        contact_of(cast.sam, "sms", "+4930123456")
        attempt(call(critical, contact_of(cast.sam), purpose="news"))
        assert Delivery.objects.count() == 1

    def test_comes_to_a_contact_that_was_removed_meanwhile(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        told = provider()
        other = contact_of(cast.sam, "sms", "+4930123456")
        row = attempt(call(critical, contact_of(cast.sam, removed_at=now())))
        assert (row.state, row.error) == (State.FAILED, "this contact was removed")
        assert told.sent == []
        assert Delivery.objects.filter(contact=other).exists()
        assert not Contact.objects.filter(broken_since__isnull=False).exists()


class TestOfATest:
    def test_success_is_seen_on_the_contact(self, cast: Cast, provider: Callable[..., Provider]) -> None:
        provider()
        row = attempt(call(None, contact_of(cast.sam), purpose="test", track="", why=""))
        assert row.state == State.ACCEPTED
        assert Contact.objects.get().last_worked_at is not None

    def test_failing_is_given_up_after_three_attempts(self, cast: Cast, provider: Callable[..., Provider]) -> None:
        provider(fail())
        contact_of(cast.sam, "sms", "+4930123456")
        row = call(None, contact_of(cast.sam), purpose="test", track="", why="")
        assert attempt(attempt(row)).state == State.RETRYING
        assert attempt(row).state == State.FAILED
        assert Delivery.objects.count() == 1
        assert not Contact.objects.filter(broken_since__isnull=False).exists()  # nobody has refused the address

    def test_that_nobody_waits_for_any_more_is_not_sent(self, cast: Cast, provider: Callable[..., Provider]) -> None:
        told = provider()
        row = call(None, contact_of(cast.sam), purpose="test", track="", why="")
        Delivery.objects.update(created_at=now() - timedelta(minutes=11))
        assert attempt(row).state == State.WITHDRAWN
        assert told.sent == []


class TestBeforeEachAttemptTheAlertIsReadAgain:
    @pytest.mark.parametrize(
        ("state", "track", "withdrawn"),
        [
            ({"acknowledged_at": 1}, "nursing", "acknowledged"),
            ({"acknowledged_at": 1}, "surgical", ""),
            ({"accepted_at": 1}, "surgical", "a surgeon has it"),
            ({"accepted_at": 1}, "nursing", ""),
            ({"accepted_at": 2, "lapsed_at": 1}, "surgical", ""),
            ({"paused_at": 1}, "surgical", "surgical paging pauses"),
            ({"paused_at": 1}, "nursing", ""),
            ({"paused_at": 11}, "surgical", ""),
            ({"paused_at": 11, "pause_confirmed_at": 9}, "surgical", "surgical paging pauses"),
            ({"closed_at": 1}, "nursing", "the alert is closed"),
        ],
    )
    def test_a_call_that_is_no_longer_true_is_withdrawn(
        self,
        cast: Cast,
        critical: Alert,
        provider: Callable[..., Provider],
        state: dict[str, int],
        track: str,
        withdrawn: str,
    ) -> None:
        told = provider()
        row = call(critical, contact_of(cast.sam), track=track)
        fields: dict[str, object] = {name: now() - timedelta(minutes=minutes) for name, minutes in state.items()}
        Alert.objects.filter(pk=critical.pk).update(**fields, outcome="died" if "closed_at" in state else "")
        attempt(row)
        assert row.state == (State.WITHDRAWN if withdrawn else State.ACCEPTED)
        assert (row.error, len(told.sent)) == (withdrawn, 0 if withdrawn else 1)

    def test_between_the_claim_and_the_sending(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A surgeon accepts in the moment after the claim: nobody is called any more."""
        told = provider()
        row = call(critical, contact_of(cast.sam))

        def claim_and_accept(delivery_id: int) -> module.Attempt | None:
            claimed = claim(delivery_id)
            Alert.objects.update(accepted_at=now())
            return claimed

        monkeypatch.setattr(module, "claim", claim_and_accept)
        row = attempt(row)
        assert (row.state, row.attempts) == (State.WITHDRAWN, 0)
        assert told.sent == []

    def test_a_call_that_was_repeated_meanwhile_is_withdrawn(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        """After an hour without a mail server nobody gets twelve calls at once."""
        told = provider()
        contact, pager = contact_of(cast.sam), contact_of(cast.sam, "sms", "+4930123456")
        first, by_pager, second = call(critical, contact), call(critical, pager), call(critical, contact, step=2)
        assert attempt(first).error == "called again since"
        assert attempt(by_pager).state == State.ACCEPTED
        assert attempt(second).state == State.ACCEPTED
        assert len(told.sent) == 2

    @pytest.mark.parametrize("later", [{"track": "nursing"}, {"purpose": "news"}, {"state": State.FAILED}])
    def test_a_call_that_was_followed_by_something_else_is_still_true(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider], later: dict[str, object]
    ) -> None:
        provider()
        contact = contact_of(cast.sam)
        first, second = call(critical, contact), call(critical, contact, step=2)
        Delivery.objects.filter(pk=second.pk).update(**later, next_attempt_at=None if later.get("state") else now())
        assert attempt(first).state == State.ACCEPTED

    def test_a_closing_is_news_for_an_hour(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider()
        Alert.objects.update(closed_at=now() - timedelta(minutes=59), outcome="died")
        first = call(critical, contact_of(cast.sam), purpose="closed", track="")
        assert attempt(first).state == State.ACCEPTED
        Alert.objects.update(closed_at=now() - timedelta(minutes=61))
        second = call(critical, contact_of(cast.sam), purpose="closed", track="")
        assert attempt(second).state == State.WITHDRAWN

    def test_news_of_who_has_it_are_withdrawn_when_nobody_has(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider()
        row = call(critical, contact_of(cast.sam), purpose="has_it", track="")
        assert attempt(row).error == "nobody has it any more"
        Alert.objects.update(accepted_at=now())
        assert attempt(call(critical, contact_of(cast.sam), purpose="has_it", track="")).state == State.ACCEPTED

    def test_an_offer_that_is_over_is_withdrawn(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider()
        offer = HandOver.objects.create(alert=critical, offered_by=cast.carol, offered_to=cast.sam)
        contact = contact_of(cast.sam)
        assert attempt(call(critical, contact, purpose="hand_over", track="")).state == State.ACCEPTED
        offer.declined_at = now()
        offer.save(update_fields=["declined_at"])
        row = call(critical, contact, step=2, purpose="hand_over", track="")
        assert attempt(row).error == "the offer is over"

    def test_a_pause_that_is_over_is_no_news(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        provider()
        row = call(critical, contact_of(cast.sam), purpose="paused", track="")
        assert attempt(row).error == "paging goes on"

    def test_somebody_who_has_left_is_not_called(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        told = provider()
        row = call(critical, contact_of(cast.sam))
        Staff.objects.filter(pk=cast.sam.pk).update(is_active=False)
        assert attempt(row).state == State.WITHDRAWN
        assert told.sent == []

    def test_nothing_of_the_watchdog_leaves_the_house(self, critical: Alert, provider: Callable[..., Provider]) -> None:
        told = provider()
        ghost = Staff.objects.create(pk=-1, username="ghost")
        outside, probe = contact_of(ghost), contact_of(ghost, "probe", "")
        assert attempt(call(critical, outside)).state == State.WITHDRAWN
        assert attempt(call(critical, probe)).state == State.ACCEPTED
        assert [channel for channel, _, _ in told.sent] == ["probe"]


class TestALease:
    def test_that_ended_gives_the_row_to_another_with_the_same_id(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        """A worker died after its claim: nobody knows whether it has sent."""
        told = provider()
        row = call(critical, contact_of(cast.sam))
        assert claim(row.pk) is not None
        deliver(row.pk)  # too early
        assert told.sent == []
        attempt(row)
        assert (row.state, row.attempts) == (State.ACCEPTED, 2)
        assert told.sent[0][2].id == row.public_id

    def test_that_ended_before_the_sending_forbids_it(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A worker was frozen between its claim and the sending, for longer than its lease."""
        told = provider()
        row = call(critical, contact_of(cast.sam))

        def claim_and_freeze(delivery_id: int) -> module.Attempt | None:
            claimed = claim(delivery_id)
            make_due(row)
            return claimed

        monkeypatch.setattr(module, "claim", claim_and_freeze)
        deliver(row.pk)
        assert told.sent == []

    @pytest.mark.parametrize("late", ["success", "failure for now", "failure for good"])
    def test_that_ended_while_sending_lets_nothing_be_overwritten(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider], late: str
    ) -> None:
        """A worker was frozen while it sent; a second attempt has begun, and then is done, before it wakes up."""
        provider()
        row = call(critical, contact_of(cast.sam))
        first = claim(row.pk)
        make_due(row)
        second = claim(row.pk)
        assert first is not None
        assert second is not None

        def wake_up() -> Delivery:
            if late == "success":
                note_success(first, Receipt())
            else:
                note_failure(first, NotSent("HTTP 500", permanent=late == "failure for good"))
            return Delivery.objects.get(pk=row.pk)

        assert (wake_up().state, row.attempts) == (State.SENDING, 0)
        note_success(second, Receipt())
        done = Delivery.objects.get(pk=row.pk)
        after = wake_up()
        assert (after.state, after.attempts, after.accepted_at) == (State.ACCEPTED, 2, done.accepted_at)
        assert Contact.objects.get().broken_since is None

    def test_of_a_message_that_was_read_meanwhile_is_over(
        self, cast: Cast, critical: Alert, provider: Callable[..., Provider]
    ) -> None:
        """Its link is followed before the provider has confirmed it: no failure makes it unread."""
        row = call(critical, contact_of(cast.sam))
        first = claim(row.pk)
        assert first is not None
        mark_read(row, by=cast.sam)
        note_failure(first, NotSent("no answer within 10 s", permanent=False))
        row.refresh_from_db()
        assert (row.state, row.error) == (State.READ, "")

    def test_is_longer_than_an_attempt_may_take(self, environment: Environment) -> None:
        assert timedelta(seconds=10) < LEASE <= timedelta(seconds=30)


def test_a_fault_of_our_own_puts_the_row_off_and_shows(cast: Cast, critical: Alert) -> None:
    row = call(critical, contact_of(cast.sam))
    claim(row.pk)
    module.back_off(row.pk, ValueError("Patient7 Pat"))
    row.refresh_from_db()
    assert (row.state, row.error) == (State.SENDING, "a fault of Spinewatch itself (ValueError)")
    assert wait(row) == LEASE.total_seconds(), "the lease may be another attempt's, which is sending"
    Delivery.objects.update(next_attempt_at=now())
    module.back_off(row.pk, ValueError("Patient7 Pat"))
    row.refresh_from_db()
    assert row.state == State.RETRYING
    assert wait(row) == 5
    Delivery.objects.update(state=State.ACCEPTED, next_attempt_at=None)
    module.back_off(row.pk, ValueError())
    row.refresh_from_db()
    assert row.state == State.ACCEPTED


class TestOverRealProviders:
    """From the row to the provider and back, by the real courier."""

    def test_an_email_arrives(
        self, cast: Cast, patient: Patient, critical: Alert, environment: Environment, mails: MailServer
    ) -> None:
        environment(EMAIL_URL=f"smtp://127.0.0.1:{mails.port}", BASE_URL="https://spinewatch.example")
        row = attempt(call(critical, contact_of(cast.sam)))
        assert row.state == State.ACCEPTED
        (mail,) = mails.mails
        assert mail["Subject"] == "CRITICAL, Ward 7B, open Spinewatch"
        assert mail["Message-ID"] == f"<{row.public_id}@spinewatch.example>"
        assert patient.stay.patient.family_name not in mail.as_string()

    def test_a_refused_email_becomes_an_sms_at_once(
        self, cast: Cast, critical: Alert, environment: Environment, mails: MailServer, receiver: Receiver
    ) -> None:
        services = json.dumps({"sms": f"json://127.0.0.1:{receiver.port}/{{to}}"})
        environment(EMAIL_URL=f"smtp://127.0.0.1:{mails.port}", APPRISE_SERVICES=services)
        mails.rcpt = "550 no such user"
        contact_of(cast.sam, "sms", "+4930123456", is_backup=True)
        assert attempt(call(critical, contact_of(cast.sam))).state == State.FAILED
        assert attempt(Delivery.objects.get(channel="sms")).state == State.ACCEPTED
        assert receiver.requests[0][0] == "/+4930123456"

    def test_a_mail_that_may_have_arrived_is_sent_again_with_its_id(
        self, cast: Cast, critical: Alert, environment: Environment, mails: MailServer
    ) -> None:
        environment(EMAIL_URL=f"smtp://127.0.0.1:{mails.port}")
        mails.data = ""
        row = attempt(call(critical, contact_of(cast.sam)))
        assert (row.state, row.error) == (State.RETRYING, "the mail server hung up; it may have been sent")
        mails.data = "250 OK"
        assert attempt(row).state == State.ACCEPTED
        assert len({mail["Message-ID"] for mail in mails.mails}) == 1
        assert len(mails.mails) == 2

    def test_a_provider_that_trickles_is_left_in_time(
        self, cast: Cast, critical: Alert, environment: Environment
    ) -> None:
        row = call(critical, contact_of(cast.sam))
        with breather(0.2) as port:
            environment(EMAIL_URL=f"smtp://127.0.0.1:{port}", SEND_SECONDS="1.5")
            assert took(lambda: deliver(row.pk)) < 4
        row.refresh_from_db()
        assert (row.state, row.error, wait(row)) == (State.RETRYING, "no answer within 1.5 s", 5)

    def test_no_address_and_no_secret_reaches_a_log_or_the_row(
        self,
        cast: Cast,
        critical: Alert,
        environment: Environment,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        gone = closed_port()
        environment(
            EMAIL_URL=f"smtp://us:sekrit@127.0.0.1:{gone}",
            APPRISE_SERVICES=json.dumps({"sms": f"json://us:sekrit@127.0.0.1:{gone}/sekrit/{{to}}"}),
        )
        with caplog.at_level(logging.INFO):
            rows = [
                attempt(call(critical, contact_of(cast.sam, channel, address)))
                for channel, address in (("email", "sekrit@hospital.example"), ("sms", "sekrit"))
            ]
        said = caplog.text + "".join(capfd.readouterr()) + "".join(row.error + str(row) for row in rows)
        assert {row.state for row in rows} == {State.RETRYING}
        assert "sekrit" not in said


def test_the_clock_is_the_databases(cast: Cast, critical: Alert, provider: Callable[..., Provider]) -> None:
    provider()
    row = attempt(call(critical, contact_of(cast.sam)))
    assert isinstance(row.accepted_at, datetime)
    assert abs(row.accepted_at - now()) < timedelta(seconds=5)
