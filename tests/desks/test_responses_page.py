"""Response times: who may see them, that they are those of the pathway, what is missing, and the way to each alert."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.alerts import steps
from monitoring.alerts.models import Alert, AlertEvent
from monitoring.desks.admin.response_asked import Asked, Base, By, Step
from monitoring.desks.admin.response_queries import FEW, alerts_behind, overdue_checks, summary_of
from monitoring.desks.admin.response_rows import took_words
from monitoring.desks.surgeon.story_rows import EpisodeRows
from monitoring.due.clock import now
from monitoring.escalation.models import Delivery
from monitoring.pathway.intervals import Point
from monitoring.pathway.story_moments import points
from monitoring.pathway.story_record import own_of
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, ago, on_duty
from tests.desks.pages import alerting_works, read, signed_in, spaced
from tests.pathway.full_case import play
from wards.models import Post, Staff

PAGE = "/audit/responses/"
POINTS = {
    Step.RECORDED: Point.RECORDED,
    Step.ALERT: Point.OPENED,
    Step.ACKNOWLEDGED: Point.ACKNOWLEDGED,
    Step.ACCEPTED: Point.ACCEPTED,
    Step.IMAGING: Point.IMAGING_DONE,
    Step.DECIDED: Point.DECIDED,
    Step.THEATRE: Point.OPERATION_STARTED,
}
"""The steps as the pathway calls their moments, of an alert that opened critical."""

CLOSE = timedelta(seconds=5)  # a line of the timeline has its transaction's time, the alert's column the clock's


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def asked(cast: Cast, **more: object) -> Asked:
    """Both wards, a year until today."""
    today = now().date()
    said: dict[str, object] = {"wards": [cast.ward_7b, cast.ward_8c], "ward": None}
    said |= {"since": today - timedelta(days=360), "until": today + timedelta(days=1)}
    return Asked(**(said | more))  # type: ignore[arg-type]


def shown(staff: Staff, query: str = "") -> str:
    return spaced(read(staff, f"{PAGE}{query}"))


def say(alert: Alert, kind: AlertEvent.Kind, minutes: float, **data: object) -> None:
    """A line on the alert's timeline, so many minutes after it opened."""
    AlertEvent.objects.create(alert=alert, kind=kind, at=alert.opened_at + timedelta(minutes=minutes), data=data)


def case(cast: Cast, bed: int, minutes: float | None) -> Alert:
    """A critical alert, recorded and opened when it was examined, acknowledged so many minutes later, or not at all."""
    patient = watched_patient(cast, cast.beds[bed])
    patient.checked(10, L4_left=2)
    alert = patient.alert
    at = alert.seen_at
    Alert.objects.filter(pk=alert.pk).update(opened_at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE alerts_alertevent SET at = %s WHERE alert_id = %s", [at, alert.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    alert.refresh_from_db()
    if minutes is not None:
        say(alert, AlertEvent.Kind.ACKNOWLEDGED, minutes)
        Alert.objects.filter(pk=alert.pk).update(acknowledged_at=now(), acknowledged_by=cast.alice)
    return alert


# --- Who -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["carol", "sam", "adam"])
def test_ward_leads_surgeons_and_administrators_see_them(cast: Cast, critical: Patient, who: str) -> None:
    assert "From the examination, 1 critical alert" in shown(getattr(cast, who))


def test_a_nurse_does_not(cast: Cast) -> None:
    assert signed_in(cast.alice).get(PAGE).status_code == 403


def test_another_wards_alerts_count_for_nobody_here(cast: Cast, critical: Patient) -> None:
    page = shown(cast.sue)
    assert "No critical alerts" in page
    assert "Ward 7B" not in page
    assert signed_in(cast.sue).get(f"{PAGE}?ward=7b").status_code == 422


def test_who_may_not_open_alerts_is_led_to_the_stay(cast: Cast, critical: Patient) -> None:
    query = "?behind=recorded&state=all"
    assert f"/alerts/{critical.alert.public_id}/" in read(cast.sam, PAGE + query)
    page = read(cast.adam, PAGE + query)
    assert f"/alerts/{critical.alert.public_id}/" not in page
    assert f"/stays/{critical.stay.public_id}/" in page


def test_the_foot_of_every_page_leads_there_for_whoever_may_see_them(cast: Cast) -> None:
    assert f'href="{PAGE}"' in read(cast.carol, "/wards/7b/")
    assert f'href="{PAGE}"' not in read(cast.alice, "/wards/7b/")


# --- What ------------------------------------------------------------------------------------------------------------


def test_the_moments_are_those_of_the_pathway(cast: Cast, patient: Patient) -> None:
    play(patient)
    record = EpisodeRows(patient.stay.episode_id).record(now())
    of_the_pathway = points(own_of(patient.alert, record, None))
    (found,) = alerts_behind(asked(cast, behind=Step.THEATRE))
    assert found.examined_at == of_the_pathway[Point.SEEN]
    for step, point in POINTS.items():
        at = found.moments[step]
        assert at is not None, step
        assert abs(at - of_the_pathway[point]) < CLOSE, step


def test_of_a_corrected_check_the_first_version_that_shows_it_was_the_recording(cast: Cast, patient: Patient) -> None:
    check = patient.checked(20)
    patient.correct(check, L4_left=1)
    patient.assess()
    record = EpisodeRows(patient.stay.episode_id).record(now())
    of_the_pathway = points(own_of(patient.alert, record, None))
    (found,) = alerts_behind(asked(cast, behind=Step.RECORDED))
    assert found.moments[Step.RECORDED] == of_the_pathway[Point.RECORDED]


def test_an_alert_that_rose_is_counted_from_its_rise(cast: Cast, patient: Patient) -> None:
    patient.checked(50, L4_left=3)
    before = patient.alert
    steps.acknowledge(before, by=cast.alice, revision=before.revision)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE alerts_alertevent SET at = at - interval '40 min' WHERE alert_id = %s", [before.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    patient.checked(5, L4_left=1)
    (found,) = alerts_behind(asked(cast, behind=Step.ACKNOWLEDGED))
    rose = AlertEvent.objects.filter(alert=before, kind=AlertEvent.Kind.ROSE, data__level="critical").earliest("pk")
    assert found.alert_at == rose.at
    assert found.moments[Step.ACKNOWLEDGED] is None  # the rise has asked again, and nobody has answered


def test_median_tail_and_longest_are_those_of_the_times(cast: Cast) -> None:
    for bed, minutes in enumerate((2, 4, 6, 30, 8)):
        case(cast, bed, minutes)
    summary = summary_of(asked(cast, base=Base.ALERT))
    took = summary.whole[Step.ACKNOWLEDGED].took
    minute = timedelta(minutes=1)
    assert (took.n, took.median, took.longest) == (5, 6 * minute, 30 * minute)
    assert took.tail == 21.2 * minute  # between 8 and 30, as PostgreSQL interpolates
    assert took.n < FEW
    assert took.is_few


def test_what_is_missing_is_not_yet_or_never_and_not_nothing(cast: Cast) -> None:
    open_alert, closed_alert, _answered = case(cast, 0, None), case(cast, 1, None), case(cast, 2, 7)
    Alert.objects.filter(pk=closed_alert.pk).update(closed_at=now(), closed_by=cast.sam, outcome="explored", marks={})
    counted = summary_of(asked(cast)).whole[Step.ACKNOWLEDGED]
    assert (counted.alerts, counted.took.n, counted.waiting, counted.never) == (3, 1, 1, 1)
    assert counted.took.median == timedelta(minutes=7)
    waiting = read(cast.sam, f"{PAGE}?behind=acknowledged&state=waiting")
    never = read(cast.sam, f"{PAGE}?behind=acknowledged&state=never")
    behind = [page.split('id="behind"')[1] for page in (waiting, never)]
    assert [str(alert.public_id) in page for page in behind for alert in (open_alert, closed_alert)] == [
        True,
        False,
        False,
        True,
    ]


def test_the_clinical_time_and_the_servers_are_named(cast: Cast, critical: Patient) -> None:
    page = shown(cast.sam)
    assert "The examination’s time is the clinical one, as it was typed" in page
    assert "are the server’s" in page


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (None, ""),
        (timedelta(), "under 1 min"),
        (timedelta(minutes=41), "41 min"),
        (timedelta(minutes=-5), "−5 min: the other way round"),
    ],
)
def test_a_time_in_words(span: timedelta | None, words: str) -> None:
    assert took_words(span) == words


@pytest.mark.parametrize("by", list(By))
def test_each_part_leads_to_its_alerts(cast: Cast, by: By) -> None:
    alert = case(cast, 0, 5)
    summary = summary_of(asked(cast, by=by))
    (part,) = summary.parts
    (found,) = alerts_behind(asked(cast, by=by, part=part, behind=Step.ALERT))
    assert found.public_id == alert.public_id
    assert alerts_behind(asked(cast, by=by, part="none", behind=Step.ALERT)) == []


def test_alerts_of_other_days_are_left_out(cast: Cast, critical: Patient) -> None:
    assert "No critical alerts" in shown(cast.sam, "?since=2020-01-01&until=2020-12-31")


@pytest.mark.parametrize(
    "query", ["since=x", "since=2026-02-01&until=2026-01-01", "by=x", "base=x", "behind=x", "until=9999-12-31"]
)
def test_what_cannot_be_asked_is_refused(cast: Cast, query: str) -> None:
    response = signed_in(cast.sam).get(f"{PAGE}?{query}")
    assert response.status_code == 422
    assert 'class="error' in response.content.decode()


# --- Who was on, and what failed -------------------------------------------------------------------------------------


def test_open_and_unanswered_alerts_stand_first(cast: Cast) -> None:
    unanswered, answered = case(cast, 0, None), case(cast, 1, 3)
    page = read(cast.sam, PAGE)
    assert "2 open critical alerts without a surgeon" in spaced(page)
    places = [page.index(f"/alerts/{alert.public_id}/") for alert in (unanswered, answered)]
    assert places == sorted(places)
    steps.accept(answered, by=cast.sam, revision=Alert.objects.get(pk=answered.pk).revision)
    assert "1 open critical alert without a surgeon" in shown(cast.sam)


def test_who_was_on_is_said_and_that_nobody_was(cast: Cast) -> None:
    on_duty(cast, Post.CHARGE_NURSE, cast.carol, since=2)
    case(cast, 0, 5)
    page = shown(cast.sam, "?behind=alert")
    assert "Carol Chase (charge nurse) ▲ no surgeon on call" in page
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam, since=2)
    page = shown(cast.sam, "?behind=alert")
    assert "Sam Stone (surgeon on call)" in page
    assert "no surgeon on call" not in page


def test_failed_messages_lead_to_their_alerts(cast: Cast) -> None:
    failed, fine = case(cast, 0, 5), case(cast, 1, 5)
    for alert, state in ((failed, "failed"), (fine, "accepted")):
        Delivery.objects.create(alert=alert, purpose="call", person=cast.sam, channel="email", state=state)
    page = read(cast.sam, PAGE)
    assert re.search(r"e-mail 2 1 0 1", spaced(page), re.IGNORECASE)
    behind = read(cast.sam, f"{PAGE}?behind=alert&state=failed&channel=email").split('id="behind"')[1]
    assert str(failed.public_id) in behind
    assert "1 message failed" in behind
    assert str(fine.public_id) not in behind


def test_calls_that_found_nobody_are_said(cast: Cast) -> None:
    alert = case(cast, 0, 5)
    say(alert, AlertEvent.Kind.NOBODY, 1)
    assert "1 time nobody to call" in shown(cast.sam, "?behind=alert&state=nobody")


def test_overdue_checks_are_late_from_when_they_were_due(cast: Cast, patient: Patient) -> None:
    patient.clock_comes()
    (together, of_ward) = overdue_checks(asked(cast))
    assert (together.ward, of_ward.ward, together.still) == (None, cast.ward_7b, 1)
    late = Alert.objects.get(kind=Alert.Kind.OVERDUE, closed_at=None)
    assert together.late.longest is not None
    assert abs(together.late.longest - (now() - late.began_at)) < CLOSE


# --- What it costs ---------------------------------------------------------------------------------------------------


def test_it_runs_at_most_twelve_statements_whatever_the_number_of_alerts(cast: Cast) -> None:
    def statements() -> int:
        client = signed_in(cast.sam)
        client.get(PAGE)  # the touch of a session is no page's own
        with CaptureQueriesContext(connection) as captured:
            client.get(f"{PAGE}?behind=alert")
        bounds = ("SAVEPOINT", "RELEASE SAVEPOINT")
        return len([one for one in captured.captured_queries if not one["sql"].startswith(bounds)])

    first = case(cast, 0, 5)
    few = statements()
    for _number in range(20):
        copied = Alert.objects.get(pk=first.pk)
        copied.pk, copied.public_id, copied.kind = None, uuid4(), Alert.Kind.DEFICIT
        copied.closed_at, copied.closed_by, copied.outcome, copied.marks = now(), cast.sam, "explored", {}
        copied._state.adding = True
        copied.save()
        AlertEvent.objects.create(alert=copied, kind="opened", at=ago(minutes=5), data={"level": "critical"})
    assert summary_of(asked(cast)).alerts == 21
    assert statements() == few <= 12
