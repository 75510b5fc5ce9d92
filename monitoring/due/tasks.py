"""The sweep as a Celery task; beat sends it every two seconds, and it expires by then, so that none pile up."""

from celery import shared_task

from monitoring.due.actions import tick as run_tick


@shared_task(name="due.tick", expires=2.0, ignore_result=True)
def tick() -> None:
    run_tick()
