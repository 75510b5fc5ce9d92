"""The tables of the response times: cells with their words and the way to the alerts behind them. No queries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _

from monitoring.desks.admin.response_asked import Asked, Base, By, State, Step
from monitoring.desks.admin.response_queries import Counted, Spread, Summary
from monitoring.desks.common.presentation import span_words
from wards.times import MONTHS

MINUTE: Final = timedelta(minutes=1)
BAR: Final = 100
"""The width of the longest bar, in units of its drawing."""


def took_words(span: timedelta | None) -> str:
    """How long: "under 1 min", "40 min"; what came the other way round says so. Empty where nothing is known."""
    if span is None:
        return ""
    if span < -MINUTE:
        return _("−%(span)s: the other way round") % {"span": span_words(-span)}
    return _("under 1 min") if span < MINUTE else span_words(span)


@dataclass(frozen=True, slots=True)
class Bar:
    """The median and the tail of a step as widths, beside the longest tail of all."""

    median: float
    tail: float


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step over all alerts of the period."""

    step: Step
    counted: Counted
    bar: Bar | None
    known: str
    waiting: str
    never: str

    @property
    def label(self) -> str:
        return str(self.step.label)

    @property
    def words(self) -> SpreadWords:
        return SpreadWords(self.counted.took)


@dataclass(frozen=True, slots=True)
class SpreadWords:
    """A spread in words."""

    spread: Spread

    @property
    def median(self) -> str:
        return took_words(self.spread.median)

    @property
    def tail(self) -> str:
        return took_words(self.spread.tail)

    @property
    def longest(self) -> str:
        return took_words(self.spread.longest)


def steps_shown(asked: Asked) -> list[Step]:
    """Counted from the alert, what comes before it is left out."""
    return [step for step in Step if asked.base == Base.EXAMINED or step not in {Step.RECORDED, Step.ALERT}]


def step_rows(asked: Asked, summary: Summary) -> list[StepRow]:
    shown = [(step, summary.whole[step]) for step in steps_shown(asked) if step in summary.whole]
    longest = max((one.took.tail for _step, one in shown if one.took.tail), default=timedelta())
    return [
        StepRow(
            step=step,
            counted=counted,
            bar=_bar(counted.took, longest),
            known=asked.behind_address(step, State.KNOWN),
            waiting=asked.behind_address(step, State.WAITING),
            never=asked.behind_address(step, State.NEVER),
        )
        for step, counted in shown
    ]


def _bar(took: Spread, longest: timedelta) -> Bar | None:
    if took.median is None or took.tail is None or longest <= timedelta():
        return None
    return Bar(*(round(max(0, BAR * (span / longest)), 1) for span in (took.median, took.tail)))


@dataclass(frozen=True, slots=True)
class Cell:
    """One step of one part; `address` leads to its alerts."""

    label: str
    counted: Counted
    address: str

    @property
    def words(self) -> SpreadWords:
        return SpreadWords(self.counted.took)


@dataclass(frozen=True, slots=True)
class PartRow:
    """One ward, month or hour."""

    label: str
    alerts: int
    cells: Sequence[Cell]


def part_rows(asked: Asked, summary: Summary) -> list[PartRow]:
    return list(_part_rows(asked, summary))


def _part_rows(asked: Asked, summary: Summary) -> Iterator[PartRow]:
    for part, steps in summary.parts.items():
        cells = [
            Cell(str(step.label), steps[step], asked.behind_address(step, State.ALL, part))
            for step in steps_shown(asked)
            if step in steps
        ]
        yield PartRow(part_words(asked, part), next(iter(steps.values())).alerts, cells)


def part_words(asked: Asked, part: str) -> str:
    """A ward, month or hour as an address names it, in words. One that is none is said as it stands."""
    if asked.by == By.WARD:
        return next((str(ward) for ward in asked.wards if ward.code == part), part)
    try:
        if asked.by == By.HOUR:
            return f"{int(part):02}:00–{int(part):02}:59"
        month = date.fromisoformat(f"{part}-01")
    except ValueError:
        return part
    return _("%(month)s %(year)d") % {"month": MONTHS[month.month - 1], "year": month.year}
