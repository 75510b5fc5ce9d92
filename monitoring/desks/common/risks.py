"""The risk factors that the paper names, as far as they are recorded (protocol §11). No queries, and no rule uses them.

Ages of 60 and more in major deformity surgery (Daubs), 65 and more after decompression and fusion (Carreon); more than
one level, the more so with a coagulopathy (Kou: epidural haematoma); correction of a deformity (Kamerlink); symptoms
on one side only before surgery, where new weakness came on the other (the paper's own three patients).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from wards.models import Operation, Patient, motion_segments
from wards.times import age_on

ELDERLY: Final = 60  # completed years, on the day of the operation
MULTILEVEL: Final = 2  # segments


def segments_of(operation: Operation) -> int:
    """How many motion segments it spans."""
    return motion_segments(operation.level_upper, operation.level_lower)


def segments_words(operation: Operation) -> str:
    segments = segments_of(operation)
    return ngettext("%(count)d segment", "%(count)d segments", segments) % {"count": segments}


def risks_of(index: Operation | None, patient: Patient) -> list[str]:
    """Those that the patient has, in words; empty where none is recorded."""
    return [] if index is None else list(_risks(index, patient))


def _risks(index: Operation, patient: Patient) -> Iterator[str]:
    age = age_on(index.ended_at.date(), born=patient.date_of_birth)
    if age >= ELDERLY:
        yield _("%(age)d years old") % {"age": age}
    if segments_of(index) >= MULTILEVEL:
        yield segments_words(index)
    if index.coagulopathy:
        yield _("coagulopathy or anticoagulant")
    if index.deformity_correction:
        yield _("deformity correction")
    if index.symptomatic_side == Operation.SymptomaticSide.LEFT:
        yield _("symptoms on the left alone before surgery")
    if index.symptomatic_side == Operation.SymptomaticSide.RIGHT:
        yield _("symptoms on the right alone before surgery")
