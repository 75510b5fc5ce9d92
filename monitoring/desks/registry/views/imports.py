"""Past operations brought in from a file, tried first; the imports there are; taking one back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from monitoring.desks.common.csv_lines import csv_lines, in_pieces
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import REFUSED, problems, saved, sent, status_of
from monitoring.desks.common.visit import visit_of
from monitoring.desks.registry.asking import wards_for
from monitoring.desks.registry.import_forms import ImportForm, TakeBackForm, too_large
from monitoring.desks.registry.import_words import count_tables, overlap_words
from monitoring.registry.actions.importing import Report, every_problem, import_lines, take_back
from monitoring.registry.columns import COLUMNS
from monitoring.registry.import_queries import import_or_404, imports_within_reach, wards_of_import
from monitoring.registry.template import HEAD, template_rows
from wards.access import May, require, require_somewhere
from wards.models import Staff

CSV = "text/csv; charset=utf-8"
IMPORT, LIST = "import", "list"
"""What the buttons ask for; whatever else is sent is a try."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def imports(request: SignedInRequest) -> HttpResponseBase:
    """A file is tried, and nothing of it stored; or imported, whole or not at all. And what was imported before."""
    require_somewhere(request.user, May.IMPORT_REGISTRY)
    does = request.POST.get("do", "")
    form = ImportForm(sent(request), request.FILES or None, lists=does == LIST)
    if does == LIST and form.is_valid():
        return _listed(form, request.user)
    report = None
    if request.method == "POST":
        report = saved(form, lambda: _import(form, request.user, stores=does == IMPORT))
    if report is not None and report.brought is not None:
        messages.success(request, _imported(report))
        return redirect("registry-imports")
    if request.htmx:  # whatever it says, it is put into the page, where the chosen file stays chosen
        return render(request, "registry/_import.html", _outcome(form, report))
    status = REFUSED if report is not None and report.problems else status_of(form)
    return render(request, "registry/imports.html", _outcome(form, report) | _around(request), status=status)


def _import(form: ImportForm, by: Staff, *, stores: bool) -> Report:
    said = form.cleaned_data
    return import_lines(said["file"], by=by, source=said["source"], dry_run=not stores)


def _imported(report: Report) -> str:
    words = ngettext("Imported: %(n)d operation.", "Imported: %(n)d operations.", report.rows)
    return words % {"n": report.rows}


def _outcome(form: ImportForm, report: Report | None) -> dict[str, Any]:
    """The form, and what became of the file."""
    counts = None if report is None else report.counts
    return {
        "form": form,
        "problems": problems(form),
        "report": report,
        "tables": [] if counts is None else count_tables(counts),
        "overlaps": [] if counts is None else [overlap_words(one) for one in counts.overlaps],
        "too_large": too_large(),
    }


def _around(request: SignedInRequest) -> dict[str, Any]:
    """The rest of the page."""
    wards = wards_for(visit_of(request), May.IMPORT_REGISTRY)
    return {
        "wards": wards,
        "clock": wards[0],
        "columns": COLUMNS,
        "imports": imports_within_reach(request.user),
    }


def _listed(form: ImportForm, by: Staff) -> HttpResponseBase:
    """Every problem of the file, as a file of its own."""
    found = every_problem(form.cleaned_data["file"], by=by)
    lines = csv_lines(("line", "column", "problem"), ((one.line, one.column, one.reason) for one in found))
    return _file(("".join(piece) for piece in in_pieces(lines)), "problems")


def _file(text: Iterator[str], name: str) -> HttpResponseBase:
    response = StreamingHttpResponse(text, content_type=CSV)
    response["Content-Disposition"] = f'attachment; filename="registry-{name}.csv"'
    return response


@require_safe
@login_required
@never_cache
def template(request: SignedInRequest) -> HttpResponseBase:
    """The columns' names, and three examples that no import takes."""
    require_somewhere(request.user, May.IMPORT_REGISTRY)
    ward = wards_for(visit_of(request), May.IMPORT_REGISTRY)[0]
    return _file(csv_lines(HEAD, template_rows(ward.code)), "template")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def import_take_back(request: SignedInRequest, public_id: UUID) -> HttpResponse:
    """Nothing that it brought counts any more."""
    brought = import_or_404(request.user, public_id)
    wards = wards_of_import(brought)
    for ward, _rows in wards:
        require(request.user, May.IMPORT_REGISTRY, ward)
    form = TakeBackForm(sent(request))
    if request.method == "POST":
        done = saved(form, lambda: take_back(brought, by=request.user, reason=form.cleaned_data["reason"]))
        if done is not None:
            messages.success(
                request, _("Taken back: %(source)s. It does not count any more.") % {"source": done.source}
            )
            return redirect("registry-imports")
    context = {
        "brought": brought,
        "wards": wards,
        "clock": wards[0][0],
        "form": form,
        "problems": problems(form),
    }
    return render(request, "registry/import_take_back.html", context, status=status_of(form))
