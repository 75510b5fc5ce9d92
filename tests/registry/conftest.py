"""The cast, and a patient of ward 7B who can be examined and assessed at will."""

from __future__ import annotations

from tests.alerts.conftest import Patient, patient
from tests.cast import cast
from tests.mending.conftest import noel

__all__ = ["Patient", "cast", "noel", "patient"]
