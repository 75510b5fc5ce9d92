"""Addresses of the surgeon's desk."""

from __future__ import annotations

from django.urls import path

from monitoring.desks.surgeon import views

urlpatterns = [
    path("inbox/", views.inbox, name="inbox"),
]
