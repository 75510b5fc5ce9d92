"""A post's rota from a calendar file: read once, read again, changed, and refused."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import RequestFactory

from monitoring.audit.models import AuditEntry
from monitoring.due import clock
from tests.cast import Cast, on_duty, person
from tests.wards.ical import calendar, event
from wards import calendar_file, rota
from wards.access import Forbidden
from wards.models import Duty, Post, Role, Staff, Ward
from wards.rota import ImportResult
from wards.rota_queries import on_duty as who_is_on_duty

CALL = Post.SURGEON_ON_CALL


@pytest.fixture
def tom(cast: Cast) -> Staff:
    Staff.objects.filter(pk=cast.sam.pk).update(email="Sam@Example.org")
    tom = person("Tom", "Tell", (cast.ward_7b, Role.SURGEON))
    tom.email = "tom@example.org"
    tom.save(update_fields=["email"])
    return tom


def hours(number: float) -> datetime:
    """So many hours from the present minute."""
    return clock.now().replace(second=0, microsecond=0) + timedelta(hours=number)


def read(cast: Cast, *events: str, post: Post = CALL, by: Staff | None = None) -> ImportResult:
    text = calendar(*events)
    return rota.import_calendar(by=by or cast.carol, ward=cast.ward_7b, post=post, text=text, until=None)


def holders(cast: Cast, after: float) -> list[Staff]:
    return who_is_on_duty(cast.ward_7b.pk, CALL, hours(after) + timedelta(minutes=5))


def counts(result: ImportResult) -> tuple[int, int, int]:
    assert result.problems == ()
    return result.added, result.unchanged, result.cancelled


def test_a_file_becomes_the_rota_and_read_again_changes_nothing(cast: Cast) -> None:
    events = [
        event("running", hours(-2), hours(10)),
        event("later", hours(10), hours(20)),
        event("over", hours(-9), hours(-2)),
    ]
    Ward.objects.update(retarget_at=None)
    assert counts(read(cast, *events)) == (2, 0, 0)
    assert (holders(cast, 0), holders(cast, 11), holders(cast, 21)) == ([cast.sam], [cast.sam], [])
    assert Ward.objects.get(pk=cast.ward_7b.pk).retarget_at is not None
    Ward.objects.update(retarget_at=None)
    assert counts(read(cast, *events)) == (0, 2, 0)
    assert Ward.objects.get(pk=cast.ward_7b.pk).retarget_at is None
    entry = AuditEntry.objects.get(action="calendar.imported")
    assert (entry.actor, len(entry.data["added"]), entry.data["post"]) == (cast.carol, 2, CALL)


def test_a_repeating_event_is_read_half_a_year_ahead_and_again_unchanged(cast: Cast) -> None:
    weekly = event("w", hours(1), hours(25), "RRULE:FREQ=WEEKLY")
    assert counts(read(cast, weekly)) == (27, 0, 0)
    assert counts(read(cast, weekly)) == (0, 27, 0)
    assert holders(cast, 7 * 24 + 2) == [cast.sam]


def test_what_the_file_changes_is_cancelled_and_added_and_what_it_has_no_more_is_cancelled(
    cast: Cast, tom: Staff
) -> None:
    names = ("same", "moved", "swapped", "gone")
    spans = {name: (hours(10 * n + 1), hours(10 * n + 9)) for n, name in enumerate(names)}
    before = {name: event(name, *span) for name, span in spans.items()}
    assert counts(read(cast, *before.values())) == (4, 0, 0)
    after = [
        before["same"],
        event("moved", hours(12), hours(19)),
        event("swapped", *spans["swapped"], summary="Tom Tell"),
        event("new", hours(50), hours(59)),
    ]
    assert counts(read(cast, *after)) == (3, 1, 3)
    assert [holders(cast, n) for n in (2, 11, 13, 22, 32, 51)] == [[cast.sam], [], [cast.sam], [tom], [], [cast.sam]]
    assert counts(read(cast, *before.values())) == (3, 1, 3)
    assert [holders(cast, n) for n in (2, 11, 22, 32, 51)] == [[cast.sam]] * 4 + [[]]


def test_who_is_on_duty_now_stays_when_the_file_has_the_event_no_more(cast: Cast) -> None:
    read(cast, event("running", hours(-2), hours(10)), event("later", hours(10), hours(20)))
    assert counts(read(cast, event("other", hours(30), hours(40)))) == (1, 0, 1)
    assert (holders(cast, 0), holders(cast, 11)) == ([cast.sam], [])


def test_a_cancelled_event_takes_its_duty_off(cast: Cast) -> None:
    one, two = event("one", hours(1), hours(9)), event("two", hours(10), hours(19))
    read(cast, one, two)
    assert counts(read(cast, event("one", hours(1), hours(9), "STATUS:CANCELLED"), two)) == (0, 1, 1)
    assert holders(cast, 2) == []


def test_what_was_done_by_hand_stands_while_the_file_says_the_same(cast: Cast, tom: Staff) -> None:
    events = [event("given", hours(-1), hours(9)), event("dropped", hours(10), hours(19))]
    read(cast, *events)
    given, dropped = Duty.objects.order_by("starts_at")
    rota.hand_over_duty(given, by=cast.carol, to=tom, at=None)
    rota.cancel_duty(dropped, by=cast.carol)
    assert counts(read(cast, *events)) == (0, 2, 0)
    assert (holders(cast, 1), holders(cast, 11)) == ([tom], [])
    changed = [event("given", hours(-1), hours(8)), event("dropped", hours(11), hours(19))]
    assert counts(read(cast, *changed)) == (2, 0, 1)
    assert (holders(cast, 1), holders(cast, 12)) == ([cast.sam], [cast.sam])


def test_what_left_the_file_and_comes_back_is_added_again(cast: Cast) -> None:
    one, two = event("one", hours(1), hours(9)), event("two", hours(10), hours(19))
    read(cast, one, two)
    assert counts(read(cast, two)) == (0, 1, 1)
    assert counts(read(cast, one, two)) == (1, 1, 0)
    assert holders(cast, 2) == [cast.sam]


def test_other_posts_other_wards_and_lines_by_hand_are_left_alone(cast: Cast, tom: Staff) -> None:
    shared = event("one", hours(1), hours(9))
    on_duty(cast, CALL, tom, hours=48)
    on_duty(cast, CALL, cast.sue, hours=48, ward=cast.ward_8c)
    read(cast, shared)
    read(cast, shared, post=Post.SECOND_ON_CALL)
    assert counts(read(cast, event("two", hours(20), hours(30)))) == (1, 0, 1)
    assert (holders(cast, 2), holders(cast, 22)) == ([tom], [cast.sam, tom])
    assert who_is_on_duty(cast.ward_7b.pk, Post.SECOND_ON_CALL, hours(2)) == [cast.sam]
    assert Duty.objects.filter(ward=cast.ward_8c, cancelled_at=None).count() == 1


@pytest.mark.parametrize(
    ("lines", "summary", "name"),
    [
        (["ATTENDEE:mailto:SAM@example.org"], "On call", "sam"),
        (["ATTENDEE:mailto:sam@example.org", "ATTENDEE:mailto:room4@example.org"], "On call", "sam"),
        ([], "Tom Tell", "tom"),
        ([], "  tom   TELL ", "tom"),
        ([], "tom", "tom"),
        (["ORGANIZER:mailto:tom@example.org"], "On call", "tom"),
        (["ORGANIZER:mailto:tom@example.org"], "Sam Stone", "sam"),  # the secretary's calendar
        (["ATTENDEE:mailto:sam@example.org", "ORGANIZER:mailto:tom@example.org"], "On call", "sam"),
        (["ATTENDEE:mailto:nobody@example.org"], "Sam Stone", "sam"),
    ],
)
def test_a_person_is_found_by_address_or_name(
    cast: Cast, tom: Staff, lines: list[str], summary: str, name: str
) -> None:
    assert counts(read(cast, event("a", hours(1), hours(9), *lines, summary=summary))) == (1, 0, 0)
    assert Duty.objects.get().staff.username == name


@pytest.mark.parametrize(
    ("lines", "summary", "message"),
    [
        ([], "Peter Pan", "it names nobody who may be surgeon on call on Ward 7B."),
        ([], "", "it names nobody"),
        ([], "Alice Ames", "it names nobody"),  # a nurse cannot be surgeon on call
        ([], "Sue Singh", "it names nobody"),  # another ward's
        (["ATTENDEE:mailto:"], "On call", "it names nobody"),  # most staff have no address here either
        (
            ["ATTENDEE:mailto:sam@example.org", "ATTENDEE:mailto:tom@example.org"],
            "On call",
            "it names several people: Sam Stone, Tom Tell.",
        ),
        (["ATTENDEE:mailto:sam@example.org"], "Tom Tell", "it names several people: Sam Stone, Tom Tell."),
    ],
)
def test_one_event_that_names_nobody_for_certain_keeps_the_whole_file_out(
    cast: Cast, tom: Staff, lines: list[str], summary: str, message: str
) -> None:
    read(cast, event("before", hours(20), hours(29)))
    result = read(cast, event("good", hours(10), hours(19)), event("a", hours(1), hours(9), *lines, summary=summary))
    assert (result.added, result.unchanged, result.cancelled) == (0, 0, 0)
    assert len(result.problems) == 1
    assert message in result.problems[0]
    assert (holders(cast, 2), holders(cast, 11), holders(cast, 21)) == ([], [], [cast.sam])


def test_who_has_left_is_nobody(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.sam.pk).update(is_active=False)
    assert "names nobody" in read(cast, event("a", hours(1), hours(9))).problems[0]


def test_an_event_longer_than_a_week_is_a_problem_and_one_of_a_week_is_not(cast: Cast) -> None:
    assert counts(read(cast, event("a", hours(1), hours(1 + 7 * 24 - 1)))) == (1, 0, 0)
    assert "it is longer than 7 days." in read(cast, event("a", hours(1), hours(1 + 9 * 24))).problems[0]


def test_many_problems_are_told_shortly(cast: Cast) -> None:
    events = [event(f"e{n}", hours(n), hours(n + 1), summary="Peter Pan") for n in range(1, 31)]
    problems = read(cast, *events).problems
    assert (len(problems), problems[-1]) == (21, "And 10 more.")


def test_rubbish_is_one_problem_and_changes_nothing(cast: Cast) -> None:
    read(cast, event("a", hours(1), hours(9)))
    for text in (b"", b"rubbish", b"\x00" * 1000, b"X" * 10_000_000, calendar()):
        result = rota.import_calendar(by=cast.carol, ward=cast.ward_7b, post=CALL, text=text, until=None)
        assert len(result.problems) == 1
    assert holders(cast, 2) == [cast.sam]


def test_only_until_then_is_read_and_what_lies_beyond_is_left(cast: Cast) -> None:
    near, far = event("near", hours(1), hours(9)), event("far", hours(50), hours(59))
    read(cast, near, far)
    text = calendar(event("other", hours(1), hours(8)))
    result = rota.import_calendar(by=cast.carol, ward=cast.ward_7b, post=CALL, text=text, until=hours(24))
    assert counts(result) == (1, 0, 1)
    assert holders(cast, 51) == [cast.sam]
    with pytest.raises(ValidationError, match="already over"):
        rota.import_calendar(by=cast.carol, ward=cast.ward_7b, post=CALL, text=text, until=hours(-1))


@pytest.mark.parametrize("name", ["alice", "sue"])
def test_only_a_wards_leads_and_surgeons_import(cast: Cast, name: str) -> None:
    with pytest.raises(Forbidden):
        read(cast, event("a", hours(1), hours(9)), by=getattr(cast, name))


@pytest.mark.parametrize(("size", "arrives"), [(1000, True), (300 * 1024, False), (10_000_000, False)])
def test_a_small_file_can_be_uploaded_and_a_large_one_is_passed_over_unread(size: int, arrives: bool) -> None:
    request: HttpRequest = RequestFactory().post("/", {"post": CALL, "calendar": _upload("rota.ics", b"X" * size)})
    assert request.POST["post"] == CALL
    assert ("calendar" in request.FILES) == arrives
    assert size > calendar_file.LARGEST or arrives


def _upload(name: str, content: bytes) -> object:
    file = BytesIO(content)
    file.name = name
    return file
