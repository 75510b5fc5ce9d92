"""How often: this hospital's share of operations beside the paper's, each with its 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures import words
from monitoring.registry.pictures.ink import HERE, PAPER, Look
from monitoring.registry.pictures.letters import BODY, width_of
from monitoring.registry.pictures.marks import FEWEST, MOST_FEW, dots, few_bar
from monitoring.registry.pictures.sheet import EDGE, INNER, alone, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "How often a severe deficit was operated again"


@dataclass(frozen=True, slots=True)
class Share:
    """`k` of `n` (None: too few to be told), with its interval, 0 to 1; without one where there is none."""

    k: int | None
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Incidence:
    here: Share
    paper: Share
    notes: Sequence[str] = ()


ROW: Final = 32.0
AXIS: Final = 32.0
LEAST_SCALE: Final = 1.0
"""Percent that the axis shows at least."""


@alone
def draw(data: Incidence) -> Figure:
    """A dot and its whiskers for each, with the numbers above them."""
    rows = ((words.HERE, data.here, HERE), (words.PAPER, data.paper, PAPER))
    made = sheet(TITLE, ROW * len(rows) + AXIS, data.notes)
    axes = made.axes(EDGE + 4, made.bottom + AXIS, INNER - 8, ROW * len(rows))
    axes.set_ylim(0, ROW * len(rows))
    axes.set_xlim(0, max(LEAST_SCALE, *(_furthest(share) * 1.08 for _, share, _ in rows)))
    axes.set_xlabel("cases, % of operations", size=BODY, labelpad=3)
    for place, (name, share, look) in enumerate(rows):
        y = made.top - ROW * place - BODY - 2
        made.write(EDGE, y, name, bold=True)
        made.write(EDGE + width_of(name, bold=True) + 7, y, _said(share))
        _whisker(axes, ROW * (len(rows) - place) - BODY - 12, share, look, name)
    return made.figure


def _furthest(share: Share) -> float:
    """In percent."""
    if not share.n:
        return 0.0
    known = MOST_FEW if share.k is None else share.k
    return 100 * max(known / share.n, share.high or 0.0)


def _said(share: Share) -> str:
    if not share.n:
        return words.NO_OPERATIONS.lower()
    of = f"{words.count(share.k)} of {words.count(share.n)}"
    if share.k is None:
        return of
    said = f"{of} = {words.percent(share.k / share.n, 2)}"
    if share.low is None or share.high is None:
        return said
    return f"{said}  (95 % {100 * share.low:.2f} to {100 * share.high:.2f})"


def _whisker(axes: Axes, y: float, share: Share, look: Look, name: str) -> None:
    if not share.n:
        return
    if share.k is None:
        axes.add_patch(few_bar(100 * FEWEST / share.n, y - 4, 100 * (MOST_FEW - FEWEST) / share.n, 8))
        return
    if share.low is not None and share.high is not None:
        ends = [100 * share.low, 100 * share.high]
        axes.plot(ends, [y, y], color=look.colour, linestyle=look.dash, linewidth=1.4)
        axes.plot(ends, [y, y], linestyle="none", marker="|", markersize=7, color=look.colour, markeredgewidth=1.4)
    dots(axes, [100 * share.k / share.n], [y], look, size=7, name=f"share-{name.split()[0].lower()}")
