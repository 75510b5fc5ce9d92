"""A proposed version of a ward's protocol: what it would have changed, and what a second person decides."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from monitoring.desks.admin import protocol_shown as shown
from monitoring.desks.admin.protocol_forms import ApproveForm, EndForm
from monitoring.desks.admin.protocol_words import changes_between
from monitoring.desks.admin.signing import signature
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.views.lock import ended
from monitoring.due.clock import now
from monitoring.proposals import actions
from monitoring.proposals.comparing import Totals
from monitoring.proposals.models import Draft, Proposal, Replay
from monitoring.proposals.queries import (
    differences_of,
    entries_since,
    number_in_force,
    proposal_or_404,
    replay_of,
)
from monitoring.proposals.rules import REPLAY_LASTS, is_author, is_too_old
from monitoring.protocol import Settings
from wards.access import May, may, require
from wards.models import Ward
from wards.pins import Answer
from wards.queries import protocol_version_of

STAYS_A_PAGE = 50


@require_safe
@login_required
@never_cache
def proposal(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """What is proposed, why, and what it would have changed. An htmx request gets the replay alone."""
    asked = proposal_or_404(request.user, public_id)
    require(request.user, May.VIEW_PROTOCOL, asked.ward)
    context = _replay_shown(request, asked) | {"proposal": asked, "ward": asked.ward}
    if request.htmx:
        return render(request, "admin/_protocol_replay.html", context)
    draft: Draft = context["draft"]
    authors = shown.authors_of(asked.ward).get(asked.pk, [])
    context |= {
        "authors": authors,
        "drafts": asked.drafts.select_related("written_by").order_by("-number"),
        "is_author": request.user in authors,
        "outdated": asked.state == Proposal.State.OPEN and draft.replaces != number_in_force(asked.ward_id),
    }
    return render(request, "admin/protocol_proposal.html", context)


def _replay_shown(request: SignedInRequest, asked: Proposal) -> dict[str, Any]:
    """The replay that counts: the one that was approved on, else the newest; with what the proposal would change."""
    draft = asked.newest
    replay = asked.approved_replay or replay_of(asked)
    context: dict[str, Any] = {
        "draft": draft,
        "replay": replay,
        "may_decide": may(request.user, May.ADOPT_PROTOCOL, asked.ward),
        "changes": changes_between(_replaced(replay, asked.ward), draft.proposed),
        "is_ready": False,
    }
    if replay is None or replay.finished_at is None:
        return context
    totals = Totals.from_json(replay.totals)
    is_open = asked.state == Proposal.State.OPEN
    too_old = is_open and is_too_old(replay, now())
    page = Paginator(differences_of(replay), STAYS_A_PAGE).get_page(request.GET.get("page"))
    return context | {
        "totals": totals,
        "headline": shown.headline(totals),
        "lines": shown.lines_of(totals),
        "checks": shown.checks_words(totals.asked_before, totals.asked_after, totals.days),
        "page": page,
        "stays": shown.stay_lines(replay, list(page)),
        "new_entries": entries_since(asked.ward_id, replay.at) if is_open else 0,
        "too_old": too_old,
        "lasts": REPLAY_LASTS.days,
        "is_ready": is_open and not too_old,
    }


def _replaced(replay: Replay | None, ward: Ward) -> Settings:
    """What was in force when it was replayed."""
    return protocol_version_of(ward)[1] if replay is None else Settings.from_json(replay.in_force_settings)


@require_POST
@login_required
@never_cache
def replay_again(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    asked = proposal_or_404(request.user, public_id)
    try:
        actions.replay_again(asked, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("protocol-proposal", public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def approve(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """The second person's page: what would change, from when, and that it is they."""
    asked = proposal_or_404(request.user, public_id)
    require(request.user, May.ADOPT_PROTOCOL, asked.ward)
    context = _replay_shown(request, asked)
    replay: Replay | None = context["replay"]
    if request.method != "POST" and (not context["is_ready"] or is_author(request.user, asked)):
        return redirect("protocol-proposal", public_id)
    form = ApproveForm(
        sent(request),
        staff=request.user,
        ward=asked.ward,
        seen=asked.revision,
        replay=None if replay is None else replay.public_id,
    )
    if form.is_valid():
        found = signature(request, form)
        if found is Answer.SPENT:
            return ended(request, request.path)
        approved = saved(form, lambda: _approved(request, asked, form)) if found is Answer.RIGHT else None
        if approved is not None:
            messages.success(request, _approved_words(approved))
            return redirect("protocol-proposal", public_id)
    context |= {"proposal": asked, "ward": asked.ward, "form": form, "problems": problems(form)}
    return render(request, "admin/protocol_approve.html", context, status=status_of(form))


def _approved(request: SignedInRequest, asked: Proposal, form: ApproveForm) -> Proposal:
    said = form.cleaned_data
    return actions.approve(asked, by=request.user, at=said["at"], seen=said["seen"], replay=said["replay"])


def _approved_words(approved: Proposal) -> str:
    assert approved.in_force_from is not None
    assert approved.approved_at is not None
    if approved.in_force_from > approved.approved_at:
        return _("Approved. It comes in force by itself at the time you gave.")
    return _("Approved. It comes in force now, and the ward's open stays are assessed again.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def end(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Withdraw one's own proposal, or refuse another's."""
    asked = proposal_or_404(request.user, public_id)
    require(request.user, May.ADOPT_PROTOCOL, asked.ward)
    if not asked.is_pending and request.method != "POST":
        return redirect("protocol-proposal", public_id)
    form = EndForm(sent(request), initial={"seen": asked.revision})

    def stopped() -> Proposal:
        said = form.cleaned_data
        return actions.end(asked, by=request.user, reason=said["reason"], seen=said["seen"])

    if request.method == "POST" and saved(form, stopped) is not None:
        messages.success(request, _("It will not come in force. What was proposed and replayed stays on the record."))
        return redirect("protocol-ward", asked.ward.code)
    context = {
        "proposal": asked,
        "ward": asked.ward,
        "draft": asked.newest,
        "form": form,
        "problems": problems(form),
        "is_author": is_author(request.user, asked),
    }
    return render(request, "admin/protocol_end.html", context, status=status_of(form))
