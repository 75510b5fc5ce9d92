"""How long it took from the examination to whoever acted, and what stood in the way."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from monitoring.audit.openings import listed
from monitoring.desks.admin.response_asked import Asked, ResponsesForm, Step
from monitoring.desks.admin.response_queries import (
    MOST_BEHIND,
    alerts_behind,
    messages_sent,
    overdue_checks,
    summary_of,
    waiting_for_an_answer,
)
from monitoring.desks.admin.response_rows import SpreadWords, part_rows, part_words, step_rows, steps_shown, took_words
from monitoring.desks.common.requests import SignedInRequest
from monitoring.desks.common.saving import REFUSED
from monitoring.desks.common.visit import Visit, visit_of
from monitoring.escalation.channels import label_of
from wards.access import May, require_somewhere
from wards.models import Ward
from wards.times import zone_of


@require_safe
@login_required
@never_cache
def responses(request: SignedInRequest) -> HttpResponse:
    """The times of a period, of the wards on which somebody may see them; and the alerts behind one of the numbers."""
    require_somewhere(request.user, May.VIEW_RESPONSES)
    visit = visit_of(request)
    wards = wards_for(visit)
    form = ResponsesForm(request.GET, wards=wards, today=visit.at.astimezone(zone_of(wards[0])).date())
    context: dict[str, Any] = {"form": form, "ward": wards[0], "clock": wards[0]}
    if not form.is_valid():
        return render(request, "admin/responses.html", context, status=REFUSED)
    asked = form.asked
    ward_id = asked.ward.pk if asked.ward else None
    listed("responses.read", by=request.user, about=request.user, ward_id=ward_id)
    summary = summary_of(asked)
    context |= {
        "asked": asked,
        "summary": summary,
        "steps": step_rows(asked, summary),
        "names": [str(step.label) for step in steps_shown(asked)],
        "parts": part_rows(asked, summary),
        "waiting": [(one, may_open(visit, one.ward)) for one in waiting_for_an_answer(asked)],
        "overdue": [(one, SpreadWords(one.late)) for one in overdue_checks(asked)],
        "sent": [(one, label_of(one.channel), failed_address(asked, one.channel)) for one in messages_sent(asked)],
        "nobody": asked.behind_address(Step.ALERT, "nobody"),
    }
    if asked.behind is not None:
        context |= behind(asked, visit)
    return render(request, "admin/responses.html", context)


def wards_for(visit: Visit) -> list[Ward]:
    """Those on which the person may see the times."""
    return [ward for ward in visit.wards if ward.pk in visit.rights[May.VIEW_RESPONSES]]


def may_open(visit: Visit, ward: Ward) -> bool:
    """Whether the alerts of a ward are theirs to open; else the stay's page is."""
    return ward.pk in visit.rights[May.VIEW_ALERTS]


def failed_address(asked: Asked, channel: str) -> str:
    return asked.behind_address(Step.ALERT, "failed", channel=channel)


def behind(asked: Asked, visit: Visit) -> dict[str, Any]:
    """The alerts of the number that was asked about."""
    found = alerts_behind(asked)
    return {
        "behind": [(one, took_words(one.took), may_open(visit, one.ward)) for one in found[:MOST_BEHIND]],
        "more_behind": len(found) > MOST_BEHIND,
        "part": part_words(asked, asked.part) if asked.part else "",
        "channel": label_of(asked.channel) if asked.channel else "",
    }
