"""The cast, and a patient of ward 7B who can be examined and assessed at will."""

from __future__ import annotations

from tests.alerts.conftest import patient
from tests.cast import cast

__all__ = ["cast", "patient"]
