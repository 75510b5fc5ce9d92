"""The protocol's settings of a ward: what is in force and was, and a new version on its way."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.desks.admin import protocol_shown as shown
from monitoring.desks.admin.protocol_forms import SettingsForm
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import Problem, problems, saved, sent, status_of
from monitoring.proposals import actions
from monitoring.proposals.models import Draft, Proposal
from monitoring.proposals.queries import (
    alerts_under_older,
    ended_of,
    number_in_force,
    overview,
    pending_of,
    proposal_or_404,
)
from monitoring.protocol import Settings
from wards.access import May, may, require, ward_or_404, wards_where
from wards.models import Ward
from wards.queries import protocol_version_of


@require_safe
@login_required
@never_cache
def protocol(request: SignedInRequest) -> HttpResponse:
    """Which ward's? Straight to one's only one."""
    wards = list(wards_where(request.user, May.VIEW_PROTOCOL).distinct())
    if len(wards) == 1:
        return redirect("protocol-ward", wards[0].code)
    return render(request, "admin/protocol.html", {"wards": overview(wards)})


@require_safe
@login_required
@never_cache
def ward_protocol(request: SignedInRequest, code: str) -> HttpResponse:
    """The version in force, those before it, and what is proposed."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.VIEW_PROTOCOL, ward)
    in_force, *before = shown.versions_shown(ward)
    pending = pending_of(ward)
    context = {
        "ward": ward,
        "in_force": in_force,
        "before": before,
        "pending": pending,
        "draft": pending.newest if pending else None,
        "ended": ended_of(ward),
        "older_alerts": alerts_under_older(ward, in_force.label),
        "may_decide": may(request.user, May.ADOPT_PROTOCOL, ward),
        "may_view_alerts": may(request.user, May.VIEW_ALERTS, ward),
    }
    return render(request, "admin/protocol_ward.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def propose(request: SignedInRequest, code: str) -> HttpResponse:
    """`?default` fills the form in with the published settings instead of those in force."""
    ward = ward_or_404(request.user, code)
    require(request.user, May.ADOPT_PROTOCOL, ward)
    waiting = pending_of(ward)
    if waiting is not None and request.method != "POST":
        return redirect("protocol-proposal", waiting.public_id)
    _label, in_force = protocol_version_of(ward)
    start = Settings() if "default" in request.GET else in_force
    form = SettingsForm(sent(request), shown=start, seen=number_in_force(ward.pk))

    def proposed() -> Proposal:
        said = form.cleaned_data
        return actions.propose(
            ward, by=request.user, values=form.values(), reason=said["reason"], replaces=said["seen"]
        )

    if request.method == "POST" and (proposal := saved(form, proposed)) is not None:
        messages.success(request, _("Proposed. It is replayed on the recorded stays now; look at the difference."))
        return redirect("protocol-proposal", proposal.public_id)
    return _settings_page(request, form, ward, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def revise(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Say something else in an open proposal."""
    proposal = proposal_or_404(request.user, public_id)
    require(request.user, May.ADOPT_PROTOCOL, proposal.ward)
    if proposal.state != Proposal.State.OPEN and request.method != "POST":
        return redirect("protocol-proposal", public_id)
    draft = proposal.newest
    form = SettingsForm(sent(request), shown=draft.proposed, seen=proposal.revision, reason=draft.reason)

    def revised() -> Draft:
        said = form.cleaned_data
        return actions.revise(proposal, by=request.user, values=form.values(), reason=said["reason"], seen=said["seen"])

    if request.method == "POST" and saved(form, revised) is not None:
        messages.success(request, _("Changed. It is replayed anew; look at the difference."))
        return redirect("protocol-proposal", public_id)
    return _settings_page(request, form, proposal.ward, proposal)


def _settings_page(request: SignedInRequest, form: SettingsForm, ward: Ward, proposal: Proposal | None) -> HttpResponse:
    context = {"ward": ward, "form": form, "proposal": proposal, "problems": _problems(form)}
    return render(request, "admin/protocol_form.html", context, status=status_of(form))


def _problems(form: SettingsForm) -> list[Problem]:
    """What is wrong with the rows of the schedule, by their places on the page, and with the rest."""
    if not form.is_bound:
        return []
    places = {"until": _("row %(number)d, until hour"), "every": _("row %(number)d, every")}
    rows = enumerate(form.rows, start=1)
    of_rows = [(row, {name: words % {"number": number} for name, words in places.items()}) for number, row in rows]
    return [problem for row, words in of_rows for problem in problems(row, words)] + problems(form)
