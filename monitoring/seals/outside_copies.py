"""The seals that were kept outside, held against the chain: has it been cut at its end, or written anew?"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from monitoring.seals.chain import digest_of
from monitoring.seals.findings import Finding, What
from monitoring.seals.keys import UnknownKey, is_signed, known_keys
from monitoring.seals.models import Seal, SealDispatch


class Copy(NamedTuple):
    """A seal as it left the house, or the number of a line that is none."""

    line: int
    number: int
    hash: str
    is_ours: bool


def read_copies(lines: Iterable[str]) -> list[Copy]:
    """One for each line of JSON; empty lines are left out, and what a mail client adds around a line is not."""
    known = known_keys()
    return [_read(number, line, known) for number, line in enumerate(lines, start=1) if line.strip()]


def _read(line: int, text: str, known: dict[str, bytes]) -> Copy:
    try:
        told = json.loads(text)
        seal, said = told["seal"], str(told["hash"])
        digest = digest_of(seal)
        is_ours = digest.hex() == said and is_signed(digest, key=seal["key"], signature=told["signature"], known=known)
        return Copy(line, int(seal["number"]), said, is_ours)
    except (ValueError, KeyError, TypeError, UnknownKey):
        return Copy(line, 0, "", is_ours=False)


def held_against(copies: Iterable[Copy], *, since: int = 1) -> Iterator[Finding]:
    """What the copies show. Those before the seal `since` are left out."""
    copies = [copy for copy in copies if copy.number >= since or not copy.is_ours]
    for copy in copies:
        if not copy.is_ours:
            yield Finding(What.OUTSIDE_UNREADABLE, line=copy.line)
    ours = {copy.number: copy.hash for copy in copies if copy.is_ours}
    last = Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0
    stand = dict(Seal.objects.filter(number__in=ours).values_list("number", "hash"))
    for number, said in sorted(ours.items()):
        if number in stand and stand[number] != said:
            yield Finding(What.OUTSIDE_DIFFERS, seal=number)
    furthest = max([*ours, *_sent_numbers()], default=0)
    if furthest > last:
        yield Finding(What.CUT, seal=last, upto=furthest)


def _sent_numbers() -> list[int]:
    """What the house itself remembers to have sent."""
    return list(SealDispatch.objects.values_list("sent_number", flat=True))
