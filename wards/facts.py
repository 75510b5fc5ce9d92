"""What the forms bring to the actions: plain values, parsed and not yet judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatient:
    """Somebody who is admitted for the first time. `sex` is a value of `Patient.Sex`."""

    record_number: str
    family_name: str
    given_name: str
    date_of_birth: date
    sex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationFacts:
    """What was operated, as `Operation` keeps it."""

    kind: str
    started_at: datetime
    ended_at: datetime
    procedure: str
    level_upper: str
    level_lower: str
    diagnosis: str
    symptomatic_side: str
    coagulopathy: bool
    deformity_correction: bool
