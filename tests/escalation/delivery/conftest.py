"""An alert to send about; providers of the tests' own, and an environment that names them."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from monitoring.alerts.models import Alert
from monitoring.escalation.channels import CHANNELS
from monitoring.escalation.channels.service import Service
from monitoring.settings import BASE_DIR
from tests.alerts.conftest import Patient, patient
from tests.cast import cast
from tests.escalation.delivery.providers import MailServer, Receiver, http_receiver, mail_server

__all__ = ["cast", "patient"]

SENDING = (
    *("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_USE_SSL"),
    *("DEFAULT_FROM_EMAIL", "APPRISE_SERVICES", "WEBHOOKS", "BASE_URL", "NAMES_OUTSIDE", "SEND_SECONDS"),
)
Environment = Callable[..., None]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Environment:
    """Set environment variables, for this process and those that it starts: `environment(EMAIL_URL="smtp://…")`."""

    def put(**variables: str) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        fresh = runpy.run_path(str(BASE_DIR / "monitoring" / "settings.py"))
        for name in SENDING:
            setattr(settings, name, fresh[name])
        for name in fresh["APPRISE_SERVICES"]:
            monkeypatch.setitem(CHANNELS, name, Service(name))

    return put


@pytest.fixture
def mails() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with http_receiver() as server:
        yield server


@pytest.fixture
def critical(patient: Patient) -> Alert:
    """A critical alert of the patient, an hour old: L4 left fell from 5 to 1. Nobody has been called yet."""
    patient.checked(60, L4_left=1)
    assert patient.alert.level == "critical"
    return patient.alert
