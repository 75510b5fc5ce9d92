"""Detection as a Celery task: the fast path of one stay's assessment."""

from celery import shared_task

from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named


@shared_task(name="alerts.assess")
def assess(stay_id: int) -> None:
    run_one(sweep_named("assess"), stay_id)
