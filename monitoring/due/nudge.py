"""The fast path: tell a worker at once that a row is due. The sweep is the guarantee, this is the speed."""

from __future__ import annotations

import logging
from functools import partial

import pybreaker
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from monitoring.audit.context import CAUSE, cause_now
from monitoring.due.actions import run_one
from monitoring.due.registry import Lane, sweep_named

logger = logging.getLogger(__name__)


# A broker that hangs is worse than one that is gone: after one failure it is left alone for a while.
broker = pybreaker.CircuitBreaker(fail_max=1, reset_timeout=5, name="broker")


def nudge(sweep_name: str, row_id: int) -> None:
    """Once the transaction commits, have a worker do this row; without a broker, do it here (robustly).

    Work of the slow lane never runs here, where somebody may be waiting for a page: the loop has it within 2 s.
    """
    transaction.on_commit(partial(_send_or_run, sweep_name, row_id), robust=True)


def _send_or_run(sweep_name: str, row_id: int) -> None:
    """The message says which request it goes back to; here it is that request already."""
    sweep = sweep_named(sweep_name)
    options = {"queue": sweep.lane.value, "retry": False, "headers": {CAUSE: cause_now()}}
    try:
        broker.call(current_app.send_task, sweep.task, args=[row_id], **options)
    except (pybreaker.CircuitBreakerError, OperationalError) as error:
        if sweep.lane is Lane.SLOW:
            logger.warning("no broker (%s): %s is left to the sweep", type(error).__name__, sweep_name)
            return
        logger.warning("no broker (%s): %s runs here", type(error).__name__, sweep_name)
        run_one(sweep, row_id)
