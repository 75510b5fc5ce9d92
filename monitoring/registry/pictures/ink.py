"""Colours, markers, dashes and hatches: what stands for what, the same in every picture.

Colours are Okabe and Ito's, which the colour-blind tell apart (Color Universal Design, 2008). None is ever the only
difference between two things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

Dash: TypeAlias = str | tuple[float, tuple[float, ...]]

BLUE: Final = "#0072B2"
VERMILLION: Final = "#D55E00"
SKY: Final = "#56B4E9"
BLACK: Final = "#000000"
INK: Final = "#1A1A1A"
SOFT: Final = "#595959"
RULE: Final = "#767676"
BAND: Final = "#D9ECF8"
"""Sky blue, thinned: for what lies behind a line of its own."""
WHITE: Final = "#FFFFFF"

SOLID: Final[Dash] = "-"
DASHED: Final[Dash] = (0, (4, 2))
DOTTED: Final[Dash] = (0, (1, 1.6))

FEW_HATCH: Final = "xxxxx"


@dataclass(frozen=True, slots=True)
class Look:
    """How one thing is drawn. `filled` is of its marker; `hatch` fills its bars, and a bar without one is solid."""

    colour: str
    marker: str
    filled: bool = True
    dash: Dash = SOLID
    hatch: str = ""

    @property
    def fill(self) -> str:
        """Of its marker."""
        return self.colour if self.filled else WHITE

    @property
    def bar(self) -> str:
        """Of its bars."""
        return WHITE if self.hatch else self.colour


HERE: Final = Look(BLUE, "o")
PAPER: Final = Look(VERMILLION, "s", filled=False, dash=DASHED, hatch="/////")

RELIEF: Final = Look(BLUE, "o")
NO_RELIEF: Final = Look(VERMILLION, "^", filled=False)
RELIEF_UNKNOWN: Final = Look(SOFT, "x")

WITHIN: Final = Look(BLUE, "o", filled=False)
OUTSIDE_95: Final = Look(VERMILLION, "^")
OUTSIDE_998: Final = Look(BLACK, "D")

SCHEDULE_A: Final = Look(BLUE, "o")
SCHEDULE_B: Final = Look(VERMILLION, "s", filled=False, dash=DASHED)

TOGETHER: Final = (
    (HERE, PAPER),
    (RELIEF, NO_RELIEF, RELIEF_UNKNOWN),
    (WITHIN, OUTSIDE_95, OUTSIDE_998),
    (SCHEDULE_A, SCHEDULE_B),
)
"""What stands beside each other in one picture."""
