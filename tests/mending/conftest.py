"""Two records with a patient each on ward 7B, an administrator and a second person; what is wrong is in the test."""

from __future__ import annotations

import pytest

from monitoring.mending import actions
from monitoring.mending.models import Mending
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, cast, person
from wards.models import Role, Staff

__all__ = ["cast"]

WHY = "Registered twice in the night."


@pytest.fixture
def noel(cast: Cast) -> Staff:
    """A second administrator of both wards."""
    return person("Noel", "Nash", (cast.ward_7b, Role.ADMINISTRATOR), (cast.ward_8c, Role.ADMINISTRATOR))


@pytest.fixture
def one(cast: Cast) -> Patient:
    """Lies in 7B-1, operated a day ago, normal since."""
    return watched_patient(cast)


def carried_out(mending: Mending, noel: Staff) -> Mending:
    return actions.confirm(mending, by=noel)
