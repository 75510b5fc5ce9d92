"""Imaging of a patient: requested, done, reported; corrected, taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from monitoring.desks.common.options import question
from monitoring.desks.common.pathway import imaging_words
from monitoring.desks.common.plain_retracting import plain_retract_page
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of, today
from monitoring.desks.common.visit import visit_of
from monitoring.desks.common.way_back import alert_named, go_back, way_back
from monitoring.pathway.actions.imaging import correct_imaging, record_imaging, retract_imaging
from monitoring.pathway.course import Study, studies_of
from monitoring.pathway.forms import CorrectReportForm, CorrectStageForm, ImagingForm, ReportForm, StageForm
from monitoring.pathway.models import Imaging
from wards.access import May, current_stay_or_404, entry_or_404, require, stay_or_404, stays_within_reach
from wards.models import Staff, Stay

Stage = Imaging.Stage


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """A study is requested, or is done already."""
    stay = stay_or_404(request.user, public_id)
    require(request.user, May.RECORD_IMAGING, stay)
    form = ImagingForm(sent(request), ward=stay.ward, initial={"happened_date": today(stay.ward)})
    if request.method == "POST":
        imaging = saved(
            form, lambda: record_imaging(stay, by=request.user, at=form.at, facts=form.new_facts(), key=form.key)
        )
        if imaging is not None:
            return say_saved(request, stay, imaging)
    return form_page(request, stay, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def done(request: SignedInRequest, study_id: UUID) -> HttpResponse:
    study, stay = study_or_404(request.user, study_id)
    require(request.user, May.RECORD_IMAGING, stay)
    if request.method == "GET" and study.done is not None:
        return redirect("imaging-correct", study.done.public_id)
    form = StageForm(sent(request), ward=stay.ward, initial=begun(study, stay))
    return next_stage(request, stay, study, Stage.DONE, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def report(request: SignedInRequest, study_id: UUID) -> HttpResponse:
    """What the study shows. It has to be done first: without that, one is sent there."""
    study, stay = study_or_404(request.user, study_id)
    require(request.user, May.REPORT_IMAGING, stay)
    if request.method == "GET" and study.reported is not None:
        return redirect("imaging-correct", study.reported.public_id)
    if request.method == "GET" and study.done is None:
        messages.warning(request, _("Record first when the imaging was done."))
        return redirect(f"{reverse('imaging-done', args=[study.id])}?{request.GET.urlencode()}")
    form = ReportForm(sent(request), ward=stay.ward, initial=begun(study, stay))
    return next_stage(request, stay, study, Stage.REPORTED, form)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def correct(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    imaging, stay = stage_or_404(request, public_id)
    kind = CorrectReportForm if imaging.stage == Stage.REPORTED else CorrectStageForm
    form = kind(sent(request), imaging=imaging, ward=stay.ward)
    if request.method == "POST":
        corrected = saved(
            form,
            lambda: correct_imaging(
                imaging,
                by=request.user,
                at=form.at,
                facts=form.facts(study=imaging.study, stage=imaging.stage, modality=form.cleaned_data["modality"]),
                reason=form.cleaned_data["reason"],
                key=form.key,
            ),
        )
        if corrected is not None:
            messages.success(request, _("Corrected: %(what)s.") % {"what": imaging_words(corrected)})
            return go_back(request, stay)
    return form_page(request, stay, form, correcting=imaging)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def retract(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    imaging, stay = stage_or_404(request, public_id)
    return plain_retract_page(
        request,
        stay,
        imaging,
        words=imaging_words(imaging),
        act=lambda reason: retract_imaging(imaging, by=request.user, reason=reason),
    )


def study_or_404(staff: Staff, study_id: UUID) -> tuple[Study, Stay]:
    """A study by what stands of it, and the patient's present stay. Raises Http404 where neither is within reach."""
    stages = Imaging.objects.standing().filter(study=study_id, episode__stays__in=stays_within_reach(staff)).distinct()
    found = studies_of(stages)
    if not found:
        raise Http404("No such study on your wards.")
    return found[0], current_stay_or_404(staff, found[0].first.episode_id)


def stage_or_404(request: SignedInRequest, public_id: UUID) -> tuple[Imaging, Stay]:
    """A stage that may be changed by whoever asks, and the patient's present stay."""
    imaging = entry_or_404(request.user, Imaging, public_id)
    stay = current_stay_or_404(request.user, imaging.episode_id)
    right = May.REPORT_IMAGING if imaging.stage == Stage.REPORTED else May.RECORD_IMAGING
    require(request.user, right, stay)
    return imaging, stay


def begun(study: Study, stay: Stay) -> dict[str, object]:
    """What the next stage's form begins with."""
    return {"happened_date": today(stay.ward), "accession": study.accession}


def next_stage(request: SignedInRequest, stay: Stay, study: Study, stage: Stage, form: StageForm) -> HttpResponse:
    """The form of a study's next stage, and the stage stored once, however often it is sent."""
    if request.method == "POST":
        imaging = saved(
            form,
            lambda: record_imaging(
                stay,
                by=request.user,
                at=form.at,
                facts=form.facts(study=study.id, stage=stage, modality=study.last.modality),
                key=form.key,
            ),
        )
        if imaging is not None:
            return say_saved(request, stay, imaging)
    return form_page(request, stay, form, study=study)


def say_saved(request: SignedInRequest, stay: Stay, imaging: Imaging) -> HttpResponse:
    messages.success(request, _("Saved: %(what)s.") % {"what": imaging_words(imaging)})
    return go_back(request, stay)


def form_page(
    request: SignedInRequest,
    stay: Stay,
    form: StageForm,
    *,
    study: Study | None = None,
    correcting: Imaging | None = None,
) -> HttpResponse:
    """The form of a stage or, where it asks for a finding, of a report."""
    asked = ("modality", "stage", "finding")
    context = {
        "stay": stay,
        "now": visit_of(request).at,
        "form": form,
        "study": study,
        "correcting": correcting,
        **{name: question(form[name], form.fields[name].label or "") for name in asked if name in form.fields},
        "happened": question(form["happened"], form.when_label),
        "fold": form["happened_fold"] if form.asks_which_hour else None,
        "problems": problems(form),
        "alert_id": alert_named(request),
        "leave": way_back(request, stay),
    }
    template = "surgeon/imaging_report.html" if "finding" in form.fields else "surgeon/imaging_form.html"
    return render(request, template, context, status=status_of(form))
