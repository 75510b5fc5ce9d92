"""Which standings and causes of a study are not told outside the hospital. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from monitoring.registry.cohort import OUTSIDE, Standing
from monitoring.registry.disclosure import hidden, is_few
from monitoring.registry.statistics.spread import Spread
from monitoring.registry.study import Study


def hidden_standings(flow: Mapping[Standing, int]) -> frozenset[Standing]:
    """Those that are not told. The cases are, in every other table; whoever is outside adds up to no total that is."""
    outside = {standing: n for standing, n in flow.items() if standing in OUTSIDE}
    inside = {standing: n for standing, n in flow.items() if standing not in OUTSIDE}
    return hidden(inside, told={Standing.CASE}) | {standing for standing, n in outside.items() if is_few(n)}


def hidden_causes(study: Study) -> frozenset[str]:
    """The causes of which nothing is told: too few cases, or as many as would give those away."""
    spreads = {cause: one.spread for cause, one in study.onsets.causes.items()}
    few = {cause for cause, found in spreads.items() if isinstance(found, Spread) and is_few(found.n)}
    return hidden(study.causes.counts) | few
