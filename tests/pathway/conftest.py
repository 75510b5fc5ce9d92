"""The cast, a patient of ward 7B who can be examined and assessed at will, and one who was operated again."""

from __future__ import annotations

import pytest

from tests.alerts.conftest import Patient, patient
from tests.cast import Cast, admit_patient, ago, cast, operate
from tests.pathway.examples import again
from wards.models import Operation, Stay

__all__ = ["Patient", "cast", "patient"]


@pytest.fixture
def stay(cast: Cast) -> Stay:
    """Admitted two days ago, operated until a day ago."""
    stay = admit_patient(cast)
    operate(cast, stay)
    return stay


@pytest.fixture
def reoperation(cast: Cast, stay: Stay) -> Operation:
    """The stay's re-operation, from four until three hours ago."""
    return again(cast, stay, ended_at=ago(hours=3))
