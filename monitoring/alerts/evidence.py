"""What an alert says: the highest level, strongest actions, all reasons, muscles and flags that held (protocol §10).

Evidence only ever grows: `joined` is how an alert latches. Nothing here touches the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from monitoring.protocol import Action, Assessment, Level, Moment, Muscle, MuscleFinding, Reason, Rule


@dataclass(frozen=True, slots=True)
class Evidence:
    """Findings 1–9 over one or more moments; `untested` alone raises nothing (protocol §10).

    `muscles` holds for each muscle that made a finding hold its deepest drop.
    """

    level: Level = Level.STABLE
    actions: frozenset[Action] = frozenset()
    because: frozenset[Reason] = frozenset()
    rules: frozenset[Rule] = frozenset()
    muscles: Mapping[Muscle, MuscleFinding] = field(default_factory=dict)
    flags: frozenset[str] = frozenset()

    @classmethod
    def of(cls, assessment: Assessment) -> Evidence:
        """What one assessment says. A level that comes from `untested` alone says nothing."""
        findings = [finding for finding in assessment.findings if finding.rule is not Rule.UNTESTED]
        if not findings:
            return cls()
        return cls(
            level=assessment.level,
            actions=frozenset(assessment.actions),
            because=frozenset(assessment.because),
            rules=frozenset(finding.rule for finding in findings),
            muscles={found.muscle: found for finding in findings for found in finding.muscles},
            flags=frozenset(flag for finding in findings for flag in finding.flags),
        )

    @classmethod
    def over(cls, moments: Iterable[Moment]) -> Evidence:
        """All that held at any of these moments."""
        return reduce(cls.joined, (cls.of(moment.assessment) for moment in moments), cls())

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Evidence:
        return cls(
            level=Level.parse(stored["level"]),
            actions=frozenset(map(Action, stored["actions"])),
            because=frozenset(map(Reason, stored["because"])),
            rules=frozenset(map(Rule, stored["rules"])),
            muscles={Muscle(name): MuscleFinding(Muscle(name), **found) for name, found in stored["muscles"].items()},
            flags=frozenset(stored["flags"]),
        )

    def to_json(self) -> dict[str, Any]:
        """As the alert's columns hold it, each list in the protocol's order."""
        return {
            "level": self.level.label,
            "actions": [action.value for action in Action if action in self.actions],
            "because": [reason.value for reason in Reason if reason in self.because],
            "rules": [rule.value for rule in Rule if rule in self.rules],
            "muscles": {
                muscle.value: {
                    "reference": found.reference,
                    "assumed": found.assumed,
                    "latest": found.latest,
                    "drop": found.drop,
                }
                for muscle, found in sorted(self.muscles.items(), key=lambda item: list(Muscle).index(item[0]))
            },
            "flags": sorted(self.flags),
        }

    def joined(self, other: Evidence) -> Evidence:
        """Both together: the higher level with the strongest actions, and everything that either names."""
        return Evidence(
            level=max(self.level, other.level),
            actions=_strongest(self, other),
            because=self.because | other.because,
            rules=self.rules | other.rules,
            muscles=_deepest(self.muscles, other.muscles),
            flags=self.flags | other.flags,
        )

    def is_told_by(self, other: Evidence) -> bool:
        """Whether `other` says all of this, and no muscle less deep."""
        return not self.beyond(other)

    def beyond(self, other: Evidence) -> dict[str, Any]:
        """What this would add to `other`, by name; empty where there is nothing. A deeper drop is `deeper`."""
        stronger = _strongest(self, other) - other.actions
        said = {
            "level": self.level.label if self.level > other.level else "",
            "actions": [action.value for action in Action if action in stronger],
            "because": [reason.value for reason in Reason if reason in self.because - other.because],
            "muscles": [muscle.value for muscle in Muscle if muscle in self.muscles and muscle not in other.muscles],
            "flags": sorted(self.flags - other.flags),
            "deeper": [
                muscle.value
                for muscle in Muscle
                if muscle in self.muscles
                and muscle in other.muscles
                and self.muscles[muscle].latest < other.muscles[muscle].latest
            ],
        }
        return {name: value for name, value in said.items() if value}


def _strongest(one: Evidence, other: Evidence) -> frozenset[Action]:
    """`image_and_explore` stands alone, and for good, until a person has decided; else the higher level's actions."""
    both = one.actions | other.actions
    if Action.IMAGE_AND_EXPLORE in both:
        return frozenset({Action.IMAGE_AND_EXPLORE})
    if one.level == other.level:
        return both
    return one.actions if one.level > other.level else other.actions


def _deepest(one: Mapping[Muscle, MuscleFinding], other: Mapping[Muscle, MuscleFinding]) -> dict[Muscle, MuscleFinding]:
    """For each muscle the finding with the lower grade, and of equals the larger drop."""
    joined = dict(one)
    for muscle, found in other.items():
        held = joined.get(muscle)
        if held is None or (found.latest, -found.drop) < (held.latest, -held.drop):
            joined[muscle] = found
    return joined
