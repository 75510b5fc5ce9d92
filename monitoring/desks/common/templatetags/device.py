"""`{% device %}`: what makes a page part of an app that works without a network."""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.context import Context

from monitoring.desks.common.device import kit_key, person_token
from wards.models import Staff

register = template.Library()


@register.inclusion_tag("common/_device_tags.html", takes_context=True)
def device(context: Context) -> dict[str, Any]:
    """A locked screen gives no key, and the page to sign in on says that nobody's kit is to stay."""
    request: HttpRequest | None = context.get("request")
    known = {"csp_nonce": context.get("csp_nonce", "")}
    here = request.resolver_match.url_name if request is not None and request.resolver_match else ""
    staff = None if request is None else request.user
    if request is None or not isinstance(staff, Staff):
        return known | {"nobody": here == "sign-in", "shell": context.get("shell", False)}
    key = "" if here == "locked" else kit_key(staff, request.session.session_key)
    return known | {"person": person_token(staff), "key": key}
