"""A ward's ladders as its pages show them: each rung in words, and who has changed them when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from monitoring.escalation.ladder import DEFAULTS, WHOM_WORDS, Key, Ladder, Rung, Track, ladder_from_json
from monitoring.escalation.models import LadderVersion
from monitoring.escalation.phrases import listed
from wards.models import Ward

KEY_WORDS = {
    Key.CRITICAL: lazy("Critical"),
    Key.CONCERN: lazy("Concern"),
    Key.WATCH: pgettext_lazy("level", "Watch"),
    Key.OVERDUE: lazy("Check overdue"),
    Key.NOT_DONE: lazy("Check could not be done, twice in a row"),
}
BEGINS_WORDS = {
    Key.CRITICAL: lazy("minutes from the alert"),
    Key.CONCERN: lazy("minutes from the alert"),
    Key.WATCH: lazy("minutes from the alert"),
    Key.OVERDUE: lazy("minutes from when the check was due"),
    Key.NOT_DONE: lazy("minutes from the second attempt"),
}
AGAIN_WORDS = {
    Track.NURSING: lazy("then every %(minutes)d min until a nurse acknowledges"),
    Track.SURGICAL: lazy("then every %(minutes)d min until a surgeon accepts"),
}
TRACK_WORDS = {Track.NURSING.value: lazy("nursing"), Track.SURGICAL.value: lazy("surgical")}


@dataclass(frozen=True, slots=True)
class RungWords:
    """One rung, as it is read: "after 3 min" · "the charge nurse"."""

    track: str
    track_words: str
    when: str
    again: str
    whom: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The ladder in force for one key. `versions` are all there were, the newest first; none: the local default."""

    key: Key
    words: str
    begins: str
    rungs: Sequence[RungWords]
    versions: Sequence[tuple[LadderVersion, Sequence[RungWords]]]


def when_words(rung: Rung) -> str:
    return _("at once") if rung.after == 0 else _("after %(minutes)d min") % {"minutes": rung.after}


def again_words(rung: Rung) -> str:
    return "" if rung.repeat is None else AGAIN_WORDS[rung.track] % {"minutes": rung.repeat}


def whom_words(rung: Rung, groups: Mapping[str, str]) -> str:
    """ "the charge nurse, the group “spine team”". A group that is no longer there says so."""
    return listed(
        [*(_(WHOM_WORDS[whom]) for whom in rung.whom), *(_group_words(group, groups) for group in rung.groups)]
    )


def _group_words(group: str, groups: Mapping[str, str]) -> str:
    return _("the group “%(name)s”") % {"name": groups[group]} if group in groups else _("a group that is gone")


def group_names(ward: Ward) -> dict[str, str]:
    """The names of the ward's groups by public id."""
    return {str(group.public_id): group.name for group in ward.groups.order_by("name")}


def in_words(ladder: Ladder, groups: Mapping[str, str]) -> list[RungWords]:
    return [
        RungWords(
            track=rung.track.value,
            track_words=str(TRACK_WORDS[rung.track]),
            when=when_words(rung),
            again=again_words(rung),
            whom=whom_words(rung, groups),
        )
        for rung in ladder
    ]


def versions_of(ward: Ward, keys: Iterable[Key]) -> list[LadderVersion]:
    """The newest first, with who wrote them."""
    rows = LadderVersion.objects.filter(ward=ward, key__in=[key.value for key in keys])
    return list(rows.select_related("recorded_by").order_by("-number"))


def ladders_shown(ward: Ward, keys: Iterable[Key] = tuple(Key)) -> list[Shown]:
    """What is in force, and its history: two queries however many."""
    keys, groups = tuple(keys), group_names(ward)
    versions = versions_of(ward, keys)
    shown = []
    for key in keys:
        ours = [(row, in_words(ladder_from_json(row.rungs), groups)) for row in versions if row.key == key]
        rungs = ours[0][1] if ours else in_words(DEFAULTS[key], groups)
        shown.append(Shown(key, str(KEY_WORDS[key]), str(BEGINS_WORDS[key]), rungs, ours))
    return shown
