"""A line put together from a record: the operation, where and on whom, and what was checked afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.alerts.models import Alert
from monitoring.checks.actions import record_check
from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Check, Untested
from monitoring.protocol import MUSCLES
from monitoring.registry.actions.lines import make
from monitoring.registry.models import Line
from monitoring.registry.recorded import fused_segments
from monitoring.registry.vocabulary import Deficit, Reoperation
from monitoring.watchdog.cast import ensure_cast
from monitoring.watchdog.patient import admit
from tests.alerts.conftest import Patient, watched_patient
from tests.cast import Cast, admit_patient, ago, new_patient, operate
from tests.registry.many import ordinary_operations
from tests.registry.recording import line_of, make_due
from wards import actions
from wards.models import Operation, Stay
from wards.models import Patient as Record
from wards.times import age_on


@pytest.fixture
def stay(cast: Cast) -> Stay:
    return admit_patient(cast)


def test_it_tells_of_the_operation_the_patient_and_the_ward(cast: Cast) -> None:
    ended = ago(days=1)
    stay = admit_patient(cast, patient=new_patient(sex=Record.Sex.MALE))
    operate(cast, stay, ended_at=ended, level_upper="L2", level_lower="S1", coagulopathy=True)
    line = line_of(stay)
    assert (line.ward, line.sex, line.segments, line.counts) == (cast.ward_7b, "M", 4, True)
    assert (line.procedure, line.diagnosis, line.level_upper, line.level_lower) == ("TLIF", "stenosis", "L2", "S1")
    assert (line.symptomatic_side, line.coagulopathy, line.deformity_correction) == ("right", True, False)
    assert (line.brought_by, line.case_key) == (None, "")
    assert line.age == age_on(line.operated_on, born=date(1955, 3, 7))
    assert (line.deficit, line.reoperation, line.ended, line.finding) == (Deficit.NONE, Reoperation.NONE, "", "")
    unknown = ("onset_days", "reoperation_days", "grade_at_deficit", "grade_day3", "grade_day7", "relief")
    assert {getattr(line, name) for name in unknown} == {None}


def test_its_day_is_that_of_the_wards_clock(cast: Cast) -> None:
    """Half past midnight in Berlin, which is the evening before in UTC."""
    ended = datetime(2026, 7, 14, 22, 30, tzinfo=UTC)
    stay = admit_patient(cast, at=ended - timedelta(days=1))
    operate(cast, stay, ended_at=ended)
    assert line_of(stay).operated_on == date(2026, 7, 15)


@pytest.mark.parametrize(
    ("upper", "lower", "segments"),
    [
        ("L3", "S1", 3),
        ("L4", "L5", 1),
        ("L5", "S1", 1),
        ("L4", "L4", 1),
        ("T10", "ilium", 8),
        ("L5", "S2", 1),
        ("S1", "S2", 1),
        ("S1", "ilium", 1),
        ("L2", "ilium", 4),
    ],
)
def test_segments_are_those_that_move_and_are_fused(upper: str, lower: str, segments: int) -> None:
    assert fused_segments(upper, lower) == segments


@pytest.mark.parametrize(
    ("day", "born", "age"),
    [
        (date(2026, 3, 6), date(1955, 3, 7), 70),
        (date(2026, 3, 7), date(1955, 3, 7), 71),
        (date(2025, 2, 28), date(2000, 2, 29), 24),
        (date(2025, 3, 1), date(2000, 2, 29), 25),
        (date(2026, 3, 7), date(2026, 3, 7), 0),
    ],
)
def test_age_is_in_whole_years(day: date, born: date, age: int) -> None:
    assert age_on(day, born=born) == age


def test_the_ward_is_where_the_patient_lay_when_the_operation_ended(cast: Cast, stay: Stay) -> None:
    operate(cast, stay, ended_at=ago(days=1))
    actions.move(stay, by=cast.alice, at=ago(hours=3), to_bed=cast.beds_8c[0], responsible_surgeon=cast.sue)
    stay.refresh_from_db()
    actions.move(stay, by=cast.nora, at=ago(hours=2), to_bed=cast.beds_8c[1])
    line = line_of(stay)
    assert (stay.ward, line.ward) == (cast.ward_8c, cast.ward_7b)


def test_who_was_moved_before_the_operation_lay_on_the_new_ward(cast: Cast, stay: Stay) -> None:
    actions.move(stay, by=cast.alice, at=ago(hours=30), to_bed=cast.beds_8c[0], responsible_surgeon=cast.sue)
    stay.refresh_from_db()
    operate(cast, stay, ended_at=ago(days=1))
    assert line_of(stay).ward == cast.ward_8c


def test_checks_count_from_the_operation_on(patient: Patient) -> None:
    """One before the operation, one after it; another one, which is then taken back."""
    assert line_of(patient.stay).checks_done == 1
    again = patient.check(100)
    assert line_of(patient.stay).checks_done == 2
    patient.retract(again)
    assert line_of(patient.stay).checks_done == 1


def test_a_check_that_graded_nothing_is_none(patient: Patient) -> None:
    sedated = CheckFindings(muscles=dict.fromkeys(MUSCLES, Untested.SEDATED))
    record_check(patient.stay, by=patient.cast.alice, at=None, findings=sedated, key=uuid4())
    assert line_of(patient.stay).checks_done == 1


def test_a_look_that_ended_an_overdue_alert_came_late(patient: Patient) -> None:
    """The last one is five hours ago, and one was due each hour or two."""
    patient.clock_comes()
    assert Alert.objects.get(kind=Alert.Kind.OVERDUE).closed_at is None
    assert line_of(patient.stay).checks_late == 0
    patient.checked(0)
    line = line_of(patient.stay)
    assert (line.checks_done, line.checks_late) == (2, 1)


def test_there_are_never_more_late_checks_than_checks(patient: Patient) -> None:
    patient.clock_comes()
    patient.checked(0)
    for check in Check.objects.standing():
        patient.retract(check)
    line = line_of(patient.stay)
    assert (line.checks_done, line.checks_late) == (0, 0)


def test_who_is_still_in_bed_has_no_departure_and_who_went_home_has(cast: Cast, stay: Stay) -> None:
    operation = operate(cast, stay, ended_at=ago(days=1))
    line = line_of(stay)
    assert (line.departure, line.departure_days) == ("", None)
    actions.discharge(stay, by=cast.alice, at=ago(hours=6), departure="home")
    line = line_of(stay)
    stay.refresh_from_db()
    assert stay.discharged_at is not None
    days = (stay.discharged_at - operation.ended_at) / timedelta(days=1)
    assert (line.departure, line.departure_days) == ("home", pytest.approx(days))


def test_the_departure_is_that_of_the_last_stay(cast: Cast, stay: Stay) -> None:
    """Home, readmitted in the same episode, and still there; then dead."""
    operate(cast, stay, ended_at=ago(days=1))
    actions.discharge(stay, by=cast.alice, at=ago(hours=6), departure="home")
    again = admit_patient(cast, at=ago(hours=3), patient=stay.patient, episode=stay.episode)
    assert line_of(stay).departure == ""
    actions.discharge(again, by=cast.alice, at=None, departure="died")
    assert line_of(stay).departure == "died"


def test_who_was_never_operated_has_no_line(cast: Cast, stay: Stay) -> None:
    make_due()
    assert not Line.objects.exists()


def test_no_line_is_made_of_the_watchdogs_patient(db: None) -> None:
    ensure_cast()
    stay = admit(-7)
    assert Operation.objects.filter(episode=stay.episode_id).exists()
    make([stay.episode_id])
    assert not Line.objects.exists()


def test_a_batch_costs_the_same_however_many_are_in_it(cast: Cast) -> None:
    few, many = ordinary_operations(cast, 2), ordinary_operations(cast, 40)
    counts = []
    for episodes in (few, many):
        with CaptureQueriesContext(connection) as queries:
            make([episode.pk for episode in episodes])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20
    assert Line.objects.filter(checks_done=2, departure="home", departure_days=5).count() == 42


def test_and_so_do_those_with_a_deficit(cast: Cast) -> None:
    patients = [watched_patient(cast, bed) for bed in cast.beds[:4]]
    for one in patients:
        one.correct(one.checked(30, L4_left=1), L4_left=2)
        one.assess()
    counts = []
    for some in (patients[:1], patients[1:]):
        with CaptureQueriesContext(connection) as queries:
            make([one.stay.episode_id for one in some])
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 28
