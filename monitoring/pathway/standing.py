"""Reads for the forms: what stands in the record already, so that it is corrected instead of recorded twice."""

from __future__ import annotations

from monitoring.pathway.course import current_plan
from monitoring.pathway.drains import drains_of
from monitoring.pathway.models import DrainEntry, Exploration, TheatrePlan
from wards.models import Operation
from wards.queries import standing_operations


def plan_of(episode_id: int) -> TheatrePlan | None:
    """The theatre plan that waits. Two queries."""
    return current_plan(TheatrePlan.objects.standing().filter(episode=episode_id), standing_operations(episode_id))


def findings_of(operation: Operation) -> Exploration | None:
    """The findings of a re-operation, whichever of its corrections they were signed under."""
    own = Exploration.objects.standing().filter(episode=operation.episode_id, operation_place=operation.place)
    return own.first()


def names_of_lying_drains(episode_id: int) -> set[str]:
    """The labels that a new drain must not have."""
    lines = DrainEntry.objects.standing().filter(episode=episode_id)
    return {drain.label for drain in drains_of(lines) if drain.removed is None}
