"""The test alert takes the way of every check, says where it stops, and leaves nothing behind."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings

from monitoring.alerts.models import Alert
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.due.pool import Pool
from monitoring.escalation.channels import CHANNELS
from monitoring.escalation.channels.contract import Message, NotSent, Receipt
from monitoring.escalation.models import Contact, Delivery
from monitoring.watchdog import probe
from monitoring.watchdog.cast import ensure_cast
from monitoring.watchdog.models import ProbeRun
from monitoring.watchdog.patient import admit, purge
from monitoring.watchdog.probe import send_test_alert
from tests.stack import wait_for
from tools.starting import free_port
from wards.models import Stay

pytestmark = pytest.mark.django_db(transaction=True)


def rows() -> dict[str, int]:
    """How many rows each table has, but for what a run is meant to leave and what is heard from or sealed meanwhile."""
    left_out = {"ProbeRun", "Pulse", "Seal"}
    return {
        model.__name__: model._default_manager.count() for model in apps.get_models() if model.__name__ not in left_out
    }


def test_a_test_alert_arrives_and_each_stage_is_timed_in_order(sweeping: None) -> None:
    run = send_test_alert()
    assert (run.passed, run.fault) == (True, "")
    assert run.recorded is not None
    assert run.raised is not None
    assert run.called is not None
    assert run.shown is not None
    assert run.arrived is not None
    assert 0 < run.recorded <= run.raised <= run.called <= run.arrived < probe.PATIENCE_SECONDS
    assert ProbeRun.objects.get().arrived == run.arrived


@pytest.mark.thorough
def test_it_leaves_nothing_behind_however_often_it_is_sent(sweeping: None) -> None:
    ensure_cast()
    before = rows()
    for _ in range(2):
        assert send_test_alert().passed
    assert rows() == before


@pytest.mark.thorough
def test_what_an_earlier_one_left_is_cleared_away_first(sweeping: None) -> None:
    ensure_cast()
    admit(-7)
    assert send_test_alert().passed
    assert not Stay.objects.filter(pk__lt=0).exists()


@pytest.mark.thorough
def test_without_redis_it_arrives_and_says_that_pages_were_not_told(
    sweeping: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    run = send_test_alert()
    assert (run.passed, run.shown, run.fault) == (True, None, "open pages were not told")


def test_one_cut_short_by_the_end_of_its_process_ends_at_once_and_is_not_told_as_a_failure(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "slow_pool", pool := Pool(1))

    def send() -> None:
        send_test_alert()

    assert pool.take("chore", 1, send, until=time.monotonic())
    wait_for(lambda: Stay.objects.filter(pk__lt=0).exists(), 5, "the patient who does not exist is there")
    began = time.monotonic()
    assert pool.end(10) is True
    assert time.monotonic() - began < probe.PATIENCE_SECONDS / 4
    assert not ProbeRun.objects.exists()
    assert not Stay.objects.filter(pk__lt=0).exists()


def test_where_nobody_assesses_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PATIENCE_SECONDS", 0.3)
    run = send_test_alert()
    assert (run.passed, run.raised) == (False, None)
    assert run.fault == "the check was recorded, and no alert came of it"


def test_where_nobody_is_called_it_says_so(sweeping: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PATIENCE_SECONDS", 4)
    ensure_cast()
    Contact.objects.update(removed_at=now())
    monkeypatch.setattr("monitoring.watchdog.cast._ensure_reachable", lambda: None)
    run = send_test_alert()
    assert (run.passed, run.fault) == (False, "the alert was raised, and nobody was called")


def test_where_the_message_does_not_arrive_it_says_so(sweeping: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Deaf:
        name, label, hint, outside, offered, addresses = "probe", "deaf", "", False, False, None

        def validate(self, address: str) -> str:
            return address

        def send(self, message: Message, address: str) -> Receipt:
            raise NotSent("deaf", permanent=False)

    monkeypatch.setattr(probe, "PATIENCE_SECONDS", 4)
    monkeypatch.setitem(CHANNELS, "probe", Deaf())
    run = send_test_alert()
    assert (run.passed, run.fault) == (False, "somebody was called, and the message did not arrive")
    assert not Delivery.objects.exists()


def test_a_run_that_an_error_ends_is_kept_as_failed_and_cleared_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(probe, "record_check", fail)
    with pytest.raises(RuntimeError):
        send_test_alert()
    assert ProbeRun.objects.get().fault == "the check could not be recorded"
    assert not Watch.objects.exists()


def test_runs_are_kept_for_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PATIENCE_SECONDS", 0.1)
    old = ProbeRun.objects.create(started_at=now() - timedelta(days=7, minutes=1))
    young = ProbeRun.objects.create(started_at=now() - timedelta(days=6))
    send_test_alert()
    assert not ProbeRun.objects.filter(pk=old.pk).exists()
    assert ProbeRun.objects.filter(pk=young.pk).exists()


def test_clearing_away_touches_no_patient(patient: Any) -> None:
    patient.checked(1, flag="bladder_bowel")
    before = rows()
    ensure_cast()
    with_cast = rows()
    admit(-1)
    purge()
    assert rows() == with_cast
    assert Alert.objects.count() == before["Alert"] >= 1
