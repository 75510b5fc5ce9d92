"""The versions of the protocol that a plan may go by: the defaults, those in force on somebody's wards, and the one
that an address names. A version never changes, so an address that names one keeps its numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from monitoring.protocol import InvalidSettings, Settings
from wards.models import ProtocolVersion, Ward

DEFAULT: Final = "default"
DIGITS: Final = 9
"""The longest number of a version that is looked for."""


@dataclass(frozen=True, slots=True)
class Version:
    label: str
    settings: Settings


def versions_of(wards: Sequence[Ward], named: str) -> dict[str, Version]:
    """By how an address names them ("7b.3"): the defaults first, then by ward. Those of other wards do not exist, and
    one whose stored settings the protocol no longer allows cannot be planned by."""
    mine = {ward.pk: ward for ward in wards}
    newest = ProtocolVersion.objects.filter(ward__in=mine).order_by("ward__code", "-number").distinct("ward__code")
    found = {version.pk: version for version in (*newest, *_named(wards, named))}
    offered = {DEFAULT: Version(_("the protocol’s defaults"), Settings())}
    in_force = {version.pk for version in newest}
    return offered | dict(_readable(found.values(), mine, in_force))


def in_force(versions: Mapping[str, Version], ward: Ward) -> str:
    """How an address names the version in force on the ward; the defaults where it has approved none."""
    return next((name for name in versions if name.rpartition(".")[0] == ward.code), DEFAULT)


def _named(wards: Sequence[Ward], named: str) -> Iterable[ProtocolVersion]:
    code, _dot, number = named.rpartition(".")
    ward = next((ward for ward in wards if ward.code == code), None)
    if ward is None or not (number.isascii() and number.isdigit() and len(number) <= DIGITS):
        return ()
    return ProtocolVersion.objects.filter(Q(ward=ward, number=int(number)))


def _readable(
    found: Iterable[ProtocolVersion], wards: Mapping[int, Ward], in_force: Iterable[int]
) -> Iterable[tuple[str, Version]]:
    for version in found:
        try:
            settings = Settings.from_json(version.settings)
        except InvalidSettings:
            continue
        ward = wards[version.ward_id]
        words = (
            _("%(ward)s, version %(number)d, in force") if version.pk in in_force else _("%(ward)s, version %(number)d")
        )
        yield f"{ward.code}.{version.number}", Version(words % {"ward": ward, "number": version.number}, settings)
