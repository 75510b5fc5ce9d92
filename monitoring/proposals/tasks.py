"""Replaying and coming in force as Celery tasks: the fast path of one row."""

from celery import shared_task

from monitoring.due.actions import run_one
from monitoring.due.registry import sweep_named


@shared_task(name="proposals.replay")
def replay(replay_id: int) -> None:
    run_one(sweep_named("replay"), replay_id)


@shared_task(name="proposals.adopt")
def adopt(proposal_id: int) -> None:
    run_one(sweep_named("adopt"), proposal_id)
