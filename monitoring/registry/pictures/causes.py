"""The paper's Fig. 1 as bars: what the re-operations found, this hospital beside the paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures import words
from monitoring.registry.pictures.ink import HERE, PAPER, RULE, Look
from monitoring.registry.pictures.key import bar_sample, key, key_height
from monitoring.registry.pictures.letters import BODY, LEADING, SMALL, width_of, wrapped
from monitoring.registry.pictures.marks import MOST_FEW, bar, few_bar
from monitoring.registry.pictures.sheet import EDGE, THIN, WIDTH, Sheet, alone, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "What the re-operations found"


@dataclass(frozen=True, slots=True)
class Causes:
    """Cases by code: causes ("fixation") and sub-causes ("fixation.malposition"); None is too few to be told.

    `cases` and `paper_cases` are all of them; `cases` is None where even that is too few.
    """

    here: Mapping[str, int | None]
    cases: int | None
    paper: Mapping[str, int]
    paper_cases: int
    notes: Sequence[str] = ()


NAMES: Final = 122.0
"""Room for the names, left of the bars."""
AXIS: Final = 30.0
PAD: Final = 3.0
INDENT: Final = 8.0


@dataclass(frozen=True, slots=True)
class _Row:
    code: str
    lines: Sequence[str]
    part: bool

    @property
    def thick(self) -> float:
        """Of a bar."""
        return 8.5 if self.part else 9.5

    @property
    def height(self) -> float:
        size = SMALL if self.part else BODY
        return max(2 * self.thick + 2, len(self.lines) * size * LEADING) + 2 * PAD


@alone
def draw(data: Causes) -> Figure:
    """Two bars for each cause and sub-cause that either has, with their counts and shares."""
    rows = _rows(data)
    entries = [(bar_sample(HERE), _of(words.HERE, data.cases)), (bar_sample(PAPER), _of(words.PAPER, data.paper_cases))]
    tall, above = sum(row.height for row in rows), key_height(entries)
    made = sheet(TITLE, above + tall + AXIS, data.notes)
    key(made, made.top, entries)
    axes = made.axes(EDGE + NAMES, made.bottom + AXIS, WIDTH - 2 * EDGE - NAMES - _room_for_numbers(data), tall)
    axes.set_ylim(0, tall)
    axes.set_xlim(0, max(_longest(data), 1))
    axes.set_xlabel("% of cases", size=BODY, labelpad=3)
    axes.axvline(0, color=RULE, linewidth=THIN)
    top = tall
    for row in rows:
        _write_name(made, made.bottom + AXIS + top, row)
        middle = top - row.height / 2
        if data.cases != 0:
            _bar(axes, middle + 0.5, row, data.here.get(row.code, 0), data.cases, HERE)
        _bar(axes, middle - 0.5 - row.thick, row, data.paper.get(row.code, 0), data.paper_cases, PAPER)
        top -= row.height
    return made.figure


def _of(whose: str, cases: int | None) -> str:
    if cases is None:
        return f"{whose} ({words.FEW} cases: not shown)"
    return f"{whose} ({words.cases(cases) if cases else words.NO_CASES.lower()})"


def _rows(data: Causes) -> list[_Row]:
    """Causes in the order of their names, those beside the paper's only if there are any; sub-causes under theirs."""
    rows = []
    for cause in dict.fromkeys([*words.CAUSES, *(code for code in data.here if "." not in code)]):
        if data.paper.get(cause) or data.here.get(cause, 0) != 0:
            rows.append(_Row(cause, wrapped(words.name(cause, words.CAUSES), NAMES - 6), part=False))
            for part in words.SUB_CAUSES:
                if part.startswith(f"{cause}.") and (data.paper.get(part) or data.here.get(part, 0) != 0):
                    lines = wrapped(words.SUB_CAUSES[part], NAMES - 6 - INDENT, SMALL)
                    rows.append(_Row(part, lines, part=True))
    return rows


def _said(n: int | None, of: int) -> str:
    return f"{words.count(n)} ({words.percent(n / of)})" if n else words.count(n)


def _room_for_numbers(data: Causes) -> float:
    """Right of the longest bar."""
    here = [_said(n, data.cases) for n in data.here.values()] if data.cases else []
    paper = [_said(n, data.paper_cases) for n in data.paper.values()] if data.paper_cases else []
    return max((width_of(said, SMALL) for said in [*here, *paper]), default=0.0) + 5


def _longest(data: Causes) -> float:
    """Percent of the longest bar."""
    here = [100 * (MOST_FEW if n is None else n) / data.cases for n in data.here.values()] if data.cases else []
    paper = [100 * n / data.paper_cases for n in data.paper.values()] if data.paper_cases else []
    return max([*here, *paper], default=0.0)


def _write_name(made: Sheet, top: float, row: _Row) -> None:
    size = SMALL if row.part else BODY
    tall = len(row.lines) * size * LEADING
    for place, line in enumerate(row.lines, 1):
        y = top - (row.height - tall) / 2 - place * size * LEADING + size * 0.3
        made.write(EDGE + (INDENT if row.part else 0), y, line, size=size)


def _bar(axes: Axes, y: float, row: _Row, n: int | None, of: int | None, look: Look) -> None:
    """Its number stands beside it; nothing at all where the whole is not told."""
    if not of:
        return
    long = 100 * (MOST_FEW if n is None else n) / of
    made = few_bar(0, y, long, row.thick) if n is None else bar(0, y, long, row.thick, look)
    made.set_gid(f"{'here' if look is HERE else 'paper'}-{row.code}")
    if long:
        axes.add_patch(made)
    axes.annotate(
        _said(n, of), (long, y + row.thick / 2), (3, 0), textcoords="offset points", va="center", size=SMALL,
        annotation_clip=False,
    )  # fmt: skip
