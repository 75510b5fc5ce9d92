"""Records by their number, for whoever mends them, and what stands on each that could be elsewhere."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet

from monitoring.audit.actions import record
from monitoring.audit.context import acting_now
from monitoring.audit.openings import looked_at
from monitoring.checks.models import Check
from monitoring.mending.models import Mending
from wards.access import May, opened, wards_where
from wards.models import Patient, Staff, Stay

LAST_CHECKS = 30  # so many are offered to be moved: an older one is found by its stay


def record_within_reach(staff: Staff, record_number: str) -> Patient | None:
    """The patient of this record, where the person may mend on every ward that has, or had, one of their stays.

    None for any other, as for an unknown number. Who it is for has then opened the record; that nobody was found is an
    entry too, without the number.
    """
    number = "".join(record_number.split())
    patient = Patient.objects.filter(pk__gt=0, record_number__in={record_number, number, number.upper()}).first()
    if patient is None or not _may_mend(staff, patient):
        with transaction.atomic():
            record("mending.nobody_found", by=staff, about=staff)
        return None
    look_at(patient, by=staff)
    return patient


def _may_mend(staff: Staff, patient: Patient) -> bool:
    homes = home_wards(patient)
    return bool(homes) and homes <= set(wards_where(staff, May.MEND_RECORDS).values_list("pk", flat=True))


def home_wards(patient: Patient) -> set[int]:
    """The ids of the wards that have the record's stays; of one that mending has emptied, where these went."""
    own = set(Stay.objects.filter(patient=patient).order_by().values_list("ward", flat=True))
    if own:
        return own
    done = Mending.objects.filter(source=patient, state=Mending.State.DONE)
    heirs = Q(patient__in=done.values("target")) | Q(patient__in=done.values("target__merged_into"))
    return set(Stay.objects.filter(heirs).order_by().values_list("ward", flat=True))


def look_at(patient: Patient, *, by: Staff) -> None:
    """The person has opened this record, by its last stay where it has one."""
    stay = Stay.objects.select_related("ward").filter(patient=patient).order_by("-admitted_at").first()
    if stay is None:
        looked_at(patient, by=by, patient_id=patient.pk, ward_id=None, acting=lambda: acting_now(by.pk))
    else:
        opened(by, stay)


def stays_of(patient: Patient) -> list[Stay]:
    """All of the record's stays, the last one first."""
    stays = Stay.objects.filter(patient=patient).select_related("ward", "bed")
    return list(stays.order_by("-admitted_at", "-pk"))


def movable_checks(patient: Patient) -> QuerySet[Check]:
    """The last checks that stand on the record, the newest first."""
    standing = Check.objects.standing().filter(stay__patient=patient)
    with_names = standing.select_related("stay__ward", "recorded_by")
    return with_names.order_by("-examined_at", "-pk")[:LAST_CHECKS]
