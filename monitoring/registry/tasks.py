"""Putting lines together as a Celery task. Nothing nudges it: what makes a line stale is a trigger."""

from celery import shared_task

from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named


@shared_task(name="registry.lines")
def lines(row_id: int) -> None:
    run_one(sweep_named("lines"), row_id)
