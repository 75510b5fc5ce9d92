"""The codes of an alert's timeline in words. Lines from before there were codes hold English words themselves."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.escalation.models import Contact

WORDS = {
    # What changed the history (`wards.changes.history_changed`).
    "operation.recorded": lazy("operation recorded"),
    "operation.corrected": lazy("operation corrected"),
    "operation.retracted": lazy("operation retracted"),
    "check.recorded": lazy("check recorded"),
    "check.corrected": lazy("check corrected"),
    "check.retracted": lazy("check retracted"),
    "check.moved": lazy("check moved here from another record"),
    "treatment.recorded": lazy("treatment recorded"),
    "treatment.corrected": lazy("treatment corrected"),
    "treatment.retracted": lazy("treatment retracted"),
    "acceptance.recorded": lazy("acceptance recorded"),
    "acceptance.corrected": lazy("acceptance corrected"),
    "acceptance.retracted": lazy("acceptance retracted"),
    "patient.moved": lazy("patient moved"),
    "patient.discharged": lazy("patient discharged"),
    "protocol.changed": lazy("protocol changed"),
    "record.mended": lazy("records put right"),
    # Why surgical paging goes on after a pause.
    "critical_again": lazy("critical again"),
    "not_confirmed": lazy("no second person has confirmed the correction"),
    # Why a rung of the ladder was passed.
    "nobody_there": lazy("nobody is there"),
    "no_channel": lazy("nobody there has a working channel"),
    "not_arrived": lazy("no message arrived"),
}


def stored_words(stored: str) -> str:
    """A code in the language of the moment; words of ours, and none of ours, too."""
    if stored in WORDS:
        return str(WORDS[stored])
    return stored and _(stored)


def person_words(stored: str) -> str:
    """Somebody who was called: a name as it was then, or what the number of the ward's is for."""
    if stored in Contact.Purpose:
        return str(Contact.Purpose(stored).label)
    return _(stored) if stored in OLD_NUMBERS else stored


OLD_NUMBERS = frozenset({"ward's phone or bleep", "the site's number"})
