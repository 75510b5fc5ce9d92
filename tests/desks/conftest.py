"""The cast, and a patient of ward 7B who can be examined and assessed at will, or is critical; a second surgeon."""

from __future__ import annotations

import pytest

from tests.alerts.conftest import Patient, patient
from tests.cast import Cast, cast, person
from wards.models import Role, Staff

__all__ = ["cast", "patient"]


@pytest.fixture
def critical(patient: Patient) -> Patient:
    """Ten minutes ago L4 left had fallen to 2, an hour and a half ago it was 5."""
    patient.checked(90)
    patient.checked(10, L4_left=2)
    return patient


@pytest.fixture
def tess(cast: Cast) -> Staff:
    """Another surgeon of ward 7B."""
    return person("Tess", "Tiller", (cast.ward_7b, Role.SURGEON))
