"""What is recorded: the events of a stay's history, and the timeline that holds them (protocol §1, §2)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from monitoring.protocol.instants import in_utc
from monitoring.protocol.vocabulary import (
    FlagStatus,
    Grade,
    GradeEntry,
    Muscle,
    OperationKind,
    SymptomaticSide,
    TreatmentAction,
)


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that happened at `at`, kept in UTC. Raises ValueError where `at` has no offset."""

    at: datetime
    retracted: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "at", in_utc(self.at))


@dataclass(frozen=True, slots=True)
class Check(Dated):
    """A strength check. What it leaves out was not looked at: one that was tried and not done has neither."""

    grades: Mapping[Muscle, GradeEntry] = field(default_factory=dict)
    flags: Mapping[str, FlagStatus] = field(default_factory=dict)

    @property
    def graded(self) -> dict[Muscle, Grade]:
        """The muscles that it gave a grade: NT and NA are no test (protocol §1)."""
        return {muscle: entry for muscle, entry in self.grades.items() if isinstance(entry, int)}

    @property
    def assessed(self) -> dict[str, bool]:
        """The flags that it found present or absent: whether present."""
        return {flag: status == "present" for flag, status in self.flags.items() if status != "not_assessed"}


@dataclass(frozen=True, slots=True)
class Operation(Dated):
    """The fusion (`index`) or a re-operation (`secondary`); `at` is the time it ended."""

    kind: OperationKind


@dataclass(frozen=True, slots=True)
class Treatment(Dated):
    """Conservative treatment, started or stopped."""

    action: TreatmentAction


@dataclass(frozen=True, slots=True)
class ReferenceAccepted(Dated):
    """A surgeon accepts grades of named muscles as their new reference, and named red flags as known."""

    muscles: Mapping[Muscle, Grade] = field(default_factory=dict)
    flags: Collection[str] = ()


Event: TypeAlias = Check | Operation | Treatment | ReferenceAccepted


def instant_of(event: Event) -> datetime:
    """When it happened: what events are ordered and grouped by."""
    return event.at


@dataclass(frozen=True, slots=True)
class Timeline:
    """A stay's whole history. Events may come in any order of `at`; those of one instant keep the order given here.

    `id` is whatever the caller calls it by and has no meaning here.
    """

    events: tuple[Event, ...] = ()
    symptomatic_side: SymptomaticSide | None = None
    id: object = None

    def standing(self) -> list[Event]:
        """The events that were not retracted, in order of `at` (protocol §2), future ones included."""
        return sorted((event for event in self.events if not event.retracted), key=instant_of)
