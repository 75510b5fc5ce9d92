"""The story of a deficit: each step in order, each interval exact, and nothing hidden that was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import pytest
from django.db.models import OneToOneRel

from monitoring.alerts.models import Alert, AlertEvent, Milestone, SpokenReport
from monitoring.checks.models import Check, Treatment, Untested
from monitoring.pathway.intervals import INTERVALS, Interval, Mark, Measured, Point, measured
from monitoring.pathway.models import Exploration, Imaging, TheatrePlan
from monitoring.pathway.recovery import recovery
from monitoring.pathway.story import Deficit, deficits
from monitoring.pathway.story_record import Record
from monitoring.pathway.story_steps import Step, Told
from monitoring.protocol import Check as Looked
from monitoring.protocol import Muscle, Timeline
from monitoring.protocol import Operation as Operated
from wards.models import ClinicalEntry, Operation, Staff

MIDNIGHT = datetime(2026, 3, 7, tzinfo=UTC)
ALICE, SAM = Staff(pk=1, username="alice"), Staff(pk=2, username="sam")
EntryT = TypeVar("EntryT", bound=ClinicalEntry)
numbers = count(1)


def at(hours: float, minutes: float = 0) -> datetime:
    return MIDNIGHT + timedelta(hours=hours, minutes=minutes)


def signed(model: type[EntryT], when: datetime, *, by: Staff = ALICE, late: float = 1, **said: Any) -> EntryT:
    """An entry about `when`, written down so many minutes later; it is not stored."""
    return model(recorded_by=by, recorded_at=when + timedelta(minutes=late), place=next(numbers), **said)


def check(when: datetime, *, late: float = 1, l4: int | None = 5, l5: int | None = 5, **said: Any) -> Check:
    """Of L4 and L5 left."""
    return signed(Check, when, late=late, examined_at=when, l4_left=l4, l5_left=l5, **said)


def alert(number: int = 1, **changes: Any) -> Alert:
    """L4 left fell from 5 to 1: last good at 1:00, seen at 3:00, opened at 3:05."""
    fell = {"reference": 5, "assumed": False, "latest": 1, "drop": 4}
    said = {
        "pk": number,
        "kind": "deficit",
        "level": "critical",
        "muscles": {"L4 left": fell},
        "began_at": at(3),
        "seen_at": at(3),
        "last_good_at": at(1),
        "opened_at": at(3, 5),
    }
    return Alert(**(said | changes))


def event(
    kind: str, when: datetime, *, of: Alert, by: Staff | None = None, notifies: bool = False, **data: Any
) -> AlertEvent:
    return AlertEvent(alert=of, kind=kind, at=when, by=by, notifies=notifies, data=data)


def treatment(when: datetime, action: str = "started", kind: str = "mannitol") -> Treatment:
    return signed(Treatment, when, happened_at=when, kind=kind, action=action)


def imaged(stage: str, when: datetime, study: int = 1, modality: str = "MRI") -> Imaging:
    finding = "epidural_haematoma" if stage == "reported" else ""
    return signed(
        Imaging, when, happened_at=when, stage=stage, study=UUID(int=study), modality=modality, finding=finding
    )


def operation(start: datetime, end: datetime, kind: str = "secondary") -> Operation:
    return signed(Operation, end, kind=kind, started_at=start, ended_at=end)


def corrected(old: EntryT, new: EntryT, why: str = "wrong side") -> None:
    """Put `new` in the place of `old`."""
    new.place, new.correction_reason = old.place, why
    relation = type(old)._meta.get_field("superseded_by")
    assert isinstance(relation, OneToOneRel)
    relation.set_cached_value(old, new)


def full_case() -> Record:
    """Everything was recorded: last good 1:00, seen 3:00, in theatre from 6:10 to 7:30."""
    told = alert(
        acknowledged_at=at(3, 8),
        acknowledged_by=ALICE,
        accepted_at=at(3, 20),
        accepted_by=SAM,
        decided_at=at(5, 10),
        decided_by=SAM,
        decision="explore",
        decision_reason="a haematoma",
        closed_at=at(9),
        closed_by=SAM,
        outcome="explored",
    )
    theatre = operation(at(6, 10), at(7, 30))
    explored = signed(
        Exploration, at(8), operation_place=theatre.place, indication="deficit", finding="epidural_haematoma", by=SAM
    )
    weak, better = {Muscle.L4_LEFT: 1}, {Muscle.L4_LEFT: 4}
    timeline = Timeline(
        events=(
            Operated(at(-20), kind="index"),
            Looked(at(3), grades=weak),
            Operated(at(7, 30), kind="secondary"),
            Looked(at(79), grades=better),
        )
    )
    return Record(
        now=at(240),
        alerts=[told],
        events=[event("opened", at(3, 5), of=told, level="critical")],
        reports=[_report(told, at(3, 15))],
        milestones=[
            Milestone(alert=told, kind="surgeon_told", at=at(3, 15), recorded_at=at(3, 16), recorded_by=ALICE),
            Milestone(alert=told, kind="imaging_done", at=at(4, 30), recorded_at=at(4, 31), recorded_by=ALICE),
        ],
        checks=[check(at(1)), check(at(3), l4=1, late=2), check(at(4, 20), l4=1)],
        treatments=[treatment(at(3, 12))],
        imaging=[imaged("requested", at(3, 25)), imaged("done", at(4, 30)), imaged("reported", at(4, 50))],
        plans=[signed(TheatrePlan, at(5, 15), late=0, planned_at=at(6), indication="deficit")],
        operations=[operation(at(-23), at(-20), "index"), theatre],
        explorations=[explored],
        recoveries=[recovery(timeline, timeline.events[2], [Muscle.L4_LEFT], at(240))],  # type: ignore[arg-type]
    )


def _report(told: Alert, when: datetime) -> SpokenReport:
    after = when + timedelta(minutes=1)
    return SpokenReport(alert=told, told="Sam", at=when, read_back=True, recorded_at=after, recorded_by=ALICE)


def one(record: Record) -> Deficit:
    [deficit] = deficits(record)
    return deficit


def told(steps: Sequence[Step]) -> list[tuple[Told, datetime]]:
    return [(step.told, step.at) for step in steps]


def interval(deficit: Deficit, since: Point, until: Point) -> Measured:
    [found] = [one for one in deficit.intervals if (one.interval.since, one.interval.until) == (since, until)]
    return found


def test_a_full_case_is_told_step_by_step() -> None:
    assert told(one(full_case()).steps) == [
        (Told.LAST_GOOD, at(1)),
        (Told.SEEN, at(3)),
        (Told.OPENED, at(3, 5)),
        (Told.ACKNOWLEDGED, at(3, 8)),
        (Told.TREATED, at(3, 12)),
        (Told.REPORTED, at(3, 15)),
        (Told.ACCEPTED, at(3, 20)),
        (Told.IMAGED, at(3, 25)),
        (Told.CHECKED, at(4, 20)),
        (Told.IMAGED, at(4, 30)),
        (Told.IMAGED, at(4, 50)),
        (Told.DECIDED, at(5, 10)),
        (Told.PLANNED, at(5, 15)),
        (Told.OPERATION_STARTED, at(6, 10)),
        (Told.OPERATION_ENDED, at(7, 30)),
        (Told.FOUND, at(7, 30)),
        (Told.CLOSED, at(9)),
        (Told.OUTCOME, at(79, 30)),
        (Told.OUTCOME, at(175, 30)),
    ]


def test_its_intervals_are_exact() -> None:
    minutes = [span and span / timedelta(minutes=1) for one_ in one(full_case()).intervals for span in [one_.span]]
    assert minutes == [
        120,  # last good → seen
        2,  # seen → recorded
        3,  # recorded → opened
        3,  # opened → acknowledged
        15,  # opened → accepted
        12,  # seen → treatment
        25,  # seen → imaging requested
        65,  # requested → done
        20,  # done → reported
        40,  # done → decided
        60,  # decided → theatre
        310,  # last good → operation began
        390,  # last good → operation ended
    ]


def test_the_decompression_is_marked_from_the_worst_case() -> None:
    deficit = one(full_case())
    assert interval(deficit, Point.LAST_GOOD, Point.OPERATION_STARTED).mark is Mark.UP_TO_6_H
    assert interval(deficit, Point.LAST_GOOD, Point.OPERATION_ENDED).mark is Mark.PAST_6_H
    assert {one.mark for one in deficit.intervals if not one.interval.from_worst_case} == {None}
    assert (deficit.six_hours_at, deficit.eight_hours_at) == (at(7), at(9))


@pytest.mark.parametrize(
    ("hours", "mark"),
    [(6, Mark.UP_TO_6_H), (6.01, Mark.PAST_6_H), (8, Mark.PAST_6_H), (8.01, Mark.PAST_8_H), (-1, Mark.UP_TO_6_H)],
)
def test_an_hour_itself_has_not_passed_its_mark(hours: float, mark: Mark) -> None:
    row = Interval(Point.LAST_GOOD, Point.OPERATION_STARTED, from_worst_case=True)
    assert Measured(row, at(0), at(hours)).mark is mark


def test_what_nobody_recorded_is_unknown_and_no_nought() -> None:
    deficit = one(Record(now=at(4), alerts=[alert()], checks=[check(at(1)), check(at(3), l4=1)]))
    known = {one.interval.until for one in deficit.intervals if one.span is not None}
    assert known == {Point.SEEN, Point.RECORDED, Point.OPENED}
    assert (deficit.operation, deficit.recovery) == (None, None)


def test_of_an_alert_that_never_was_critical_the_onset_is_not_known() -> None:
    deficit = one(Record(now=at(4), alerts=[alert(level="concern", seen_at=None, last_good_at=None)]))
    assert told(deficit.steps) == [(Told.SEEN, at(3)), (Told.OPENED, at(3, 5))]
    assert interval(deficit, Point.LAST_GOOD, Point.SEEN).span is None
    assert deficit.six_hours_at is None


def test_moments_in_the_wrong_order_make_an_interval_negative() -> None:
    record = Record(now=at(5), alerts=[alert()], treatments=[treatment(at(2, 30))], checks=[check(at(3), l4=1)])
    assert interval(one(record), Point.SEEN, Point.TREATED).span == timedelta(minutes=-30)
    spans = {one.interval.until: one.span for one in measured({Point.SEEN: at(3), Point.IMAGING_REQUESTED: at(2)})}
    assert spans[Point.IMAGING_REQUESTED] == timedelta(hours=-1)


def test_a_treatment_that_was_stopped_before_is_none_of_the_deficits() -> None:
    given = [treatment(at(1, 30)), treatment(at(2), "stopped"), treatment(at(3, 40))]
    deficit = one(Record(now=at(5), alerts=[alert()], treatments=given))
    assert interval(deficit, Point.SEEN, Point.TREATED).until == at(3, 40)


def test_a_check_that_was_late_shows_both_its_clocks_and_a_prompt_one_only_where_the_deficit_was_seen() -> None:
    checks = [check(at(1)), check(at(3), l4=1), check(at(3, 30), l4=1, late=16), check(at(4), l4=2, late=15)]
    steps = one(Record(now=at(5), alerts=[alert()], checks=checks)).steps
    clocks = {step.at: step.recorded_at for step in steps if isinstance(step.source, Check)}
    assert clocks == {at(1): None, at(3): at(3, 1), at(3, 30): at(3, 46), at(4): None}


def test_checks_in_a_row_that_say_the_same_stand_once() -> None:
    checks = [check(at(1)), check(at(3), l4=1), check(at(3, 20), l4=1), check(at(3, 40), l4=1), check(at(4), l4=2)]
    steps = [
        step for step in one(Record(now=at(5), alerts=[alert()], checks=checks)).steps if step.told == Told.CHECKED
    ]
    assert [(step.at, step.last_at, step.times) for step in steps] == [
        (at(3, 20), at(3, 40), 2),
        (at(4), None, 1),
    ]


def test_what_a_check_left_out_or_could_not_test_is_not_taken_for_the_same() -> None:
    checks = [check(at(3), l4=1), check(at(3, 20), l4=None), check(at(3, 40), l4=None, l4_left_untested=Untested.PAIN)]
    steps = [
        step for step in one(Record(now=at(5), alerts=[alert()], checks=checks)).steps if step.told == Told.CHECKED
    ]
    assert [step.muscles[0].grade for step in steps] == [None, "NT"]


def test_a_retracted_check_stays_and_says_so() -> None:
    wrong = check(at(3, 30), l4=0)
    wrong.retracted_at, wrong.retracted_by, wrong.retraction_reason = at(3, 50), ALICE, "wrong patient"
    [step] = [
        step
        for step in one(Record(now=at(5), alerts=[alert()], checks=[check(at(3), l4=1), wrong])).steps
        if step.told == Told.CHECKED
    ]
    assert step.struck is not None
    assert (step.struck.how, step.struck.reason) == ("retracted", "wrong patient")


def test_a_corrected_check_was_recorded_when_it_first_showed_the_deficit() -> None:
    first, second, third = check(at(3), l4=5), check(at(3), l4=2, late=30), check(at(3), l4=1, late=90)
    corrected(first, second)
    corrected(second, third)
    deficit = one(Record(now=at(5), alerts=[alert()], checks=[check(at(1)), first, second, third]))
    assert interval(deficit, Point.SEEN, Point.RECORDED).until == at(3, 30)
    seen = [step for step in deficit.steps if step.at == at(3)]
    assert [(step.told, step.struck is not None) for step in seen] == [
        (Told.SEEN, False),
        (Told.CHECKED, True),
        (Told.CHECKED, True),
    ]


def test_a_deficit_whose_check_is_gone_still_has_its_time() -> None:
    steps = one(Record(now=at(5), alerts=[alert()])).steps
    assert [(step.told, step.source) for step in steps[:2]] == [(Told.LAST_GOOD, None), (Told.SEEN, None)]


def test_where_no_check_was_good_since_the_operation_its_end_is_the_worst_case() -> None:
    fused = operation(at(-2), at(1), "index")
    steps = one(Record(now=at(5), alerts=[alert()], operations=[fused])).steps
    assert (steps[0].told, steps[0].source) == (Told.LAST_GOOD, fused)


def test_an_acceptance_that_a_rise_took_back_stays_and_the_first_one_counts() -> None:
    risen = alert(accepted_at=at(5), accepted_by=SAM, acknowledged_at=at(4, 50), acknowledged_by=ALICE)
    events = [
        event("acknowledged", at(3, 10), of=risen, by=ALICE),
        event("accepted", at(3, 15), of=risen, by=SAM),
        event("rose", at(4, 40), of=risen, notifies=True, actions=["image_and_explore"]),
        event("acknowledged", at(4, 50), of=risen, by=ALICE),
        event("accepted", at(5), of=risen, by=SAM),
    ]
    deficit = one(Record(now=at(6), alerts=[risen], events=events))
    answered = [step for step in deficit.steps if step.told in {Told.ACKNOWLEDGED, Told.ACCEPTED}]
    assert [(step.at, step.overtaken) for step in answered] == [
        (at(3, 10), True),
        (at(3, 15), True),
        (at(4, 50), False),
        (at(5), False),
    ]
    assert interval(deficit, Point.OPENED, Point.ACCEPTED).span == timedelta(minutes=10)
    assert interval(deficit, Point.SURGEONS_ASKED_AGAIN, Point.ACCEPTED_AGAIN).span == timedelta(minutes=20)
    assert interval(deficit, Point.NURSES_ASKED_AGAIN, Point.ACKNOWLEDGED_AGAIN).span == timedelta(minutes=10)


def test_a_rise_that_asks_no_surgeon_leaves_the_acceptance() -> None:
    risen = alert(accepted_at=at(3, 15), accepted_by=SAM)
    events = [
        event("accepted", at(3, 15), of=risen, by=SAM),
        event("rose", at(4), of=risen, notifies=True, muscles=["L5 left"]),
    ]
    deficit = one(Record(now=at(6), alerts=[risen], events=events))
    assert [step.overtaken for step in deficit.steps if step.told == Told.ACCEPTED] == [False]
    assert Point.SURGEONS_ASKED_AGAIN not in {one.interval.since for one in deficit.intervals}


def test_who_had_let_a_limit_pass_stays_on_it_with_the_lapse() -> None:
    lapsed = alert(accepted_at=at(4), accepted_by=SAM)
    events = [
        event("accepted", at(3, 15), of=lapsed, by=SAM),
        event("lapsed", at(3, 45), of=lapsed, limit="decision"),
        event("accepted", at(4), of=lapsed, by=SAM),
    ]
    steps = one(Record(now=at(6), alerts=[lapsed], events=events)).steps
    shown = [(step.told, step.overtaken) for step in steps if step.told in {Told.ACCEPTED, Told.LAPSED}]
    assert shown == [(Told.ACCEPTED, True), (Told.LAPSED, False), (Told.ACCEPTED, False)]


def test_a_closing_that_was_undone_stays_and_the_re_opening_has_the_acceptance() -> None:
    opened = alert(accepted_at=at(6), accepted_by=SAM)
    events = [
        event("accepted", at(3, 15), of=opened, by=SAM),
        event("closed", at(5), of=opened, by=SAM, outcome="non_neurogenic"),
        AlertEvent(alert=opened, kind="reopened", at=at(6), by=SAM, data={"as": "surgeon"}),
    ]
    steps = one(Record(now=at(7), alerts=[opened], events=events)).steps
    shown = [(step.told, step.overtaken) for step in steps if step.told in {Told.ACCEPTED, Told.CLOSED, Told.REOPENED}]
    assert shown == [(Told.ACCEPTED, True), (Told.CLOSED, True), (Told.REOPENED, False)]


def test_an_earlier_decision_stays_beside_the_one_that_stands() -> None:
    decided = alert(decided_at=at(5), decided_by=SAM, decision="explore", accepted_at=at(4), accepted_by=SAM)
    events = [
        event("decided", at(4), of=decided, by=SAM, decision="observe", reason="wait"),
        event("decided", at(5), of=decided, by=SAM, decision="explore", reason="worse"),
    ]
    steps = one(Record(now=at(6), alerts=[decided], events=events)).steps
    assert [step.overtaken for step in steps if step.told == Told.DECIDED] == [True, False]


def test_an_alert_that_rose_to_critical_says_how_long_that_took() -> None:
    risen = alert(began_at=at(2), opened_at=at(2, 5))
    events = [event("rose", at(3, 6), of=risen, notifies=True, level="critical")]
    checks = [check(at(2), l4=3), check(at(3), l4=1)]
    deficit = one(Record(now=at(6), alerts=[risen], events=events, checks=checks))
    assert interval(deficit, Point.RECORDED, Point.OPENED).span == timedelta(minutes=-56)
    assert interval(deficit, Point.RECORDED, Point.ROSE_TO_CRITICAL).span == timedelta(minutes=5)


def test_the_stages_of_imaging_are_those_of_the_study_that_was_done_first() -> None:
    studies = [
        imaged("requested", at(3, 10), study=1, modality="CT"),
        imaged("requested", at(3, 20), study=2),
        imaged("done", at(4), study=2),
        imaged("done", at(5), study=1, modality="CT"),
        imaged("reported", at(5, 5), study=1, modality="CT"),
    ]
    deficit = one(Record(now=at(6), alerts=[alert()], imaging=studies))
    assert interval(deficit, Point.IMAGING_REQUESTED, Point.IMAGING_DONE).span == timedelta(minutes=40)
    assert interval(deficit, Point.IMAGING_DONE, Point.IMAGING_REPORTED).span is None
    assert len([step for step in deficit.steps if step.told == Told.IMAGED]) == 5


def test_a_milestone_stands_in_for_what_was_recorded_nowhere_else() -> None:
    told_of = alert()
    done = Milestone(alert=told_of, kind="imaging_done", at=at(4), recorded_at=at(5), recorded_by=ALICE)
    deficit = one(Record(now=at(6), alerts=[told_of], milestones=[done]))
    assert [(step.source, step.recorded_at) for step in deficit.steps if step.told == Told.MILESTONE] == [(done, at(5))]
    assert interval(deficit, Point.IMAGING_DONE, Point.DECIDED).since == at(4)


def test_a_re_operation_for_another_reason_is_told_and_decompresses_nothing() -> None:
    theatre = operation(at(4), at(5))
    washed = signed(Exploration, at(5), operation_place=theatre.place, indication="infection", by=SAM)
    deficit = one(Record(now=at(6), alerts=[alert()], operations=[theatre], explorations=[washed]))
    assert deficit.operation is None
    assert [step.told for step in deficit.steps][-3:] == [Told.OPERATION_STARTED, Told.OPERATION_ENDED, Told.FOUND]
    assert interval(deficit, Point.LAST_GOOD, Point.OPERATION_ENDED).span is None


def test_two_deficits_of_an_episode_have_each_their_own() -> None:
    first = alert(closed_at=at(9), closed_by=SAM, outcome="explored")
    second = alert(2, began_at=at(30), seen_at=at(30), last_good_at=at(28), opened_at=at(30, 1))
    operations = [operation(at(6), at(7)), operation(at(33), at(34))]
    checks = [check(at(1)), check(at(3), l4=1), check(at(28)), check(at(30), l4=0)]
    found = deficits(Record(now=at(40), alerts=[second, first], operations=operations, checks=checks))
    assert [(one.alert.pk, one.operation) for one in found] == [(1, operations[0]), (2, operations[1])]
    assert [step.at for step in found[1].steps if isinstance(step.source, Check)] == [at(28), at(30)]


def test_a_deficit_that_was_closed_as_ameliorated_has_no_operation_of_later() -> None:
    better = alert(closed_at=at(9), closed_by=SAM, outcome="ameliorated")
    shown = [at(7).isoformat(), at(8).isoformat()]
    events = [event("closed", at(9), of=better, by=SAM, outcome="ameliorated", shown_at=shown)]
    deficit = one(Record(now=at(90), alerts=[better], events=events, operations=[operation(at(50), at(52))]))
    assert deficit.operation is None
    assert deficit.steps[-1].told == Told.CLOSED
    assert deficit.steps[-1].shown_at == [at(7), at(8)]


def test_an_alert_that_never_rose_above_watch_and_one_that_waits_for_a_check_are_no_deficits() -> None:
    assert deficits(Record(now=at(5), alerts=[alert(level="watch"), alert(2, kind="overdue")])) == []


def test_every_interval_is_defined_once() -> None:
    assert len({(one.since, one.until) for one in INTERVALS}) == len(INTERVALS)
