"""A ward sets its own limits: who may, within which bounds, and never over somebody else's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from monitoring.audit.models import AuditEntry
from tests.cast import Cast
from wards.access import Forbidden
from wards.limits import BOUNDS, WardLimits, limits_of, set_limits
from wards.models import Ward

DEFAULTS = WardLimits(locks_after=3, drain_limit_ml=50, drain_days=3)


def test_a_ward_begins_with_the_limits_of_the_paper(cast: Cast) -> None:
    assert limits_of(cast.ward_7b) == DEFAULTS


def test_a_lead_sets_them_with_before_and_after_on_the_record(cast: Cast) -> None:
    limits = WardLimits(locks_after=5, drain_limit_ml=80, drain_days=2)
    set_limits(cast.ward_7b, by=cast.carol, limits=limits, seen=DEFAULTS)
    assert limits_of(Ward.objects.get(pk=cast.ward_7b.pk)) == limits
    assert limits_of(Ward.objects.get(pk=cast.ward_8c.pk)) == DEFAULTS
    entry = AuditEntry.objects.get(action="ward.limits_set")
    assert entry.actor == cast.carol
    assert entry.data == {
        "before": {"locks_after": 3, "drain_limit_ml": 50, "drain_days": 3},
        "after": {"locks_after": 5, "drain_limit_ml": 80, "drain_days": 2},
    }


def test_nobody_else_may(cast: Cast) -> None:
    for somebody in (cast.alice, cast.sam, cast.nora):
        with pytest.raises(Forbidden):
            set_limits(cast.ward_7b, by=somebody, limits=replace(DEFAULTS, drain_days=2), seen=DEFAULTS)


@pytest.mark.parametrize(("name", "bounds"), BOUNDS.items())
def test_out_of_bounds_is_refused_by_the_action_and_by_the_database(
    cast: Cast, name: str, bounds: tuple[int, int]
) -> None:
    for value in (bounds[0] - 1, bounds[1] + 1):
        with pytest.raises(ValidationError) as error:
            set_limits(cast.ward_7b, by=cast.carol, limits=replace(DEFAULTS, **{name: value}), seen=DEFAULTS)
        assert set(error.value.message_dict) == {name}
        with pytest.raises(IntegrityError), transaction.atomic():
            Ward.objects.filter(pk=cast.ward_7b.pk).update(**{name: value})
    for value in bounds:
        Ward.objects.filter(pk=cast.ward_7b.pk).update(**{name: value})


def test_a_stale_page_overwrites_nothing(cast: Cast) -> None:
    set_limits(cast.ward_7b, by=cast.carol, limits=replace(DEFAULTS, drain_days=2), seen=DEFAULTS)
    with pytest.raises(ValidationError, match="Somebody has set other limits meanwhile"):
        set_limits(cast.ward_7b, by=cast.adam, limits=replace(DEFAULTS, drain_days=4), seen=DEFAULTS)
    assert limits_of(Ward.objects.get(pk=cast.ward_7b.pk)).drain_days == 2


def test_the_same_sent_again_changes_nothing(cast: Cast) -> None:
    for _ in range(2):
        set_limits(cast.ward_7b, by=cast.carol, limits=replace(DEFAULTS, drain_days=2), seen=DEFAULTS)
    assert AuditEntry.objects.filter(action="ward.limits_set").count() == 1
