"""The ladder of a ward: whom to call about an alert, after how long, and how often. Pure; all times in whole minutes.

Two tracks. Nursing rungs go quiet when a nurse acknowledges, surgical ones when a surgeon accepts (protocol §10).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop


class Key(StrEnum):
    """What a ward has a ladder for: the levels of a deficit alert, the late check, and one not done twice in a row."""

    CRITICAL = "critical"
    CONCERN = "concern"
    WATCH = "watch"
    OVERDUE = "overdue"
    NOT_DONE = "not_done"


class Track(StrEnum):
    NURSING = "nursing"
    SURGICAL = "surgical"


class Whom(StrEnum):
    """Whom a rung calls. Roles, not people: those are looked up when the rung is climbed. Groups are named beside."""

    PATIENTS_NURSE = "patients_nurse"
    NURSES_ON_SHIFT = "nurses_on_shift"
    WARD_PHONE = "ward_phone"
    CHARGE_NURSE = "charge_nurse"
    SURGEON_ON_CALL = "surgeon_on_call"
    SECOND_ON_CALL = "second_on_call"
    RESPONSIBLE_SURGEON = "responsible_surgeon"
    SITE_NUMBER = "site_number"


WHOM_WORDS = {  # as they are written down; shown through gettext
    Whom.PATIENTS_NURSE: gettext_noop("the patient's nurse"),
    Whom.NURSES_ON_SHIFT: gettext_noop("the nurses on shift"),
    Whom.WARD_PHONE: gettext_noop("the ward's phone"),
    Whom.CHARGE_NURSE: gettext_noop("the charge nurse"),
    Whom.SURGEON_ON_CALL: gettext_noop("the surgeon on call"),
    Whom.SECOND_ON_CALL: gettext_noop("the second on call"),
    Whom.RESPONSIBLE_SURGEON: gettext_noop("the responsible surgeon"),
    Whom.SITE_NUMBER: gettext_noop("the site's number"),
}

LONGEST_MINUTES = 24 * 60
MOST_RUNGS = 12


class NotALadder(ValueError):
    """What is wrong with a ladder, in one sentence for whoever edits it."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Call `whom` and the groups (their public ids) `after` minutes; then again every `repeat` minutes, if given."""

    track: Track
    whom: tuple[Whom, ...]
    after: int
    repeat: int | None = None
    groups: tuple[str, ...] = ()

    @property
    def delay(self) -> timedelta:
        return timedelta(minutes=self.after)

    @property
    def interval(self) -> timedelta | None:
        return None if self.repeat is None else timedelta(minutes=self.repeat)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Rung:
        return cls(
            track=Track(stored["track"]),
            whom=tuple(map(Whom, stored["whom"])),
            after=stored["after"],
            repeat=stored.get("repeat"),
            groups=tuple(stored.get("groups", ())),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "track": self.track.value,
            "whom": [whom.value for whom in self.whom],
            "after": self.after,
            "repeat": self.repeat,
            "groups": list(self.groups),
        }


Ladder = tuple[Rung, ...]


def validated(rungs: Sequence[Rung]) -> Ladder:
    """The rungs in the order in which they are climbed. Raises NotALadder where they cannot be a ward's ladder."""
    if len(rungs) > MOST_RUNGS:
        raise NotALadder(_("A ladder has at most %(most)d rungs.") % {"most": MOST_RUNGS})
    for rung in rungs:
        if not rung.whom and not rung.groups:
            raise NotALadder(_("Every rung says whom to call."))
        if not 0 <= rung.after <= LONGEST_MINUTES:
            raise NotALadder(_("A rung comes after 0 to %(most)d minutes.") % {"most": LONGEST_MINUTES})
        if rung.repeat is not None and not 1 <= rung.repeat <= LONGEST_MINUTES:
            raise NotALadder(_("A rung repeats every 1 to %(most)d minutes.") % {"most": LONGEST_MINUTES})
    return tuple(sorted(rungs, key=lambda rung: rung.after))


def validated_for(key: Key, rungs: Sequence[Rung]) -> Ladder:
    """As `validated`; and a critical alert must reach a surgeon, again and again, until one accepts."""
    ladder = validated(rungs)
    surgical = [rung for rung in ladder if rung.track is Track.SURGICAL]
    if key is Key.CRITICAL and not any(rung.repeat for rung in surgical):
        raise NotALadder(_("At critical a surgical rung must repeat: the alert goes on until a surgeon accepts."))
    return ladder


_BEDSIDE = (Whom.PATIENTS_NURSE, Whom.NURSES_ON_SHIFT, Whom.WARD_PHONE)
_SURGEONS = (Whom.SURGEON_ON_CALL, Whom.SECOND_ON_CALL, Whom.RESPONSIBLE_SURGEON, Whom.SITE_NUMBER)

# Local defaults: a ward's lead may change them.
DEFAULTS: dict[Key, Ladder] = {
    Key.CRITICAL: (
        Rung(Track.NURSING, _BEDSIDE, after=0),
        Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=0),
        Rung(Track.NURSING, (Whom.CHARGE_NURSE,), after=3),
        Rung(Track.SURGICAL, (Whom.SECOND_ON_CALL,), after=8),
        Rung(Track.SURGICAL, (Whom.RESPONSIBLE_SURGEON, Whom.SITE_NUMBER), after=15),
        Rung(Track.SURGICAL, _SURGEONS, after=20, repeat=5),
    ),
    Key.CONCERN: (
        Rung(Track.NURSING, _BEDSIDE, after=0),
        Rung(Track.NURSING, (Whom.CHARGE_NURSE,), after=15),
    ),
    Key.WATCH: (),
    Key.OVERDUE: (
        Rung(Track.NURSING, (Whom.PATIENTS_NURSE,), after=10),
        Rung(Track.NURSING, (Whom.CHARGE_NURSE,), after=25),
    ),
    Key.NOT_DONE: (Rung(Track.NURSING, (Whom.CHARGE_NURSE,), after=0),),
}


def ladder_from_json(stored: Sequence[dict[str, Any]]) -> Ladder:
    return tuple(Rung.from_json(rung) for rung in stored)


def ladder_to_json(ladder: Ladder) -> list[dict[str, Any]]:
    return [rung.to_json() for rung in ladder]
