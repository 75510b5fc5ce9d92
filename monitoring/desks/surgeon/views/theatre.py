"""The theatre plan: when the patient is to be operated again, and why; changed, cancelled."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.options import question
from monitoring.desks.common.pathway import plan_words
from monitoring.desks.common.plain_retracting import PlainWords, plain_retract_page
from monitoring.desks.common.presentation import clock_words
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.desks.common.visit import visit_of
from monitoring.desks.common.way_back import alert_named, go_back, way_back
from monitoring.due.clock import now
from monitoring.pathway.actions.theatre import cancel_plan, change_plan, plan_theatre
from monitoring.pathway.models import TheatrePlan
from monitoring.pathway.standing import plan_of
from monitoring.pathway.theatre_forms import ChangePlanForm, PlanForm
from wards.access import May, current_stay_or_404, entry_or_404, require, stay_or_404
from wards.models import Stay
from wards.times import zone_of

CANCELLING = PlainWords(
    heading=lazy("Cancel the theatre plan"),
    means=lazy("Theatre is then not planned any more. The plan stays on the record, with your name and reason."),
    button=lazy("Cancel the plan"),
    leave=lazy("Leave it planned"),
    done=lazy("The theatre plan is cancelled."),
)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """One plan at a time: where one waits already, it is the one to change."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.PLAN_THEATRE, stay)
    if request.method == "GET" and (waits := plan_of(stay.episode_id)) is not None:
        return redirect("theatre-change", waits.public_id)
    form = PlanForm(sent(request), ward=stay.ward, initial={"planned_date": today(stay.ward)})
    if request.method == "POST":
        plan = saved(form, lambda: plan_theatre(stay, by=request.user, key=form.key, **form.facts()))
        if plan is not None:
            messages.success(request, _("Theatre is planned: %(time)s.") % {"time": time_of(plan, stay)})
            return go_back(request, stay)
    return form_page(request, stay, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def change(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    plan, stay = plan_or_404(request, public_id)
    form = ChangePlanForm(sent(request), plan=plan, ward=stay.ward)
    if request.method == "POST":
        changed = saved(
            form,
            lambda: change_plan(
                plan, by=request.user, reason=form.cleaned_data["reason"], key=form.key, **form.facts()
            ),
        )
        if changed is not None:
            messages.success(request, _("The theatre plan is changed: %(time)s.") % {"time": time_of(changed, stay)})
            return go_back(request, stay)
    return form_page(request, stay, form, changing=plan)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def cancel(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    plan, stay = plan_or_404(request, public_id)
    return plain_retract_page(
        request,
        stay,
        plan,
        words=plan_words(plan),
        act=lambda reason: cancel_plan(plan, by=request.user, reason=reason),
        said=CANCELLING,
    )


def plan_or_404(request: SignedInRequest, public_id: UUID) -> tuple[TheatrePlan, Stay]:
    """A plan that may be changed by whoever asks, and the patient's present stay."""
    plan = entry_or_404(request.user, TheatrePlan, public_id)
    stay = current_stay_or_404(request.user, plan.episode_id)
    require(request.user, May.PLAN_THEATRE, stay)
    return plan, stay


def time_of(plan: TheatrePlan, stay: Stay) -> str:
    return clock_words(plan.planned_at, now=now(), zone=zone_of(stay.ward))


def form_page(
    request: SignedInRequest, stay: Stay, form: PlanForm, *, changing: TheatrePlan | None = None
) -> HttpResponse:
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "form": form,
        "changing": changing,
        "planned": question(form["planned"], _("When does theatre begin?")),
        "indication": question(form["indication"], _("Why is the patient operated again?")),
        "fold": form["planned_fold"] if form.asks_which_hour else None,
        "problems": problems(form),
        "alert_id": alert_named(request),
        "leave": way_back(request, stay),
    }
    return render(request, "surgeon/theatre_form.html", context, status=status_of(form))
