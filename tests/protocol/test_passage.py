"""Protocol §10: "nothing passes unseen"."""

from __future__ import annotations

from datetime import timedelta

from monitoring.protocol import Level, Moment, Reason, Settings, assess
from tests.protocol.histories import assessed, check, history, look, minute, moments, treatment

TICK = timedelta(microseconds=1)


def summary(passed: tuple[Moment, ...]) -> list[tuple[float, str, bool]]:
    """Each moment's minute, level, and whether it is an event's."""
    return [
        ((moment.at - minute(0)) / timedelta(minutes=1), moment.assessment.level.label, moment.event is not None)
        for moment in passed
    ]


def test_there_is_a_moment_after_each_event_and_one_for_now() -> None:
    passed = moments(5, 12, check(5), check(8, L4_left=2), check(10))
    assert summary(passed) == [(5, "stable", True), (8, "critical", True), (10, "stable", True), (12, "stable", False)]
    assert passed[-1].assessment == assessed(12, check(5), check(8, L4_left=2), check(10))


def test_what_stood_at_since_is_told_where_no_event_was() -> None:
    assert summary(moments(6, 7, check(5, L4_left=4))) == [(6, "watch", False), (7, "watch", False)]


def test_what_stood_before_an_event_at_since_is_not_told() -> None:
    passed = moments(10, 10, check(5, L4_left=2), check(10))
    assert summary(passed) == [(10, "stable", True), (10, "stable", False)]


def test_now_and_since_may_be_the_same_instant() -> None:
    assert summary(moments(7, 7, check(5, L4_left=4))) == [(7, "watch", False)]


def test_a_since_in_the_future_tells_of_now_alone() -> None:
    assert summary(moments(20, 7, check(5, L4_left=4), check(10, L4_left=2))) == [(7, "watch", False)]


def test_events_of_one_instant_are_told_one_by_one() -> None:
    passed = moments(10, 10, look(10, L4_left=2), look(10, L4_left=0), look(10, L4_left=5))
    assert [moment.assessment.because for moment in passed] == [(), (Reason.FALL, Reason.WORSE), (), ()]
    assert [moment.assessment.level for moment in passed[:2]] == [Level.CRITICAL, Level.CRITICAL]


def test_the_clock_between_events_is_told() -> None:
    passed = moments(10, 170, check(10, L4_left=2), check(170))
    assert [(moment.at, moment.assessment.because, moment.assessment.overdue) for moment in passed] == [
        (minute(10), (), False),
        (minute(25) + TICK, (), True),
        (minute(160), (Reason.NO_IMPROVEMENT,), True),
        (minute(170), (), False),
        (minute(170), (), False),
    ]
    assert all((moment.event is None) == (moment.at in (minute(25) + TICK, minute(160))) for moment in passed[:-1])


def test_a_clock_instant_at_since_or_at_now_is_told_once() -> None:
    passed = moments(160, 720, check(10, L4_left=2))
    assert [moment.at for moment in passed] == [minute(160), minute(720)]
    assert passed[0].assessment.because == (Reason.NO_IMPROVEMENT,)
    assert passed[1].assessment == assessed(720, check(10, L4_left=2))


def test_the_clock_does_not_strike_before_all_events_of_its_instant_are_taken() -> None:
    passed = moments(50, 160, check(10, L4_left=2), treatment(160), look(160, L4_left=5))
    assert all(moment.assessment.because == () for moment in passed)
    passed = moments(50, 160, check(10, L4_left=2), treatment(160), treatment(160, "stopped"))
    assert [moment.assessment.because for moment in passed if moment.event] == [(), (Reason.NO_IMPROVEMENT,)]


def test_a_drop_seen_again_past_the_limit_counts_only_once_its_instant_is_over() -> None:
    slow = Settings(reassess_after_minutes=1000)
    again = (look(10, L4_left=2), look(20, L4_left=5), look(170, L4_left=2), treatment(170), treatment(170, "stopped"))
    passed = moments(165, 170, *again, settings=slow)
    assert [moment.assessment.because for moment in passed if moment.event] == [(), (), (Reason.NO_IMPROVEMENT,)]
    stood = (look(10, L4_left=2), treatment(170), look(170, L4_left=2))
    passed = moments(165, 170, *stood, settings=slow)
    assert [moment.assessment.because for moment in passed if moment.event] == [(Reason.NO_IMPROVEMENT,)] * 2


def test_nobody_is_untested_before_all_checks_of_the_instant_are_taken() -> None:
    passed = moments(720, 720, look(720, L4_left=5), check(720))
    assert [moment.assessment.findings for moment in passed] == [(), (), ()]
    passed = moments(721, 721, look(721, L4_left=5), check(721))
    assert [len(moment.assessment.findings) for moment in passed] == [1, 0, 0]


def test_two_checks_assessed_together_or_one_by_one_pass_the_same() -> None:
    first, second = check(10, L4_left=1), check(40, L4_left=4)
    together = moments(10, 60, first, second)
    one_by_one = (*moments(10, 20, first), *moments(40, 60, first, second))
    assert {(moment.assessment.level, moment.assessment.because) for moment in together} == {
        (moment.assessment.level, moment.assessment.because) for moment in one_by_one
    }


def test_every_moment_but_those_amid_an_instant_is_what_assess_says_then() -> None:
    events = (check(10, L4_left=2), treatment(15), check(80, L4_left=2), check(200, L4_left=4), check(230))
    for moment in moments(0, 2000, *events):
        assert moment.assessment == assess(history(*events), Settings(), moment.at)
