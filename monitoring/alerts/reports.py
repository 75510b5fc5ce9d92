"""Somebody was told of an alert by word of mouth: who, when, and whether they said it back.

It is a fact about the past. So it is taken whatever has happened to the alert meanwhile, and a page that has become old
does not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.alerts.actions import locked
from monitoring.alerts.models import Alert, AlertEvent, Milestone, SpokenReport
from monitoring.alerts.timeline import note as note_on_timeline
from monitoring.due.clock import now
from monitoring.live import topics
from monitoring.live.actions import publish
from wards import rules
from wards.access import May, require
from wards.entries import saved_otherwise
from wards.models import Staff, Stay
from wards.times import was_now

LONGEST_NAME, LONGEST_NOTE = 80, 200


@transaction.atomic
def record_report(
    alert: Alert, *, by: Staff, told: str, at: datetime | None, read_back: bool | None, note: str, key: UUID
) -> SpokenReport:
    """Write down that a surgeon, `told`, heard of the alert at `at` (None: now), and whether they read it back.

    Sent again under the same key it is the same report. The first one is the milestone "surgeon told" as well. Raises
    Forbidden, and ValidationError by field: without a name, without a word on the read-back, at a time in the future or
    before the alert began, or where the key comes back with other content.
    """
    stay, _watch = locked(alert.stay_id)
    require(by, May.RECORD_MILESTONE, stay)
    alert = Alert.objects.select_for_update(no_key=True, of=("self",)).get(pk=alert.pk)
    alert.stay = stay
    said = {"told": told.strip(), "read_back": read_back, "note": note.strip(), "alert_id": alert.pk}
    stored = SpokenReport.objects.filter(idempotency_key=key).first()
    if stored is not None:
        return _the_same(stored, said, at=at, stay=stay)
    happened_at = at or now()
    _require_sound(alert, told=told, read_back=read_back, note=note, at=happened_at)
    report = SpokenReport.objects.create(**said, at=happened_at, idempotency_key=key, recorded_by=by)
    _tell(alert, report, by=by)
    publish(topics.ward(stay.ward_id))
    return report


def _the_same(stored: SpokenReport, said: Mapping[str, object], *, at: datetime | None, stay: Stay) -> SpokenReport:
    """The report that this form has stored already. Raises ValidationError where it says something else now."""
    meant_now = at is None and was_now(stored.at, stored.recorded_at)
    if (at == stored.at or meant_now) and all(getattr(stored, name) == value for name, value in said.items()):
        return stored
    raise saved_otherwise(stored.recorded_at, stay.ward)


def _require_sound(alert: Alert, *, told: str, read_back: bool | None, note: str, at: datetime) -> None:
    errors: dict[str, list[str]] = {}
    if not told.strip():
        errors["told"] = [_("Say whom you told.")]
    elif len(told.strip()) > LONGEST_NAME:
        errors["told"] = [_("A name has at most %(count)s characters.") % {"count": LONGEST_NAME}]
    if read_back is None:
        errors["read_back"] = [_("Say whether they read it back to you.")]
    if len(note.strip()) > LONGEST_NOTE:
        errors["note"] = [_("A note has at most %(count)s characters.") % {"count": LONGEST_NOTE}]
    if errors:
        raise ValidationError(errors)
    rules.require_past("at", at)
    began = alert.began_at.replace(second=0, microsecond=0)  # times are typed in whole minutes
    rules.require_not_before("at", at, began, _("the alert began"), alert.stay.ward)


def _tell(alert: Alert, report: SpokenReport, *, by: Staff) -> None:
    """One line on the timeline. The milestone goes with it: nothing that anybody decides upon has changed by it, so the
    alert keeps its revision, and the surgeon on the phone can accept on the page that is open.
    """
    data = {"told": report.told, "at": report.at.isoformat(), "read_back": report.read_back, "note": report.note}
    note_on_timeline(alert, AlertEvent.Kind.REPORTED, by=by, data=data)
    if alert.kind == Alert.Kind.DEFICIT:
        told = {"at": report.at, "note": report.told, "recorded_by": by}
        Milestone.objects.get_or_create(alert=alert, kind=Milestone.Kind.SURGEON_TOLD, defaults=told)
