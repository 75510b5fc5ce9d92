"""Short ways to have lines made of what the tests record."""

from __future__ import annotations

from monitoring.registry.actions import lines
from monitoring.registry.models import Line, Stale
from wards.models import Stay


def line_of(stay: Stay) -> Line:
    """Make what is due, and give the line of the stay's episode as it is then."""
    make_due()
    stay.refresh_from_db()
    return Line.objects.get(episode=stay.episode_id)


def make_due() -> None:
    """All that is due now, as the sweep does it."""
    while due := lines.due(1):
        lines.make_due(due[0])


def stale() -> set[int]:
    """The episodes that wait."""
    return set(Stale.objects.values_list("episode_id", flat=True))


def forget() -> None:
    """From here on nothing waits: what is stale afterwards was made so by what came after."""
    Stale.objects.all().delete()
