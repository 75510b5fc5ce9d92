"""The cast, a patient of ward 7B who can be critical, and somebody of another ward who has opened the record."""

from __future__ import annotations

from tests.alerts.conftest import patient
from tests.cast import cast

__all__ = ["cast", "patient"]
