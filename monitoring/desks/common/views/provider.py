"""Signing in by the hospital's provider: out to it, and back. Where none is set, these pages do not exist."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.audit.actions import record
from monitoring.desks.common.lock import own_path
from monitoring.desks.common.views.sign_in import go_on
from monitoring.identity import oidc
from monitoring.identity.claims import account_of
from monitoring.identity.environment import Provider
from monitoring.identity.models import SignedIn
from monitoring.identity.oidc import Refused
from wards.models import Staff

KEPT = "provider_asked"


@require_safe
@login_not_required  # nobody is signed in yet
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """Off to the provider."""
    provider = require_provider()
    back = request.build_absolute_uri(reverse("sign-in-provider-back"))
    try:
        asked = oidc.ask(provider, back=back, way=own_path(request, request.GET.get("next", "")))
    except Refused as refused:
        return turned_away(request, refused)
    request.session[KEPT] = asked.kept
    return redirect(asked.url)


@require_safe
@login_not_required  # nobody is signed in yet
@never_cache
def back(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with whom it means."""
    provider = require_provider()
    kept = request.session.pop(KEPT, None)
    try:
        claims = oidc.answered(provider, kept, request.GET.dict())
        staff = account_of(provider, claims)
    except Refused as refused:
        return turned_away(request, refused)
    return go_on(request, staff, how=SignedIn.How.PROVIDER, way=kept["way"])


def require_provider() -> Provider:
    """Raises Http404 where the hospital has none."""
    provider: Provider | None = settings.OIDC
    if provider is None:
        raise Http404("No provider is set.")
    return provider


def turned_away(request: HttpRequest, refused: Refused) -> HttpResponse:
    """A plain page that says what to do. Whom it was about is the provider's to know."""
    why = str(refused)
    with transaction.atomic():
        record("sign_in.refused", by=None, about=Staff(), data={"with": SignedIn.How.PROVIDER.value, "why": why})
    return render(request, "common/sign_in_refused.html", {"why": why}, status=403)
