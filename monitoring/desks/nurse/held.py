"""A held check in words: what was found, and why it is held."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from monitoring.checks.forms import look_of
from monitoring.checks.models import Flag, Untested, column
from monitoring.desks.common.presentation import FLAG_WORDS, MYOTOME_WORDS
from monitoring.offline.actions import CLOCK_CHANGED, NOT_ALLOWED, PASS_ENDED
from monitoring.offline.models import Held
from monitoring.protocol import FLAGS, MYOTOMES, Muscle


@dataclass(frozen=True, slots=True)
class Found:
    """What the device sent, as a table: a row a myotome, with the patient's right and left; then the rest."""

    rows: tuple[tuple[str, str, str], ...]
    flags: tuple[tuple[str, str], ...]
    note: str


def found_words(held: Held) -> Found:
    rows = tuple(
        (f"{myotome} {MYOTOME_WORDS[myotome]}", _muscle(held, myotome, "right"), _muscle(held, myotome, "left"))
        for myotome in MYOTOMES
    )
    flags = tuple((FLAG_WORDS[flag], _flag(held.values.get(flag, ""))) for flag in FLAGS)
    return Found(rows, flags, held.values.get("note", ""))


def _muscle(held: Held, myotome: str, side: str) -> str:
    """A grade, a reason for having none, or that it was left out. What no form of ours says is shown as it came."""
    said: str = held.values.get(column(Muscle.parse(f"{myotome} {side}")), "")
    if not said:
        return _("not examined")
    try:
        look = look_of(said)
    except ValueError:
        return said
    return str(look.label) if isinstance(look, Untested) else said


def _flag(said: str) -> str:
    return str(Flag(said).label) if said in Flag.values else said or _("not examined")


def refusal_words(held: Held) -> list[str]:
    """Why it could not be filed by itself, each as a sentence."""
    own = {
        CLOCK_CHANGED: _("The device’s clock was changed before this was sent: when it was examined is not known."),
        PASS_ENDED: _("It was recorded more than 12 hours after the device last had a network."),
        NOT_ALLOWED: _("%(who)s does not examine on the patient’s ward.") % {"who": held.examined_by},
    }
    return [own.get(refusal, refusal) for refusal in held.refusals]
