"""The sweeps as a Celery task; beat sends it every two seconds for each lane, and it expires by then, so that none pile
up."""

from celery import shared_task

from monitoring.due.actions import heard_from
from monitoring.due.actions import tick as run_tick
from monitoring.due.registry import Lane


@shared_task(name="due.tick", expires=2.0, ignore_result=True)
def tick(lane: str = Lane.DETECT.value) -> None:
    heard_from(f"worker.{lane}")
    run_tick(lane=Lane(lane), wait=False)
