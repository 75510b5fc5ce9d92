"""The re-operation: planned, and what it found (see `signing` for what is raised).

That it took place is an `Operation`, which the protocol reads (§2): `wards.actions.record_operation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction

from monitoring.alerts.milestones import reached
from monitoring.alerts.models import Milestone
from monitoring.due import clock
from monitoring.pathway.actions import drains
from monitoring.pathway.actions.signing import Kind
from monitoring.pathway.facts import DrainFacts, ExplorationFacts
from monitoring.pathway.models import Exploration, TheatrePlan
from monitoring.pathway.rules import exploration_errors, plan_errors
from monitoring.pathway.vocabulary import Indication
from wards.access import May
from wards.locks import lock_stays
from wards.models import Operation, Staff, Stay
from wards.times import was_now

PLANNED = Kind(TheatrePlan, May.PLAN_THEATRE, plan_errors, "planned_at")
EXPLORED = Kind(Exploration, May.RECORD_EXPLORATION, exploration_errors)


@transaction.atomic
def plan_theatre(
    stay: Stay, *, by: Staff, planned_at: datetime | timedelta, indication: str, note: str, key: UUID
) -> TheatrePlan:
    """Store when theatre is planned (an instant, or so long from now), and why.

    It is the milestone "theatre booked", as of now.
    """
    lock_stays(stay.episode_id)
    facts: dict[str, object] = {"indication": indication, "note": note.strip()}
    plan = PLANNED.sign(stay, by=by, at=_instant(planned_at, key), facts=facts, key=key)
    reached(plan.stay, Milestone.Kind.THEATRE_BOOKED, at=plan.recorded_at, by=by)
    return plan


@transaction.atomic
def change_plan(
    plan: TheatrePlan,
    *,
    by: Staff,
    planned_at: datetime | timedelta | None,
    indication: str,
    note: str,
    reason: str,
    key: UUID,
) -> TheatrePlan:
    """Plan another time (None: the same), or for another reason; the plan before stays on the record."""
    lock_stays(plan.episode_id)
    at = None if planned_at is None else _instant(planned_at, key)
    facts: dict[str, object] = {"indication": indication, "note": note.strip()}
    return PLANNED.correct(plan, by=by, at=at, facts=facts, reason=reason, key=key)


def _instant(planned_at: datetime | timedelta, key: UUID) -> datetime:
    """When it is planned; of so long from now, in a form that was sent before, from the "now" of then."""
    if isinstance(planned_at, datetime):
        return planned_at
    stored = TheatrePlan.objects.filter(idempotency_key=key).first()
    if stored is not None and was_now(stored.planned_at - planned_at, stored.recorded_at):
        return stored.planned_at
    return clock.now() + planned_at


@transaction.atomic
def cancel_plan(plan: TheatrePlan, *, by: Staff, reason: str) -> TheatrePlan:
    """Theatre is not wanted any more."""
    return PLANNED.retract(plan, by=by, reason=reason)


@transaction.atomic
def record_exploration(
    operation: Operation,
    *,
    by: Staff,
    facts: ExplorationFacts,
    drains_placed: Sequence[DrainFacts],
    key: UUID,
) -> Exploration:
    """Store why a patient was operated again and what was found, with the drains that were placed at its end.

    What is wrong about the second drain's label is said of "drain_2_label". That an exploration for a deficit was begun
    is a milestone of the open alert.
    """
    said: dict[str, object] = {"operation": operation, "operation_place": operation.place, **facts.columns()}
    explored = EXPLORED.sign(operation.stay, by=by, at=None, facts=said, key=key)
    if explored.indication == Indication.DEFICIT:
        reached(explored.stay, Milestone.Kind.EXPLORATION_BEGUN, at=operation.started_at, by=by)
    for number, drain in enumerate(drains_placed, start=1):
        try:
            drains.record_drain(operation.stay, by=by, at=operation.ended_at, facts=drain, key=uuid5(key, str(number)))
        except ValidationError as error:
            raise ValidationError(_of_drain(number, error)) from error
    return explored


def _of_drain(number: int, error: ValidationError) -> dict[str, list[str]]:
    return {
        name if name == NON_FIELD_ERRORS else f"drain_{number}_{name}": messages
        for name, messages in error.message_dict.items()
    }


@transaction.atomic
def correct_exploration(
    exploration: Exploration, *, by: Staff, facts: ExplorationFacts, reason: str, key: UUID
) -> Exploration:
    """Put other findings in the place of those that were wrong."""
    whose = {"operation_id": exploration.operation_id, "operation_place": exploration.operation_place}
    said: dict[str, object] = {**whose, **facts.columns()}
    return EXPLORED.correct(exploration, by=by, at=None, facts=said, reason=reason, key=key)


@transaction.atomic
def retract_exploration(exploration: Exploration, *, by: Staff, reason: str) -> Exploration:
    """Take back findings that belong to another operation, or to none."""
    return EXPLORED.retract(exploration, by=by, reason=reason)
