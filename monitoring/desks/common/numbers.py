"""Whom to phone about a patient now, and by which number. Who is missing, and which number, is said and not left out.

These are numbers that people dial. What the software sends messages to are `escalation.contacts`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wards.models import Post, Staff, Stay, Ward

# An extension, or a whole number as it is written; not both, because the one cannot be dialled after the other.
DIALLED = re.compile(r"(?:ext\.?|x)?\s*(\+?[\d\s().\-/*#]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Callee:
    """One to phone. `name` is empty for a number that is no person's, or for a post that nobody holds."""

    roles: Sequence[str]
    name: str
    phone: str
    nobody: bool = False

    @property
    def role(self) -> str:
        return ", ".join(self.roles)

    @property
    def who(self) -> str:
        return self.name or self.role

    @property
    def dial(self) -> str:
        """The number for a `tel:` link; empty where there is none, or none that a telephone understands."""
        return dialled(self.phone)


@dataclass(frozen=True, slots=True)
class Calls:
    """Surgeons in the order in which to try them, and the ward's own phone, to be called back on."""

    surgeons: Sequence[Callee]
    ward: Callee | None

    @property
    def first(self) -> Callee | None:
        """Whom to try first: the first with a number, else the first with a name."""
        with_number = (callee for callee in self.surgeons if callee.phone)
        with_name = (callee for callee in self.surgeons if callee.name)
        return next(with_number, None) or next(with_name, None)

    @property
    def has_number(self) -> bool:
        """Whether any surgeon can be phoned by what is recorded here."""
        return any(callee.phone for callee in self.surgeons)

    @property
    def names(self) -> list[str]:
        """The surgeons by name, in that order."""
        return [callee.name for callee in self.surgeons if callee.name]


def dialled(phone: str) -> str:
    """ "+4930123-0" of "+49 (0)30 / 123-0", "4720" of "ext. 4720"; empty of "via switchboard"."""
    found = DIALLED.fullmatch(phone.strip())
    if found is None:
        return ""
    number = found[1].replace("(0)", "") if found[1].startswith("+") else found[1]
    return re.sub(r"[^\d+*#]", "", number)


def whom_to_call(stay: Stay, on_duty: Mapping[Post, Sequence[Staff]]) -> Calls:
    """Of a stay read with its ward and responsible surgeon, by who is on duty there now."""
    roles: dict[Staff, list[str]] = {}
    for staff, role in _people(stay, on_duty):
        roles.setdefault(staff, []).append(role)
    surgeons = [Callee(held, str(staff), staff.phone) for staff, held in roles.items()]
    if not on_duty.get(Post.SURGEON_ON_CALL):
        surgeons.insert(0, Callee([_("surgeon on call")], "", "", nobody=True))
    ward: Ward = stay.ward
    if ward.surgeon_phone:
        surgeons.append(Callee([_("always finds a surgeon")], "", ward.surgeon_phone))
    return Calls(surgeons, Callee([_("this ward’s phone")], "", ward.phone) if ward.phone else None)


def _people(stay: Stay, on_duty: Mapping[Post, Sequence[Staff]]) -> Iterator[tuple[Staff, str]]:
    """Surgeons with a role each, in the order of the ladder; who has two roles comes twice."""
    yield from ((staff, _("surgeon on call")) for staff in on_duty.get(Post.SURGEON_ON_CALL, ()))
    yield from ((staff, _("second on call")) for staff in on_duty.get(Post.SECOND_ON_CALL, ()))
    if stay.responsible_surgeon is not None and stay.responsible_surgeon.is_active:
        yield stay.responsible_surgeon, _("responsible surgeon")
