"""The patient of one test alert: admitted, operated, well until the check that is timed; then gone without a trace."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.db import connection, transaction

from monitoring.alerts.models import Alert
from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Check, Flag
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.protocol import FLAGS, MUSCLES
from monitoring.watchdog.cast import BED, NURSE, PATIENT, SURGEON, WARD
from wards.models import Episode, Operation, Stay

WELL = CheckFindings(muscles=dict.fromkeys(MUSCLES, 5), flags=dict.fromkeys(FLAGS, Flag.ABSENT))
PARALYSED = CheckFindings(muscles=dict.fromkeys(MUSCLES, 0), flags=dict.fromkeys(FLAGS, Flag.PRESENT))

# What hangs on a stay, in the order in which the triggers let it go. Names of tables only, none from outside.
_OF_ALERTS = (
    "escalation_delivery",
    "escalation_climb",
    "alerts_milestone",
    "alerts_handover",
    "alerts_alertevent",
)
_OF_STAYS = (
    "alerts_alert",
    "wards_allocation",
    "wards_absence",
    "due_watch",
    "checks_check",
    "checks_treatment",
    "checks_acceptance",
    "wards_operation",
)


@transaction.atomic
def admit(number: int) -> Stay:
    """A stay with this id (below zero), operated an hour ago and well before. It is due for no assessment yet."""
    ended = now() - timedelta(hours=1)
    admitted = ended - timedelta(days=1)
    Episode.objects.create(pk=number, patient_id=PATIENT, opened_at=admitted)
    stay = Stay.objects.create(
        pk=number,
        patient_id=PATIENT,
        episode_id=number,
        ward_id=WARD,
        bed_id=BED,
        responsible_surgeon_id=SURGEON,
        admitted_at=admitted,
        recorded_by_id=NURSE,
    )
    Watch.objects.create(stay=stay)
    signed = {"episode_id": number, "stay": stay, "recorded_by_id": NURSE}
    Check.objects.create(**signed, idempotency_key=uuid4(), examined_at=admitted + timedelta(hours=1), **WELL.columns())
    Operation.objects.create(
        **signed,
        idempotency_key=uuid4(),
        kind=Operation.Kind.INDEX,
        started_at=ended - timedelta(hours=2),
        ended_at=ended,
        procedure=Operation.Procedure.TLIF,
        level_upper="L4",
        level_lower="L5",
        diagnosis=Operation.Diagnosis.STENOSIS,
        symptomatic_side=Operation.SymptomaticSide.NONE,
        coagulopathy=False,
        deformity_correction=False,
    )
    return stay


@transaction.atomic
def purge() -> None:
    """Delete every stay of the watchdog with all that hangs on it, under the locks that everybody takes."""
    stays = list(Stay.objects.select_for_update().filter(pk__lt=0).order_by("pk").values_list("pk", flat=True))
    if not stays:
        return
    list(Watch.objects.select_for_update().filter(stay__in=stays).order_by("pk"))
    alerts = list(Alert.objects.select_for_update().filter(stay__in=stays).order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        for table in _OF_ALERTS:
            cursor.execute(f"DELETE FROM {table} WHERE alert_id = ANY(%s)", [alerts])
        for table in _OF_STAYS:
            cursor.execute(f"DELETE FROM {table} WHERE stay_id = ANY(%s)", [stays])
        cursor.execute("DELETE FROM wards_stay WHERE id = ANY(%s)", [stays])
        cursor.execute("DELETE FROM wards_episode WHERE id < 0")
