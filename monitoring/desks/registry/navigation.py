"""The registry's own row of links: its pages that somebody may open, in the order of use."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from wards.access import May

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


class Place(NamedTuple):
    """A page of the registry: the name of its address, what it is called, and the right that opens it on some ward."""

    route: str
    label: StrPromise
    right: May


PLACES = (
    Place("registry", lazy("Beside the paper"), May.VIEW_REGISTRY),
    Place("registry-times", lazy("Times and wards"), May.VIEW_REGISTRY),
    Place("registry-planning", lazy("How often to look"), May.VIEW_REGISTRY),
    Place("registry-definition", lazy("Definitions"), May.VIEW_REGISTRY),
    Place("registry-imports", pgettext_lazy("registry", "Import"), May.IMPORT_REGISTRY),
    Place("registry-export", pgettext_lazy("registry", "Export"), May.EXPORT_REGISTRY),
)


class Tab(NamedTuple):
    """One link of the row."""

    label: str
    url: str
    current: bool


def tabs(rights: Collection[May], here: str) -> list[Tab]:
    """The pages that these rights open; `here` is the route of the page that is shown, or that it belongs to."""
    return [Tab(str(to.label), reverse(to.route), to.route == here) for to in PLACES if to.right in rights]
