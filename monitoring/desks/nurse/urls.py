"""Addresses of the nurse's desk, and of what people do to an alert."""

from __future__ import annotations

from django.urls import path

from monitoring.desks.common.views import alerts as alert_actions
from monitoring.desks.nurse.views import admissions, alerts, board, checks, operations, treatments

urlpatterns = [
    path("wards/<slug:code>/", board.board, name="board"),
    path("wards/<slug:code>/admit/", admissions.admit, name="admit"),
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
    path("alerts/<uuid:public_id>/acknowledge/", alert_actions.acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:public_id>/close/", alert_actions.close, name="alert-close"),
]
