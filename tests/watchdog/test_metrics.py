"""`/metrics`: numbers for Prometheus, no names, and not for everybody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from monitoring.due.clock import now
from monitoring.due.models import Pulse
from monitoring.escalation.models import Delivery
from monitoring.registry.actions.lines import make, put_off
from monitoring.registry.models import Stale
from monitoring.watchdog.cast import ensure_cast
from monitoring.watchdog.models import ProbeRun
from monitoring.watchdog.patient import admit
from tests.alerts.conftest import Patient
from tests.cast import Cast
from tests.registry.many import ordinary_operations

pytestmark = pytest.mark.django_db(transaction=True)  # it asks in a thread, on a connection of its own


def read() -> dict[tuple[str, ...], float]:
    """Every sample by its name and its labels' values."""
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(answer.content.decode())
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


def test_it_tells_the_verdict_the_pulses_and_what_is_late(db: None) -> None:
    Pulse.objects.create(name="tick", at=now())
    told = read()
    assert told["spinewatch_verdict", "failed"] == 1
    assert told["spinewatch_verdict", "ok"] == 0
    assert told["spinewatch_pulse_age_seconds", "tick"] < 5
    assert told["spinewatch_late", "messages"] == 0


def test_it_counts_patients_open_alerts_and_messages(patient: Patient) -> None:
    patient.checked(1, flag="bladder_bowel")
    Delivery.objects.create(
        alert=patient.alert, purpose="call", person=patient.cast.sam, channel="in_app", state="read"
    )
    told = read()
    assert told["spinewatch_patients",] == 1
    assert told["spinewatch_open_alerts", "deficit", "critical"] == 1
    assert told["spinewatch_deliveries", "in_app", "read"] == 1


def test_it_tells_how_long_each_stage_of_the_last_test_alert_took(db: None) -> None:
    ProbeRun.objects.create(finished_at=now(), passed=True, recorded=0.1, raised=0.2, called=0.3, arrived=0.4)
    told = read()
    assert told["spinewatch_probe_passed",] == 1
    assert told["spinewatch_probe_stage_seconds", "arrived"] == 0.4
    assert ("spinewatch_probe_stage_seconds", "shown") not in told


def test_it_tells_of_lines_of_the_registry_that_wait_or_cannot_be_put_together(cast: Cast) -> None:
    before = read()
    assert before["spinewatch_registry_episodes", "failing"] == 0
    assert ("spinewatch_registry_oldest_seconds", "failing") not in before
    good, bad = ordinary_operations(cast, 2)
    for _ in range(2):
        put_off(bad.pk, ValueError("whatever"))
        Stale.objects.filter(failures=1).update(failing_since=now() - timedelta(seconds=60))
    told = read()
    assert told["spinewatch_registry_episodes", "waiting"] == 1
    assert told["spinewatch_registry_episodes", "failing"] == 1
    assert told["spinewatch_registry_oldest_seconds", "waiting"] < 30
    assert told["spinewatch_registry_oldest_seconds", "failing"] == pytest.approx(60, abs=5)
    assert told["spinewatch_faults",] == before["spinewatch_faults",], "a study wakes nobody up"
    assert make([good.pk, bad.pk])
    assert read()["spinewatch_registry_episodes", "failing"] == 0


def test_the_watchdogs_own_patient_is_not_counted(db: None) -> None:
    ensure_cast()
    admit(-1)
    assert read()["spinewatch_patients",] == 0


def test_nobody_is_named(patient: Patient) -> None:
    patient.checked(1, flag="bladder_bowel")
    text = Client().get("/metrics").content.decode()
    assert patient.stay.patient.family_name not in text
    assert patient.stay.patient.record_number not in text


def test_without_a_token_only_this_machine_may_read_it(db: None) -> None:
    assert Client().get("/metrics", REMOTE_ADDR="10.0.0.8").status_code == 403
    assert Client().get("/metrics", REMOTE_ADDR="").status_code == 403
    assert Client().get("/metrics", REMOTE_ADDR="::1").status_code == 200


def test_a_visitor_through_a_proxy_of_this_machine_is_not_this_machine(db: None, settings: Settings) -> None:
    assert Client().get("/metrics", headers={"X-Forwarded-For": "10.0.0.8"}).status_code == 403
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert Client().get("/metrics").status_code == 403


def test_with_a_token_whoever_sends_it_may_and_nobody_else(db: None, settings: Settings) -> None:
    settings.METRICS_TOKEN = "let me see"
    assert Client().get("/metrics").status_code == 403
    assert Client().get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 403
    sent = Client().get("/metrics", headers={"Authorization": "Bearer let me see"}, REMOTE_ADDR="10.0.0.8")
    assert sent.status_code == 200
