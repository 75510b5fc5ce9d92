"""Whoever broke the glass reaches the patient for an hour. `wards` finds this module when the apps are loaded.

It is for somebody who stands at a bed that is not theirs and cannot wait for the ward: they look at everything, they
examine, and they say that they are on an alert. All else stays with the ward's own people, who were told at once:
treatment, operations, moves, and every decision on an alert, accepting it too, which would make the patient theirs for
longer than the hour. What they write is signed by them, in their own role, and the audit log says that it was by
break-glass.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from monitoring.breakglass.queries import open_by
from wards.models import Staff
from wards.reasons import Reason, register
from wards.rights import CLINICAL, LOOKING, May

NAME = "break-glass"


def _broke_the_glass(staff: Staff) -> Q:
    """Of a patient, not of a stay: who is moved meanwhile stays within reach."""
    return Q(Exists(open_by(staff).filter(patient=OuterRef("patient"))))


register(Reason(NAME, _broke_the_glass, CLINICAL, LOOKING | {May.RECORD_CHECK, May.ACKNOWLEDGE_ALERT}))
