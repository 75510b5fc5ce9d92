"""Who needs a second factor, and who has one."""

from __future__ import annotations

from django.conf import settings

from monitoring.identity.models import Factor
from wards.models import Membership, Staff


def must_have_factor(staff: Staff) -> bool:
    """Whether a role of theirs, on any ward, is among settings.SECOND_FACTOR_REQUIRED."""
    required = settings.SECOND_FACTOR_REQUIRED
    return bool(required) and Membership.objects.filter(staff=staff, role__in=required).exists()


def has_factor(staff: Staff) -> bool:
    return Factor.objects.filter(staff=staff, removed_at=None).exists()
