"""Template tags of the administrator's desk: `{% load admin_desk %}`."""

from __future__ import annotations

from django import template
from django.template import Context

from monitoring.desks.admin.navigation import PLACES
from monitoring.desks.common.tabs import Tab, tabs
from monitoring.desks.common.visit import visit_of

register = template.Library()


@register.simple_tag(takes_context=True)
def desk_tabs(context: Context, here: str = "") -> list[Tab]:
    """The row of links of the desk, for whoever asks for the page."""
    return tabs(PLACES, visit_of(context["request"]).rights, here)
