"""Data that R ships and its help pages compute with."""

from __future__ import annotations

from typing import Final

OZONE: Final = {
    "May": (41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37),
    "June": (29, 71, 39, 23, 21, 37, 20, 12, 13),
    "July": (
        *(135, 49, 32, 64, 40, 77, 97, 97, 85, 10, 27, 7, 48),
        *(35, 61, 79, 63, 16, 80, 108, 20, 52, 82, 50, 64, 59),
    ),
    "August": (
        *(39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22),
        *(59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85),
    ),
    "September": (
        *(96, 78, 73, 91, 47, 32, 20, 23, 21, 24, 44, 21, 28, 9, 13),
        *(46, 18, 13, 24, 16, 13, 23, 36, 7, 14, 30, 14, 18, 20),
    ),
}
"""`airquality$Ozone` by month, those not known left out."""

PERMEABILITY_AT_TERM: Final = (0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46)
PERMEABILITY_EARLY: Final = (1.15, 0.88, 0.90, 0.74, 1.21)
"""Of the human chorioamnion: Hollander and Wolfe 1973, page 69, in `?wilcox.test`."""

CLEARANCE: Final = ((2.9, 3.0, 2.5, 2.6, 3.2), (3.8, 2.7, 4.0, 2.4), (2.8, 3.4, 3.7, 2.2, 2.0))
"""Mucociliary efficiency of the normal, those with airway obstruction, with asbestosis: page 116, `?kruskal.test`."""

TEA: Final = ((3, 1), (1, 3))
"""Fisher's tea drinker, in `?fisher.test`: what she guessed against what was poured first."""

JOBS: Final = ((1, 2, 1, 0), (3, 3, 6, 1), (10, 10, 14, 9), (6, 7, 12, 11))
"""Job satisfaction by income, Agresti 2002, page 57, in `?fisher.test`."""

CONVICTIONS: Final = ((2, 10), (15, 3))
"""Of twin brothers and sisters of criminals, Fisher 1962, in `?fisher.test`."""

PARTIES: Final = ((762, 327, 468), (484, 239, 477))
"""Party by sex, Agresti 2007, page 39, in `?chisq.test`."""
