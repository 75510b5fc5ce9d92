"""What is written down here: a search, the glass broken, ended, reviewed.

Each is one transaction: right, rules, change, audit. All raise Forbidden where `by` may not, and ValidationError, by
the form's field names, where a rule is not met.
"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit import actions as audit
from monitoring.breakglass.models import LASTS, SHORTEST_REASON, BreakGlass
from monitoring.breakglass.queries import open_by
from monitoring.breakglass.search import Asked, Found, elsewhere, find
from monitoring.due.clock import now
from monitoring.escalation import notices
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.access import WARD_LEADS, Forbidden, May, require, require_somewhere, stays_within_reach
from wards.models import Staff, Stay, Ward
from wards.rota_queries import eligible


@transaction.atomic
def search(asked: Asked, *, by: Staff) -> Found:
    """The stays within reach that somebody looks for. The log keeps who was shown to whom, and not what was typed."""
    require_somewhere(by, May.SEARCH_PATIENTS)
    found = find(by, asked)
    data = {"with_birth_date": asked.born is not None, "patients": found.patients, "more": found.more}
    only = found.patients[0] if len(found.patients) == 1 else None
    audit.record("patients.searched", by=by, about=by, patient_id=only, data=data)
    return found


@transaction.atomic
def search_elsewhere(*, by: Staff, record_number: str, born: date) -> Stay | None:
    """The stay of a patient out of reach, by both identifiers; None where there is none, or it is within reach."""
    require_somewhere(by, May.BREAK_GLASS)
    stay = elsewhere(by, record_number=record_number, born=born)
    patient = None if stay is None else stay.patient_id
    audit.record("patients.searched", by=by, about=by, patient_id=patient, data={"elsewhere": True})
    return stay


@transaction.atomic
def break_glass(stay: Stay, *, by: Staff, reason: str) -> BreakGlass:
    """Open the record of a patient out of reach for an hour, and tell whoever leads the ward. Twice is once.

    Whether it is `by` who asks (the PIN, the password) is settled before.
    """
    require_somewhere(by, May.BREAK_GLASS)
    Staff.objects.select_for_update(no_key=True).get(pk=by.pk)  # the same form twice is done one after the other
    why, at = reason.strip(), now()
    if len(why) < SHORTEST_REASON:
        raise ValidationError({"reason": [_("Say why in at least ten characters.")]})
    if (present := open_by(by).filter(patient=stay.patient_id).first()) is not None:
        return present
    if stays_within_reach(by).filter(patient=stay.patient_id).exists():
        raise ValidationError(_("This patient is within your reach already."))
    opened = BreakGlass.objects.create(
        staff=by, patient_id=stay.patient_id, stay=stay, ward=stay.ward, reason=why, at=at, until=at + LASTS
    )
    data = {"until": opened.until.isoformat()}
    audit.record("glass.broken", by=by, about=opened, patient_id=stay.patient_id, reason=why, data=data)
    notices.notify(leads_of(stay.ward), notices.GLASS_BROKEN % {"who": by, "ward": stay.ward}, at=at)
    publish(topics.ward(stay.ward_id), topics.person(by.pk))
    return opened


def leads_of(ward: Ward) -> list[Staff]:
    """Whoever reviews what was opened on the ward: its charge nurses and administrators."""
    return list(eligible(ward.pk, WARD_LEADS))


@transaction.atomic
def end(opened: BreakGlass, *, by: Staff) -> BreakGlass:
    """Before its hour is over. Only by whoever opened it; what is over stays as it ended."""
    opened = BreakGlass.objects.select_for_update(no_key=True).get(pk=opened.pk)
    if opened.staff_id != by.pk:
        raise Forbidden(_("Only who opened this record ends it."))
    at = now()
    if opened.ended_at is not None or opened.until <= at:
        return opened
    opened.ended_at = at
    opened.save(update_fields=["ended_at"])
    audit.record("glass.ended", by=by, about=opened, patient_id=opened.patient_id)
    publish(topics.ward(opened.ward_id), topics.person(by.pk))
    return opened


@transaction.atomic
def review(opened: BreakGlass, *, by: Staff, note: str) -> BreakGlass:
    """Somebody else who leads the ward has looked at it, and says what they found. The same again changes nothing."""
    opened = BreakGlass.objects.select_for_update(no_key=True, of=("self",)).select_related("ward").get(pk=opened.pk)
    require(by, May.REVIEW_BREAK_GLASS, opened.ward)
    said = note.strip()
    if opened.staff_id == by.pk:
        raise ValidationError(_("You opened this record yourself: somebody else reviews it."))
    if not said:
        raise ValidationError({"note": [_("Say what you found.")]})
    if opened.reviewed_by_id is not None:
        if (opened.reviewed_by_id, opened.note) == (by.pk, said):
            return opened
        raise ValidationError(_("%(who)s has reviewed this already.") % {"who": opened.reviewed_by})
    opened.reviewed_at, opened.reviewed_by, opened.note = now(), by, said
    opened.save(update_fields=["reviewed_at", "reviewed_by", "note"])
    audit.record("glass.reviewed", by=by, about=opened, patient_id=opened.patient_id, reason=said)
    publish(topics.ward(opened.ward_id))
    return opened
