"""The first lock of every writing action: the stays of an episode (after it come Watch, then Alert)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from wards.models import Bed, Patient, Staff, Stay, Ward


def lock_stays(episode_id: int) -> list[Stay]:
    """Lock all stays of an episode, ids ascending, until the transaction ends. Read its history after this."""
    return _lock(Stay.objects.filter(episode_id=episode_id))


def lock_stays_of_patient(patient_id: int) -> list[Stay]:
    """As `lock_stays`, for all the patient's episodes: before an admission, which may begin another."""
    return _lock(Stay.objects.filter(patient_id=patient_id))


def lock_stays_of_patients(patient_ids: Collection[int]) -> list[Stay]:
    """As `lock_stays`, for all episodes of several patients, and their own rows: nobody is admitted to one of these
    records until the transaction ends. For mending.
    """
    stays = Stay.objects.filter(patient_id__in=patient_ids)
    _lock(stays)
    list(Patient.objects.filter(pk__in=patient_ids).select_for_update(no_key=True).order_by("pk"))
    return _lock(stays)  # one that was admitted just before is among them


def current_stay(stays: Sequence[Stay]) -> Stay:
    """The open stay, else the one admitted last: the one that is watched for the episode.

    Raises ValidationError where mending has emptied the episode meanwhile.
    """
    if not stays:
        raise gone_elsewhere()
    return max(stays, key=lambda stay: (stay.is_open, stay.admitted_at, stay.pk))


def same_stay(stay: Stay, stays: Sequence[Stay]) -> Stay:
    """The stay as it is now, among those just locked. Raises ValidationError where it was mended meanwhile."""
    found = next((locked for locked in stays if locked.pk == stay.pk), None)
    if found is None:
        raise gone_elsewhere()
    return found


def gone_elsewhere() -> ValidationError:
    """What somebody is told whose page is from before the stay went to another record."""
    message = _("This stay was moved to another record a moment ago. Nothing was saved: open the patient again.")
    return ValidationError({NON_FIELD_ERRORS: [message]})


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
    list(stays.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    return list(stays.select_related("ward").select_for_update(of=("self",), no_key=True).order_by("pk"))
