"""The chart of a stay: ten strips, one a muscle, and the lanes of what happened, over one time axis. No queries.

A strip's drawing is a handful of SVG paths in the units of `chart_scale`, however many checks there are. A round dot is
a line of no length, which the stretching of the drawing leaves round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from monitoring.alerts.models import Alert
from monitoring.checks.models import Check
from monitoring.checks.queries import HistoryRow
from monitoring.desks.common import presentation as say
from monitoring.desks.common.chart_lanes import Lane, lanes_of
from monitoring.desks.common.chart_scale import WIDTH, Scale, Tick, percent, scale_of, ticks_of
from monitoring.desks.common.history import FACING, Reference, Spell, spells
from monitoring.protocol import MYOTOMES, Muscle
from wards.models import Absence, Operation

ROW: Final = 10  # the height of one grade
HEIGHT: Final = 7 * ROW  # 5 at the top … 0, then NT
UNTESTED: Final = 65
LANE: Final = 20
UNKNOWN: Final = "–"
Look: TypeAlias = tuple[int, int | str]
"""Where a check stands on the axis, and what it says of a muscle: a grade, NT or NA."""
WINDOWS: Final[Mapping[str, timedelta]] = {"24": timedelta(hours=24), "72": timedelta(hours=72)}


@dataclass(frozen=True, slots=True)
class Strip:
    """One muscle. The paths: `line` joins the grades and breaks where nobody could test; `dots` are grades, `grave`
    those of 0 or 1; `untested` are NT and NA; `struck` no longer count.

    `text` is what was found last, after the last operation: a grade, NT, NA, or "–" where nobody has looked.
    """

    muscle: Muscle
    line: str
    dots: str
    grave: str
    untested: str
    struck: str
    reference: Reference | None
    text: str
    title: str
    desc: str
    has_baseline: bool

    @property
    def key(self) -> str:
        return self.muscle.value.replace(" ", "-")

    @property
    def reference_y(self) -> int | None:
        return None if self.reference is None or self.reference.reference is None else y_of(self.reference.reference)

    @property
    def fell(self) -> bool:
        return self.reference is not None and self.reference.drop > 0


@dataclass(frozen=True, slots=True)
class Row:
    """One myotome as one faces the patient: the RIGHT strip stands at the left."""

    myotome: str
    words: str
    right: Strip
    left: Strip


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the page draws. `treated` are the spans (x, width) in which any treatment ran."""

    rows: Sequence[Row]
    lanes: Sequence[Lane]
    ticks: Sequence[Tick]
    treated: Sequence[tuple[int, int]]
    operated: Sequence[int]
    reference_from: int
    slot: int
    window: str
    windows: Sequence[str]

    @property
    def grid(self) -> str:
        """The lines between the grades, and those of the axis."""
        across = "".join(f"M0 {ROW * row}H{WIDTH}" for row in range(1, 7))
        return across + "".join(f"M{tick.x} 0V{HEIGHT}" for tick in self.ticks)

    @property
    def cuts(self) -> str:
        """The ends of the operations."""
        return "".join(f"M{x} 0V{HEIGHT}" for x in self.operated)

    @property
    def lane_grid(self) -> str:
        return "".join(f"M{tick.x} 0V{LANE}" for tick in self.ticks)

    @property
    def lane_cuts(self) -> str:
        return "".join(f"M{x} 0V{LANE}" for x in self.operated)

    @property
    def slot_left(self) -> str:
        return percent(self.slot / 2)


def draw(
    rows: Sequence[HistoryRow],
    *,
    references: Sequence[Reference] = (),
    alerts: Sequence[Alert] = (),
    absences: Sequence[Absence] = (),
    until: datetime,
    zone: ZoneInfo,
    window: str = "",
) -> Chart | None:
    """The chart of a history (newest first) until an instant; None while nothing is recorded.

    `references` in the order of `FACING`, or none where they are not known. `window`: a key of `WINDOWS`, for the last
    hours alone; one that would show everything anyway counts as none.
    """
    standing = [row for row in reversed(rows) if row.struck is None]
    operations = [row.entry for row in standing if isinstance(row.entry, Operation)]
    instants = [row.at for row in standing] + [alert.began_at for alert in alerts]
    if not rows:
        return None
    operated_at = operations[0].at if operations else None
    whole = scale_of(instants, operated_at, until, None)
    windows = [key for key, length in WINDOWS.items() if length < until - whole.since]
    window = window if window in windows else ""
    scale = scale_of(instants, operated_at, until, WINDOWS[window]) if window else whole
    strips = dict(zip(FACING, _strips(rows, standing, references, scale), strict=True))
    treatment = spells(rows)
    return Chart(
        rows=[_row(myotome, strips) for myotome in MYOTOMES],
        lanes=lanes_of(rows, treatment, alerts, absences, scale),
        ticks=ticks_of(scale, operated_at, zone),
        treated=_treated(treatment, scale),
        operated=[scale.x(operation.at) for operation in operations],
        reference_from=scale.within(operations[-1].at) if operations else scale.start,
        slot=scale.start,
        window=window,
        windows=windows,
    )


def _row(myotome: str, strips: Mapping[Muscle, Strip]) -> Row:
    right, left = (strips[Muscle.parse(f"{myotome} {side}")] for side in ("right", "left"))
    return Row(myotome, say.MYOTOME_WORDS[myotome], right, left)


def _treated(treatment: Iterable[Spell], scale: Scale) -> list[tuple[int, int]]:
    """The spans in which any treatment ran, those that touch made one."""
    spans: list[tuple[int, int]] = []
    for spell in treatment:  # by their starts
        start, end = scale.within(spell.treatment.at), scale.within(spell.ended_at or scale.until)
        if spans and start <= spans[-1][0] + spans[-1][1]:
            before, width = spans.pop()
            start, end = before, max(before + width, end)
        spans.append((start, end - start))
    return [(start, width) for start, width in spans if width]


def _strips(
    rows: Sequence[HistoryRow], standing: Sequence[HistoryRow], references: Sequence[Reference], scale: Scale
) -> Iterator[Strip]:
    checks = [row.entry for row in standing if isinstance(row.entry, Check)]
    struck = [row.entry for row in reversed(rows) if isinstance(row.entry, Check) and row.struck is not None]
    operations = [number for number, row in enumerate(standing) if isinstance(row.entry, Operation)]
    before = [row.entry for row in standing[: operations[0] if operations else None] if isinstance(row.entry, Check)]
    since = [row.entry for row in standing[operations[-1] if operations else 0 :] if isinstance(row.entry, Check)]
    for number, muscle in enumerate(FACING):
        looks = looks_of(checks, muscle, scale)
        reference = references[number] if references else None
        text = next((str(grade) for check in reversed(since) if (grade := check.grade(muscle)) is not None), UNKNOWN)
        yield Strip(
            muscle=muscle,
            line=line_of(looks),
            dots=dots_of(look for look in looks if isinstance(look[1], int)),
            grave=dots_of(look for look in looks if isinstance(look[1], int) and look[1] <= 1),
            untested=dots_of(look for look in looks if not isinstance(look[1], int)),
            struck=dots_of(look for look in looks_of(struck, muscle, scale) if isinstance(look[1], int)),
            reference=reference,
            text=text,
            title=_title(muscle, text, reference),
            desc=_desc([grade for _x, grade in looks if isinstance(grade, int)]),
            has_baseline=any(isinstance(check.grade(muscle), int) for check in before),
        )


def looks_of(checks: Iterable[Check], muscle: Muscle, scale: Scale) -> list[Look]:
    """The checks that looked at the muscle, in the order of time."""
    return [(scale.x(check.at), grade) for check in checks if (grade := check.grade(muscle)) is not None]


def y_of(grade: int | str) -> int:
    return ROW * (5 - grade) + ROW // 2 if isinstance(grade, int) else UNTESTED


def dots_of(looks: Iterable[Look]) -> str:
    return "".join(f"M{x} {y_of(grade)}h0" for x, grade in looks)


def line_of(looks: Iterable[Look]) -> str:
    """Joins the grades; a stretch of one grade is one line. Nothing is drawn through a look that could not test it."""
    drawn, pen = "", "M"
    for grade, run in groupby(looks, key=itemgetter(1)):
        if isinstance(grade, int):
            places = [x for x, _grade in run]
            drawn += f"{pen}{places[0]} {y_of(grade)}H{places[-1]}"
        pen = "L" if isinstance(grade, int) else "M"
    return drawn


def _title(muscle: Muscle, text: str, reference: Reference | None) -> str:
    """What a screen reader says first of the strip."""
    side = pgettext("side of a muscle", "LEFT") if muscle.side == "left" else pgettext("side of a muscle", "RIGHT")
    said = {"myotome": muscle.myotome, "movement": say.MYOTOME_WORDS[muscle.myotome], "side": side, "grade": text}
    if text == UNKNOWN:
        return _("%(side)s, %(myotome)s %(movement)s, not tested since the operation") % said
    if reference is None or reference.reference is None:
        return _("%(side)s, %(myotome)s %(movement)s, last %(grade)s") % said
    said["reference"] = str(reference.reference)
    if reference.assumed:
        return _("%(side)s, %(myotome)s %(movement)s, last %(grade)s, reference %(reference)s (assumed)") % said
    return _("%(side)s, %(myotome)s %(movement)s, last %(grade)s, reference %(reference)s") % said


def _desc(found: Sequence[int]) -> str:
    """The strip's grades in a sentence; every one of them stands in the table."""
    if not found:
        return _("No grades")
    said = {"count": len(found), "lowest": min(found), "highest": max(found)}
    return ngettext("%(count)d grade: %(lowest)d", "%(count)d grades from %(lowest)d to %(highest)d", len(found)) % said
