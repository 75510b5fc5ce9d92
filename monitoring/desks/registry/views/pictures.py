"""The pictures beside the tables: shown inside the hospital, or taken out of it without small numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of
from monitoring.desks.registry.asking import form_of
from monitoring.desks.registry.drawing import DRAWINGS
from monitoring.registry.actions.taking_out import note_taken
from monitoring.registry.cohort import VERSION, Asked
from monitoring.registry.pictures.render import Kind, render
from wards.access import May

TYPES: Final[dict[Kind, str]] = {"svg": "image/svg+xml", "png": "image/png"}


@require_safe
@login_required
@never_cache
def picture(request: SignedInRequest, name: str, kind: str) -> HttpResponse:
    """All numbers, for a page. It says so, wherever it ends up."""
    return _drawn(name, kind, _asked(request, May.VIEW_REGISTRY), closed=False)


@require_safe
@login_required
@never_cache
def taken(request: SignedInRequest, name: str, kind: str) -> HttpResponse:
    """To keep, without small numbers; that somebody took it is written down first."""
    asked = _asked(request, May.EXPORT_REGISTRY)
    _known(name, kind)
    note_taken(asked, by=request.user, what=f"picture {name}")
    response = _drawn(name, kind, asked, closed=True)
    at = visit_of(request).at
    file_name = f"spinewatch-registry-{name}-definition-{VERSION}-{at:%Y%m%dT%H%M%SZ}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _asked(request: SignedInRequest, right: May) -> Asked:
    """Raises Http404 for an address that asks for no lines: a picture has no place for words about it."""
    form = form_of(request, right)
    if not form.is_valid():
        raise Http404("No such lines.")
    return form.asked


def _known(name: str, kind: str) -> tuple[Callable[..., Any], Kind]:
    """Raises Http404 for a picture that there is none of."""
    known: Kind | None = next((one for one in TYPES if one == kind), None)
    if known is None or name not in DRAWINGS:
        raise Http404("No such picture.")
    return DRAWINGS[name], known


def _drawn(name: str, kind: str, asked: Asked, *, closed: bool) -> HttpResponse:
    drawing, known = _known(name, kind)
    return HttpResponse(render(drawing(asked, closed=closed), known), content_type=TYPES[known])
