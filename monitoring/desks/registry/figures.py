"""Statistics in words: shares, intervals, means, tests, and why something is not estimable."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.common.presentation import Said
from monitoring.desks.registry.table import NARROW, p_words, percent
from monitoring.registry.statistics.estimates import Comparison, NotEstimable, Test, Why
from monitoring.registry.statistics.proportions import Proportion
from monitoring.registry.statistics.spread import Spread

HOUR: Final = 60

WHY = Said(
    {
        Why.NO_DATA: lazy("not estimable: no data"),
        Why.ONE_GROUP: lazy("not estimable: only one group has data"),
        Why.ALL_TIED: lazy("not estimable: all values are the same"),
        Why.TOO_FEW: lazy("not estimable: one value in each group"),
        Why.IMPOSSIBLE: lazy("not estimable: the counts contradict each other"),
        Why.NOT_A_NUMBER: lazy("not estimable: a value is no number"),
    }
)
TESTS = Said(
    {
        Test.MANN_WHITNEY_EXACT: lazy("Mann–Whitney, exact"),
        Test.MANN_WHITNEY_EXACT_TIED: lazy("Mann–Whitney, exact with ties"),
        Test.MANN_WHITNEY_ASYMPTOTIC: lazy("Mann–Whitney, asymptotic"),
        Test.KRUSKAL_WALLIS: lazy("Kruskal–Wallis"),
        Test.CHI_SQUARE: lazy("chi-square"),
        Test.CHI_SQUARE_YATES: lazy("chi-square with Yates’s correction"),
        Test.FISHER: lazy("Fisher, exact"),
        Test.FISHER_SAMPLED: lazy("Fisher, by random tables"),
    }
)


def why_words(not_estimable: NotEstimable) -> str:
    return WHY[not_estimable.why]


def compared(found: Comparison | NotEstimable) -> str:
    """p 0.026 (Mann–Whitney, exact)."""
    if isinstance(found, NotEstimable):
        return why_words(found)
    said = _("p %(p)s (%(test)s)") % {"p": p_words(found.p), "test": TESTS[found.test]}
    return (
        said
        if not found.ties or found.test is Test.MANN_WHITNEY_EXACT_TIED
        else _("%(said)s, with ties") % {"said": said}
    )


def share_words(share: Proportion | NotEstimable, decimals: int = 1) -> str:
    return why_words(share) if isinstance(share, NotEstimable) else percent(share.share, decimals)


def interval_words(share: Proportion | NotEstimable, decimals: int = 1) -> str:
    """21.9–54.5 %."""
    if isinstance(share, NotEstimable):
        return why_words(share)
    return f"{100 * share.low:.{decimals}f}–{100 * share.high:.{decimals}f}{NARROW}%"


def mean_words(spread: Spread) -> str:
    """62.9 ± 12.7; of a single value the mean alone."""
    return f"{spread.mean:.1f}" if spread.sd is None else f"{spread.mean:.1f}{NARROW}±{NARROW}{spread.sd:.1f}"


def median_words(spread: Spread) -> str:
    """3: the first and the last day are each somebody's own."""
    return f"{spread.median:.3g}"


def range_words(spread: Spread) -> str:
    """3 (1–6)."""
    return f"{spread.median:.3g} ({spread.low:.3g}–{spread.high:.3g})"


def minutes_words(minutes: float) -> str:
    """40 min, 2 h 05; what came the other way round is below 0 and stays so."""
    whole = round(abs(minutes))
    sign = "−" if minutes < 0 and whole else ""
    if whole < HOUR:
        return _("%(sign)s%(n)d min") % {"sign": sign, "n": whole}
    return _("%(sign)s%(h)d h %(m)02d") % {"sign": sign, "h": whole // HOUR, "m": whole % HOUR}
