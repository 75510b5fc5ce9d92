"""A request narrowed to a signed-in member of staff, for views behind `login_required`."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from wards.models import Staff


class SignedInRequest(HttpRequest):
    user: Staff
    htmx: HtmxDetails
