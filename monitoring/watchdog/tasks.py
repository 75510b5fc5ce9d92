"""A chore as a Celery task."""

from celery import shared_task

from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named


@shared_task(name="watchdog.chore")
def chore(chore_id: int) -> None:
    run_one(sweep_named("chore"), chore_id)
