"""The kit: what a device needs of a ward to go on without a network, for the person who holds it. On the device it lies
encrypted, under a key that the server gives to this person's session alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from monitoring.checks.models import Check, column
from monitoring.desks.common import presentation as say
from monitoring.desks.nurse.drafts import draft_key, draft_name
from monitoring.offline import passes
from monitoring.offline.seal import public_key
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from wards.access import RULES, May, may
from wards.models import Staff, Stay, Ward
from wards.queries import protocol_version_of
from wards.times import zone_of


def kit(ward: Ward, *, staff: Staff, now: datetime) -> dict[str, Any]:
    """Everything that changes only when the ward does, and so may be left where it is: five queries, whatever the beds.

    The pass is of the present hour, so that a kit that is fetched again carries one that lasts.
    """
    _version, settings = protocol_version_of(ward)
    stays = Stay.objects.filter(ward=ward, discharged_at=None).select_related("patient", "ward", "bed", "watch")
    present = list(stays.order_by("bed__label"))
    last = last_checks(present)
    examines = may(staff, May.RECORD_CHECK, ward)
    return {
        "ward": {"code": ward.code, "name": ward.name, "zone": ward.time_zone},
        "phones": {"ward": ward.phone, "surgeon": ward.surgeon_phone},
        "major_drop_grades": settings.major_drop_grades,
        "server_key": public_key(),
        "pass": passes.issue(staff, [ward], at=now.replace(minute=0, second=0, microsecond=0)) if examines else "",
        "draft_key": draft_key(staff),
        "examiners": examiners(ward, but=staff) if examines else [],
        "stays": [entry(stay, last.get(stay.episode_id), staff=staff, now=now) for stay in present],
    }


def etag(kit: Mapping[str, Any]) -> str:
    """Names a kit's content, in this language."""
    text = json.dumps([kit, get_language()], sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def entry(stay: Stay, last: Check | None, *, staff: Staff, now: datetime) -> dict[str, Any]:
    """One patient: who, where, how, and of every muscle the reference and the latest grade (protocol §3)."""
    watch, assessment = stay.watch, stay.watch.assessment or {}
    references = {Muscle.parse(name): said for name, said in assessment.get("references", {}).items()}
    known = assessment.get("known_flags", [])
    return {
        "stay": str(stay.public_id),
        "name": stay.patient.display_name,
        "born": say.day_words(stay.patient.date_of_birth),
        "number": stay.patient.record_number,
        "bed": stay.bed.label,
        "level": None if not assessment or watch.changed_since else watch.level,
        "not_watched": say.not_watched(watch.assessment) or "",
        "due": watch.check_due_at.isoformat() if watch.check_due_at else None,
        "references": {column(muscle): said["reference"] for muscle, said in references.items()},
        "assumed": [column(muscle) for muscle, said in references.items() if said["assumed"]],
        "raises": [flag for flag in FLAGS if assessment.get("has_operation") and flag not in known],
        "latest": latest(stay, last, assessment, now=now),
        "draft": draft_name(staff, stay, None),
    }


def latest(
    stay: Stay, last: Check | None, assessment: Mapping[str, Any], *, now: datetime
) -> dict[str, dict[str, Any]]:
    """What the form shows as the grade before, once one's own is chosen: by column, with when."""
    said = {column(Muscle.parse(name)): grade for name, grade in assessment.get("latest", {}).items()}
    earlier = {name: {"grade": grade, "at": _("an earlier check")} for name, grade in said.items()}
    if last is None:
        return earlier
    at = say.clock_words(last.examined_at, now=now, zone=zone_of(stay.ward))
    graded = {column(muscle): grade for muscle in MUSCLES if isinstance(grade := last.grade(muscle), int)}
    return earlier | {name: {"grade": grade, "at": at} for name, grade in graded.items()}


def last_checks(stays: list[Stay]) -> dict[int, Check]:
    """Every episode's latest standing check, in one query."""
    standing = Check.objects.standing().filter(episode__in=[stay.episode_id for stay in stays])
    newest = standing.order_by("episode_id", "-examined_at", "-place").distinct("episode_id")
    return {check.episode_id: check for check in newest}


def examiners(ward: Ward, *, but: Staff) -> list[tuple[int, str]]:
    """Who may be the second examiner, by name."""
    roles = RULES[May.RECORD_CHECK]
    people = Staff.objects.filter(is_active=True, memberships__ward=ward, memberships__role__in=roles)
    others = people.exclude(pk=but.pk).distinct().order_by("last_name", "first_name", "username")
    return [(person.pk, str(person)) for person in others]
