"""Back to the alert from which somebody came to a form about its patient, else to the patient."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from wards.models import Stay


def alert_named(request: HttpRequest) -> str:
    """The id of the alert that the address or the form names; empty where it names none. Whether it is there, and
    within reach, is for its own page to say.
    """
    named = request.POST.get("alert") or request.GET.get("alert", "")
    try:
        return str(UUID(named))
    except ValueError:
        return ""


def way_back(request: HttpRequest, stay: Stay) -> str:
    """The address to go back to."""
    alert = alert_named(request)
    return reverse("alert", args=[alert]) if alert else reverse("stay", args=[stay.public_id])


def go_back(request: HttpRequest, stay: Stay) -> HttpResponse:
    return redirect(way_back(request, stay))
