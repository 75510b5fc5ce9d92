"""A ward's ladders as its pages show them: each rung in words, and who has changed them when and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitoring.escalation.ladder import DEFAULTS, WHOM_WORDS, Key, Ladder, Rung, Track, ladder_from_json
from monitoring.escalation.models import LadderVersion
from wards.models import Ward

KEY_WORDS = {
    Key.CRITICAL: "Critical",
    Key.CONCERN: "Concern",
    Key.WATCH: "Watch",
    Key.OVERDUE: "Check overdue",
    Key.NOT_DONE: "Check could not be done, twice in a row",
}
BEGINS_WORDS = {
    Key.CRITICAL: "minutes from the alert",
    Key.CONCERN: "minutes from the alert",
    Key.WATCH: "minutes from the alert",
    Key.OVERDUE: "minutes from when the check was due",
    Key.NOT_DONE: "minutes from the second attempt",
}
UNTIL_WORDS = {Track.NURSING: "until a nurse acknowledges", Track.SURGICAL: "until a surgeon accepts"}


@dataclass(frozen=True, slots=True)
class RungWords:
    """One rung, as it is read: "after 3 min" · "the charge nurse"."""

    track: str
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
    return "at once" if rung.after == 0 else f"after {rung.after} min"


def again_words(rung: Rung) -> str:
    return "" if rung.repeat is None else f"then every {rung.repeat} min {UNTIL_WORDS[rung.track]}"


def whom_words(rung: Rung, groups: Mapping[str, str]) -> str:
    """ "the charge nurse, the group “spine team”". A group that is no longer there says so."""
    named = [WHOM_WORDS[whom] for whom in rung.whom]
    named += [f"the group “{groups[group]}”" if group in groups else "a group that is gone" for group in rung.groups]
    return ", ".join(named)


def group_names(ward: Ward) -> dict[str, str]:
    """The names of the ward's groups by public id."""
    return {str(group.public_id): group.name for group in ward.groups.order_by("name")}


def in_words(ladder: Ladder, groups: Mapping[str, str]) -> list[RungWords]:
    return [
        RungWords(rung.track.value, when_words(rung), again_words(rung), whom_words(rung, groups)) for rung in ladder
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
        shown.append(Shown(key, KEY_WORDS[key], BEGINS_WORDS[key], rungs, ours))
    return shown
