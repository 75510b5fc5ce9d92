"""Who and where the ids of a page of audit entries are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from monitoring.audit.models import AuditEntry
from monitoring.desks.admin.audit_lines import staff_subject
from monitoring.desks.admin.audit_reach import Reach
from monitoring.desks.admin.change_words import Known
from wards.models import Staff, Ward
from wards.times import zone_of

NAMES = ("public_id", "username", "first_name", "last_name")


def people_of(reach: Reach) -> list[Staff]:
    """Whoever somebody may ask about, by name. One query."""
    return list(reach.people.only(*NAMES).order_by("last_name", "first_name", "pk"))


def known_to(reach: Reach, entries: Sequence[AuditEntry], clock: Ward, people: Iterable[Staff] = ()) -> Known:
    """Whom a page's entries name. One query where there is somebody else among them than `people`."""
    by_id = {person.pk: person for person in people}
    named = {entry.actor_id for entry in entries} | {staff_subject(entry) for entry in entries}
    missing = {pk for pk in named if pk is not None and pk not in by_id}
    if missing:
        by_id |= Staff.objects.only(*NAMES).in_bulk(missing)
    return Known(
        zone=zone_of(clock),
        people=by_id,
        wards={ward.pk: ward for ward in reach.house},
        patients={entry.patient_id: entry.patient for entry in entries if entry.patient_id and entry.patient},
    )
