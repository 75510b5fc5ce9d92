"""The second half of signing in: a code or a passkey; for whoever needs one and has none, setting one up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.lock import keep, take
from monitoring.desks.common.saving import REFUSED, refuse, sent, status_of
from monitoring.desks.common.views.enrolling import added, enrolment
from monitoring.desks.common.views.sign_in import TOO_MANY, finish, note_lock_outs
from monitoring.identity import actions, passkeys, throttle
from monitoring.identity.enrolment import use_code
from monitoring.identity.forms import CodeForm, EnrolmentForm, PasskeyForm, too_soon
from monitoring.identity.pending import let_enrol, pending
from monitoring.identity.policy import has_factor
from monitoring.identity.queries import factors_of
from monitoring.identity.throttle import Attempt, TooSoon
from wards.models import Staff

CHALLENGE = "passkey_challenge"


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required  # nobody is signed in yet
@never_cache
def second(request: HttpRequest) -> HttpResponse:
    """Ask for it, and sign in who gives it."""
    who = pending(request)
    if who is None or not has_factor(who.staff):
        return begin_again(request)
    given = GivenFactor(request, who.staff)
    found = given.take()
    if found:
        finish(request, who.staff, how=who.how, second=found)
        return redirect(who.way)
    context = given.context() | {"form": given.form, "who": who.staff}
    return render(request, "common/second_factor.html", context, status=given.status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required  # nobody is signed in yet
@never_cache
def enrol(request: HttpRequest) -> HttpResponse:
    """Set up the first factor; with it one is signed in, and sees the recovery codes this once."""
    who = pending(request)
    if who is None or has_factor(who.staff):
        return begin_again(request)
    if not who.may_enrol:
        return ask_for_code(request, who.staff)
    with transaction.atomic():
        forms, made = added(request, who.staff)
        if made is not None:
            finish(request, who.staff, how=who.how, second=made.kind)
            return render(request, "common/recovery_codes.html", {"codes": made.codes, "way": who.way})
    context = enrolment(request, who.staff, forms) | {"who": who.staff}
    return render(request, "common/enrol.html", context, status=max(map(status_of, forms)))


def ask_for_code(request: HttpRequest, staff: Staff) -> HttpResponse:
    """The code that an administrator hands over, for whoever has been here before."""
    form = EnrolmentForm(sent(request))
    status = status_of(form)
    if form.is_valid():
        try:
            if code_is_right(staff, form):
                let_enrol(request)
                return redirect("sign-in-enrol")
            status = REFUSED
        except TooSoon as refused:
            form.add_error("code", too_soon(refused.wait))
            status = TOO_MANY
    return render(request, "common/enrol_code.html", {"form": form, "who": staff}, status=status)


def code_is_right(staff: Staff, form: EnrolmentForm) -> bool:
    """Raises TooSoon where it was not looked at."""
    attempt = throttle.admit("code", staff.username, staff)
    with transaction.atomic():
        found = use_code(staff, form.cleaned_data["code"])
        if found:
            throttle.forgive(attempt)
        else:
            note_lock_outs(attempt, staff)
    if not found:
        refuse(form, ValidationError({"code": [_("The code does not fit, is too old, or was used before.")]}))
    return found


def begin_again(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("That took too long, or was done already. Sign in again."))
    return redirect("sign-in")


class GivenFactor:
    """One request that may bring a code or a passkey's answer of `staff`; and what the page needs to ask for it."""

    def __init__(self, request: HttpRequest, staff: Staff) -> None:
        self.request, self.staff = request, staff
        self.by_passkey = "answer" in request.POST
        self.form = CodeForm(None if self.by_passkey else sent(request), kinds={one.kind for one in factors_of(staff)})
        self.status = 200
        self.error = ""

    def take(self) -> str:
        """By which factor they have shown who they are; "" where nothing was sent, or not the right thing."""
        if self.request.method != "POST":
            return ""
        try:
            found = self._by_passkey() if self.by_passkey else self._by_code()
        except TooSoon as refused:
            self.status, self.error = TOO_MANY, too_soon(refused.wait)
            return ""
        self.status = 200 if found else REFUSED
        return found

    def context(self) -> dict[str, Any]:
        """For the template: a fresh challenge, where there is a passkey to answer it."""
        context: dict[str, Any] = {"error": self.error}
        if passkeys.passkeys_of(self.staff):
            asked = passkeys.ask_for_one(self.staff, self.request.get_host())
            keep(self.request.session, {CHALLENGE: asked.kept})
            context["options"] = asked.options
        return context

    def _by_code(self) -> str:
        if not self.form.is_valid():
            return ""
        attempt = throttle.admit("code", self.staff.username, self.staff)
        with transaction.atomic():
            found = actions.accept_code(self.staff, self.form.cleaned_data["code"])
            self._count(attempt, found)
        if not found:
            refuse(self.form, ValidationError({"code": [_("The code does not fit, or was used before.")]}))
        return found

    def _by_passkey(self) -> str:
        form = PasskeyForm(self.request.POST)
        kept = take(self.request.session, CHALLENGE)
        attempt = throttle.admit("code", self.staff.username, self.staff)
        with transaction.atomic():
            try:
                form.is_valid()
                answer = form.cleaned_data.get("answer", "")
                found = actions.accept_passkey(*passkeys.take_one(kept, self.staff, answer, self.request.get_host()))
            except ValidationError as refused:
                self.error, found = " ".join(refused.messages), ""
                actions.note_refused_passkey(self.staff)
            self._count(attempt, found)
        return found

    def _count(self, attempt: Attempt, found: str) -> None:
        if found:
            throttle.forgive(attempt)
        else:
            note_lock_outs(attempt, self.staff)
