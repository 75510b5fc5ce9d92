"""Template tags of the registry: `{% load registry_desk %}`."""

from __future__ import annotations

from django import template
from django.template import Context

from monitoring.desks.common.tabs import Tab, tabs
from monitoring.desks.common.visit import visit_of
from monitoring.desks.registry.navigation import PLACES

register = template.Library()


@register.simple_tag(takes_context=True)
def registry_tabs(context: Context, here: str = "") -> list[Tab]:
    """The row of links of the registry, for whoever asks for the page."""
    return tabs(PLACES, visit_of(context["request"]).rights, here)
