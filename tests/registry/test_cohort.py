"""Who is counted: each standing with a line of its own, the borders of each, and every filter."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from monitoring.registry.cohort import NOT_CASES, OUTSIDE, Asked, Standing, lines, segments_name
from monitoring.registry.models import Line
from monitoring.registry.queries import by_ward, cases, deficits, flow, operations
from tests.cast import Cast
from tests.registry.lines import CASE, brought, line

TODAY = date(2026, 11, 28)
SEVERE: dict[str, Any] = {"deficit": "severe", "onset_days": 3.0}


def asked(cast: Cast, **more: Any) -> Asked:
    said: dict[str, Any] = {"wards": [cast.ward_7b, cast.ward_8c], "today": TODAY}
    return Asked(**(said | more))


def standing_of(cast: Cast, **facts: Any) -> str:
    one = line(cast.ward_7b, brought(cast.adam), **facts)
    return str(lines(asked(cast)).values_list("standing", flat=True).get(pk=one.pk))


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, Standing.NO_EVENT),
        (CASE, Standing.CASE),
        (CASE | {"deficit": "below_severe"}, Standing.BELOW_SEVERE),
        (CASE | {"deficit": "none"}, Standing.BELOW_SEVERE),
        ({"reoperation": "exudation"}, Standing.EXUDATION),
        ({"reoperation": "infection"}, Standing.INFECTION),
        ({"reoperation": "foreign_body"}, Standing.FOREIGN_BODY),
        ({"reoperation": "other"}, Standing.OTHER_REASON),
        ({"reoperation": "unknown"}, Standing.REASON_UNKNOWN),
        (SEVERE | {"reoperation": "infection"}, Standing.INFECTION),
        (SEVERE | {"ended": "ameliorated"}, Standing.AMELIORATED),
        (SEVERE | {"ended": "ameliorated", "reoperation": "infection"}, Standing.INFECTION),
        (SEVERE | {"ended": "other"}, Standing.NOT_OPERATED),
        (SEVERE | {"ended": "open"}, Standing.NOT_OPERATED),
        (SEVERE, Standing.NOT_OPERATED),
        ({"deficit": "below_severe"}, Standing.NO_EVENT),
    ],
)
def test_a_line_has_the_first_standing_that_fits(cast: Cast, facts: dict[str, Any], standing: Standing) -> None:
    assert standing_of(cast, **facts) == standing


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({"departure": "home", "departure_days": 2.0}, Standing.NO_EVENT),
        ({"departure": "died", "departure_days": 8.9}, Standing.INCOMPLETE),
        ({"departure": "died", "departure_days": 9.0}, Standing.NO_EVENT),
        ({"departure": "other_hospital", "departure_days": 1.0}, Standing.INCOMPLETE),
        ({"departure": "other_hospital", "departure_days": None}, Standing.INCOMPLETE),
        ({"departure": "", "departure_days": None}, Standing.INCOMPLETE),
        (CASE | {"departure": "died", "departure_days": 4.0}, Standing.CASE),
        (SEVERE | {"departure": "other_hospital", "departure_days": 4.0}, Standing.NOT_OPERATED),
    ],
)
def test_who_left_before_day_nine_is_not_counted_unless_it_happened_before(
    cast: Cast, facts: dict[str, Any], standing: Standing
) -> None:
    assert standing_of(cast, **facts) == standing


def test_the_last_nine_days_are_not_counted_whatever_happened(cast: Cast) -> None:
    assert standing_of(cast, operated_on=TODAY - timedelta(days=8), **CASE) == Standing.TOO_RECENT
    assert standing_of(cast, operated_on=TODAY - timedelta(days=8)) == Standing.TOO_RECENT
    assert standing_of(cast, operated_on=TODAY - timedelta(days=9), **CASE) == Standing.CASE


def test_who_was_recorded_here_and_still_lies_in_a_bed_is_known(cast: Cast) -> None:
    one = line(cast.ward_7b, brought(cast.adam), departure="", departure_days=None)
    assert lines(asked(cast)).get(pk=one.pk).standing == Standing.INCOMPLETE
    assert Standing.INCOMPLETE in OUTSIDE


def test_the_flow_counts_every_line_once_and_the_denominator_leaves_out_two_groups(cast: Cast) -> None:
    by = brought(cast.adam)
    for facts in (
        {}, {}, CASE, {"reoperation": "infection"}, SEVERE | {"ended": "ameliorated"},
        {"departure": "died", "departure_days": 1.0}, {"operated_on": TODAY},
    ):  # fmt: skip
        line(cast.ward_7b, by, **facts)
    found = flow(asked(cast))
    assert set(found) == set(Standing)
    assert sum(found.values()) == Line.objects.count() == 7
    assert operations(found) == 5
    assert {standing: found[standing] for standing in NOT_CASES if found[standing]} == {
        Standing.INFECTION: 1,
        Standing.AMELIORATED: 1,
    }
    assert len(cases(asked(cast))) == 1
    assert len(deficits(asked(cast))) == 2


def test_what_was_taken_back_counts_nowhere(cast: Cast) -> None:
    line(cast.ward_7b, brought(cast.adam), counts=False, **CASE)
    assert sum(flow(asked(cast)).values()) == 0
    assert cases(asked(cast)) == []


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, {"a", "b", "c"}),
        ({"since": date(2014, 3, 8)}, {"b", "c"}),
        ({"since": date(2014, 3, 7), "until": date(2014, 3, 7)}, {"a"}),
        ({"procedure": "TLIF"}, {"b"}),
        ({"diagnosis": "scoliosis"}, {"c"}),
        ({"segments": "2"}, {"a"}),
        ({"segments": ">5"}, {"c"}),
        ({"level": "S1"}, {"b"}),
        ({"level": "T12"}, {"c"}),
        ({"level": "L4"}, {"a", "b", "c"}),
        ({"level": "L1", "procedure": "TLIF"}, set()),
    ],
)
def test_each_filter_finds_its_lines(cast: Cast, wanted: dict[str, Any], found: set[str]) -> None:
    by = brought(cast.adam)
    made = {
        "a": line(cast.ward_7b, by),
        "b": line(
            cast.ward_7b, by, operated_on=date(2015, 1, 1), procedure="TLIF", level_lower="S1", segments=3
        ),
        "c": line(
            cast.ward_8c, by, operated_on=date(2016, 1, 1), diagnosis="scoliosis", level_upper="T10", segments=7
        ),
    }  # fmt: skip
    names = {one.pk: name for name, one in made.items()}
    assert {names[pk] for pk in lines(asked(cast, **wanted)).values_list("pk", flat=True)} == found


def test_one_ward_alone_is_asked_for_among_several(cast: Cast) -> None:
    by = brought(cast.adam)
    line(cast.ward_7b, by, checks_done=40, checks_late=4, **CASE)
    line(cast.ward_7b, by, checks_done=10, checks_late=None)
    line(cast.ward_8c, by, departure="died", departure_days=1.0)
    line(cast.ward_8c, by)
    found = by_ward(asked(cast))
    assert found.keys() == {cast.ward_7b.pk, cast.ward_8c.pk}
    seven = found[cast.ward_7b.pk]
    assert (seven.operations, seven.cases, seven.checks_done, seven.checks_late) == (2, 1, 40, 4)
    assert found[cast.ward_8c.pk].operations == 1
    assert by_ward(asked(cast, ward=cast.ward_8c)).keys() == {cast.ward_8c.pk}
    assert sum(flow(asked(cast, wards=[cast.ward_8c])).values()) == 2


def test_segments_are_named_as_in_the_papers_table() -> None:
    assert [segments_name(n) for n in (1, 5, 6, 12)] == ["1", "5", ">5", ">5"]
