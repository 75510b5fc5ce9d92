"""What followed in one episode, put together from what stands: nothing retracted, nothing of another patient."""

from __future__ import annotations

from uuid import uuid4

from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.pathway.actions import drains, imaging
from monitoring.pathway.course import Study, course_of
from monitoring.pathway.models import Imaging
from monitoring.pathway.queries import course
from tests.cast import Cast, admit_patient, ago
from tests.pathway.examples import change_stage, explore, image, place, plan, read, remove, reported_study
from wards.models import Operation, Stay


def test_an_episode_in_which_nothing_followed_has_an_empty_course(cast: Cast, stay: Stay) -> None:
    empty = course(stay.episode_id)
    assert (empty.studies, empty.plans, empty.explorations, empty.drains) == ([], [], {}, [])
    assert empty.plan([]) is None


def test_all_that_stands_is_there_and_only_of_this_patient(cast: Cast, stay: Stay, reoperation: Operation) -> None:
    other = admit_patient(cast, bed=cast.beds[1])
    image(cast, other), plan(cast, other), place(cast, other, at=ago(hours=1))
    requested, done, reported = reported_study(cast, stay)
    explored, planned, placed = explore(cast, reoperation), plan(cast, stay), place(cast, stay)
    whole = course(stay.episode_id)
    assert whole.studies == [Study(requested.study, requested, done, reported)]
    assert whole.plans == [planned]
    assert whole.explorations == {reoperation.place: explored}
    assert [drain.placed for drain in whole.drains] == [placed]


def test_its_queries_do_not_depend_on_how_much_there_is(cast: Cast, stay: Stay) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            whole = course(stay.episode_id)
            assert all(str(one.last.recorded_by) for one in whole.studies)
            assert all(str(line.recorded_by) for drain in whole.drains for line in drain.readings)
        return len(captured)

    assert queries() == 4
    for hours in range(1, 4):
        placed = place(cast, stay, label=f"drain {hours}")
        read(cast, placed, 5, at=ago(hours=hours))
        image(cast, stay, at=ago(hours=hours))
    assert queries() == 4


def test_corrected_and_retracted_lines_are_not_counted(cast: Cast, stay: Stay) -> None:
    requested, done, reported = reported_study(cast, stay)
    newer = change_stage(cast, reported, finding="none_found")
    imaging.retract_imaging(requested, by=cast.alice, reason="it came on its own")
    placed = place(cast, stay)
    line = read(cast, placed, 40, at=ago(hours=2))
    drains.retract_drain(read(cast, placed, 400, at=ago(hours=1)), by=cast.alice, reason="the other drain")
    whole = course(stay.episode_id)
    assert whole.studies == [Study(done.study, None, done, newer)]
    assert whole.drains[0].readings == [line]
    assert whole.drains[0].total_ml == 40


def test_studies_come_in_the_order_in_which_they_began(cast: Cast, stay: Stay) -> None:
    late = image(cast, stay, at=ago(hours=1))
    early = image(cast, stay, "done", at=ago(hours=3))
    image(cast, stay, "reported", at=ago(minutes=30), study=early.study)
    assert [one.id for one in course(stay.episode_id).studies] == [early.study, late.study]


def test_lying_drains_are_those_that_nobody_removed(cast: Cast, stay: Stay) -> None:
    left, right = place(cast, stay, at=ago(hours=5)), place(cast, stay, at=ago(hours=6), label="right")
    remove(cast, left)
    whole = course(stay.episode_id)
    assert [drain.label for drain in whole.drains] == ["right", "left"]
    assert [drain.id for drain in whole.lying_drains] == [right.drain]


def stage(name: str, **said: str) -> Imaging:
    return Imaging(study=uuid4(), stage=name, **{"modality": "MRI", **said})


def test_a_study_is_named_by_the_furthest_stage_and_begins_with_the_first() -> None:
    requested, done = stage("requested"), stage("done", modality="CT")
    reported = stage("reported", modality="XRAY")
    for stages, first, last in (
        ((requested, None, None), requested, requested),
        ((requested, done, None), requested, done),
        ((requested, done, reported), requested, reported),
        ((None, done, None), done, done),
        ((None, None, reported), reported, reported),
    ):
        study = Study(uuid4(), *stages)
        assert (study.first, study.last) == (first, last)
        assert study.modality_words == last.get_modality_display()


def test_a_studys_number_is_the_last_one_that_was_given() -> None:
    numbered, newer, none = stage("requested", accession="A-1"), stage("done", accession="A-2"), stage("reported")
    assert Study(uuid4(), numbered, newer, none).accession == "A-2"
    assert Study(uuid4(), numbered, none, None).accession == "A-1"
    assert Study(uuid4(), none, None, None).accession == ""


def test_plans_come_by_their_time(cast: Cast, stay: Stay) -> None:
    planned = plan(cast, stay, ago(hours=-2))
    earlier = type(planned)(planned_at=ago(hours=5), place=planned.place + 1)
    assert course_of([], [planned, earlier], [], []).plans == [earlier, planned]
