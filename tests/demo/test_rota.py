"""The demo's people are there, now and for two weeks, and can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import override_settings

from monitoring.demo.actions import load
from monitoring.due.clock import now
from monitoring.escalation.faults import faults_of
from monitoring.escalation.ladder import Key
from monitoring.escalation.people import who_would_be_called
from wards.models import Post, Stay, Ward
from wards.rota_queries import gaps, patients_nurse


@pytest.fixture
def loaded_with_mail(db: None) -> Iterator[None]:
    with override_settings(EMAIL_HOST="127.0.0.1"):
        assert load()
        yield


@pytest.mark.usefixtures("loaded_with_mail")
def test_nobody_has_to_be_found_for_twelve_days() -> None:
    at = now()
    for post in Post.values:
        assert gaps(Ward.objects.get(code="7B"), post, at, at + timedelta(days=12)) == []


@pytest.mark.usefixtures("loaded_with_mail")
def test_the_spine_ward_begins_without_a_fault() -> None:
    assert faults_of(Ward.objects.get(code="7B"), now()) == []


@pytest.mark.usefixtures("loaded_with_mail")
def test_every_rung_of_the_critical_ladder_calls_somebody_for_every_patient() -> None:
    at = now()
    for stay in Stay.objects.filter(ward__code="7B", discharged_at__isnull=True):
        assert patients_nurse(stay.pk, at) is not None
        for rung, called in who_would_be_called(stay, Key.CRITICAL, at):
            assert called, rung
