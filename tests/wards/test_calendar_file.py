"""What a calendar file says, and what it is refused for. Pure: no database, fixed instants."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.wards.ical import calendar, event
from wards import calendar_file
from wards.calendar_file import Event, Unreadable

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 10, 1, 12, tzinfo=UTC)
HOME_ZONE = "\r\n".join(
    [
        "BEGIN:VTIMEZONE",
        "TZID:Home",
        "BEGIN:STANDARD",
        "DTSTART:19700101T000000",
        "TZOFFSETFROM:{offset}",
        "TZOFFSETTO:{offset}",
        "END:STANDARD",
        "END:VTIMEZONE",
    ]
)


def read(text: bytes, *, zone: ZoneInfo = BERLIN, days: float = 183) -> list[Event]:
    events, problems = calendar_file.read(text, zone=zone, since=NOW, until=NOW + timedelta(days=days))
    assert problems == []
    return events


def problem(text: bytes) -> str:
    _, problems = calendar_file.read(text, zone=BERLIN, since=NOW, until=NOW + timedelta(days=183))
    assert len(problems) == 1
    return problems[0]


def spans(text: bytes) -> list[str]:
    """The events' times as the ward's clock shows them."""
    form = "%d-%b %H:%M"
    return [
        f"{one.starts_at.astimezone(BERLIN):{form}} – {one.ends_at.astimezone(BERLIN):{form}}" for one in read(text)
    ]


@pytest.mark.parametrize(
    ("start", "end", "starts_at"),
    [
        (":20261201T190000Z", ":20261202T070000Z", "19:00"),
        (";TZID=Europe/Berlin:20261201T200000", ";TZID=Europe/Berlin:20261202T080000", "19:00"),
        (";TZID=America/New_York:20261201T140000", ";TZID=America/New_York:20261202T020000", "19:00"),
        (";TZID=W. Europe Standard Time:20261201T200000", ";TZID=W. Europe Standard Time:20261202T080000", "19:00"),
        (":20261201T200000", ":20261202T080000", "19:00"),  # without a zone: the ward's
    ],
)
def test_a_time_is_the_same_instant_however_its_zone_is_written(start: str, end: str, starts_at: str) -> None:
    (one,) = read(calendar(event("a", start, end)))
    assert (f"{one.starts_at:%H:%M}", one.ends_at - one.starts_at) == (starts_at, timedelta(hours=12))


def test_a_whole_day_is_the_wards_day_also_when_the_clocks_change() -> None:
    (one,) = read(calendar(event("a", ";VALUE=DATE:20261025", ";VALUE=DATE:20261026")))
    assert one.starts_at == datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert one.ends_at - one.starts_at == timedelta(hours=25)


def test_a_day_without_an_end_is_that_day() -> None:
    text = calendar("BEGIN:VEVENT\r\nUID:a\r\nDTSTART;VALUE=DATE:20261201\r\nSUMMARY:Sam\r\nEND:VEVENT")
    assert spans(text) == ["01-Dec 00:00 – 02-Dec 00:00"]


def test_a_duration_serves_as_an_end() -> None:
    text = calendar("BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261201T190000Z\r\nDURATION:PT12H\r\nEND:VEVENT")
    assert spans(text) == ["01-Dec 20:00 – 02-Dec 08:00"]


def test_a_repeating_night_keeps_its_hours_over_both_changes_of_the_clocks() -> None:
    zone = ";TZID=Europe/Berlin"
    text = calendar(event("a", f"{zone}:20261024T200000", f"{zone}:20261025T080000", "RRULE:FREQ=DAILY;COUNT=3"))
    assert spans(text) == [
        "24-Oct 20:00 – 25-Oct 08:00",
        "25-Oct 20:00 – 26-Oct 08:00",
        "26-Oct 20:00 – 27-Oct 08:00",
    ]
    first = read(text)[0]
    assert first.ends_at - first.starts_at == timedelta(hours=13)


def test_an_hour_that_comes_twice_is_the_first_and_one_that_never_comes_is_after_the_gap() -> None:
    autumn = calendar(event("a", ":20261025T023000", ":20261025T080000"))
    assert read(autumn)[0].starts_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    spring = calendar(event("a", ":20270328T023000", ":20270328T080000"))
    assert spans(spring) == ["28-Mar 03:30 – 28-Mar 08:00"]


def test_a_series_has_each_occurrence_with_exceptions_and_changes_and_a_name_that_stays() -> None:
    zone = ";TZID=Europe/Berlin"
    weekly = event(
        "a",
        f"{zone}:20261102T080000",
        f"{zone}:20261103T080000",
        "RRULE:FREQ=WEEKLY;COUNT=4",
        f"EXDATE{zone}:20261109T080000",
    )
    moved = event(
        "a",
        f"{zone}:20261116T120000",
        f"{zone}:20261117T080000",
        f"RECURRENCE-ID{zone}:20261116T080000",
        summary="Sue Singh",
    )
    cancelled = event(
        "a",
        f"{zone}:20261123T080000",
        f"{zone}:20261124T080000",
        f"RECURRENCE-ID{zone}:20261123T080000",
        "STATUS:CANCELLED",
    )
    text = calendar(weekly, moved, cancelled)
    assert spans(text) == ["02-Nov 08:00 – 03-Nov 08:00", "16-Nov 12:00 – 17-Nov 08:00"]
    assert [one.key for one in read(text)] == ["a#20261102T070000Z", "a#20261116T070000Z"]
    assert [one.summary for one in read(text)] == ["Sam Stone", "Sue Singh"]


def test_an_event_that_does_not_repeat_keeps_its_name_when_it_is_moved() -> None:
    keys = {
        read(calendar(event("a", start, ":20261202T070000Z")))[0].key
        for start in (":20261201T190000Z", ":20261201T200000Z")
    }
    assert keys == {"a"}


def test_only_what_touches_the_span_is_read() -> None:
    hour = timedelta(hours=1)
    text = calendar(
        event("over", NOW - 2 * hour, NOW),
        event("running", NOW - hour, NOW + hour),
        event("ahead", NOW + hour, NOW + 2 * hour),
        event("too far", NOW + 48 * hour, NOW + 49 * hour),
    )
    assert [one.key for one in read(text, days=2)] == ["running", "ahead"]
    endless = calendar(event("a", NOW, NOW + hour, "RRULE:FREQ=DAILY"))
    assert len(read(endless)) == 183


def test_a_cancelled_event_is_left_out() -> None:
    text = calendar(
        event("a", ":20261201T190000Z", ":20261202T070000Z", "STATUS:CANCELLED"),
        event("b", ":20261202T190000Z", ":20261203T070000Z", "STATUS:CONFIRMED"),
    )
    assert [one.key for one in read(text)] == ["b"]


def test_addresses_are_in_lower_case_and_who_declined_is_left_out() -> None:
    text = calendar(
        event(
            "a",
            ":20261201T190000Z",
            ":20261202T070000Z",
            "ATTENDEE;CN=Sam:MAILTO:Sam@Example.org",
            "ATTENDEE;PARTSTAT=DECLINED:mailto:sue@example.org",
            "ORGANIZER:mailto:Office@example.org",
        )
    )
    (one,) = read(text)
    assert (one.attendees, one.organizer) == (frozenset({"sam@example.org"}), "office@example.org")


NOTHING = [
    b"",
    b"rubbish",
    b"\xff\xfe\x00\x01",
    b"PK\x03\x04" + bytes(range(256)),
    b"BEGIN:VCALENDAR\r\n",
    b"BEGIN:VEVENT\r\nEND:VEVENT\r\n",
    calendar(event("a", ":20261201T190000Z", ":20261202T070000Z"))[:-20],  # cut off on its way
    calendar(event("a", ":20261201T190000Z", ":20261202T070000Z")) * 2,
    calendar(event("a", ":20261201T190000Z", ":20261202T070000Z")).decode().encode("utf-16"),
]


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_no_calendar_is_refused(text: bytes) -> None:
    with pytest.raises(Unreadable, match="no calendar file, or a damaged one"):
        read(text)


def test_a_file_of_ten_megabytes_is_refused_before_it_is_read() -> None:
    with pytest.raises(Unreadable, match="larger than 256 KB"):
        read(b"BEGIN:VCALENDAR\r\n" + b"X" * 10_000_000)


@pytest.mark.parametrize(
    "text",
    [
        calendar(),
        calendar(event("a", ":20251201T190000Z", ":20251202T070000Z")),
        calendar(event("a", ":20261201T190000Z", ":20261202T070000Z", "STATUS:CANCELLED")),
    ],
)
def test_a_file_with_nothing_ahead_is_taken_for_the_wrong_one(text: bytes) -> None:
    with pytest.raises(Unreadable, match="No event in this file lies ahead"):
        read(text)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["DTSTART:rubbish"], "“Sam”: DTSTART cannot be read."),
        (["DTSTART:20261201T190000Z", "DTSTART:20261202T190000Z"], "“Sam”: DTSTART cannot be read."),
        (["DTSTART;VALUE=TIME:190000"], "“Sam”: DTSTART cannot be read."),
        ([], "“Sam”: it has no start."),
        (["DTSTART:20261201T190000Z"], "it has no end after its start."),
        (["DTSTART:20261201T190000Z", "DTEND:20261201T190000Z"], "it has no end after its start."),
        (["DTSTART:20261201T190000Z", "DTEND:20261130T190000Z"], "it has no end after its start."),
        (["DTSTART:20261201T190000Z", "DURATION:-PT1H"], "it has no end after its start."),
        (["DTSTART;TZID=Atlantis:20261201T190000", "DURATION:PT1H"], "its time zone is not known."),
        (["DTSTART:20261201T190000Z", "DURATION:PT1H", "RRULE:FREQ=SECONDLY"], "repeats in a way that cannot be read"),
        (["DTSTART:20261201T190000Z", "DURATION:PT1H", "RRULE:FREQ=HOURLY"], "repeats in a way that cannot be read"),
        (["DTSTART:20261201T190000Z", "DURATION:PT1H", "RRULE:rubbish"], "repeats in a way that cannot be read"),
        (
            ["DTSTART:20261201T190000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;BYMINUTE=1,2,3"],
            "repeats in a way that cannot be read",
        ),
        (["DTSTART:20261201T190000Z", "DURATION:PT1H", "EXDATE:rubbish"], "“Sam”: EXDATE cannot be read."),
        (["DTSTART:20061201T190000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY"], "for more than ten years"),
        (
            ["DTSTART:20261201T190000Z", "DURATION:PT1H", "RECURRENCE-ID;RANGE=THISANDFUTURE:20261201T190000Z"],
            "it changes all later ones too",
        ),
    ],
)
def test_an_event_that_cannot_be_read_for_certain_is_a_problem(lines: list[str], said: str) -> None:
    assert said in problem(calendar("\r\n".join(["BEGIN:VEVENT", "UID:a", "SUMMARY:Sam", *lines, "END:VEVENT"])))


def test_an_event_without_a_name_of_its_own_is_a_problem() -> None:
    times = "DTSTART:20261201T190000Z\r\nDTEND:20261202T070000Z"
    assert "no identifier" in problem(calendar(f"BEGIN:VEVENT\r\n{times}\r\nEND:VEVENT"))
    assert "no identifier" in problem(calendar(event("u" * 300, ":20261201T190000Z", ":20261202T070000Z")))


def test_two_events_under_one_name_are_a_problem_and_not_one_event() -> None:
    twins = [event("a", f":2026120{day}T190000Z", f":2026120{day}T230000Z") for day in (1, 2)]
    _, problems = calendar_file.read(calendar(*twins), zone=BERLIN, since=NOW, until=NOW + timedelta(days=183))
    assert len(problems) == 2
    assert "several events of the file" in problems[0]


def test_a_file_that_makes_too_many_duties_is_refused() -> None:
    daily = [event(f"e{n}", NOW, NOW + timedelta(hours=1), "RRULE:FREQ=DAILY") for n in range(40)]
    with pytest.raises(Unreadable, match="more than 5000 duties"):
        read(calendar(*daily))


def test_one_files_own_time_zone_is_not_the_next_files() -> None:
    """Programs name zones "Customized Time Zone"; the library would remember the first one of that name."""
    one = event("a", ";TZID=Home:20261201T120000", ";TZID=Home:20261201T130000")
    for offset, hour in (("+0300", 9), ("-0500", 17)):
        (found,) = read(calendar(HOME_ZONE.format(offset=offset), one))
        assert found.starts_at.hour == hour


def test_a_damaged_file_is_read_or_refused_and_never_anything_else() -> None:
    zone = ";TZID=Europe/Berlin"
    whole = calendar(
        HOME_ZONE.format(offset="+0100"),
        event("a", f"{zone}:20261102T080000", f"{zone}:20261103T080000", "RRULE:FREQ=WEEKLY;BYDAY=MO,TH;COUNT=9"),
        event("b", ";TZID=Home:20261201T120000", ";TZID=Home:20261201T130000", "ATTENDEE:mailto:sam@example.org"),
        event("c", ";VALUE=DATE:20261224", ";VALUE=DATE:20261227"),
    )
    chance = random.Random(7)
    refused = 0
    for _ in range(600):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.choice(b"0123456789:;=TZ-,ABMOSUWK\xff\n\x00")
        try:
            _, problems = calendar_file.read(bytes(damaged), zone=BERLIN, since=NOW, until=NOW + timedelta(days=183))
        except Unreadable:
            problems = ["all of it"]
        refused += bool(problems)
    assert 100 < refused < 600
