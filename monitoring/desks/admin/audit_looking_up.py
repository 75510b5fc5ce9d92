"""Looking up a patient by record number: an entry of the audit log itself, whether anybody was found or not."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.desks.admin.audit_reach import Reach
from wards.models import Patient


def patient_of(record_number: str, reach: Reach) -> Patient:
    """The patient of these wards with this number. Raises ValidationError, by the form's field, where there is none.

    The number itself is not written down: nobody's who was mistyped stands in the log.
    """
    with transaction.atomic():
        patient = reach.patients.filter(record_number=record_number).first()
        if patient is None:
            record("audit.patient_not_found", by=reach.staff, about=reach.staff)
        else:
            record("audit.patient_found", by=reach.staff, about=patient, patient_id=patient.pk)
    if patient is None:
        raise ValidationError({"record_number": [_("No patient of your wards has this number.")]})
    return patient
