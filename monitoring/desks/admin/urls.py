"""Addresses of the administrator's desk."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from monitoring.desks.admin.views import (
    audit,
    audit_export,
    audit_story,
    break_glass,
    mending,
    mending_proposing,
    protocol,
    protocol_proposal,
    responses,
    seal,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("monitoring.desks.admin.staff_urls")),
    path("audit/seal/", seal.seal, name="seal"),
    path("audit/", audit.audit, name="audit"),
    path("audit/find/", audit.find, name="audit-find"),
    path("audit/past/", audit.past, name="audit-past"),
    path("audit/export/", audit_export.export, name="audit-export"),
    path("audit/responses/", responses.responses, name="responses"),
    path("audit/patients/<uuid:public_id>/", audit_story.patient, name="audit-patient"),
    path("audit/staff/<uuid:public_id>/<slug:day>/", audit_story.staff, name="audit-staff"),
    path("audit/break-glass/", break_glass.reviews, name="break-glass"),
    path("audit/break-glass/<uuid:public_id>/review/", break_glass.review, name="break-glass-review"),
    path("mending/", mending.mending, name="mending"),
    path("mending/merge/", mending_proposing.merge, name="mending-merge"),
    path("mending/stay/", mending_proposing.stay, name="mending-stay"),
    path("mending/check/", mending_proposing.check, name="mending-check"),
    path("mending/<uuid:public_id>/", mending.case, name="mending-case"),
    path("mending/<uuid:public_id>/confirm/", mending.confirm, name="mending-confirm"),
    path("mending/<uuid:public_id>/end/", mending.end, name="mending-end"),
    path("protocol/", protocol.protocol, name="protocol"),
    path("protocol/<slug:code>/", protocol.ward_protocol, name="protocol-ward"),
    path("protocol/<slug:code>/propose/", protocol.propose, name="protocol-propose"),
    path("protocol/proposals/<uuid:public_id>/", protocol_proposal.proposal, name="protocol-proposal"),
    path("protocol/proposals/<uuid:public_id>/change/", protocol.revise, name="protocol-revise"),
    path("protocol/proposals/<uuid:public_id>/replay/", protocol_proposal.replay_again, name="protocol-replay"),
    path("protocol/proposals/<uuid:public_id>/approve/", protocol_proposal.approve, name="protocol-approve"),
    path("protocol/proposals/<uuid:public_id>/end/", protocol_proposal.end, name="protocol-end"),
]
