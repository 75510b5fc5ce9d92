"""The paper's study on one's own wards, what goes beyond it, and how all of it is defined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import REFUSED
from monitoring.desks.common.visit import visit_of
from monitoring.desks.registry.asking import form_of, looked_at
from monitoring.desks.registry.beyond_tables import beyond_tables
from monitoring.desks.registry.definitions import definitions
from monitoring.desks.registry.shown import Shown, shown
from monitoring.desks.registry.study_form import StudyForm
from monitoring.desks.registry.study_tables import flow_table, study_tables
from monitoring.registry.cohort import VERSION, Asked
from monitoring.registry.freshness import waiting
from monitoring.registry.queries import by_ward, cases, deficits, flow
from monitoring.registry.study import study_of
from wards.access import May


@require_safe
@login_required
@never_cache
def study(request: SignedInRequest) -> HttpResponse:
    """The paper's tables of the lines asked for, beside the paper's own."""
    return _page(request, "registry/study.html", tables_of_the_study)


@require_safe
@login_required
@never_cache
def times(request: SignedInRequest) -> HttpResponse:
    """Times, days and wards."""
    return _page(request, "registry/times.html", tables_beyond)


def tables_of_the_study(asked: Asked) -> list[Shown]:
    """Each table with its picture. Two statements."""
    found = study_of(flow(asked), cases(asked))
    return shown([*study_tables(found), flow_table(found)])


def tables_beyond(asked: Asked) -> list[Shown]:
    """Four statements."""
    return shown(beyond_tables(asked, flow(asked), cases(asked), deficits(asked), by_ward(asked)))


def _page(request: SignedInRequest, template: str, tables: Callable[[Asked], list[Shown]]) -> HttpResponse:
    form = form_of(request)
    if not form.is_valid():
        return render(request, template, {"form": form}, status=REFUSED)
    looked_at(request, form.asked)
    may_export = bool(visit_of(request).rights[May.EXPORT_REGISTRY])
    context = {"tables": tables(form.asked), "may_export": may_export, **around(form)}
    return render(request, template, context)


def around(form: StudyForm) -> dict[str, Any]:
    """What stands around every table: what was asked for, by which definition, and how fresh it is."""
    return {"form": form, "narrows": form.narrows, "address": form.address, "version": VERSION, "waiting": waiting()}


@require_safe
@login_required
@never_cache
def definition(request: SignedInRequest) -> HttpResponse:
    """Who is counted, and what in the paper does not add up."""
    form_of(request)
    return render(request, "registry/definition.html", {"sections": definitions(), "version": VERSION})
