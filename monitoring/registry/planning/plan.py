"""What is simulated: two schedules of checks, and every assumption beside them, each with where it comes from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from monitoring.protocol import ScheduleRow, Settings
from monitoring.protocol.causes import LAST_DAY, PAPER, CauseInPaper
from monitoring.protocol.settings import DEFAULT_SCHEDULE

Schedule: TypeAlias = tuple[ScheduleRow, ...]
EVERY_FOUR_HOURS: Schedule = (ScheduleRow(None, 240),)

FEWEST_DEFICITS, MOST_DEFICITS = 100, 20_000
LAST_SEED = 2**32 - 1
NINE_IN_TEN = 1.2815515655446004
"""The standard normal quantile of 0.9."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """Typical minutes (medians) of what follows a look that found a deficit: *local defaults*, nobody's figures.

    Each step is lognormal about its typical length; one in ten takes longer than `spread` times that.
    """

    to_surgeon: float = 15
    """From the check until the alert is acknowledged and a surgeon has it."""
    to_imaging: float = 60
    """From then, or from when the protocol asks for imaging if that is later, until it is done."""
    to_decision: float = 15
    to_theatre: float = 60
    """From the decision until the operation has started."""
    to_decompression: float = 45
    """From the operation's start until the nerve is free."""
    spread: float = 2.0

    def __post_init__(self) -> None:
        if min(self.typical) < 0 or self.spread < 1:
            raise ValueError("a step takes 0 minutes or more, and its spread is 1 or more")

    @property
    def typical(self) -> tuple[float, float, float, float, float]:
        return (self.to_surgeon, self.to_imaging, self.to_decision, self.to_theatre, self.to_decompression)

    def minutes(self, normals: tuple[float, ...]) -> list[float]:
        """How long each step takes one patient, of five standard normal draws."""
        sigma = math.log(self.spread) / NINE_IN_TEN
        return [typical * math.exp(sigma * normal) for typical, normal in zip(self.typical, normals, strict=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Raises ValueError where nothing could be simulated. The schedule within `settings` does not count."""

    a: Schedule = DEFAULT_SCHEDULE
    b: Schedule = EVERY_FOUR_HOURS
    settings: Settings = field(default_factory=Settings)
    late_minutes: int = 10
    """Each look is done so long after it is due."""
    missed: float = 0.05
    """The share of looks that do not find the deficit that is there, each look by itself."""
    falls: float = 0.67
    """The share of severe deficits that are a fall to grade 0 or 1; the others go from 5 to 2. The paper does not give
    it: two of its three illustrated patients."""
    ladder: Ladder = field(default_factory=Ladder)
    check_minutes: float = 5
    """A nurse's time for one check."""
    deficits: int = 10_000
    seed: int = 1
    causes: tuple[CauseInPaper, ...] = PAPER

    def __post_init__(self) -> None:
        if self.late_minutes < 0 or not 0 <= self.missed < 1 or not 0 <= self.falls <= 1 or self.check_minutes < 0:
            raise ValueError("minutes are 0 or more, and shares from 0 to 1")
        if self.deficits < 1 or self.seed < 0:
            raise ValueError("there is at least one deficit, and a seed is 0 or more")
        if not all(0 < cause.mean <= LAST_DAY and cause.patients > 1 for cause in self.causes):
            raise ValueError(f"an onset lies within {LAST_DAY:g} days, and takes two patients to be known")

    def settings_under(self, schedule: Schedule) -> Settings:
        """The settings with that schedule in them."""
        return replace(self.settings, schedule=schedule)
