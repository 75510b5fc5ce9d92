"""Alice's tablet at the bed of a patient of ward 7B."""

from __future__ import annotations

import pytest

from tests.alerts.conftest import Patient, patient
from tests.cast import Cast, cast
from tests.offline.device import Device

__all__ = ["cast", "patient"]


@pytest.fixture
def tablet(cast: Cast, patient: Patient) -> Device:
    return Device(cast.alice, patient.stay)
