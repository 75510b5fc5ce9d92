"""What leaves the hospital: lines as a file, the data dictionary, the report on one page. All of it is written down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from string import ascii_uppercase

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.desks.common.csv_lines import csv_lines, in_pieces
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import problems, saved, sent, status_of
from monitoring.desks.common.visit import visit_of
from monitoring.desks.registry.asking import form_of
from monitoring.desks.registry.dictionary import DICTIONARY_HEAD, dictionary_rows
from monitoring.desks.registry.export_form import ExportForm
from monitoring.desks.registry.study_tables import flow_table, study_tables
from monitoring.registry.actions.taking_out import note_taken
from monitoring.registry.cohort import VERSION, Asked, lines
from monitoring.registry.deidentified import HEAD, rows
from monitoring.registry.queries import cases, flow
from monitoring.registry.study import study_of
from wards.access import May
from wards.models import Staff

CSV = "text/csv; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def export(request: SignedInRequest) -> HttpResponseBase:
    """The lines that the address asks for. The file is made while it is sent."""
    filters = form_of(request, May.EXPORT_REGISTRY)
    if not filters.is_valid():
        return redirect(f"{reverse('registry')}?{request.GET.urlencode()}")
    asked, form = filters.asked, ExportForm(sent(request))
    if request.method == "POST" and saved(form, lambda: _noted(form, asked, request.user)):
        return _file(exported(asked), "lines", visit_of(request).at)
    context = {
        "form": form,
        "problems": problems(form),
        "narrows": filters.narrows,
        "address": filters.address,
        "n": sum(flow(asked).values()),
        "version": VERSION,
    }
    return render(request, "registry/export.html", context, status=status_of(form))


def _noted(form: ExportForm, asked: Asked, by: Staff) -> bool:
    note_taken(asked, by=by, what="lines", reason=form.cleaned_data["why"])
    return True


def exported(asked: Asked) -> Iterator[str]:
    """The file's text, in pieces. Wards are letters in the order of their codes, whichever of them are asked for."""
    letters = {ward.pk: ascii_uppercase[number % 26] * (1 + number // 26) for number, ward in enumerate(asked.wards)}
    for piece in in_pieces(csv_lines(HEAD, rows(lines(asked), letters))):
        yield "".join(piece)


@require_safe
@login_required
@never_cache
def dictionary(request: SignedInRequest) -> HttpResponseBase:
    """What each column of the file means. No data stand in it."""
    form_of(request, May.EXPORT_REGISTRY)
    return _file(csv_lines(DICTIONARY_HEAD, dictionary_rows()), "dictionary", visit_of(request).at)


def _file(text: Iterator[str], what: str, at: datetime) -> StreamingHttpResponse:
    response = StreamingHttpResponse(text, content_type=CSV)
    name = f"spinewatch-registry-{what}-definition-{VERSION}-{at:%Y%m%dT%H%M%SZ}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@login_required
@never_cache
def report(request: SignedInRequest) -> HttpResponse:
    """One page to print and give away: no number of it is small."""
    filters = form_of(request, May.EXPORT_REGISTRY)
    if not filters.is_valid():
        return redirect(f"{reverse('registry')}?{request.GET.urlencode()}")
    asked = filters.asked
    note_taken(asked, by=request.user, what="report")
    study = study_of(flow(asked), cases(asked))
    tables = [*study_tables(study, closed=True), flow_table(study, closed=True)]
    context = {"tables": tables, "narrows": filters.narrows, "asked": asked, "version": VERSION}
    return render(request, "registry/report.html", context)
