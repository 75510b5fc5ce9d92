"""The first lock of every writing action: the stays of an episode (after it come Watch, then Alert)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from wards.models import Bed, Staff, Stay, Ward


def lock_stays(episode_id: int) -> list[Stay]:
    """Lock all stays of an episode, ids ascending, until the transaction ends. Read its history after this."""
    return _lock(Stay.objects.filter(episode_id=episode_id))


def lock_stays_of_patient(patient_id: int) -> list[Stay]:
    """As `lock_stays`, for all the patient's episodes: before an admission, which may begin another."""
    return _lock(Stay.objects.filter(patient_id=patient_id))


def current_stay(stays: Sequence[Stay]) -> Stay:
    """The open stay, else the one admitted last: the one that is watched for the episode."""
    return max(stays, key=lambda stay: (stay.is_open, stay.admitted_at, stay.pk))


def same_stay(stay: Stay, stays: Sequence[Stay]) -> Stay:
    """The stay as it is now, among those just locked."""
    return next(locked for locked in stays if locked.pk == stay.pk)


def lock_staff(staff_id: int) -> Staff:
    """Lock an account and its roles until the transaction ends: before any ward. The person as they are now."""
    return Staff.objects.select_for_update(no_key=True).get(pk=staff_id)


def lock_bed(bed: Bed) -> Bed:
    """Lock a bed until the transaction ends: after the stays, before any ward. The bed as it is now."""
    return Bed.objects.select_for_update(no_key=True).get(pk=bed.pk)


def lock_rota(ward_id: int) -> Ward:
    """Lock a ward's rota and groups until the transaction ends. The last lock of all: take no other one after it."""
    return Ward.objects.select_for_update(no_key=True).get(pk=ward_id)


def _lock(stays: QuerySet[Stay]) -> list[Stay]:
    """Twice: the first statement waits, and does not see a readmission that was committed meanwhile.

    An admission locks the stays before it, so that none can come between the second statement and our end.
    """
    in_order = stays.select_related("ward").select_for_update(of=("self",), no_key=True).order_by("pk")
    list(in_order)
    return list(in_order.all())
