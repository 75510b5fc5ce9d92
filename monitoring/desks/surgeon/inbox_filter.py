"""What the inbox shows: mine or my wards', open or closed, as its address says. No queries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum, auto
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


class Whose(StrEnum):
    WARDS = auto()
    MINE = auto()


class Which(StrEnum):
    OPEN = auto()
    CLOSED = auto()


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """`after`: of closed alerts, those that were closed before this one, by its public id."""

    whose: Whose = Whose.WARDS
    which: Which = Which.OPEN
    after: UUID | None = None

    @property
    def address(self) -> str:
        """What stands behind the path; nothing for what is shown unless asked otherwise."""
        said = {"whose": self.whose, "which": self.which, "after": self.after}
        usual = {"whose": Whose.WARDS, "which": Which.OPEN, "after": None}
        asked = {name: str(value) for name, value in said.items() if value != usual[name]}
        return f"?{urlencode(asked)}" if asked else ""

    @property
    def following(self) -> InboxFilter:
        """The next of the four, round and round."""
        turn = IN_TURN.index((self.whose, self.which))
        return InboxFilter(*IN_TURN[(turn + 1) % len(IN_TURN)])


IN_TURN: Final = tuple((whose, which) for which in Which for whose in Whose)


def asked_for(address: Mapping[str, str]) -> InboxFilter:
    """The filter that an address names. What it does not know is as if it were not there."""
    whose, which = address.get("whose", ""), address.get("which", "")
    asked = InboxFilter(
        Whose(whose) if whose in list(Whose) else Whose.WARDS, Which(which) if which in list(Which) else Which.OPEN
    )
    return replace(asked, after=_id(address.get("after", ""))) if asked.which is Which.CLOSED else asked


def _id(said: str) -> UUID | None:
    try:
        return UUID(said)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Choice:
    """One link of the filter: where it leads, how many alerts are there, and whether this is it."""

    label: str
    address: str
    count: int
    current: bool


Counts = Mapping[tuple[Whose, Which], int]


def choices(shown: InboxFilter, counts: Counts) -> list[list[Choice]]:
    """Two groups of two: whose, and which of these."""
    return [list(_whose(shown, counts)), list(_which(shown, counts))]


def _whose(shown: InboxFilter, counts: Counts) -> Iterator[Choice]:
    for whose, label in ((Whose.WARDS, _("My wards")), (Whose.MINE, _("Mine"))):
        there = InboxFilter(whose, shown.which)
        yield Choice(label, there.address, counts[whose, shown.which], whose is shown.whose)


def _which(shown: InboxFilter, counts: Counts) -> Iterator[Choice]:
    for which, label in ((Which.OPEN, pgettext("alerts", "Open")), (Which.CLOSED, pgettext("alerts", "Closed"))):
        there = InboxFilter(shown.whose, which)
        yield Choice(label, there.address, counts[shown.whose, which], which is shown.which)
