"""What followed in one episode, put together from its standing entries: studies, theatre, findings, drains. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from monitoring.pathway.drains import Drain, drains_of
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan
from wards.models import Operation


@dataclass(frozen=True, slots=True)
class Study:
    """One imaging study by its stages; those that nobody recorded are None."""

    id: UUID
    requested: Imaging | None
    done: Imaging | None
    reported: Imaging | None

    @property
    def last(self) -> Imaging:
        """The furthest stage that it has reached. It tells the modality."""
        last = self.reported or self.done or self.requested
        assert last is not None  # made of at least one stage
        return last

    @property
    def first(self) -> Imaging:
        first = self.requested or self.done or self.reported
        assert first is not None
        return first

    @property
    def modality_words(self) -> str:
        return self.last.get_modality_display()

    @property
    def accession(self) -> str:
        """Its number in the hospital's archive; the last one that was given."""
        stages = [stage for stage in (self.requested, self.done, self.reported) if stage is not None]
        return next((stage.accession for stage in reversed(stages) if stage.accession), "")


@dataclass(frozen=True, slots=True)
class Course:
    """Of one episode. `explorations` are by the place of their operation."""

    studies: Sequence[Study] = ()
    plans: Sequence[TheatrePlan] = ()
    explorations: Mapping[int, Exploration] = field(default_factory=dict)
    drains: Sequence[Drain] = ()

    @property
    def lying_drains(self) -> list[Drain]:
        return [drain for drain in self.drains if drain.removed is None]

    def exploration_of(self, operation: Operation) -> Exploration | None:
        return self.explorations.get(operation.place)

    def plan(self, operations: Iterable[Operation]) -> TheatrePlan | None:
        return current_plan(self.plans, operations)


def course_of(
    imaging: Iterable[Imaging],
    plans: Iterable[TheatrePlan],
    explorations: Iterable[Exploration],
    drain_lines: Iterable[DrainEntry],
) -> Course:
    """One episode's standing entries, put together."""
    return Course(
        studies=studies_of(imaging),
        plans=sorted(plans, key=lambda plan: (plan.planned_at, plan.place)),
        explorations={one.operation_place: one for one in explorations},
        drains=drains_of(drain_lines),
    )


def studies_of(imaging: Iterable[Imaging]) -> list[Study]:
    """The studies, the one asked for first before the others."""
    by_study: dict[UUID, dict[str, Imaging]] = {}
    for one in sorted(imaging, key=lambda one: (one.happened_at, one.place)):
        by_study.setdefault(one.study, {})[one.stage] = one
    stage = Imaging.Stage
    return [
        Study(study, stages.get(stage.REQUESTED), stages.get(stage.DONE), stages.get(stage.REPORTED))
        for study, stages in by_study.items()
    ]


def current_plan(plans: Iterable[TheatrePlan], operations: Iterable[Operation]) -> TheatrePlan | None:
    """The plan that still waits: one is over once the patient was operated again after it was made or meant."""
    ends = [operation.ended_at for operation in operations if operation.kind == Operation.Kind.SECONDARY]
    waiting = [plan for plan in plans if not any(end >= min(plan.recorded_at, plan.planned_at) for end in ends)]
    return min(waiting, key=lambda plan: plan.planned_at, default=None)
