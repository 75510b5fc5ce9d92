"""A replay, a few stays at a time: each batch is a transaction with its results, so a crash repeats none of them."""

from __future__ import annotations

import time
from datetime import timedelta

from django.db import transaction

from monitoring.audit.actions import record
from monitoring.checks.queries import timeline
from monitoring.due.clock import now
from monitoring.due.nudge import nudge
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.proposals.comparing import Compared, Totals, compare
from monitoring.proposals.models import Difference, Proposal, Replay
from monitoring.proposals.queries import stays_to_replay
from monitoring.protocol import Settings
from wards.models import Stay

BATCH = 50  # stays
BATCH_SECONDS = 2.0  # no further stay is begun in a batch after this
LONGEST_BACK_OFF = 30  # seconds


def go_on(replay_id: int) -> None:
    """Replay the next stays of a replay that is due, or end it where there are none left.

    One that nobody wants any more, because the proposal says something else or has ended, is left as it is.
    """
    with transaction.atomic():
        replay = _locked(replay_id)
        if replay.due_at is None or replay.due_at > now():
            return
        if _is_wanted(replay):
            _do_some(replay)
        else:
            replay.due_at = None
            replay.save(update_fields=["due_at"])


def back_off(replay_id: int, error: Exception) -> None:
    """Note that a batch raised `error`; it is tried again in a while, and its proposal shows it until then."""
    with transaction.atomic():
        replay = _locked(replay_id)
        replay.failures += 1
        replay.failing_since = replay.failing_since or now()
        replay.last_error = type(error).__name__  # its text may hold patient data
        replay.due_at = now() + timedelta(seconds=min(2**replay.failures, LONGEST_BACK_OFF))
        replay.save(update_fields=["failures", "failing_since", "last_error", "due_at"])


def replayed(stay: Stay, replay: Replay) -> Compared:
    """One stay, from its admission until it ended or the replay was asked for, under both versions."""
    until = replay.at if stay.discharged_at is None else min(replay.at, stay.discharged_at)
    before, after = Settings.from_json(replay.in_force_settings), replay.draft.proposed
    return compare(timeline(stay), stay.admitted_at, until, before=before, after=after)


def _locked(replay_id: int) -> Replay:
    replays = Replay.objects.select_related("draft__proposal").select_for_update(of=("self",), no_key=True)
    return replays.get(pk=replay_id)


def _is_wanted(replay: Replay) -> bool:
    proposal = replay.draft.proposal
    return proposal.state == Proposal.State.OPEN and proposal.newest.pk == replay.draft_id


def _do_some(replay: Replay) -> None:
    ward_id = replay.draft.proposal.ward_id
    totals, stop_at = Totals.from_json(replay.totals), time.monotonic() + BATCH_SECONDS
    batch = list(stays_to_replay(ward_id, replay.at).filter(pk__gt=replay.reached)[:BATCH])
    done = 0
    for stay in batch:
        found = replayed(stay, replay)
        totals.add(found)
        if found.differs:
            Difference.objects.create(replay=replay, stay=stay, found=found.to_json())
        replay.reached, done = stay.pk, done + 1
        if time.monotonic() >= stop_at:
            break
    replay.totals = totals.to_json()
    replay.failures, replay.failing_since, replay.last_error = 0, None, ""
    if done == len(batch) < BATCH:
        _finish(replay)
    else:
        replay.due_at = now()
        nudge("replay", replay.pk)
    replay.save()
    publish(topics.ward(ward_id))


def _finish(replay: Replay) -> None:
    replay.finished_at, replay.due_at = now(), None
    proposal = replay.draft.proposal
    data = {"draft": replay.draft.number, "replay": replay.pk, "totals": replay.totals}
    record("protocol.replayed", by=None, about=proposal, data=data)
