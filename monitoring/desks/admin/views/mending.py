"""Records that were mixed up: what waits for a second person and what was done; one case, carried out or ended."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.audit.openings import listed
from monitoring.desks.admin.mending_effects import digest_of, outcomes_of
from monitoring.desks.admin.mending_forms import ConfirmForm, EndForm
from monitoring.desks.admin.mending_words import TITLES, Record, lines_of
from monitoring.desks.admin.signing import signature
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.views.lock import ended
from monitoring.desks.common.visit import visit_of
from monitoring.mending import actions
from monitoring.mending.carrying_out import recorded_twice
from monitoring.mending.models import Mending
from monitoring.mending.queries import mending_or_404, over, require_on_all_wards, waiting
from monitoring.mending.records import home_wards, stays_of
from monitoring.mending.rehearsing import rehearse
from wards.access import May, require_somewhere
from wards.pins import Answer

A_PAGE = 20


@require_safe
@login_required
@never_cache
def mending(request: SignedInRequest) -> HttpResponse:
    """What waits for a second person, the oldest first; and what is over, page by page."""
    require_somewhere(request.user, May.CONFIRM_MENDING)
    listed("mending.opened", by=request.user, about=request.user)
    page = Paginator(over(request.user), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "titles": TITLES,
        "waiting": [(one, TITLES[one.kind]) for one in waiting(request.user)],
        "over": [(one, TITLES[one.kind]) for one in page],
        "page": page,
        "may_propose": bool(visit_of(request).rights[May.MEND_RECORDS]),
    }
    return render(request, "admin/mending.html", context)


@require_safe
@login_required
@never_cache
def case(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Both records, why, and what it would do; or what was done."""
    asked = mending_or_404(request.user, public_id)
    require_on_all_wards(request.user, May.CONFIRM_MENDING, asked)
    return render(request, "admin/mending_case.html", _shown(request, asked))


def _shown(request: SignedInRequest, asked: Mending) -> dict[str, Any]:
    is_own = asked.proposed_by_id == request.user.pk
    readable = visit_of(request).rights[May.VIEW_AUDIT]
    records = [Record(patient, stays_of(patient)) for patient in (asked.source, asked.target)]
    context: dict[str, Any] = {
        "mending": asked,
        "title": TITLES[asked.kind],
        "wrong": records[0],
        "right": records[1],
        "lines": list(lines_of(asked, twice=asked.is_open and recorded_twice(asked) is not None)),
        "is_own": is_own,
        "stories": [one.patient for one in records if readable & home_wards(one.patient)],
    }
    return context | (_rehearsed(request, asked) if asked.is_open else {})


def _rehearsed(request: SignedInRequest, asked: Mending) -> dict[str, Any]:
    try:
        outcomes = outcomes_of(rehearse(asked, by=request.user))
    except ValidationError as refusal:
        return {"cannot": refusal.messages, "outcomes": []}
    return {"outcomes": outcomes, "digest": digest_of(outcomes)}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def confirm(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The second person's page: what it does, and that it is they."""
    asked = mending_or_404(request.user, public_id)
    require_on_all_wards(request.user, May.CONFIRM_MENDING, asked)
    context = _shown(request, asked)
    can_be = asked.is_open and not context["is_own"] and "digest" in context
    if request.method != "POST" and not can_be:
        return redirect("mending-case", public_id)
    form = ConfirmForm(sent(request), staff=request.user, shown=context.get("digest", ""))
    if form.is_valid():
        found = signature(request, form)
        if found is Answer.SPENT:
            return ended(request, request.path)
        if found is Answer.RIGHT and saved(form, lambda: actions.confirm(asked, by=request.user)) is not None:
            messages.success(request, _("Carried out. Both histories are assessed again, and nothing was erased."))
            return redirect("mending-case", public_id)
    context |= {"form": form, "problems": problems(form)}
    return render(request, "admin/mending_confirm.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Withdraw what one proposed, or refuse another's."""
    asked = mending_or_404(request.user, public_id)
    require_on_all_wards(request.user, May.CONFIRM_MENDING, asked)
    if request.method != "POST" and not asked.is_open:
        return redirect("mending-case", public_id)
    form = EndForm(sent(request))
    if saved(form, lambda: actions.end(asked, by=request.user, reason=form.cleaned_data["reason"])) is not None:
        messages.success(request, _("Nothing is changed about the records. What was proposed stays to be read."))
        return redirect("mending-case", public_id)
    context = {
        "mending": asked,
        "title": TITLES[asked.kind],
        "form": form,
        "problems": problems(form),
        "is_own": asked.proposed_by_id == request.user.pk,
    }
    return render(request, "admin/mending_end.html", context, status=status_of(form))
