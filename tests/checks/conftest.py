"""The people of these tests, and a patient of theirs who was operated on yesterday."""

import pytest

from tests.cast import Cast, admit_patient, cast, operate
from wards.models import Stay

__all__ = ["cast"]


@pytest.fixture
def stay(cast: Cast) -> Stay:
    """A patient of ward 7B, admitted two days ago, operated on until a day ago."""
    stay = admit_patient(cast)
    operate(cast, stay)
    return stay
