"""Addresses that all desks share."""

from __future__ import annotations

from django.urls import path

from monitoring.desks.common import health, stay, stream
from monitoring.desks.common.views import (
    absence,
    alert_page,
    alert_steps,
    alerts,
    calls,
    channels,
    home,
    language,
    limits,
    lock,
    look,
    message,
    phones,
    report,
    sign_in,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("wards/", home.wards, name="wards"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign-out"),
    path("locked/", lock.locked, name="locked"),
    path("lock/", lock.lock_now, name="lock"),
    path("me/touch/", lock.touched, name="touch"),
    path("me/pin/", lock.pin, name="pin"),
    path("stays/<uuid:public_id>/", stay.stay, name="stay"),
    path("stays/<uuid:public_id>/away/", absence.away, name="away"),
    path("alerts/<uuid:public_id>/", alert_page.alert, name="alert"),
    path("alerts/<uuid:public_id>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:public_id>/accept/", alerts.accept, name="alert-accept"),
    path("alerts/<uuid:public_id>/confirm-pause/", alerts.confirm_pause, name="alert-confirm-pause"),
    path("alerts/<uuid:public_id>/milestones/<slug:kind>/", alert_steps.milestone, name="alert-milestone"),
    path("alerts/<uuid:public_id>/decide/", alert_steps.decide, name="alert-decide"),
    path("alerts/<uuid:public_id>/offer/", alert_steps.offer, name="alert-offer"),
    path("alerts/<uuid:public_id>/close/", alert_steps.close, name="alert-close"),
    path("alerts/<uuid:public_id>/reopen/", alert_steps.reopen, name="alert-reopen"),
    path("alerts/<uuid:public_id>/report/", report.report, name="alert-report"),
    path("offers/<uuid:public_id>/", alerts.answer_offer, name="offer-answer"),
    path("m/<str:token>/", message.message, name="message"),
    path("me/calls/", calls.calls, name="calls"),
    path("me/channels/", channels.channels, name="channels"),
    path("me/phone/", phones.my_phone, name="my-phone"),
    path("wards/<slug:code>/numbers/", phones.ward_numbers, name="ward-numbers"),
    path("wards/<slug:code>/limits/", limits.ward_limits, name="ward-limits"),
    path("wards/<slug:code>/contacts/", channels.ward_contacts, name="ward-contacts"),
    path("contacts/<uuid:public_id>/test/", channels.test, name="contact-test"),
    path("contacts/<uuid:public_id>/remove/", channels.remove, name="contact-remove"),
    path("look/", look.look, name="look"),
    path("language/", language.switch, name="language"),
    path("words/<slug:language>/<slug:version>/", language.words, name="words"),
    path("health/", health.health, name="health"),
    path("metrics", health.metrics, name="metrics"),
    path("live/", stream.stream, name="stream"),
]
