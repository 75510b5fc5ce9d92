"""A study is requested, done and reported: each once, and in this order in time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest

from monitoring.due import clock
from monitoring.pathway.actions import imaging
from monitoring.pathway.course import Study
from monitoring.pathway.models import Imaging
from monitoring.pathway.queries import course
from monitoring.pathway.vocabulary import Finding
from tests.cast import Cast, ago, operate
from tests.pathway.examples import change_stage, image, refusal, reported_study
from wards.actions import admit, discharge
from wards.models import Stay
from wards.times import said


def study(stay: Stay) -> Study:
    (study,) = course(stay.episode_id).studies
    return study


def test_a_study_is_requested_done_and_reported(cast: Cast, stay: Stay) -> None:
    requested, done, reported = reported_study(cast, stay)
    assert study(stay) == Study(requested.study, requested, done, reported)


def test_a_stage_given_no_time_happens_now(cast: Cast, stay: Stay) -> None:
    before = clock.now()
    assert before <= image(cast, stay).happened_at <= clock.now()


def test_now_sent_again_is_the_now_of_before_and_a_typed_time_is_another(cast: Cast, stay: Stay) -> None:
    key, study = uuid4(), uuid4()
    first = image(cast, stay, study=study, key=key)
    assert image(cast, stay, study=study, key=key) == first
    assert set(refusal(lambda: image(cast, stay, at=ago(minutes=30), study=study, key=key))) == {"__all__"}


def test_a_report_keeps_what_was_found_where_and_the_number_of_the_archive(cast: Cast, stay: Stay) -> None:
    done = image(cast, stay, "done", at=ago(hours=2))
    report = image(
        cast,
        stay,
        "reported",
        study=done.study,
        finding=Finding.MALPOSITION,
        side="left",
        level="L5",
        text="  the lower screw lies medially ",
        accession=" CT-2026-0815 ",
    )
    report.refresh_from_db()
    assert (report.finding, report.side, report.level) == ("fixation.malposition", "left", "L5")
    assert (report.text, report.accession) == ("the lower screw lies medially", "CT-2026-0815")


def test_a_study_that_nobody_requested_is_done(cast: Cast, stay: Stay) -> None:
    done = image(cast, stay, "done", at=ago(hours=1))
    assert study(stay) == Study(done.study, None, done, None)


def test_a_request_typed_late_goes_before_what_was_done(cast: Cast, stay: Stay) -> None:
    done = image(cast, stay, "done", at=ago(hours=1))
    requested = image(cast, stay, at=ago(hours=2), study=done.study)
    assert study(stay) == Study(done.study, requested, done, None)


def test_two_studies_are_two(cast: Cast, stay: Stay) -> None:
    image(cast, stay, at=ago(hours=1))
    image(cast, stay, at=ago(hours=1))
    assert len(course(stay.episode_id).studies) == 2


@pytest.mark.parametrize("stage", ["requested", "done"])
def test_nothing_is_recorded_of_the_future(cast: Cast, stay: Stay, stage: str) -> None:
    errors = refusal(lambda: image(cast, stay, stage, at=clock.now() + timedelta(minutes=2)))
    assert set(errors) == {"happened_time"}
    assert "in the future" in errors["happened_time"][0]


def test_nothing_is_recorded_of_long_before_the_admission(cast: Cast, stay: Stay) -> None:
    errors = refusal(lambda: image(cast, stay, at=ago(days=33)))
    assert errors == {"happened_time": ["This is more than 30 days before the admission. Check the date."]}


def test_nothing_is_recorded_of_after_the_discharge_and_what_was_done_before_can_be_typed_late(
    cast: Cast, stay: Stay
) -> None:
    discharge(stay, by=cast.alice, at=ago(hours=2), departure=Stay.Departure.HOME)
    assert set(refusal(lambda: image(cast, stay, "done", at=ago(hours=1)))) == {"happened_time"}
    assert image(cast, stay, "done", at=ago(hours=3)).is_standing


def test_a_stay_does_not_end_before_its_imaging(cast: Cast, stay: Stay) -> None:
    image(cast, stay, "done", at=ago(hours=1))
    errors = refusal(lambda: discharge(stay, by=cast.alice, at=ago(hours=2), departure=Stay.Departure.HOME))
    assert errors == {"at": [f"Something is recorded at {said(ago(hours=1), stay.ward)}, after this time."]}


def test_the_modality_is_one_of_three(cast: Cast, stay: Stay) -> None:
    for modality in ("", "PET"):
        errors = refusal(partial(image, cast, stay, modality=modality))
        assert errors == {"modality": ["Say which: CT, MRI or X-ray."]}


def test_a_report_says_what_it_shows(cast: Cast, stay: Stay) -> None:
    done = image(cast, stay, "done", at=ago(hours=2))
    for finding in ("", "bad luck"):
        errors = refusal(partial(image, cast, stay, "reported", study=done.study, finding=finding))
        assert errors == {"finding": ["Say what it shows. “None found” is an answer."]}
    assert image(cast, stay, "reported", study=done.study, finding="none_found").finding == "none_found"


def test_all_that_is_wrong_is_said_at_once(cast: Cast, stay: Stay) -> None:
    errors = refusal(lambda: image(cast, stay, "reported", at=ago(hours=-1), modality="", finding=""))
    assert set(errors) == {"happened_time", "modality", "finding"}


def test_each_stage_of_a_study_is_recorded_once(cast: Cast, stay: Stay) -> None:
    for stage in reported_study(cast, stay):
        errors = refusal(partial(image, cast, stay, stage.stage, study=stage.study))
        when = said(stage.happened_at, stay.ward)
        assert errors == {"__all__": [f"This is recorded already, at {when}. Correct that entry instead."]}


def test_a_report_needs_imaging_that_was_done(cast: Cast, stay: Stay) -> None:
    requested = image(cast, stay, at=ago(hours=1))
    image(cast, stay, "done", at=ago(hours=1))  # another study's
    errors = refusal(lambda: image(cast, stay, "reported", study=requested.study))
    assert errors == {"__all__": ["Record first when the imaging was done."]}


def test_a_stage_lies_not_before_those_before_it(cast: Cast, stay: Stay) -> None:
    requested = image(cast, stay, at=ago(hours=3))
    errors = refusal(lambda: image(cast, stay, "done", at=ago(hours=3, minutes=1), study=requested.study))
    when = said(requested.happened_at, stay.ward)
    assert errors == {"happened_time": [f"It was requested at {when}: give a time after that."]}
    assert image(cast, stay, "done", at=requested.happened_at, study=requested.study).is_standing


def test_a_stage_lies_not_after_those_after_it(cast: Cast, stay: Stay) -> None:
    done = image(cast, stay, "done", at=ago(hours=3))
    errors = refusal(lambda: image(cast, stay, at=ago(hours=2, minutes=59), study=done.study))
    assert errors == {
        "happened_time": [f"It was done at {said(done.happened_at, stay.ward)}: give a time before that."]
    }
    assert image(cast, stay, at=done.happened_at, study=done.study).is_standing


def test_a_corrected_time_keeps_the_order_too(cast: Cast, stay: Stay) -> None:
    requested, done, reported = reported_study(cast, stay)
    assert "before" in refusal(lambda: change_stage(cast, done, at=ago(minutes=1)))["happened_time"][0]
    assert "after" in refusal(lambda: change_stage(cast, done, at=ago(hours=4)))["happened_time"][0]
    moved = change_stage(cast, done, at=ago(minutes=90))
    assert study(stay) == Study(requested.study, requested, moved, reported)


def test_what_happened_in_one_minute_is_in_no_wrong_order(cast: Cast, stay: Stay) -> None:
    """Requested "now", at some second; done at the whole minute, as it was typed. Neither is in the other's way."""
    minute = ago(minutes=10)
    requested = image(cast, stay, at=minute + timedelta(seconds=40))
    done = image(cast, stay, "done", at=minute, study=requested.study)
    assert change_stage(cast, requested, modality="CT").happened_at == requested.happened_at
    assert change_stage(cast, done, modality="CT").happened_at == minute
    assert set(refusal(lambda: change_stage(cast, study(stay).done, at=ago(minutes=11)))) == {"happened_time"}  # type: ignore[arg-type]


def test_imaging_that_a_report_rests_on_is_not_taken_back(cast: Cast, stay: Stay) -> None:
    requested, done, reported = reported_study(cast, stay)
    imaging.retract_imaging(requested, by=cast.alice, reason="another patient's")
    errors = refusal(lambda: imaging.retract_imaging(done, by=cast.alice, reason="another patient's"))
    assert errors == {"__all__": ["Its report rests on this. Take the report back first."]}
    imaging.retract_imaging(reported, by=cast.sam, reason="another patient's")
    imaging.retract_imaging(done, by=cast.alice, reason="another patient's")
    assert not course(stay.episode_id).studies


def test_another_studys_report_is_in_nobodys_way(cast: Cast, stay: Stay) -> None:
    reported_study(cast, stay)
    done = image(cast, stay, "done", at=ago(hours=1))
    assert not imaging.retract_imaging(done, by=cast.alice, reason="another patient's").is_standing


def test_a_readmission_goes_on_with_the_study(cast: Cast, stay: Stay) -> None:
    requested = image(cast, stay, at=ago(hours=5))
    discharge(stay, by=cast.alice, at=ago(hours=4), departure=Stay.Departure.HOME)
    back = admit(
        by=cast.alice,
        at=ago(hours=3),
        bed=cast.beds[1],
        patient=stay.patient,
        episode=stay.episode,
        responsible_surgeon=cast.sam,
        key=uuid4(),
    )
    done = image(cast, back, "done", at=ago(hours=1), study=requested.study)
    assert study(back) == Study(requested.study, requested, done, None)
    assert set(refusal(lambda: image(cast, back, study=requested.study))) == {"__all__"}


def test_another_episodes_study_is_another(cast: Cast, stay: Stay) -> None:
    """The same number cannot join the studies of two patients."""
    requested = image(cast, stay, at=ago(hours=5))
    discharge(stay, by=cast.alice, at=ago(hours=4), departure=Stay.Departure.HOME)
    other = admit(
        by=cast.alice,
        at=ago(hours=3),
        bed=cast.beds[1],
        patient=stay.patient,
        episode=None,
        responsible_surgeon=cast.sam,
        key=uuid4(),
    )
    operate(cast, other, ended_at=ago(minutes=30), started_at=ago(hours=2))
    assert refusal(lambda: image(cast, other, "reported", study=requested.study)).keys() == {"__all__"}
    image(cast, other, at=ago(hours=1), study=requested.study)
    assert [one.requested for one in course(stay.episode_id).studies] == [requested]
    assert Imaging.objects.count() == 2
