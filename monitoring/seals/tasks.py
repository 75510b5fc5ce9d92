"""Sealing, sending a seal and a piece of a verification as Celery tasks."""

from celery import shared_task

from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named


@shared_task(name="seals.seal")
def seal(sealing_id: int) -> None:
    run_one(sweep_named("seal"), sealing_id)


@shared_task(name="seals.dispatch")
def dispatch(dispatch_id: int) -> None:
    run_one(sweep_named("seal_dispatch"), dispatch_id)


@shared_task(name="seals.verify")
def verify(verification_id: int) -> None:
    run_one(sweep_named("verify"), verification_id)
