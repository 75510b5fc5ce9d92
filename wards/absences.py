"""The patient leaves the ward for theatre or imaging, and comes back."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from monitoring.due import clock
from wards import rules
from wards.access import May, require
from wards.changes import people_changed
from wards.locks import lock_stays, same_stay
from wards.models import Absence, Staff, Stay
from wards.rota_queries import absence_of
from wards.times import was_now


@transaction.atomic
def leave(stay: Stay, *, by: Staff, at: datetime | None, place: str) -> Absence:
    """The patient is at `place` (a value of `Absence.Place`) since `at`; None means now.

    Somebody who goes from one place straight to the other is back from the first at that instant. The same form sent
    again changes nothing. Raises Forbidden, and ValidationError by the form's field names.
    """
    stay = same_stay(stay, lock_stays(stay.episode_id))
    require(by, May.RECORD_ABSENCE, stay)
    rules.require_open(stay)
    present = absence_of(stay.pk)
    if present is not None and present.place == place:
        if at == present.left_at or (at is None and was_now(present.left_at, present.recorded_at)):
            return present
        raise ValidationError(
            {"place": [_("The patient is %(place)s already.") % {"place": present.get_place_display()}]}
        )
    at = at or clock.now()
    _require_sensible(stay, at)
    if present is not None:
        _come_back(present, stay, by, at)
    absence = Absence.objects.create(stay=stay, place=place, left_at=at, recorded_by=by)
    audit.record(
        "absence.begun",
        by=by,
        about=absence,
        patient_id=stay.patient_id,
        data={"place": place, "at": at.isoformat()},
    )
    people_changed(stay.ward_id)
    return absence


@transaction.atomic
def come_back(stay: Stay, *, by: Staff, at: datetime | None) -> Absence:
    """The patient is on the ward again since `at`; None means now. The same form sent again changes nothing.

    Raises Forbidden, and ValidationError by the form's field names.
    """
    stay = same_stay(stay, lock_stays(stay.episode_id))
    require(by, May.RECORD_ABSENCE, stay)
    present = absence_of(stay.pk)
    if present is None:
        return _back_before(stay, at)
    at = at or clock.now()
    rules.require_past("at", at)
    _require_after_leaving(present, at)
    _come_back(present, stay, by, at)
    people_changed(stay.ward_id)
    return present


def _back_before(stay: Stay, at: datetime | None) -> Absence:
    """The absence that this form has ended already."""
    last = stay.absences.order_by("-left_at", "-pk").first()
    if last is None or last.back_at is None or at not in {None, last.back_at}:
        raise ValidationError({NON_FIELD_ERRORS: [_("The patient is on the ward.")]})
    return last


def _require_sensible(stay: Stay, at: datetime) -> None:
    """Past, in this stay, and after what is recorded of earlier absences."""
    rules.require_past("at", at)
    rules.require_not_before("at", at, stay.admitted_at, _("the admission"), stay.ward)
    last = stay.absences.order_by("-left_at", "-pk").first()
    if last is not None and last.back_at is not None:
        rules.require_not_before("at", at, last.back_at, _("the last return to the ward"), stay.ward)
    elif last is not None:
        _require_after_leaving(last, at)


def _require_after_leaving(absence: Absence, at: datetime) -> None:
    stay = absence.stay
    rules.require_not_before(
        "at", at, absence.left_at, _("the patient was %(place)s") % {"place": absence.get_place_display()}, stay.ward
    )


def _come_back(absence: Absence, stay: Stay, by: Staff, at: datetime) -> None:
    absence.back_at, absence.returned_by = at, by
    absence.save(update_fields=["back_at", "returned_by"])
    audit.record("absence.ended", by=by, about=absence, patient_id=stay.patient_id, data={"at": at.isoformat()})
