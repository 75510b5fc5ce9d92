"""The ladder and the sending as Celery tasks: the fast path of one row."""

from celery import shared_task

from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named


@shared_task(name="escalation.climb")
def climb(alert_id: int) -> None:
    run_one(sweep_named("climb"), alert_id)


@shared_task(name="escalation.retarget")
def retarget(ward_id: int) -> None:
    run_one(sweep_named("retarget"), ward_id)


@shared_task(name="escalation.deliver")
def deliver(delivery_id: int) -> None:
    run_one(sweep_named("deliver"), delivery_id)
