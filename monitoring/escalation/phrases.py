"""What is written down in plain English, because it is made where nobody reads: why somebody was called, why a message
did not go out. It is said again in the language of whoever reads it.

`Delivery.why`, `Delivery.error` and `Contact.broken_reason` hold these sentences with their values filled in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from monitoring.escalation.ladder import WHOM_WORDS, Rung

HAS_IT = gettext_noop("%(who)s has it")
ON_IT = gettext_noop("%(who)s is on it")
DECIDED = gettext_noop("%(who)s decided")
OFFERS = gettext_noop("%(who)s offers it to you")
CLOSED_BY = gettext_noop("closed by %(who)s")
REOPENED = gettext_noop("re-opened by %(who)s")
CLOSED = gettext_noop("closed by the software")
MENDED = gettext_noop("records were put right: look at the alert again")
SINCE_NOW = gettext_noop("%(whom)s, since now")
GLASS_BROKEN = gettext_noop("%(who)s has opened a record of %(ward)s from outside")
NO_ANSWER = gettext_noop("no answer within %(seconds)s s")
DETAILED = gettext_noop("%(reason)s (%(detail)s)")
WITH_VALUES = (OFFERS, HAS_IT, ON_IT, DECIDED, CLOSED_BY, REOPENED, SINCE_NOW, GLASS_BROKEN, NO_ANSWER, DETAILED)
WITH_SENTENCES = {"whom", "reason"}  # values that are such sentences themselves; all others are names and figures

GROUP = "group"
CALLED: dict[str, str] = {whom.value: said for whom, said in WHOM_WORDS.items()} | {GROUP: gettext_noop("the group")}
"""Whom a rung calls, by code."""


def codes(rung: Rung) -> list[str]:
    """Whom a rung calls, as a timeline keeps it."""
    return [whom.value for whom in rung.whom] + ([GROUP] if rung.groups else [])


def words(rung: Rung) -> str:
    """ "the surgeon on call, the second on call", in English."""
    return ", ".join(CALLED[code] for code in codes(rung))


def shown(stored: str) -> str:
    """A stored sentence in the language of the moment. One that is none of ours stays as it is."""
    if not stored or stored == CLOSED:
        return stored and _(stored)
    for sentence in WITH_VALUES:
        if found := _pattern(sentence).fullmatch(stored):
            values = found.groupdict()
            return _(sentence) % {
                name: shown(values[name]) if name in WITH_SENTENCES else values[name] for name in values
            }
    parts = stored.split(", ")  # whom a rung calls; the last may have been cut off
    return listed(_(part) for part in parts) if parts[0] in CALLED.values() else _(stored)


def whom_shown(called: str | Sequence[str]) -> str:
    """Whom a rung calls, in words, by its codes; a line from before there were codes has the words themselves."""
    return shown(called) if isinstance(called, str) else listed(_(CALLED[code]) for code in called)


def listed(names: Iterable[str]) -> str:
    return pgettext("between names", ", ").join(names)


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """What fits the sentence, with its values by name."""
    parts = re.split(r"%\((\w+)\)s", sentence)
    return re.compile("".join(f"(?P<{part}>.+)" if n % 2 else re.escape(part) for n, part in enumerate(parts)))
