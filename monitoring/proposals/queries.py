"""Reads: proposals and their replays, what is due, and the versions of a ward's protocol."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import Max, Q, QuerySet
from django.http import Http404

from monitoring.alerts.models import Alert
from monitoring.checks.models import Acceptance, Check, Treatment
from monitoring.due.clock import now
from monitoring.proposals.models import Difference, Proposal, Replay
from wards.access import wards_of
from wards.models import ClinicalEntry, Operation, ProtocolVersion, Staff, Stay, Ward, entries_of

HISTORY: tuple[type[ClinicalEntry], ...] = (Check, Operation, Treatment, Acceptance)
"""What the protocol reads."""

RowT = TypeVar("RowT", bound=models.Model)


def versions_of(ward: Ward) -> list[ProtocolVersion]:
    """All versions that a ward has had, the newest first, with the proposal that each came from, if one did."""
    people = ("recorded_by", "proposal__approved_by")
    return list(ward.protocol_versions.select_related(*people, "ward").order_by("-number"))


def number_in_force(ward_id: int) -> int:
    """The number of the version in force on a ward; 0 where it has approved none."""
    last = ProtocolVersion.objects.filter(ward=ward_id).order_by("-number").values_list("number", flat=True).first()
    return last or 0


def overview(wards: Iterable[Ward]) -> list[tuple[Ward, int, str]]:
    """For each ward the number of the version in force, and the state of the proposal that waits, if one does."""
    wards = list(wards)
    versions = ProtocolVersion.objects.filter(ward__in=wards).values_list("ward").annotate(newest=Max("number"))
    numbers = dict(versions.order_by())
    waiting = Proposal.objects.filter(ward__in=wards, state__in=Proposal.PENDING)
    states = dict(waiting.values_list("ward", "state"))
    return [(ward, numbers.get(ward.pk, 0), states.get(ward.pk, "")) for ward in wards]


def pending_of(ward: Ward) -> Proposal | None:
    """The proposal that is open, or approved and waits for its date."""
    return ward.protocol_proposals.filter(state__in=Proposal.PENDING).select_related("ward", "approved_by").first()


def ended_of(ward: Ward) -> list[Proposal]:
    """The proposals that never came in force, the latest first."""
    ended = ward.protocol_proposals.filter(ended_at__isnull=False)
    return list(ended.select_related("ended_by").order_by("-ended_at"))


def proposal_or_404(staff: Staff, public_id: UUID) -> Proposal:
    """Raises Http404 for another ward's proposal, as for an unknown one."""
    near = Proposal.objects.filter(ward__in=wards_of(staff).order_by(), public_id=public_id)
    proposal = near.select_related("ward", "approved_by", "ended_by", "version", "approved_replay").first()
    if proposal is None:
        raise Http404("No such proposal on your wards.")
    return proposal


def replay_of(proposal: Proposal) -> Replay | None:
    """The newest replay of what the proposal says now; None where there is none yet."""
    newest = Replay.objects.filter(draft=proposal.newest.pk).select_related("draft", "asked_by")
    return newest.order_by("-pk").first()


def differences_of(replay: Replay) -> list[Difference]:
    """The stays that differ, with bed and ward: those first for whom somebody would be called otherwise, then by when
    they began."""
    found = replay.differences.select_related("stay__bed", "stay__ward").order_by("-stay__admitted_at", "pk")
    return sorted(found, key=lambda difference: not difference.found["changes"])


def stays_to_replay(ward_id: int, at: datetime) -> QuerySet[Stay]:
    """All recorded stays of a ward as of `at`, by id, without the watchdog's. A patient who has moved is with the ward
    where they are, or were last."""
    return Stay.objects.filter(ward=ward_id, recorded_at__lte=at, pk__gt=0).order_by("pk")


def entries_since(ward_id: int, at: datetime) -> int:
    """How many entries of a ward's stays were recorded, corrected or taken back since an instant."""
    new = Q(recorded_at__gt=at) | Q(retracted_at__gt=at)
    return sum(entries_of(kind).filter(new, stay__ward=ward_id).count() for kind in HISTORY)


def alerts_under_older(ward: Ward, version: str) -> list[Alert]:
    """The open alerts of a ward that were made under another version than this one, which they keep."""
    older = Alert.objects.filter(stay__ward=ward, closed_at__isnull=True).exclude(protocol_version=version)
    return list(older.select_related("stay__bed").order_by("opened_at"))


def replays_to_go_on(limit: int) -> Sequence[int]:
    """Replays of which more stays are to be done; one that somebody is working on is left to them."""
    return _due(Replay.objects.filter(due_at__lte=now()), limit)


def proposals_to_bring_in_force(limit: int) -> Sequence[int]:
    """Approved proposals whose time has come."""
    return _due(Proposal.objects.filter(due_at__lte=now()), limit)


def _due(rows: QuerySet[RowT], limit: int) -> Sequence[int]:
    with transaction.atomic():
        free = rows.order_by("due_at").select_for_update(no_key=True, skip_locked=True)
        return list(free.values_list("pk", flat=True)[:limit])
