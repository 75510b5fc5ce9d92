"""The registry's own row of links: its pages that somebody may open, in the order of use."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import pgettext_lazy

from monitoring.desks.common.tabs import Place
from wards.access import May

PLACES: Final = (
    Place("registry", lazy("Beside the paper"), May.VIEW_REGISTRY),
    Place("registry-times", lazy("Times and wards"), May.VIEW_REGISTRY),
    Place("registry-planning", lazy("How often to look"), May.VIEW_REGISTRY),
    Place("registry-definition", lazy("Definitions"), May.VIEW_REGISTRY),
    Place("registry-imports", pgettext_lazy("registry", "Import"), May.IMPORT_REGISTRY),
    Place("registry-export", pgettext_lazy("registry", "Export"), May.EXPORT_REGISTRY),
)
