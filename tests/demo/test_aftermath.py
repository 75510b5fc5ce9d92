"""What followed in the demo's third case of the paper: imaging, theatre, findings, the drain."""

from __future__ import annotations

import pytest

from monitoring.alerts.models import Alert
from monitoring.demo.patients import PAPER_FIG_4
from monitoring.due.clock import now
from monitoring.pathway.course import Course
from monitoring.pathway.queries import course
from wards.models import Operation, Stay


@pytest.fixture
def stay(demo: None) -> Stay:
    return Stay.objects.get(patient__record_number=PAPER_FIG_4.record_number, discharged_at=None)


@pytest.fixture
def followed(stay: Stay) -> Course:
    return course(stay.episode_id)


def test_one_study_was_asked_for_done_and_reported_before_theatre(stay: Stay, followed: Course) -> None:
    (study,) = followed.studies
    assert study.requested
    assert study.done
    assert study.reported
    fell = Alert.objects.get(stay=stay, kind=Alert.Kind.DEFICIT).began_at
    again = Operation.objects.get(stay=stay, kind="secondary")
    times = [fell, study.requested.at, study.done.at, study.reported.at, again.started_at]
    assert times == sorted(times)
    assert study.reported.finding == "epidural_haematoma"


def test_the_plan_was_kept_and_the_re_operation_has_its_findings(stay: Stay, followed: Course) -> None:
    operations = list(Operation.objects.filter(stay=stay).order_by("ended_at"))
    (plan,) = followed.plans
    assert plan.planned_at == operations[-1].started_at
    assert followed.plan(operations) is None
    found = followed.exploration_of(operations[-1])
    assert found
    assert (found.finding, found.level, found.side) == ("epidural_haematoma", "L2", "right")


def test_its_drain_lies_and_is_read_every_shift(followed: Course) -> None:
    (drain,) = followed.lying_drains
    assert drain.placed.suction
    assert len(drain.readings) == 6
    last = drain.last_24_h()
    assert last is not None
    assert 0 < last < 100
    assert all(line.recorded_at <= now() for line in drain.readings)
