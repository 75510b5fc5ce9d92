"""The alerts that somebody has accepted and that are still open: what they leave behind where they go."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import ngettext

from monitoring.alerts.models import Alert
from wards.access import SURGEONS
from wards.models import Role, Staff, Ward


def accepted_alerts(staff: Staff, ward: Ward, kept: frozenset[Role]) -> Iterable[str]:
    """For `wards.left_behind`: the open alerts of the ward that this surgeon has accepted."""
    if not kept.isdisjoint(SURGEONS):
        return
    count = Alert.objects.filter(stay__ward=ward, closed_at=None, accepted_by=staff).count()
    if count:
        words = ngettext(
            "%(count)d open alert on %(ward)s is in their hands. Let it be handed over first.",
            "%(count)d open alerts on %(ward)s are in their hands. Let them be handed over first.",
            count,
        )
        yield words % {"count": count, "ward": ward}
