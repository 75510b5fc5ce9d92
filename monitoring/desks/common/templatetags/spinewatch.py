"""Template tags and filters: `{% load spinewatch %}`. Words come from `presentation`; here they become HTML.

Times want the page's `now` (context processor `page`) and the ward whose zone they are shown in.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from monitoring.desks.common import presentation
from monitoring.desks.common.language import present_language, words_url
from monitoring.desks.common.queries import Surgery, banner
from wards.models import Stay, Ward
from wards.times import zone_of

register = template.Library()
LEVELS = frozenset({"critical", "concern", "watch", "stable"})


def page_now(context: Context) -> datetime:
    now: datetime = context["now"]
    return now


@register.simple_tag
def languages() -> list[tuple[str, str]]:
    """Code and name of each language, named in itself: who looks for theirs cannot read the others."""
    return list(settings.LANGUAGES)


@register.simple_tag
def level_chip(level: str | None, size: str = "") -> SafeString:
    """A level by colour, shape and word together. None: not yet assessed, which is never shown as stable."""
    known = level if level in LEVELS else "unknown"
    words = presentation.NOT_YET_ASSESSED if known == "unknown" else presentation.level_words(known)
    return format_html('<span class="chip level-{} {}">{}</span>', known, size, words)


@register.simple_tag(takes_context=True)
def when(context: Context, at: datetime | str | None, ward: Ward, seconds: bool = False) -> SafeString | str:
    """The time of day in the ward's zone, with the day where it is not today."""
    moment = presentation.instant(at)
    if moment is None:
        return "–"
    words = presentation.clock_words(moment, now=page_now(context), zone=zone_of(ward), seconds=seconds)
    return format_html('<time datetime="{}">{}</time>', moment.isoformat(), words)


@register.simple_tag(takes_context=True)
def ago(context: Context, at: datetime | str | None) -> SafeString | str:
    """How long since, ticking in the browser by the server's clock: "40 min ago"."""
    moment = presentation.instant(at)
    if moment is None:
        return "–"
    words = presentation.ago_words(page_now(context) - moment)
    return format_html('<time datetime="{}" data-tick="ago">{}</time>', moment.isoformat(), words)


@register.simple_tag(takes_context=True)
def due(context: Context, at: datetime | str | None) -> SafeString | str:
    """A countdown: "in 18 min", and loud once it has passed: "overdue 11 min"."""
    moment = presentation.instant(at)
    if moment is None:
        return ""
    left = moment - page_now(context)
    late = left.total_seconds() < 0
    words = presentation.due_words(left)
    markup = '<time datetime="{}" data-tick="due" class="due{}">{}</time>'
    return format_html(markup, moment.isoformat(), " overdue" if late else "", words)


@register.simple_tag(takes_context=True)
def since_surgery(context: Context, ended_at: datetime | str, ward: Ward) -> str:
    """ "day 3", or "5 h" on the day of the operation."""
    moment = presentation.instant(ended_at)
    if moment is None:
        return ""
    return presentation.since_surgery(moment, now=page_now(context), zone=zone_of(ward))


@register.inclusion_tag("common/_banner.html", takes_context=True)
def patient_banner(context: Context, stay: Stay) -> dict[str, Any]:
    """Two identifiers and where the patient stands; for `{% block banner %}` of every page about a patient.

    A page that has read the operations already gives them as `surgery` (`queries.Surgery`).
    """
    known = context.get("surgery")
    surgery = known if isinstance(known, Surgery) else None
    return {"stay": stay, "ward": stay.ward, "now": page_now(context), **banner(stay, surgery)}


@register.inclusion_tag("common/_field.html")
def field(bound: BoundField, boxed: bool = False) -> dict[str, Any]:
    """A form field with its label, help and errors beside it. A radio group becomes a fieldset of segments."""
    return {"field": bound, "boxed": boxed, "radio": getattr(bound.field.widget, "input_type", "") == "radio"}


@register.simple_tag(name="words_url")
def present_words_url() -> str:
    """The script with the words of this page's language."""
    return words_url(present_language())


@register.simple_tag
def new_key() -> str:
    """A fresh idempotency key, for a form that is not a Django form."""
    return str(uuid.uuid4())


@register.filter
def dob(day: date) -> str:
    return presentation.day_words(day)


@register.filter
def change(muscle: dict[str, Any]) -> str:
    return presentation.change_words(muscle)


@register.filter
def level(name: str) -> str:
    """A level in words; in a sentence of its own, not where a chip can stand."""
    return presentation.level_words(name)


@register.filter
def muscle(name: str) -> str:
    """ "L4 left" in the language of the page."""
    return presentation.muscle_words(name)


@register.filter
def action(name: str) -> str:
    return presentation.action_words(name)


@register.filter
def rule(name: str) -> str:
    return presentation.rule_words(name)


@register.filter
def reason(name: str) -> str:
    return presentation.REASON_WORDS[name]


@register.filter
def flag(name: str) -> str:
    return presentation.FLAG_WORDS[name]


@register.filter
def cause(name: str) -> str:
    return presentation.CAUSE_WORDS[name]
