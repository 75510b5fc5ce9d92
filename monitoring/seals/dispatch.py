"""Sending the newest seal outside: a row for each way that is set up, claimed, sent, and marked. It never holds up
sealing: whatever fails is tried again, with what is the newest by then, because a seal contains the chain before it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from django.db import transaction

from monitoring.due.clock import now
from monitoring.seals.chain import line_of
from monitoring.seals.models import Seal, SealDispatch
from monitoring.seals.outside import WAYS

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
PAUSES = (15, 60, 300)  # seconds before the second attempt, the third …; then the last again and again


class Attempt(NamedTuple):
    """`token` stands on the row as `attempt` while it is this one's."""

    dispatch_id: int
    channel: SealDispatch.Channel
    token: int
    number: int
    line: str


@transaction.atomic
def plan() -> None:
    """Have the newest seal sent on every way that is set up and has not had it: not sooner than the way allows."""
    newest = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    set_up = [channel for channel, way in WAYS.items() if way.to()]
    SealDispatch.objects.bulk_create([SealDispatch(channel=channel) for channel in set_up], ignore_conflicts=True)
    SealDispatch.objects.exclude(channel__in=set_up).update(next_attempt_at=None, failing_since=None)
    waiting = SealDispatch.objects.filter(channel__in=set_up, next_attempt_at=None).exclude(sent_number=newest)
    at = now()
    for dispatch in waiting.select_for_update(no_key=True):
        every = WAYS[SealDispatch.Channel(dispatch.channel)].every
        dispatch.next_attempt_at = at if dispatch.sent_at is None else max(at, dispatch.sent_at + every)
        dispatch.save(update_fields=["next_attempt_at"])


def dispatches_due(limit: int) -> Sequence[int]:
    due = SealDispatch.objects.filter(next_attempt_at__lte=now()).order_by("next_attempt_at")
    return list(due.values_list("pk", flat=True)[:limit])


def dispatch(dispatch_id: int) -> None:
    """Send the newest seal on this way if that is due; note what came of it."""
    attempt = _claim(dispatch_id)
    if attempt is None:
        return
    try:
        WAYS[attempt.channel].send(attempt.number, attempt.line)
    except OSError as error:
        logger.warning("seal %s did not leave by %s: %s", attempt.number, attempt.channel, type(error).__name__)
        _note_failure(attempt, error)
    else:
        _note_success(attempt)


@transaction.atomic
def _claim(dispatch_id: int) -> Attempt | None:
    """Take the row until the lease ends, and the newest seal. None where it is not due, or there is none."""
    row = SealDispatch.objects.select_for_update(no_key=True).filter(pk=dispatch_id).first()
    at = now()
    if row is None or row.next_attempt_at is None or row.next_attempt_at > at:
        return None
    newest = Seal.objects.order_by("-number").first()
    if newest is None:
        return None
    row.attempt, row.next_attempt_at = row.attempt + 1, at + LEASE
    row.save(update_fields=["attempt", "next_attempt_at"])
    return Attempt(row.pk, SealDispatch.Channel(row.channel), row.attempt, newest.number, line_of(newest))


def _note_success(attempt: Attempt) -> None:
    mine = SealDispatch.objects.filter(pk=attempt.dispatch_id, attempt=attempt.token)
    mine.update(
        sent_number=attempt.number,
        sent_at=now(),
        next_attempt_at=None,
        failures=0,
        failing_since=None,
        error="",
    )


@transaction.atomic
def _note_failure(attempt: Attempt, error: Exception) -> None:
    mine = SealDispatch.objects.select_for_update(no_key=True)
    row = mine.filter(pk=attempt.dispatch_id, attempt=attempt.token).first()
    if row is not None:
        _put_off(row, error)


@transaction.atomic
def back_off(dispatch_id: int, error: Exception) -> None:
    """Note that `dispatch` itself raised."""
    row = SealDispatch.objects.select_for_update(no_key=True).filter(pk=dispatch_id).first()
    if row is not None:
        _put_off(row, error)


def _put_off(row: SealDispatch, error: Exception) -> None:
    at = now()
    row.failures += 1
    row.failing_since = row.failing_since or at
    row.error = type(error).__name__  # its text may hold an address or a path
    row.next_attempt_at = at + timedelta(seconds=PAUSES[min(row.failures, len(PAUSES)) - 1])
    row.save(update_fields=["failures", "failing_since", "error", "next_attempt_at"])
