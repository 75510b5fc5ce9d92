"""One's own sessions: where one is signed in, and ending one or all the others."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from monitoring.audit.actions import record
from monitoring.audit.context import session_name
from monitoring.desks.common.lock import TOUCHED
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.visit import visit_of
from monitoring.identity.models import SignedIn
from monitoring.identity.queries import open_sessions
from monitoring.identity.sessions import end, end_sessions_of, leave
from wards.models import Ward

Why = SignedIn.Why


@require_safe
@login_required
@never_cache
def sessions(request: SignedInRequest) -> HttpResponse:
    """Each by its browser, address, beginning and last touch; the one on this screen first."""
    visit = visit_of(request)
    found = open_sessions(request.user, request.session.session_key, visit.at, seen_at)
    context = {
        "sessions": found,
        "others": sum(not one.is_here for one in found),
        "ward": next(iter(visit.wards), Ward()),
    }
    return render(request, "common/sessions.html", context)


def seen_at(kept: dict[str, Any]) -> datetime | None:
    """When a screen was last touched, out of what its session keeps."""
    said = kept.get(TOUCHED)
    return None if said is None else datetime.fromisoformat(said)


@require_POST
@login_required
def end_one(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """End one; this very one is signing out."""
    signed_in = request.user.sign_ins.filter(public_id=public_id).first()
    if signed_in is None:
        raise Http404("No such session of yours.")
    if signed_in.name == session_name(request.session.session_key or ""):
        return here(request)
    if end(signed_in, by=request.user, why=Why.BY_HAND):
        messages.success(request, _("Ended. Nobody is signed in there any more."))
    return redirect("sessions")


@transaction.atomic
def here(request: SignedInRequest) -> HttpResponse:
    record("sign_out.succeeded", by=request.user, about=request.user)
    leave(request)
    return redirect("sign-in")


@require_POST
@login_required
def end_others(request: SignedInRequest) -> HttpResponse:
    """End all but this one."""
    count = end_sessions_of(request.user, by=request.user, why=Why.BY_HAND, but=request.session.session_key or "")
    words = ngettext("%(n)s other session ended.", "%(n)s other sessions ended.", count) % {"n": count}
    messages.success(request, words)
    return redirect("sessions")
