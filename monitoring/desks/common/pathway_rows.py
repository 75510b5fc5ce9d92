"""Reads of what followed in some episodes, in the one statement of a page's gathering."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Model

from monitoring.desks.common.gather import Gathering
from monitoring.pathway.course import Course, course_of
from monitoring.pathway.models import DrainEntry, Exploration, Imaging, TheatrePlan


class PathwayRows:
    """Ask for it, read the gathering, name the people, then ask for the course of each episode."""

    def __init__(self, gathering: Gathering, episodes: Collection[int]) -> None:
        self.imaging = gathering.ask(Imaging.objects.standing().filter(episode__in=episodes))
        self.plans = gathering.ask(TheatrePlan.objects.standing().filter(episode__in=episodes))
        self.explorations = gathering.ask(Exploration.objects.standing().filter(episode__in=episodes))
        self.drains = gathering.ask(DrainEntry.objects.standing().filter(episode__in=episodes))

    @property
    def named(self) -> list[tuple[Sequence[Model], str]]:
        """What its rows name by foreign keys, of what is shown."""
        rows: list[Sequence[Model]] = [self.imaging.rows, self.plans.rows, self.explorations.rows, self.drains.rows]
        return [(own, "recorded_by") for own in rows]

    def course(self, episode_id: int) -> Course:
        return course_of(
            [one for one in self.imaging.rows if one.episode_id == episode_id],
            [one for one in self.plans.rows if one.episode_id == episode_id],
            [one for one in self.explorations.rows if one.episode_id == episode_id],
            [one for one in self.drains.rows if one.episode_id == episode_id],
        )
