"""Who looked at whom: every opening of a patient's record, and of a page that lists patients, is an entry.

A page only notes what it shows, and where reach is decided (`wards.access`) does so for every page about one patient.
What was noted is written once, when the answer is ready, in one statement. A page that refreshes itself, or a form that
comes back with what must be mended, was opened before: it is written only where the same session on the same device
has no opening of it in the last quarter of an hour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse

from monitoring.audit.context import NOBODY, Acting, Origin, acting_now
from monitoring.audit.models import AuditEntry
from monitoring.audit.synthetic import is_synthetic

RECORD_OPENED = "record.opened"
STILL_OPEN = timedelta(minutes=15)
SHOWN = frozenset({HTTPStatus.OK, HTTPStatus.UNPROCESSABLE_ENTITY})


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody (None: a display on the wall) is about to see.

    `acting` tells by which role on which ward they may, by default what they were last allowed; it is asked only where
    the opening is written. `by_itself`: a script fetches this again and again.
    """

    action: str
    staff_id: int | None
    subject_type: str
    subject_id: str
    patient_id: int | None = None
    ward_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    acting: Callable[[], Acting] | None = None
    by_itself: bool = False


_noted: ContextVar[dict[tuple[str, int | str], Opening] | None] = ContextVar("openings", default=None)


def begin() -> None:
    """A request begins, and nothing was looked at."""
    _noted.set({})


def note(opening: Opening) -> None:
    """Keep it for the end of the request: one for a patient and one for a list, the newest. Elsewhere nobody looks."""
    noted = _noted.get()
    if noted is not None and not is_synthetic(opening.patient_id) and not is_synthetic(opening.ward_id):
        noted[opening.action, opening.patient_id or opening.subject_id] = opening


def looked_at(
    about: models.Model, *, by: models.Model, patient_id: int, ward_id: int | None, acting: Callable[[], Acting]
) -> None:
    """The record of a patient was found for somebody: the page that it is for shows it. `about`: the stay, mostly."""
    note(Opening(RECORD_OPENED, by.pk, about._meta.label_lower, str(about.pk), patient_id, ward_id, {}, acting))


def listed(
    action: str,
    *,
    by: models.Model | None,
    about: models.Model,
    ward_id: int | None = None,
    by_itself: bool = False,
    **data: Any,
) -> None:
    """A page lists patients. `action` is "board.opened", `about` whose list it is, `data` which part of it."""
    staff_id, whose = None if by is None else by.pk, about._meta.label_lower
    note(Opening(action, staff_id, whose, str(about.pk), ward_id=ward_id, data=data, by_itself=by_itself))


def write(request: HttpRequest, response: HttpResponse, origin: Origin) -> None:
    """Write what this answer shows, in one statement; nothing for one that shows none (a redirect, a refusal)."""
    noted = list((_noted.get() or {}).values())
    _noted.set(None)
    if not noted or response.status_code not in SHOWN:
        return
    whole, match = is_full_page(request), request.resolver_match
    page = {"page": match.url_name if match else ""} | ({} if whole else {"part": True})
    new = [one for one in noted if (whole and not one.by_itself) or not _is_open(one, origin)]
    AuditEntry.objects.bulk_create(_entry(opening, page, origin) for opening in new)


def is_full_page(request: HttpRequest) -> bool:
    return request.method == "GET" and "HX-Request" not in request.headers


def _is_open(opening: Opening, origin: Origin) -> bool:
    of_whom = Q(patient__isnull=True) if opening.patient_id is None else Q(patient=opening.patient_id)
    return AuditEntry.objects.filter(
        of_whom,
        action=opening.action,
        subject_type=opening.subject_type,
        subject_id=opening.subject_id,
        session=origin.session,
        device=origin.device,
        at__gt=Now() - STILL_OPEN,
    ).exists()


def _allowed(staff_id: int | None) -> Acting:
    return NOBODY if staff_id is None else acting_now(staff_id)


def _entry(opening: Opening, page: Mapping[str, Any], origin: Origin) -> AuditEntry:
    acting = opening.acting() if opening.acting else _allowed(opening.staff_id)
    return AuditEntry(
        actor_id=opening.staff_id,
        acting_role=acting.role,
        action=opening.action,
        subject_type=opening.subject_type,
        subject_id=opening.subject_id,
        patient_id=opening.patient_id,
        ward_id=opening.ward_id,
        data={**page, **opening.data, **acting.told},
        **origin.columns(),
    )
