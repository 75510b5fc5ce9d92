"""A new version of a ward's protocol assesses its open stays again; latched alerts never fall by it (protocol §10)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from monitoring.protocol import Settings
from tests.alerts.conftest import Patient
from wards.access import Forbidden
from wards.actions import adopt_protocol

STRICTER = Settings(major_drop_grades=2)


def adopt(patient: Patient, settings: Settings) -> None:
    adopt_protocol(patient.cast.ward_7b, by=patient.cast.adam, settings=settings, reason="agreed by the clinical lead")
    patient.assess()


def test_stricter_settings_raise_the_alert_of_an_open_stay(patient: Patient) -> None:
    patient.checked(5, L4_left=3)
    assert patient.alert.level == "concern"
    adopt(patient, STRICTER)
    assert patient.alert.level == "critical"
    assert patient.watch.protocol_version == "7b 1"
    assert patient.alert.protocol_version == "default"


def test_laxer_settings_take_nothing_back(patient: Patient) -> None:
    adopt(patient, STRICTER)
    patient.checked(5, L4_left=3)
    assert patient.alert.level == "critical"
    adopt(patient, Settings())
    alert = patient.alert
    assert (alert.level, alert.level_now, alert.closed_at) == ("critical", "concern", None)
    assert alert.superseded == {}
    assert patient.watch.protocol_version == "7b 2"


def test_it_is_audited_and_only_the_wards_administrator_may(patient: Patient) -> None:
    adopt(patient, STRICTER)
    assert AuditEntry.objects.get(action="protocol.adopted").reason == "agreed by the clinical lead"
    for other in (patient.cast.alice, patient.cast.sam, patient.cast.nora):
        with pytest.raises(Forbidden):
            adopt_protocol(patient.cast.ward_7b, by=other, settings=Settings(), reason="why not")


def test_it_wants_a_reason(patient: Patient) -> None:
    with pytest.raises(ValidationError):
        adopt_protocol(patient.cast.ward_7b, by=patient.cast.adam, settings=STRICTER, reason="  ")
