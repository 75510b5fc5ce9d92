"""The app on a device: its shell and worker, the kit, what devices send later, and what is held of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from monitoring.audit.openings import listed
from monitoring.desks.common.device import kit_key, person_token
from monitoring.desks.common.options import question
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.nurse import app_shell
from monitoring.desks.nurse.held import found_words, refusal_words
from monitoring.desks.nurse.kit import etag, kit
from monitoring.due.clock import now
from monitoring.offline import actions
from monitoring.offline.forms import DropForm, FileForm
from monitoring.offline.queries import held_on, held_or_404, waiting_on
from wards.access import May, may, require, ward_or_404


@login_not_required
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker, with the list of what it keeps; another text when any of that has changed, so that it is renewed."""
    page = app_shell.shell()
    keeps = {"version": app_shell.version(page), "shell": app_shell.address(), "files": app_shell.files(page)}
    context = {"keeps": json.dumps(keeps)}
    response = render(request, "nurse/offline/sw.js", context, content_type="text/javascript; charset=utf-8")
    response["Service-Worker-Allowed"] = "/"
    response["Cache-Control"] = "no-cache"
    return response


@login_not_required
@csp_replace({"script-src": [SELF]})  # it is kept, and the nonce of an answer that is kept is none
@require_safe
def shell(_request: HttpRequest) -> HttpResponse:
    """The page that a device shows while it has no network."""
    response = HttpResponse(app_shell.shell())
    response["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
def manifest(_request: HttpRequest) -> HttpResponse:
    """What an installed web app is called, and where it begins."""
    icons = [
        {
            "src": static(f"spinewatch/icon-{size}.png"),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": use,
        }
        for size in (192, 512)
        for use in ("any", "maskable")
    ]
    says = {
        "id": "/",
        "name": "Spinewatch",
        "short_name": "Spinewatch",
        "description": _("Watches leg strength after spinal fusion."),
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "background_color": "#0b5c8a",
        "theme_color": "#0b5c8a",
        "icons": icons,
    }
    response = JsonResponse(says, content_type="application/manifest+json")
    response["Cache-Control"] = "no-cache"
    return response


@login_required
@never_cache
@require_GET
def session(request: SignedInRequest) -> JsonResponse:
    """Who is signed in on this device, as the shell must know once the network is back."""
    return JsonResponse(
        {
            "person": person_token(request.user),
            "key": kit_key(request.user, request.session.session_key),
            "token": get_token(request),
        }
    )


@login_required
@never_cache
@require_GET
def ward_kit(request: SignedInRequest, code: str) -> HttpResponse:
    """The ward's kit, for a device to keep. What it has already is not sent again; the server's time always is."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_BOARD, ward)
    listed("kit.taken", by=request.user, about=ward, ward_id=ward.pk, by_itself=True)
    at = now()
    found = kit(ward, staff=request.user, now=at)
    name = etag(found)
    same = request.headers.get("If-None-Match") == name
    response = HttpResponseNotModified() if same else JsonResponse(found)
    response["ETag"] = name
    response["X-Spinewatch-Now"] = at.isoformat(timespec="milliseconds")
    return response


@login_required
@never_cache
@require_POST
def intake(request: SignedInRequest) -> JsonResponse:
    """One sealed check from a device's queue; `sent_at` is its clock, in milliseconds since 1970."""
    try:
        sent_at = datetime.fromtimestamp(int(request.POST["sent_at"]) / 1000, tz=UTC)
        sealed = request.POST["sealed"]
    except (KeyError, ValueError, OverflowError, OSError):
        return JsonResponse({"outcome": "unreadable"}, status=400)
    answer = actions.take_in(sealed, by=request.user, sent_at=sent_at)
    said: dict[str, object] = {"outcome": answer.outcome}
    if answer.check is not None:
        said["url"] = reverse("check-result", args=[answer.check.public_id])
    elif answer.held is not None:
        said["url"] = reverse("held", args=[answer.held.stay.ward.code])
        said["grave"] = answer.held.was_grave
    return JsonResponse(said)


@login_required
@never_cache
@require_GET
def held(request: SignedInRequest, code: str) -> HttpResponse:
    """The ward's held checks; for htmx the notice of them that stands on the board."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_STAY, ward)
    if request.htmx:
        return render(request, "nurse/offline/_held_notice.html", {"ward": ward, "waiting": waiting_on(ward)})
    listed("held.opened", by=request.user, about=ward, ward_id=ward.pk)
    checks = [{"held": check, "found": found_words(check), "refusals": refusal_words(check)} for check in held_on(ward)]
    may_file = may(request.user, May.RECORD_CHECK, ward)
    return render(request, "nurse/offline/held.html", {"ward": ward, "checks": checks, "may_file": may_file})


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def file(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A held check as it was examined, to be filed with its right time."""
    check = held_or_404(request.user, public_id)
    require(request.user, May.RECORD_CHECK, check.stay)
    form = FileForm(sent(request), held=check)
    if request.method == "POST":
        done = saved(form, lambda: actions.file_held(check, by=request.user, changes=form.changes()))
        if done is not None and done.check_filed is not None:
            return redirect("check-result", done.check_filed.public_id)
    context = {
        "stay": check.stay,
        "held": check,
        "found": found_words(check),
        "refusals": refusal_words(check),
        "form": form,
        "examined": question(form["examined"], str(form.when_label)),
        "fold": form["examined_fold"] if form.asks_which_hour else None,
        "problems": problems(form),
    }
    return render(request, "nurse/offline/file.html", context, status=status_of(form))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def drop(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Not to file a held check, with a reason."""
    check = held_or_404(request.user, public_id)
    require(request.user, May.RECORD_CHECK, check.stay)
    form = DropForm(sent(request))
    if request.method == "POST":
        done = saved(form, lambda: actions.drop_held(check, by=request.user, reason=form.cleaned_data["reason"]))
        if done is not None:
            messages.success(request, _("The check is not filed. What it said is kept, with your reason."))
            return redirect("held", check.stay.ward.code)
    context = {
        "stay": check.stay,
        "held": check,
        "found": found_words(check),
        "refusals": refusal_words(check),
        "form": form,
        "problems": problems(form),
    }
    return render(request, "nurse/offline/drop.html", context, status=status_of(form))
