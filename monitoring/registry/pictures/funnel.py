"""Wards beside each other: the share of each against its number of operations, and how far chance alone carries it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final

from monitoring.registry.pictures import words
from monitoring.registry.pictures.ink import DASHED, DOTTED, INK, OUTSIDE_95, OUTSIDE_998, SOFT, WITHIN, Look
from monitoring.registry.pictures.key import dot_sample, key, key_height
from monitoring.registry.pictures.labels import Anchor, place_labels, spread_out
from monitoring.registry.pictures.letters import BODY, SMALL, legible, shortened
from monitoring.registry.pictures.marks import FEWEST, MOST_FEW, dots, few_bar
from monitoring.registry.pictures.sheet import EDGE, WIDTH, Sheet, alone, empty, sheet

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLE: Final = "Wards: share of operations that became cases"


@dataclass(frozen=True, slots=True)
class Ward:
    """`cases` is None where they are too few to be told."""

    name: str
    operations: int
    cases: int | None


@dataclass(frozen=True, slots=True)
class Limits:
    """The shares between which a ward of `n` operations lies by chance 95 and 99.8 % of the time."""

    n: int
    low95: float
    high95: float
    low998: float
    high998: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """`share` is that of all wards, and `limits` lie about it: those of `sizes(wards)`, ascending."""

    wards: Sequence[Ward]
    share: float | None
    limits: Sequence[Limits]
    notes: Sequence[str] = ()


LOOKS: Final = {"within the limits": WITHIN, "outside 95 %": OUTSIDE_95, "outside 99.8 %": OUTSIDE_998}

NAMES: Final = 30.0
AXIS: Final = 30.0
ABOVE: Final = 14.0
RIGHT: Final = 50.0
"""Room for the names of the lines."""
SIZE: Final = (WIDTH - 2 * EDGE - NAMES - RIGHT, 200.0)
"""Of the axes."""
DOT: Final = 5.5
LABEL: Final = 110.0
"""Points that a ward's name may be wide."""
SIZES: Final = 150
BEYOND: Final = 1.08
"""The axis ends so much further than the largest ward."""


def sizes(wards: Sequence[Ward]) -> list[int]:
    """The numbers of operations to compute the limits for: those of the wards, and enough between them."""
    own = {ward.operations for ward in wards if ward.operations}
    if not own:
        return []
    first, last = max(1, min(own) // 2), ceil(max(own) * BEYOND)
    return sorted(own | {first + (last - first) * place // SIZES for place in range(SIZES + 1)})


@alone
def draw(data: Funnel) -> Figure:
    """A dot for each ward, its name beside it where there is room."""
    wards = [(place, ward) for place, ward in enumerate(data.wards, 1) if ward.operations]
    if not wards or data.share is None or not data.limits:
        return empty(TITLE, words.NO_CASES if wards else words.NO_OPERATIONS, data.notes)
    looks = {place: _look(ward, data.limits) for place, ward in wards}
    found = Counter(looks.values())
    entries = [(dot_sample(look), f"{name} ({found[look]})") for name, look in LOOKS.items() if found[look]]
    scale = _scale(data)
    anchors = [_anchor(place, ward, looks[place], scale) for place, ward in wards]
    labels = place_labels(anchors, SIZE, DOT, _on_lines(data, scale))
    notes = [*_unnamed(len(wards) - len(labels)), *data.notes]
    made = sheet(TITLE, key_height(entries) + ABOVE + SIZE[1] + AXIS, notes)
    key(made, made.top, entries)
    foot = made.bottom + AXIS
    axes = _axes(made, foot, scale)
    _draw_limits(axes, data)
    _name_limits(made, foot, data, scale)
    for place, ward in wards:
        _mark(axes, place, ward, looks[place], scale)
    for label in labels:
        made.write(EDGE + NAMES + label.x, foot + label.y, label.words, size=SMALL)
    return made.figure


def _axes(made: Sheet, foot: float, scale: tuple[float, float]) -> Axes:
    made.write(EDGE, foot + SIZE[1] + 6, "cases, % of operations", size=SMALL)
    axes = made.axes(EDGE + NAMES, foot, *SIZE, upright=True)
    axes.set_xlim(0, scale[0])
    axes.set_ylim(0, 100 * scale[1])
    axes.set_xlabel("operations of the ward", size=BODY, labelpad=3)
    axes.locator_params(axis="x", nbins=5, integer=True)
    axes.xaxis.set_major_formatter(lambda number, _: words.count(round(number)))
    return axes


def _look(ward: Ward, limits: Sequence[Limits]) -> Look | None:
    """None of a ward whose cases are not told."""
    if ward.cases is None:
        return None
    own = min(limits, key=lambda one: abs(one.n - ward.operations))
    share = ward.cases / ward.operations
    if not own.low998 <= share <= own.high998:
        return OUTSIDE_998
    return WITHIN if own.low95 <= share <= own.high95 else OUTSIDE_95


def _share(ward: Ward) -> float:
    """The highest that it may be."""
    return (MOST_FEW if ward.cases is None else ward.cases) / ward.operations


def _scale(data: Funnel) -> tuple[float, float]:
    """The last number of operations, and the highest share: every ward, and what of the funnel is not far above."""
    highest = max(_share(ward) for ward in data.wards if ward.operations)
    smallest = min(ward.operations for ward in data.wards if ward.operations)
    of_funnel = next((one.high998 for one in data.limits if one.n >= smallest), 0.0)
    shown = max(highest, data.limits[-1].high998, min(of_funnel, 2 * max(highest, data.share or 0))) * 1.1
    return max(ward.operations for ward in data.wards) * BEYOND, min(1.0, max(shown, 0.001))


def _place(n: float, share: float, scale: tuple[float, float]) -> tuple[float, float]:
    """In points from the corner of the axes."""
    return n / scale[0] * SIZE[0], share / scale[1] * SIZE[1]


def _anchor(place: int, ward: Ward, look: Look | None, scale: tuple[float, float]) -> Anchor:
    """A name that there are no letters for is the ward's number in the table."""
    name = shortened(legible(ward.name, otherwise=f"No. {place}"), LABEL, SMALL)
    x, y = _place(ward.operations, _share(ward), scale)
    urgent = (WITHIN, None, OUTSIDE_95, OUTSIDE_998).index(look)
    if look is None:
        return Anchor(x, y, f"{name} ({words.FEW})", urgent, down=y * (1 - FEWEST / MOST_FEW))
    return Anchor(x, y, name, urgent)


def _on_lines(data: Funnel, scale: tuple[float, float]) -> list[tuple[float, float]]:
    """Points that names had better not lie on."""
    return [
        _place(one.n, share, scale)
        for one in data.limits
        for share in (one.low998, one.low95, data.share or 0, one.high95, one.high998)
    ]


def _unnamed(number: int) -> list[str]:
    return [f"Wards that there was no room to name, see the table: {number}."] if number else []


def _draw_limits(axes: Axes, data: Funnel) -> None:
    n = [one.n for one in data.limits]
    for name, dash in (("95", DASHED), ("998", DOTTED)):
        for end in ("low", "high"):
            share = [100 * getattr(one, end + name) for one in data.limits]
            axes.plot(n, share, color=SOFT, linewidth=1.0, linestyle=dash, zorder=2, gid=f"{end}-{name}")
    axes.axhline(100 * (data.share or 0), color=INK, linewidth=1.0, zorder=2)


def _name_limits(made: Sheet, foot: float, data: Funnel, scale: tuple[float, float]) -> None:
    """At the right end of the lines, those above the mean alone: below it they are the same."""
    last = data.limits[-1]
    named = [
        (data.share or 0, f"all {words.percent(data.share or 0, 2)}"),
        (last.high95, "95 %"),
        (last.high998, "99.8 %"),
    ]
    heights = [_place(0, share, scale)[1] for share, _ in named]
    for height, y, (_, said) in zip(heights, spread_out(heights, SMALL * 1.15), named, strict=True):
        if height > SIZE[1]:
            break
        made.write(EDGE + NAMES + SIZE[0] + 3, foot + y - SMALL * 0.36, said, size=SMALL, colour=SOFT)


def _mark(axes: Axes, place: int, ward: Ward, look: Look | None, scale: tuple[float, float]) -> None:
    if look is None:
        wide = DOT / SIZE[0] * scale[0]
        low, high = 100 * FEWEST / ward.operations, 100 * MOST_FEW / ward.operations
        axes.add_patch(few_bar(ward.operations - wide / 2, low, wide, high - low))
    else:
        dots(axes, [ward.operations], [100 * _share(ward)], look, size=DOT, name=f"ward-{place}")
