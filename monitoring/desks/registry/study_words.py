"""How the study's tables tell numbers, and what they call causes. `closed`: for what leaves the hospital."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from monitoring.desks.registry.figures import interval_words, share_words, why_words
from monitoring.desks.registry.table import FEW_WORDS, NARROW, NOTHING
from monitoring.pathway.vocabulary import Finding
from monitoring.registry.disclosure import hidden, is_few
from monitoring.registry.statistics.estimates import NotEstimable
from monitoring.registry.statistics.proportions import proportion
from monitoring.registry.statistics.spread import Spread
from monitoring.registry.study import UNKNOWN, Study


@dataclass(frozen=True, slots=True)
class Words:
    """How a table tells numbers: all of them, or none that are small."""

    study: Study
    closed: bool = False

    def counts(self, counts: Mapping[str, int], of: int) -> dict[str, str]:
        """By key "11 (36.7 %)"."""
        few = hidden(counts) if self.closed else frozenset()
        return {key: left_out(n) if key in few else counted(n, of) for key, n in counts.items()}

    def intervals(self, counts: Mapping[str, int], of: int) -> dict[str, str]:
        """By key the Wilson interval of its share."""
        few = hidden(counts) if self.closed else frozenset()
        return {key: NOTHING if key in few else interval_words(proportion(n, of)) for key, n in counts.items()}

    def spread(self, spread: Spread | NotEstimable, say: Callable[[Spread], str]) -> str:
        """Of fewer than five cases a mean is nearly a name."""
        if isinstance(spread, NotEstimable):
            return why_words(spread)
        return NOTHING if self.closed and is_few(spread.n) else say(spread)


def left_out(n: int) -> str:
    """What stands in place of a number that is not told; a larger one is no "<5", and would give such a one away."""
    return FEW_WORDS if is_few(n) else NOTHING


def counted(n: int, of: int) -> str:
    return f"{n}{NARROW}({share_words(proportion(n, of))})" if of else str(n)


def published_mean(of: tuple[float, float]) -> str:
    return f"{of[0]:.1f} ± {of[1]:.1f}"


CAUSE_NAMES = {
    "fixation": lambda: _("Fixation: malposition or loosening"),
    "epidural_haematoma": lambda: _("Epidural haematoma"),
    "insufficient_decompression": lambda: _("Insufficient decompression"),
    "root_oedema": lambda: _("Nerve-root oedema"),
    Finding.NONE_FOUND.value: lambda: _("None found"),
    UNKNOWN: lambda: _("Not recorded"),
}


def cause_name(cause: str) -> str:
    return CAUSE_NAMES[cause]()
