"""Addresses of the nurse's desk, and of the ward's plans: rota, ladders, groups."""

from __future__ import annotations

from django.urls import path

from monitoring.desks.nurse.views import (
    admissions,
    alerts,
    allocation,
    board,
    checks,
    groups,
    ladders,
    operations,
    rota,
    treatments,
    who,
)

urlpatterns = [
    path("wards/<slug:code>/", board.board, name="board"),
    path("wards/<slug:code>/admit/", admissions.admit, name="admit"),
    path("rota/", rota.rota, name="rota"),
    path("rota/<slug:code>/", rota.week, name="rota-ward"),
    path("rota/<slug:code>/add/", rota.add, name="rota-add"),
    path("rota/<slug:code>/import/", rota.import_calendar, name="rota-import"),
    path("rota/<slug:code>/who/", who.called, name="rota-who"),
    path("duties/<uuid:public_id>/hand-over/", rota.hand_over, name="rota-hand-over"),
    path("duties/<uuid:public_id>/cancel/", rota.cancel, name="rota-cancel"),
    path("wards/<slug:code>/allocation/", allocation.allocation, name="allocation"),
    path("wards/<slug:code>/ladders/", ladders.ladders, name="ladders"),
    path("wards/<slug:code>/ladders/<slug:name>/", ladders.edit, name="ladder-edit"),
    path("wards/<slug:code>/groups/", groups.groups, name="groups"),
    path("wards/<slug:code>/groups/new/", groups.edit, name="group-new"),
    path("wards/<slug:code>/groups/<uuid:public_id>/", groups.edit, name="group-edit"),
    path("stays/<uuid:public_id>/move/", admissions.move, name="move"),
    path("stays/<uuid:public_id>/discharge/", admissions.discharge, name="discharge"),
    path("stays/<uuid:public_id>/operations/new/", operations.new, name="operate"),
    path("operations/<uuid:public_id>/correct/", operations.correct, name="operation-correct"),
    path("operations/<uuid:public_id>/retract/", operations.retract, name="operation-retract"),
    path("stays/<uuid:public_id>/checks/new/", checks.new, name="check-new"),
    path("checks/<uuid:public_id>/result/", checks.result, name="check-result"),
    path("checks/<uuid:public_id>/correct/", checks.correct, name="check-correct"),
    path("checks/<uuid:public_id>/retract/", checks.retract, name="check-retract"),
    path("stays/<uuid:public_id>/treatments/new/", treatments.new, name="treatment-new"),
    path("treatments/<uuid:public_id>/correct/", treatments.correct, name="treatment-correct"),
    path("treatments/<uuid:public_id>/retract/", treatments.retract, name="treatment-retract"),
    path("alerts/", alerts.alerts, name="alerts"),
]
