"""The findings that events make, 1 to 9 (protocol §4): one function for each clause."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from monitoring.protocol.flags import FlagRecord
from monitoring.protocol.muscles import MuscleRecord
from monitoring.protocol.settings import Settings
from monitoring.protocol.vocabulary import Level, Muscle, Rule, SymptomaticSide


class MuscleFinding(NamedTuple):
    """A muscle that makes a finding hold, and the grades that do it."""

    muscle: Muscle
    reference: int
    assumed: bool
    latest: int
    drop: int

    def to_json(self) -> dict[str, Any]:
        return self._asdict() | {"muscle": self.muscle.value}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds, and what makes it hold; `untested` names its muscles alone, without grades."""

    rule: Rule
    muscles: tuple[MuscleFinding, ...] = ()
    flags: tuple[str, ...] = ()
    untested_muscles: tuple[Muscle, ...] = ()

    @property
    def level(self) -> Level:
        return self.rule.level

    @property
    def names(self) -> frozenset[str]:
        """The muscles and flags that make it hold."""
        return frozenset({*(found.muscle for found in self.muscles), *self.untested_muscles, *self.flags})

    def to_json(self) -> dict[str, Any]:
        if self.rule is Rule.UNTESTED:
            muscles = [muscle.value for muscle in self.untested_muscles]
            return {"rule": self.rule.value, "muscles": muscles, "flags": [*self.flags]}
        if self.rule is Rule.RED_FLAG:
            return {"rule": self.rule.value, "flags": [*self.flags]}
        return {"rule": self.rule.value, "muscles": [found.to_json() for found in self.muscles]}


def level_of(findings: Iterable[Finding]) -> Level:
    """Protocol §4: "the level is the highest of the findings that hold"."""
    return max((finding.level for finding in findings), default=Level.STABLE)


def names_in(findings: Iterable[Finding], rules: Collection[Rule]) -> frozenset[str]:
    """The muscles and flags that make any of those rules hold."""
    return frozenset().union(*(finding.names for finding in findings if finding.rule in rules))


def evaluate(
    muscles: Iterable[MuscleRecord], flags: Iterable[FlagRecord], side: SymptomaticSide | None, settings: Settings
) -> tuple[Finding, ...]:
    """Findings 1–9 that hold, in the order of protocol §4, muscles in the order given."""
    weak = [muscle for muscle in muscles if muscle.drop > 0 or muscle.shortfall > 0]
    raised = tuple(flag.flag for flag in flags if flag.raised)
    if not weak and not raised:
        return ()
    major_drop = settings.major_drop_grades
    findings = (
        _finding(Rule.FALL_TO_0_1, (muscle for muscle in weak if is_fall_to_0_1(muscle))),
        _finding(Rule.MAJOR_DROP, (muscle for muscle in weak if is_major_drop(muscle, major_drop))),
        _finding(Rule.WIDESPREAD_DROP, widespread_drop(weak)),
        Finding(Rule.RED_FLAG, flags=raised),
        _finding(Rule.MODERATE_DROP, (muscle for muscle in weak if is_moderate_drop(muscle, major_drop))),
        _finding(Rule.MULTIPLE_DROPS, multiple_drops(weak)),
        _finding(Rule.CONTRALATERAL_DROP, contralateral_drop(weak, side)),
        _finding(Rule.MINOR_DROP, (muscle for muscle in weak if is_minor_drop(muscle, major_drop))),
        _finding(Rule.PERSISTENT_DEFICIT, (muscle for muscle in weak if is_persistent_deficit(muscle, major_drop))),
    )
    return tuple(finding for finding in findings if finding.muscles or finding.flags)


def is_fall_to_0_1(muscle: MuscleRecord) -> bool:
    """Finding 1: "latest is 0 or 1, and reference ≥ 2"."""
    return muscle.latest in (0, 1) and muscle.reference >= 2


def is_major_drop(muscle: MuscleRecord, major_drop_grades: int) -> bool:
    """Finding 2: "drop ≥ `major_drop_grades`, and not 1"."""
    return muscle.drop >= major_drop_grades and not is_fall_to_0_1(muscle)


def widespread_drop(muscles: Iterable[MuscleRecord]) -> list[MuscleRecord]:
    """Finding 3: "the muscles with a drop ≥ 2 (whether or not in 1 or 2) are on both sides, or are three or more"."""
    dropped = [muscle for muscle in muscles if muscle.drop >= 2]
    on_both_sides = len({muscle.muscle.side for muscle in dropped}) == 2
    return dropped if on_both_sides or len(dropped) >= 3 else []


def is_moderate_drop(muscle: MuscleRecord, major_drop_grades: int) -> bool:
    """Finding 5: "drop ≥ 2, or reference 1 and latest 0; and not 1 or 2"."""
    holds = muscle.drop >= 2 or (muscle.reference == 1 and muscle.latest == 0)
    return holds and not _is_severe(muscle, major_drop_grades)


def multiple_drops(muscles: Iterable[MuscleRecord]) -> list[MuscleRecord]:
    """Finding 6: "two or more muscles have a drop ≥ 1"."""
    dropped = [muscle for muscle in muscles if muscle.drop >= 1]
    return dropped if len(dropped) >= 2 else []


def contralateral_drop(muscles: Iterable[MuscleRecord], side: SymptomaticSide | None) -> list[MuscleRecord]:
    """Finding 7: "`symptomatic_side` is left or right, and a muscle on the other side has a drop ≥ 1"."""
    if side not in ("left", "right"):
        return []
    return [muscle for muscle in muscles if muscle.drop >= 1 and muscle.muscle.side != side]


def is_minor_drop(muscle: MuscleRecord, major_drop_grades: int) -> bool:
    """Finding 8: "drop = 1, and not 1, 2 or 5"."""
    return muscle.drop == 1 and not _is_severe_or_moderate(muscle, major_drop_grades)


def is_persistent_deficit(muscle: MuscleRecord, major_drop_grades: int) -> bool:
    """Finding 9: "latest is ≥ 2 below the highest of …; and not 1, 2 or 5"."""
    return muscle.shortfall >= 2 and not _is_severe_or_moderate(muscle, major_drop_grades)


def _is_severe(muscle: MuscleRecord, major_drop_grades: int) -> bool:
    """Protocol §5: severe is "finding 1 or 2"."""
    return is_fall_to_0_1(muscle) or is_major_drop(muscle, major_drop_grades)


def _is_severe_or_moderate(muscle: MuscleRecord, major_drop_grades: int) -> bool:
    return _is_severe(muscle, major_drop_grades) or is_moderate_drop(muscle, major_drop_grades)


def _finding(rule: Rule, muscles: Iterable[MuscleRecord]) -> Finding:
    return Finding(
        rule,
        tuple(
            MuscleFinding(muscle.muscle, muscle.reference, muscle.assumed, muscle.latest, muscle.drop)
            for muscle in muscles
            if muscle.latest is not None
        ),
    )
