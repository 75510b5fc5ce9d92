"""Addresses that all desks share."""

from __future__ import annotations

from django.urls import path

from monitoring.desks.common import health, stay, stream
from monitoring.desks.common.views import home, sign_in

urlpatterns = [
    path("", home.home, name="home"),
    path("wards/", home.wards, name="wards"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("stays/<uuid:public_id>/", stay.stay, name="stay"),
    path("health/", health.health, name="health"),
    path("live/", stream.stream, name="stream"),
]
