"""People keep their own ways of being reached, a ward's leads the ward's; a test shows whether one works."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from monitoring.alerts.models import Alert
from monitoring.audit.models import AuditEntry
from monitoring.due.clock import now
from monitoring.escalation import contacts
from monitoring.escalation.models import Contact, Delivery
from tests.cast import Cast
from tests.escalation.delivery.conftest import Environment
from wards.access import Forbidden
from wards.models import Staff

State = Delivery.State


@pytest.fixture(autouse=True)
def all_channels(environment: Environment) -> None:
    environment(EMAIL_URL="smtp://127.0.0.1", APPRISE_SERVICES='{"sms": "json://127.0.0.1/{to}"}')


def add(
    staff: Staff, channel: str = "email", address: str = "sam@hospital.example", is_backup: bool = False
) -> Contact:
    return contacts.add_contact(by=staff, staff=staff, channel=channel, address=address, is_backup=is_backup)


def problems(refusal: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]]:
    return refusal.value.message_dict


class TestAPersonsOwn:
    def test_are_added_and_removed(self, cast: Cast) -> None:
        first, backup = add(cast.sam), add(cast.sam, "sms", "+49 30 123456", is_backup=True)
        assert list(contacts.contacts_of(cast.sam)) == [first, backup]
        assert backup.address == "+4930123456"
        contacts.remove_contact(first, by=cast.sam)
        contacts.remove_contact(first, by=cast.sam)
        assert list(contacts.contacts_of(cast.sam)) == [backup]
        assert Contact.objects.count() == 2
        actions = AuditEntry.objects.filter(action__startswith="contact.").order_by("pk")
        assert [entry.action for entry in actions] == ["contact.added", "contact.added", "contact.removed"]

    def test_are_nobody_elses_to_keep(self, cast: Cast) -> None:
        contact = add(cast.sam)
        for other in (cast.alice, cast.carol, cast.adam):
            with pytest.raises(Forbidden):
                contacts.add_contact(by=other, staff=cast.sam, channel="email", address="x@hospital.example")
            with pytest.raises(Forbidden):
                contacts.remove_contact(contact, by=other)
            with pytest.raises(Forbidden):
                contacts.send_test(contact, by=other)

    @pytest.mark.parametrize("channel", ["in_app", "probe", "webhook", "pigeon", ""])
    def test_go_by_a_channel_that_is_offered(self, cast: Cast, channel: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            add(cast.sam, channel)
        assert problems(refusal) == {"channel": ["There is no such channel here."]}

    def test_have_an_address_of_their_channels_kind(self, cast: Cast) -> None:
        with pytest.raises(ValidationError) as refusal:
            add(cast.sam, "email", "sam@hospital.example\r\nBcc: x@y.example")
        assert list(problems(refusal)) == ["address"]
        with pytest.raises(ValidationError) as refusal:
            add(cast.sam, "email", "sam@" + "very." * 49 + "long.example")
        assert list(problems(refusal)) == ["address"]

    def test_are_there_once_until_removed(self, cast: Cast) -> None:
        first = add(cast.sam)
        with pytest.raises(ValidationError, match="there already"):
            add(cast.sam, address=" sam@hospital.example ")
        contacts.remove_contact(first, by=cast.sam)
        add(cast.sam)

    def test_are_ten_at_most(self, cast: Cast) -> None:
        for number in range(contacts.MOST_CONTACTS):
            add(cast.sam, address=f"sam{number}@hospital.example")
        with pytest.raises(ValidationError, match="are enough"):
            add(cast.sam)

    def test_leave_no_address_in_the_audit_log_or_the_logs(self, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG):
            contact = add(cast.sam)
            contacts.send_test(contact, by=cast.sam)
            contacts.remove_contact(contact, by=cast.sam)
        entries = AuditEntry.objects.filter(action__startswith="contact.")
        assert entries.count() == 3
        assert not [entry for entry in entries if "hospital.example" in f"{entry.data}{entry.reason}"]
        # DEBUG has the SQL of Django itself, which production does not log.
        assert not [row for row in caplog.records if row.name != "django.db.backends" and "sam@" in row.getMessage()]
        assert "sam@" not in str(contact)


class TestAWards:
    def test_are_kept_by_its_leads(self, cast: Cast) -> None:
        for lead, address in ((cast.carol, "1700"), (cast.adam, "1701")):
            contact = contacts.add_contact(
                by=lead, ward=cast.ward_7b, purpose="ward_phone", channel="sms", address=address
            )
            assert contacts.send_test(contact, by=lead).person is None
        assert contacts.contacts_of_ward(cast.ward_7b).count() == 2

    def test_may_be_one_number_for_two_purposes(self, cast: Cast) -> None:
        for purpose in Contact.Purpose:
            contacts.add_contact(by=cast.carol, ward=cast.ward_7b, purpose=purpose, channel="sms", address="1700")
        assert contacts.contacts_of_ward(cast.ward_7b).count() == 2

    def test_are_not_kept_by_others(self, cast: Cast) -> None:
        for other in (cast.alice, cast.sam, cast.sue):
            with pytest.raises(Forbidden):
                contacts.add_contact(by=other, ward=cast.ward_7b, purpose="ward_phone", channel="sms", address="1700")

    @pytest.mark.parametrize("purpose", ["", "kitchen"])
    def test_say_whose_number_it_is(self, cast: Cast, purpose: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            contacts.add_contact(by=cast.carol, ward=cast.ward_7b, purpose=purpose, channel="sms", address="1700")
        assert list(problems(refusal)) == ["purpose"]

    def test_belong_to_a_ward_or_a_person_and_not_to_both(self, cast: Cast) -> None:
        with pytest.raises(TypeError):
            contacts.add_contact(by=cast.carol, channel="sms", address="1700")
        with pytest.raises(TypeError):
            contacts.add_contact(by=cast.carol, staff=cast.carol, ward=cast.ward_7b, channel="sms", address="1700")


def test_only_the_watchdogs_people_have_the_probe_and_they_have_nothing_else(cast: Cast) -> None:
    ghost = Staff.objects.create(pk=-1, username="ghost")
    assert add(ghost, "probe", "anything").channel == "probe"
    with pytest.raises(ValidationError):
        add(cast.sam, "probe", "anything")


class TestATest:
    def test_is_a_message_like_any_other(self, cast: Cast) -> None:
        test = contacts.send_test(add(cast.sam), by=cast.sam)
        assert (test.alert, test.purpose, test.person, test.state) == (None, "test", cast.sam, State.PENDING)
        assert test.next_attempt_at is not None
        assert test.next_attempt_at <= now()

    def test_is_sent_once_a_minute_for_each_contact(self, cast: Cast) -> None:
        one, other = add(cast.sam), add(cast.sam, "sms", "+4930123456")
        test = contacts.send_test(one, by=cast.sam)
        contacts.send_test(other, by=cast.sam)
        with pytest.raises(ValidationError, match="less than a minute ago"):
            contacts.send_test(one, by=cast.sam)
        Delivery.objects.filter(pk=test.pk).update(created_at=now() - timedelta(seconds=61))
        contacts.send_test(one, by=cast.sam)

    def test_of_a_removed_contact_is_refused(self, cast: Cast) -> None:
        contact = contacts.remove_contact(add(cast.sam), by=cast.sam)
        with pytest.raises(ValidationError, match="was removed"):
            contacts.send_test(contact, by=cast.sam)


def test_a_contact_works_until_it_is_broken_removed_or_no_longer_set_up(cast: Cast) -> None:
    contact = add(cast.sam)
    assert contacts.works(contact)
    assert not contacts.works(Contact(channel="email", broken_since=now()))
    assert not contacts.works(Contact(channel="email", removed_at=now()))
    assert not contacts.works(Contact(channel="pigeon"))


class TestWhatComesBack:
    def sent(self, cast: Cast, alert: Alert, state: str = State.ACCEPTED, channel: str = "email") -> Delivery:
        contact = None if channel == "in_app" else add(cast.sam)
        unfinished = state in (State.PENDING, State.SENDING, State.RETRYING)
        return Delivery.objects.create(
            alert=alert,
            purpose="call",
            person=cast.sam,
            contact=contact,
            channel=channel,
            state=state,
            next_attempt_at=now() if unfinished else None,
            error="no answer" if state == State.RETRYING else "",
        )

    def test_a_link_that_is_followed_has_arrived(self, cast: Cast, critical: Alert) -> None:
        row = self.sent(cast, critical)
        Contact.objects.update(broken_since=now(), broken_reason="HTTP 404")
        contacts.mark_read(row, by=cast.sam)
        row.refresh_from_db()
        assert row.state == State.READ
        assert row.read_at == row.delivered_at is not None
        contact = Contact.objects.get()
        assert contact.last_worked_at is not None
        assert (contact.broken_since, contact.broken_reason) == (None, "")

    def test_a_link_that_is_followed_ends_the_trying(self, cast: Cast, critical: Alert) -> None:
        row = self.sent(cast, critical, State.RETRYING)
        contacts.mark_read(row, by=cast.sam)
        row.refresh_from_db()
        assert (row.state, row.next_attempt_at, row.error) == (State.READ, None, "")

    def test_a_withdrawn_message_that_is_read_stays_withdrawn(self, cast: Cast, critical: Alert) -> None:
        row = self.sent(cast, critical, State.WITHDRAWN)
        contacts.mark_read(row, by=cast.sam)
        row.refresh_from_db()
        assert row.state == State.WITHDRAWN
        assert row.read_at is not None

    def test_somebody_elses_link_says_nothing_about_its_reader(self, cast: Cast, critical: Alert) -> None:
        row = self.sent(cast, critical)
        contacts.mark_read(row, by=cast.carol)
        row.refresh_from_db()
        assert (row.state, row.read_at) == (State.ACCEPTED, None)

    def test_a_link_is_used_up_by_one_answer(self, cast: Cast, critical: Alert) -> None:
        row = self.sent(cast, critical)
        assert not contacts.answer(row, by=cast.carol)
        assert contacts.answer(row, by=cast.sam)
        assert not contacts.answer(row, by=cast.sam)

    def test_an_alert_on_the_screen_is_read_in_the_app(self, cast: Cast, critical: Alert) -> None:
        in_app, mail = self.sent(cast, critical, channel="in_app"), self.sent(cast, critical)
        contacts.in_app_seen(cast.carol, critical)
        in_app.refresh_from_db()
        assert in_app.read_at is None
        contacts.in_app_seen(cast.sam, critical)
        in_app.refresh_from_db()
        mail.refresh_from_db()
        assert (in_app.state, mail.state) == (State.READ, State.ACCEPTED)
        first = in_app.read_at
        contacts.in_app_seen(cast.sam, critical)
        in_app.refresh_from_db()
        assert in_app.read_at == first
