"""What a mending says in words: who the two records name, what would be done, and what that does."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext

from monitoring.checks.models import Check
from monitoring.desks.common import presentation as say
from monitoring.desks.common.history import grades_of, lems_of
from monitoring.mending.models import Mending
from monitoring.protocol import FLAGS
from wards.forms import episode_words
from wards.models import Episode, Patient, Stay, Ward
from wards.queries import episodes_of
from wards.times import day_words, said, zone_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

NORMAL, WEAKEST = 5, 4
ALIKE = 0.8  # a name written otherwise is more alike than this; another person's mostly is not

TITLES: dict[str, StrPromise] = {
    Mending.Kind.MERGE: lazy("Merge two records of one patient"),
    Mending.Kind.STAY: lazy("Move a stay to the right patient"),
    Mending.Kind.CHECK: lazy("Move a check to the right patient"),
}


@dataclass(frozen=True, slots=True)
class Record:
    """One of the two records, as it is now."""

    patient: Patient
    stays: Sequence[Stay]

    @property
    def in_bed(self) -> Stay | None:
        return next((stay for stay in self.stays if stay.is_open), None)


def differences(one: Patient, other: Patient) -> list[str]:
    """What speaks against it that both records are one person's; nothing where a name is only written otherwise."""
    found = []
    if not _alike(one, other):
        found.append(_("%(one)s and %(other)s") % {"one": one.display_name, "other": other.display_name})
    if one.date_of_birth != other.date_of_birth:
        born = {"one": day_words(one.date_of_birth), "other": day_words(other.date_of_birth)}
        found.append(_("born %(one)s and %(other)s") % born)
    known = {one.sex, other.sex} - {Patient.Sex.OTHER}
    if len(known) > 1:
        found.append(_("%(one)s and %(other)s") % {"one": one.get_sex_display(), "other": other.get_sex_display()})
    return found


def _alike(one: Patient, other: Patient) -> bool:
    """Whether the names are nearly the same, whichever of the two stands first."""
    name, first, last = _plain(one.family_name, one.given_name), other.given_name, other.family_name
    return max(SequenceMatcher(None, name, _plain(*both)).ratio() for both in ((last, first), (first, last))) >= ALIKE


def _plain(*names: str) -> str:
    """Without case, accents, blanks and hyphens."""
    letters = unicodedata.normalize("NFKD", "".join(names).casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def number_words(patient: Patient) -> str:
    return _("No. %(number)s") % {"number": patient.record_number}


def bed_words(stay: Stay) -> str:
    return _("%(ward)s, bed %(bed)s") % {"ward": stay.ward, "bed": stay.bed}


def stay_words(stay: Stay) -> str:
    """A stay by its bed and its time, on its ward's clock."""
    about: dict[str, str] = {"where": bed_words(stay), "since": said(stay.admitted_at, stay.ward)}
    if stay.discharged_at is None:
        return _("%(where)s, since %(since)s") % about
    return _("%(where)s, %(since)s – %(until)s") % (about | {"until": said(stay.discharged_at, stay.ward)})


def episodes_in_words(patient: Patient, zone: ZoneInfo) -> dict[str, tuple[Episode, str]]:
    """The patient's surgical episodes by their key in a form, the latest first, each by its operation."""
    return {str(one.pk): (one, episode_words(one, index, zone)) for one, index in episodes_of(patient)}


def check_words(check: Check) -> str:
    """A check by its time, who made it, and what they found worst."""
    weak = [(grade, muscle) for muscle, grade in grades_of(check).items() if grade < NORMAL]
    weak.sort(key=lambda one: one[0])
    found = [f"{say.muscle_words(muscle.value)} {grade}" for grade, muscle in weak[:WEAKEST]]
    found += [_("more…")] if len(weak) > WEAKEST else []
    found += [say.FLAG_WORDS[flag] for flag in FLAGS if getattr(check, flag) == "present"]
    told = {"at": said(check.examined_at, check.stay.ward), "who": check.recorded_by, "score": lems_of(check)}
    words = _("%(at)s, %(who)s: LEMS %(score)s") % told
    return words if not found else f"{words}; " + pgettext("in a list", ", ").join(found)


def lines_of(mending: Mending, *, twice: bool) -> Iterator[str]:
    """What is done when it is carried out. `twice`: the one operation stands on both records."""
    records = {"wrong": number_words(mending.source), "right": number_words(mending.target)}
    if mending.kind == Mending.Kind.MERGE:
        yield _("All stays of %(wrong)s go to %(right)s, and %(wrong)s is marked as merged into it.") % records
        yield from _merged_episodes(mending)
    elif mending.kind == Mending.Kind.STAY:
        assert mending.stay is not None
        stay = records | {"stay": stay_words(mending.stay)}
        yield _("The stay %(stay)s goes from %(wrong)s to %(right)s, with all that was signed in it.") % stay
        yield from _episode_of_the_stay(mending, mending.stay.ward)
    else:
        assert mending.strength_check is not None
        check = records | {"check": check_words(mending.strength_check)}
        yield _("The check goes from %(wrong)s to %(right)s as it was signed: %(check)s.") % check
        yield _("On %(wrong)s it is retracted, and stays there to be read.") % records
    if mending.keeps is not None:
        yield _("Both are in a bed. The patient lies in %(bed)s; the other stay ends, and its bed is free.") % {
            "bed": bed_words(mending.keeps)
        }
    if twice:
        yield _("The operation that was written down on both is counted once: it is retracted on %(wrong)s.") % records


def _merged_episodes(mending: Mending) -> Iterator[str]:
    if mending.into is None:
        yield _("Their surgical episodes stay separate.")
        return
    assert mending.absorbed is not None
    one, other = (_named(episode) for episode in (mending.absorbed, mending.into))
    if one is None or other is None or one == other:
        yield _("Both are one surgical episode: %(one)s.") % {"one": other or one or _("no operation recorded")}
    else:
        yield _("These are one surgical episode: %(one)s; and %(other)s.") % {"one": one, "other": other}


def _episode_of_the_stay(mending: Mending, ward: Ward) -> Iterator[str]:
    if mending.into is None:
        yield _("It begins a surgical episode of its own there.")
        return
    words = _named(mending.into) or _("begun on %(day)s, no operation recorded") % {
        "day": day_words(mending.into.opened_at.astimezone(zone_of(ward)).date())
    }
    yield _("It continues their surgical episode: %(episode)s.") % {"episode": words}


def _named(episode: Episode) -> str | None:
    """By its operation; None where it has none, as one that was emptied."""
    stay = Stay.objects.select_related("ward").filter(episode=episode).first()
    if stay is None:
        return None
    index = next((index for one, index in episodes_of(stay.patient) if one.pk == episode.pk), None)
    return None if index is None else episode_words(episode, index, zone_of(stay.ward))
