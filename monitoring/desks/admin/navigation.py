"""The administrator's own row of links: the pages of this desk that somebody may open, in the order of use."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy

from wards.access import May

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Place(NamedTuple):
    """A page of the desk: the name of its address, what it is called, and the right that opens it on some ward."""

    route: str
    label: StrPromise
    right: May


PLACES = (
    Place("audit", lazy("Audit"), May.VIEW_AUDIT),
    Place("break-glass", lazy("Break-glass"), May.REVIEW_BREAK_GLASS),
    Place("mending", lazy("Mending"), May.CONFIRM_MENDING),
    Place("seal", lazy("Seal"), May.VIEW_AUDIT),
    Place("responses", lazy("Response times"), May.VIEW_RESPONSES),
    Place("protocol", lazy("Protocol"), May.VIEW_PROTOCOL),
    Place("staff", lazy("Staff"), May.MANAGE_STAFF),
    Place("ward-settings", lazy("Wards"), May.MANAGE_WARD),
)


class Tab(NamedTuple):
    """One link of the row."""

    label: str
    url: str
    current: bool


def tabs(rights: Collection[May], here: str) -> list[Tab]:
    """The pages that these rights open; `here` is the route of the page that is shown, or that it belongs to."""
    return [Tab(str(to.label), reverse(to.route), to.route == here) for to in PLACES if to.right in rights]
