"""Addresses of the surgeon's desk."""

from __future__ import annotations

from django.urls import path

from monitoring.desks.surgeon.views import inbox

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
]
