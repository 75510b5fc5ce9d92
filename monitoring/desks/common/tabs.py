"""The row of links over the pages of a desk: those that somebody's rights open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse

from wards.access import May

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Place(NamedTuple):
    """A page of a desk: the name of its address, what it is called, and the right that opens it on some ward."""

    route: str
    label: StrPromise
    right: May


class Tab(NamedTuple):
    """One link of the row."""

    label: str
    url: str
    current: bool


def tabs(places: Sequence[Place], rights: Mapping[May, Collection[int]], here: str) -> list[Tab]:
    """The places that somebody's rights open: those had on some ward, of which each right has the ids.

    `here` is the route of the page that is shown, or that it belongs to.
    """
    return [Tab(str(to.label), reverse(to.route), to.route == here) for to in places if rights.get(to.right)]
