"""What the paper could not tell: how long things took, when deficits begin, how wards differ. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from monitoring.registry.queries import CaseRow, DeficitRow, WardRow
from monitoring.registry.statistics.categories import chi_square_or_fisher
from monitoring.registry.statistics.estimates import NotEstimable
from monitoring.registry.statistics.proportions import Proportion, proportion
from monitoring.registry.statistics.ranks import Comparison, mann_whitney
from monitoring.registry.statistics.spread import Quantiles, quantiles
from monitoring.registry.statistics.survival import FunnelLimits, Step, cumulative_incidence, funnel_limits

SIX, EIGHT = 6.0, 8.0


class Band(StrEnum):
    """How long after the last good check a case was decompressed; the hour itself has not passed it."""

    UP_TO_6_H = "up_to_6_h"
    FROM_6_TO_8_H = "from_6_to_8_h"
    PAST_8_H = "past_8_h"
    UNKNOWN = "unknown"


def band_of(hours: float | None) -> Band:
    """Which band, of hours from the last good check to the end of the decompression: the worst case."""
    if hours is None:
        return Band.UNKNOWN
    if hours > EIGHT:
        return Band.PAST_8_H
    return Band.FROM_6_TO_8_H if hours > SIX else Band.UP_TO_6_H


@dataclass(frozen=True, slots=True)
class Recovered:
    """The cases of one band by whether they had relief; None: not known."""

    relief: Mapping[bool | None, int]

    @property
    def n(self) -> int:
        return sum(self.relief.values())

    @property
    def share(self) -> Proportion | NotEstimable:
        """Of those of whom it is known."""
        return proportion(self.relief[True], self.relief[True] + self.relief[False])


@dataclass(frozen=True, slots=True)
class Decompression:
    """Time against recovery. `hours` compares those with and without relief, `bands` the three bands."""

    by_band: Mapping[Band, Recovered]
    hours: Comparison | NotEstimable
    bands: Comparison | NotEstimable


def decompression_of(cases: Sequence[CaseRow]) -> Decompression:
    """Of these cases. Who is not known to have had relief, or how long it took, is counted and compared with nobody."""
    by_band = {band: {True: 0, False: 0, None: 0} for band in Band}
    took: dict[bool, list[float]] = {True: [], False: []}
    for row in cases:
        hours = row.good_to_decompression_hours
        by_band[band_of(hours)][row.relief] += 1
        if hours is not None and row.relief is not None:
            took[row.relief].append(hours)
    known = [band for band in Band if band is not Band.UNKNOWN]
    return Decompression(
        {band: Recovered(counts) for band, counts in by_band.items()},
        mann_whitney(took[True], took[False]),
        chi_square_or_fisher([[by_band[band][True], by_band[band][False]] for band in known]),
    )


ANSWERS: Final = ("minutes_to_alert", "minutes_to_acknowledged", "minutes_to_imaging", "minutes_to_theatre")
"""From the examination that found the deficit, in the order in which they should come."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How long one answer took; `unknown`: of how many deficits nobody recorded it, or it never came."""

    took: Quantiles | NotEstimable
    unknown: int


def answers_of(deficits: Sequence[DeficitRow]) -> dict[str, Answer]:
    """By the name of the answer (`ANSWERS`)."""
    found: dict[str, Answer] = {}
    for name in ANSWERS:
        known = [value for row in deficits if (value := getattr(row, name)) is not None]
        found[name] = Answer(quantiles(known), len(deficits) - len(known))
    return found


LAST_DAY: Final = 14
"""Days after surgery that the cumulative incidence is drawn for."""


@dataclass(frozen=True, slots=True)
class Beginnings:
    """The cumulative incidence of a severe deficit; `unknown`: deficits of which nobody knows the day."""

    steps: Sequence[Step]
    n: int
    unknown: int


def beginnings_of(deficits: Sequence[DeficitRow], n: int) -> Beginnings:
    """Of the severe deficits among `n` operations."""
    days = [row.onset_days for row in deficits if row.onset_days is not None]
    return Beginnings(cumulative_incidence(days, n, until=LAST_DAY), n, len(deficits) - len(days))


@dataclass(frozen=True, slots=True)
class WardBeside:
    """One ward beside the others together. `limits` are about the share of all."""

    row: WardRow
    share: Proportion | NotEstimable
    limits: FunnelLimits | NotEstimable
    on_time: Proportion | NotEstimable


def wards_of(rows: Mapping[int, WardRow]) -> dict[int, WardBeside]:
    """By the ward's id."""
    whole = proportion(sum(row.cases for row in rows.values()), sum(row.operations for row in rows.values()))
    return {ward_id: _beside(row, whole) for ward_id, row in rows.items()}


def _beside(row: WardRow, whole: Proportion | NotEstimable) -> WardBeside:
    limits = whole if isinstance(whole, NotEstimable) else funnel_limits(whole.share, row.operations)
    return WardBeside(
        row,
        proportion(row.cases, row.operations),
        limits,
        proportion(row.checks_done - row.checks_late, row.checks_done),
    )
