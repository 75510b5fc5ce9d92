"""Signing in by a passkey alone: it is something one has, and makes sure by itself of who holds it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.audit.actions import record
from monitoring.audit.context import current_origin
from monitoring.desks.common.lock import keep, own_path, take
from monitoring.desks.common.saving import REFUSED
from monitoring.desks.common.views.sign_in import TOO_MANY, finish, note_lock_outs
from monitoring.identity import passkeys, throttle
from monitoring.identity.actions import accept_passkey
from monitoring.identity.backends import Accounts
from monitoring.identity.forms import PasskeyForm, too_soon
from monitoring.identity.models import Factor, SignedIn
from monitoring.identity.throttle import TooSoon
from wards.models import Staff

CHALLENGE = "passkey_alone_challenge"


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required  # nobody is signed in yet
@never_cache
def alone(request: HttpRequest) -> HttpResponse:
    """Ask whoever is there for a passkey, and sign in its owner."""
    way = own_path(request, request.POST.get("next") or request.GET.get("next", ""))
    status, error = 200, ""
    if request.method == "POST":
        try:
            staff = shown(request)
            finish(request, staff, how=SignedIn.How.PASSKEY, second=Factor.Kind.PASSKEY)
            return redirect(way)
        except TooSoon as refused:
            status, error = TOO_MANY, too_soon(refused.wait)
        except ValidationError as refused:
            status, error = REFUSED, " ".join(refused.messages)
    asked = passkeys.ask_anybody(request.get_host())
    if request.user.is_authenticated:
        keep(request.session, {CHALLENGE: asked.kept})  # a screen that is locked meanwhile stays locked
    else:
        request.session[CHALLENGE] = asked.kept
    context = {"options": asked.options, "way": way, "error": error}
    return render(request, "common/sign_in_passkey.html", context, status=status)


def shown(request: HttpRequest) -> Staff:
    """Whose passkey has answered. Counted as a guess at that person's factor; of one that is nobody's, at none in
    particular from that address.

    Raises TooSoon where it was not looked at, ValidationError where it signs nobody in.
    """
    kept = take(request.session, CHALLENGE)
    form = PasskeyForm(request.POST)
    answer = form.cleaned_data["answer"] if form.is_valid() else ""
    factor = passkeys.named_by(answer)
    staff = None if factor is None else factor.staff
    name = f"nobody at {current_origin().address}" if staff is None else staff.username
    attempt = throttle.admit("code", name, staff)
    try:
        with transaction.atomic():
            if factor is None or not Accounts().user_can_authenticate(factor.staff):
                raise ValidationError(passkeys.refused())
            accept_passkey(factor, passkeys.take_alone(kept, factor, answer, request.get_host()))
    except ValidationError:
        with transaction.atomic():
            record("sign_in.failed", by=None, about=staff or Staff(), data={"with": SignedIn.How.PASSKEY})
            note_lock_outs(attempt, staff)
        raise
    throttle.forgive(attempt)
    return factor.staff
