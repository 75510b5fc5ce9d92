"""The administrator's own row of links: the pages of this desk that somebody may open, in the order of use."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.common.tabs import Place
from wards.access import May

PLACES: Final = (
    Place("audit", lazy("Audit"), May.VIEW_AUDIT),
    Place("break-glass", lazy("Break-glass"), May.REVIEW_BREAK_GLASS),
    Place("mending", lazy("Mending"), May.CONFIRM_MENDING),
    Place("seal", lazy("Seal"), May.VIEW_AUDIT),
    Place("responses", lazy("Response times"), May.VIEW_RESPONSES),
    Place("protocol", lazy("Protocol"), May.VIEW_PROTOCOL),
    Place("staff", lazy("Staff"), May.MANAGE_STAFF),
    Place("ward-settings", lazy("Wards"), May.MANAGE_WARD),
)
