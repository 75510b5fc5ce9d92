"""Ending accounts and sessions as Celery tasks."""

from celery import shared_task

from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named


@shared_task(name="identity.end_account")
def end_account(staff_id: int) -> None:
    run_one(sweep_named("account"), staff_id)


@shared_task(name="identity.end_session")
def end_session(signed_in_id: int) -> None:
    run_one(sweep_named("session"), signed_in_id)
