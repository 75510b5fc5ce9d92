"""Addresses of the surgeon's desk."""

from __future__ import annotations

from django.urls import path

from monitoring.desks.surgeon.views import acceptances, drains, findings, imaging, inbox, summary, theatre

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("stays/<uuid:public_id>/acceptances/new/", acceptances.new, name="acceptance-new"),
    path("acceptances/<uuid:public_id>/correct/", acceptances.correct, name="acceptance-correct"),
    path("acceptances/<uuid:public_id>/retract/", acceptances.retract, name="acceptance-retract"),
    path("stays/<uuid:public_id>/imaging/new/", imaging.new, name="imaging-new"),
    path("imaging/<uuid:study_id>/done/", imaging.done, name="imaging-done"),
    path("imaging/<uuid:study_id>/report/", imaging.report, name="imaging-report"),
    path("imaging/<uuid:public_id>/correct/", imaging.correct, name="imaging-correct"),
    path("imaging/<uuid:public_id>/retract/", imaging.retract, name="imaging-retract"),
    path("stays/<uuid:public_id>/theatre/new/", theatre.new, name="theatre-new"),
    path("theatre/<uuid:public_id>/change/", theatre.change, name="theatre-change"),
    path("theatre/<uuid:public_id>/cancel/", theatre.cancel, name="theatre-cancel"),
    path("operations/<uuid:public_id>/findings/", findings.new, name="findings-new"),
    path("findings/<uuid:public_id>/correct/", findings.correct, name="findings-correct"),
    path("findings/<uuid:public_id>/retract/", findings.retract, name="findings-retract"),
    path("stays/<uuid:public_id>/drains/", drains.drains, name="drains"),
    path("stays/<uuid:public_id>/drains/new/", drains.place, name="drain-place"),
    path("stays/<uuid:public_id>/drains/<uuid:drain>/remove/", drains.remove, name="drain-remove"),
    path("drain-lines/<uuid:public_id>/correct/", drains.correct, name="drain-correct"),
    path("drain-lines/<uuid:public_id>/retract/", drains.retract, name="drain-retract"),
    path("stays/<uuid:public_id>/summary/", summary.summary, name="summary"),
]
