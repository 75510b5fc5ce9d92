"""What leaves the house: level and ward, a link, and no patient unless the hospital says so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from monitoring.alerts.models import Alert
from monitoring.due.clock import now
from monitoring.escalation.channels.contract import Message
from monitoring.escalation.links import delivery_of, link_for, token_for
from monitoring.escalation.messages import message_for
from monitoring.escalation.models import Delivery
from tests.cast import Cast
from tests.escalation.delivery.conftest import Environment

Purpose = Delivery.Purpose


def delivery(cast: Cast, alert: Alert | None, purpose: str = "call", why: str = "the surgeon on call") -> Delivery:
    rows = Delivery.objects.filter(alert=alert)
    return Delivery.objects.create(
        alert=alert,
        step=rows.count(),
        purpose=purpose,
        track="surgical",
        why=why,
        person=cast.sam,
        channel="email",
        created_at=now(),
        next_attempt_at=now(),
    )


def texts(message: Message) -> str:
    return f"{message.title}\n{message.body}"


class TestAMessage:
    def test_says_how_grave_it_is_and_where(self, cast: Cast, critical: Alert) -> None:
        message = message_for(delivery(cast, critical))
        assert message.title == "CRITICAL, Ward 7B, open Spinewatch"
        assert message.body.startswith("Ward 7B calls the surgeon on call.")
        assert message.urgent

    @pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose != Purpose.TEST])
    def test_names_no_patient(self, cast: Cast, critical: Alert, environment: Environment, purpose: str) -> None:
        message = message_for(delivery(cast, critical, purpose, "Sam Stone has it"))
        patient = critical.stay.patient
        for private in (patient.family_name, patient.record_number, critical.stay.bed.label, str(critical.public_id)):
            assert private not in texts(message) + message.link
        environment(NAMES_OUTSIDE="1")
        named = message_for(delivery(cast, critical, purpose, "Sam Stone has it"))
        assert patient.family_name in named.body
        assert patient.family_name not in named.title

    @pytest.mark.parametrize(
        ("purpose", "why", "title"),
        [
            ("has_it", "Sam Stone has it", "CRITICAL, Ward 7B: Sam Stone has it"),
            ("closed", "closed by Sam Stone", "CRITICAL, Ward 7B: closed by Sam Stone"),
            ("hand_over", "Sam Stone offers it to you", "CRITICAL, Ward 7B: Sam Stone offers it to you"),
            ("paused", "a correction removed all that was critical", "CRITICAL, Ward 7B: paging pauses"),
        ],
    )
    def test_says_what_it_is_about(self, cast: Cast, critical: Alert, purpose: str, why: str, title: str) -> None:
        assert message_for(delivery(cast, critical, purpose, why)).title == title

    def test_is_loud_only_where_somebody_must_come(self, cast: Cast, critical: Alert) -> None:
        assert message_for(delivery(cast, critical, "hand_over")).urgent
        assert not message_for(delivery(cast, critical, "has_it")).urgent
        critical.level = "concern"
        assert not message_for(delivery(cast, critical)).urgent

    def test_of_a_check_not_done_says_so(self, cast: Cast, critical: Alert) -> None:
        critical.kind, critical.level = Alert.Kind.OVERDUE, "watch"
        assert message_for(delivery(cast, critical)).title == "CHECK OVERDUE, Ward 7B, open Spinewatch"

    def test_is_the_same_at_every_attempt(self, cast: Cast, critical: Alert) -> None:
        row = delivery(cast, critical)
        assert message_for(row) == message_for(Delivery.objects.get(pk=row.pk))
        assert message_for(row).id == row.public_id

    def test_cannot_carry_a_header_of_its_own(self, cast: Cast, critical: Alert) -> None:
        message = message_for(delivery(cast, critical, "has_it", "Sam\r\nBcc: all@hospital.example"))
        assert message.title == "CRITICAL, Ward 7B: Sam Bcc: all@hospital.example"

    def test_of_a_test_says_that_it_is_one(self, cast: Cast, db: None) -> None:
        message = message_for(delivery(cast, None, "test", ""))
        assert message.title == "Spinewatch test"
        assert "Sam Stone" in message.body
        assert not message.urgent


class TestALink:
    def test_leads_to_its_delivery_and_no_other(self, cast: Cast, critical: Alert, environment: Environment) -> None:
        environment(BASE_URL="https://spinewatch.example/")
        row, other = delivery(cast, critical), delivery(cast, critical)
        assert link_for(row) == f"https://spinewatch.example/m/{token_for(row)}/"
        assert delivery_of(token_for(row)) == row
        assert delivery_of(token_for(other)) == other

    def test_cannot_be_made_up(self, cast: Cast, critical: Alert) -> None:
        row, other = delivery(cast, critical), delivery(cast, critical)
        _, signature = token_for(row).split(".")
        for forged in (f"{other.pk}.{signature}", str(row.pk), f"{row.pk}.", "", "x.y", token_for(row) + "x"):
            assert delivery_of(forged) is None

    def test_is_good_for_a_week(self, cast: Cast, critical: Alert) -> None:
        row = delivery(cast, critical)
        Delivery.objects.filter(pk=row.pk).update(created_at=now() - timedelta(days=6, hours=23))
        assert delivery_of(token_for(row)) == row
        Delivery.objects.filter(pk=row.pk).update(created_at=now() - timedelta(days=7))
        assert delivery_of(token_for(row)) is None

    def test_is_short_enough_for_an_sms(self, cast: Cast, critical: Alert) -> None:
        assert len(token_for(delivery(cast, critical))) < 60
