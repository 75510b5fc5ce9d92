"""Screens on the wall: made and ended by the ward's leads; and the board as such a screen shows it."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitoring.audit.actions import record
from monitoring.audit.openings import listed
from monitoring.desks.common import display_cookie
from monitoring.desks.common.context import alive
from monitoring.desks.common.language import present_language
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.views.language import remember_language
from monitoring.desks.nurse import board_queries
from monitoring.desks.nurse.display_forms import DisplayForm, NamesForm
from monitoring.identity.sessions import leave
from monitoring.watchdog.queries import look
from wards import displays as actions
from wards.access import May, require, ward_or_404, wards_of
from wards.models import Display, Staff, Ward

CROWDS = (12, 20, 30, 42)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def displays(request: SignedInRequest, code: str) -> HttpResponse:
    """The ward's displays. A POST makes this very browser one: whoever pressed the button is signed out here."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.MANAGE_DISPLAYS, ward)
    form = DisplayForm(sent(request))
    if request.method == "POST" and (made := saved(form, lambda: become(request, ward, form))) is not None:
        response = redirect("display")
        display_cookie.bind(response, made)
        remember_language(response, present_language())
        return response
    running = ward.displays.filter(ended_at=None).select_related("created_by")
    context = {
        "ward": ward,
        "displays": running,
        "form": form,
        "problems": problems(form),
        "names": NamesForm(initial={"names": "hidden" if ward.hides_names else "shown"}),
    }
    return render(request, "nurse/displays.html", context, status=status_of(form))


@transaction.atomic
def become(request: SignedInRequest, ward: Ward, form: forms.Form) -> Display:
    """Make the display, and end the session of whoever did: a wall is nobody's."""
    staff: Staff = request.user
    display = actions.make_display(ward, by=staff, name=form.cleaned_data["name"])
    record("sign_out.succeeded", by=staff, about=staff)
    leave(request)
    return display


@require_POST
@login_required
def names(request: SignedInRequest, code: str) -> HttpResponse:
    """Whether the ward's displays show who lies in the beds."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.MANAGE_DISPLAYS, ward)
    form = NamesForm(request.POST)
    stored = saved(form, lambda: actions.hide_names(ward, by=request.user, hidden=form.is_hidden))
    if stored is None:
        messages.error(request, _("Nothing was stored. Choose whether the names are shown."))
    elif stored.hides_names:
        messages.success(request, _("Saved. The displays show no names."))
    else:
        messages.success(request, _("Saved. The displays show the patients’ names."))
    return redirect("displays", ward.code)


@require_POST
@login_required
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The screen shows the board no more."""
    near = Display.objects.filter(ward__in=wards_of(request.user).order_by()).select_related("ward")
    display = near.filter(public_id=public_id).first()
    if display is None:
        raise Http404("No such display on your wards.")
    ended = actions.end_display(display, by=request.user)
    messages.success(request, _("Ended. “%(name)s” shows the board no more.") % {"name": ended.name})
    return redirect("displays", display.ward.code)


@require_safe
@login_not_required  # nobody is signed in on a wall: a cookie names the display
@never_cache
@gzip_page
def display(request: HttpRequest) -> HttpResponse:
    """The board of the display's ward; an htmx request gets the beds alone. Anybody else goes where they belong."""
    shown = display_cookie.display_of(request.COOKIES.get(display_cookie.COOKIE))
    if shown is None:
        return redirect("home")
    is_fragment = bool(request.headers.get("HX-Request"))
    if shown.ended_at is not None:
        response = render(request, "nurse/display_ended.html", {"display": shown, "ward": shown.ward})
        if is_fragment:
            response["HX-Refresh"] = "true"
        return response
    listed("display.opened", by=None, about=shown, ward_id=shown.ward_id)
    found = look()
    board = board_queries.board(shown.ward, now=found.at)
    context = {"display": shown, "ward": shown.ward, "board": board, "crowd": crowd(len(board.cards)), "now": found.at}
    if is_fragment:
        return render(request, "nurse/_display.html", context)
    response = render(request, "nurse/display.html", context | {"alive": alive(found, [shown.ward])})
    display_cookie.bind(response, shown)
    return response


def crowd(patients: int) -> int:
    """How many beds the screen is laid out for, so that all fit on it at once: the fewest that are enough."""
    return next((places for places in CROWDS if patients <= places), CROWDS[-1])
