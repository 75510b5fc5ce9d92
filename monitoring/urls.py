"""Every address, desk by desk. The names are the same everywhere; nothing about a patient stands in an address."""

from __future__ import annotations

from django.urls import include, path

from monitoring.desks.common.views import errors

urlpatterns = [
    path("", include("monitoring.desks.common.urls")),
    path("", include("monitoring.desks.nurse.urls")),
    path("", include("monitoring.desks.surgeon.urls")),
    path("", include("monitoring.desks.admin.urls")),
    path("registry/", include("monitoring.desks.registry.urls")),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.fault
