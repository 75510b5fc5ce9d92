"""When it was examined: now, or a date and time typed on the ward's own clock, summer time included."""

from datetime import UTC, datetime, timedelta

import pytest

from monitoring.checks.forms import CheckForm, CorrectCheckForm
from tests.cast import Cast, ago
from tests.checks.examples import examine, posted
from wards.models import Stay
from wards.times import zone_of


def typed(cast: Cast, stay: Stay, date: str, time: str, fold: str = "") -> CheckForm:
    """A check examined earlier, at a time of Berlin."""
    said = {"examined": "earlier", "examined_date": date, "examined_time": time, "examined_fold": fold}
    return CheckForm(posted(**said), ward=stay.ward, by=cast.alice)


@pytest.mark.parametrize(
    ("date", "time", "utc"),
    [
        ("2026-01-15", "03:14", datetime(2026, 1, 15, 2, 14, tzinfo=UTC)),
        ("2026-07-15", "03:14", datetime(2026, 7, 15, 1, 14, tzinfo=UTC)),
        ("2026-07-15", "03:14:09", datetime(2026, 7, 15, 1, 14, 9, tzinfo=UTC)),
        ("2026-07-15", "00:30", datetime(2026, 7, 14, 22, 30, tzinfo=UTC)),
        ("2026-03-29", "01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29", "03:00", datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        ("2026-10-25", "01:59", datetime(2026, 10, 24, 23, 59, tzinfo=UTC)),
        ("2026-10-25", "03:00", datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_a_typed_time_is_the_wards(cast: Cast, stay: Stay, date: str, time: str, utc: datetime) -> None:
    form = typed(cast, stay, date, time)
    assert form.is_valid(), form.errors
    assert form.at == utc
    assert not form.asks_which_hour


def test_a_time_that_the_clocks_skipped_is_refused(cast: Cast, stay: Stay) -> None:
    form = typed(cast, stay, "2026-03-29", "02:30")
    assert form.errors == {"examined_time": ["02:30 did not exist on 29-Mar-2026: the clocks went forward over it."]}


def test_a_time_that_came_twice_is_asked_which_and_then_taken(cast: Cast, stay: Stay) -> None:
    form = typed(cast, stay, "2026-10-25", "02:30")
    assert form.asks_which_hour
    assert form.errors == {
        "examined_fold": ["02:30 came twice on 25-Oct-2026, because the clocks went back: say which one."]
    }
    for fold, hour in (("first", 0), ("second", 1)):
        form = typed(cast, stay, "2026-10-25", "02:30", fold)
        assert form.is_valid(), form.errors
        assert form.at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("date", "time", "fields"),
    [
        ("", "03:14", {"examined_date"}),
        ("2026-01-15", "", {"examined_time"}),
        ("", "", {"examined_date", "examined_time"}),
        ("15.01.2026", "03:14", {"examined_date"}),
        ("01/15/2026", "03:14", {"examined_date"}),
        ("2026-02-30", "03:14", {"examined_date"}),
        ("2026-01-15", "3 o'clock", {"examined_time"}),
        ("2026-01-15", "24:00", {"examined_time"}),
        ("2026-01-15", "25:99", {"examined_time"}),
        ("0001-01-01", "00:00", {"examined_time"}),
        ("soon", "late", {"examined_date", "examined_time"}),
    ],
)
def test_a_wrong_date_or_time_has_its_message_beside_it(
    cast: Cast, stay: Stay, date: str, time: str, fields: set[str]
) -> None:
    form = typed(cast, stay, date, time)
    assert set(form.errors) == fields
    assert form["examined_date"].value() == (date or None)
    assert form["examined_time"].value() == (time or None)


def test_an_unknown_choice_of_the_two_hours_is_refused(cast: Cast, stay: Stay) -> None:
    assert "examined_fold" in typed(cast, stay, "2026-10-25", "02:30", "third").errors


def test_now_with_a_typed_time_is_not_guessed(cast: Cast, stay: Stay) -> None:
    form = CheckForm(posted(examined_time="01:00"), ward=stay.ward, by=cast.alice)
    assert set(form.errors) == {"examined_time"}
    assert "You chose now, and typed a time as well" in form.errors["examined_time"][0]


def test_now_beside_a_date_that_the_page_filled_in_is_now(cast: Cast, stay: Stay) -> None:
    form = CheckForm(posted(examined_date="2026-01-15"), ward=stay.ward, by=cast.alice)
    assert form.is_valid(), form.errors
    assert form.at is None


def test_a_correction_whose_time_was_changed_but_not_chosen_is_not_guessed(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay, at=ago(hours=3))
    shown = check.examined_at.astimezone(zone_of(stay.ward))
    for other in (timedelta(0), timedelta(minutes=1), timedelta(days=1)):
        moved = shown - other
        said = {"examined": "same", "examined_date": f"{moved:%Y-%m-%d}", "examined_time": f"{moved:%H:%M}"}
        form = CorrectCheckForm(posted(**said, reason="misread"), check=check, ward=stay.ward, by=cast.carol)
        assert set(form.errors) == ({"examined_time"} if other else set())
