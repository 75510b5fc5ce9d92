"""The screens on a ward's walls: made and ended by its leads, with every step in the audit log."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from monitoring.audit.models import AuditEntry
from tests.cast import Cast
from wards.access import Forbidden
from wards.displays import end_display, hide_names, make_display


def test_a_charge_nurse_makes_a_display_and_an_administrator_ends_it(cast: Cast) -> None:
    display = make_display(cast.ward_7b, by=cast.carol, name="  nurses'   station ")
    assert (display.name, display.created_by, display.ended_at) == ("nurses' station", cast.carol, None)
    ended = end_display(display, by=cast.adam)
    assert ended.ended_by == cast.adam
    assert ended.ended_at is not None
    entries = AuditEntry.objects.filter(subject_type="wards.display").order_by("pk")
    assert [(entry.action, entry.actor_id) for entry in entries] == [
        ("display.made", cast.carol.pk),
        ("display.ended", cast.adam.pk),
    ]


def test_ending_it_again_changes_nothing(cast: Cast) -> None:
    display = make_display(cast.ward_7b, by=cast.carol, name="corridor")
    first = end_display(display, by=cast.carol)
    again = end_display(display, by=cast.adam)
    assert (again.ended_at, again.ended_by_id) == (first.ended_at, cast.carol.pk)
    assert AuditEntry.objects.filter(action="display.ended").count() == 1


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_display_has_a_name_of_at_most_forty_characters(cast: Cast, name: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_display(cast.ward_7b, by=cast.carol, name=name)
    assert list(refused.value.message_dict) == ["name"]


def test_two_that_run_at_once_have_two_names(cast: Cast) -> None:
    first = make_display(cast.ward_7b, by=cast.carol, name="Corridor")
    with pytest.raises(ValidationError, match="running"):
        make_display(cast.ward_7b, by=cast.carol, name="corridor")
    make_display(cast.ward_8c, by=cast.adam, name="corridor")
    end_display(first, by=cast.carol)
    assert make_display(cast.ward_7b, by=cast.carol, name="corridor").ended_at is None


@pytest.mark.parametrize("who", ["alice", "sam", "nora"])
def test_nobody_else_may(cast: Cast, who: str) -> None:
    display = make_display(cast.ward_7b, by=cast.carol, name="corridor")
    staff = getattr(cast, who)
    with pytest.raises(Forbidden):
        make_display(cast.ward_7b, by=staff, name="another")
    with pytest.raises(Forbidden):
        end_display(display, by=staff)
    with pytest.raises(Forbidden):
        hide_names(cast.ward_7b, by=staff, hidden=False)


def test_names_are_hidden_until_a_lead_shows_them_and_that_is_written_down(cast: Cast) -> None:
    assert cast.ward_7b.hides_names
    assert not hide_names(cast.ward_7b, by=cast.carol, hidden=False).hides_names
    hide_names(cast.ward_7b, by=cast.carol, hidden=False)
    assert hide_names(cast.ward_7b, by=cast.carol, hidden=True).hides_names
    entries = AuditEntry.objects.filter(subject_type="wards.ward").order_by("pk")
    assert [entry.action for entry in entries] == ["ward.names_shown", "ward.names_hidden"]
