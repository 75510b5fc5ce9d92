"""The numbers that a ward sets for itself: when its screens lock, when a drain is ready to come out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.audit.actions import record
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.access import May, require
from wards.locks import lock_rota
from wards.models import Staff, Ward


@dataclass(frozen=True, slots=True)
class WardLimits:
    """`locks_after` in minutes without a touch; under `drain_limit_ml` a day on `drain_days` consecutive days."""

    locks_after: int
    drain_limit_ml: int
    drain_days: int


BOUNDS = {"locks_after": (2, 5), "drain_limit_ml": (1, 500), "drain_days": (1, 14)}
"""The lowest and the highest of each; the database holds the same."""


def limits_of(ward: Ward) -> WardLimits:
    return WardLimits(**{field.name: getattr(ward, field.name) for field in fields(WardLimits)})


@transaction.atomic
def set_limits(ward: Ward, *, by: Staff, limits: WardLimits, seen: WardLimits) -> Ward:
    """Put a ward's limits in force, in place of the ones that were `seen`. The same sent again changes nothing.

    Raises Forbidden, and ValidationError by field out of bounds, or where somebody has set others meanwhile.
    """
    ward = lock_rota(ward.pk)
    require(by, May.EDIT_WARD_LIMITS, ward)
    errors = {
        name: [_("A whole number from %(least)d to %(most)d.") % {"least": least, "most": most}]
        for name, (least, most) in BOUNDS.items()
        if not least <= getattr(limits, name) <= most
    }
    if errors:
        raise ValidationError(errors)
    before = limits_of(ward)
    if limits == before:
        return ward
    if seen != before:
        raise ValidationError(_("Somebody has set other limits meanwhile. Look at what is in force, then set yours."))
    changed = asdict(limits)
    for name, value in changed.items():
        setattr(ward, name, value)
    ward.save(update_fields=list(changed))
    record("ward.limits_set", by=by, about=ward, data={"before": asdict(before), "after": changed})
    publish(topics.ward(ward.pk))
    return ward
