"""After closing, what was known does not alert again; anything worse does (protocol §10)."""

from __future__ import annotations

from monitoring.alerts.evidence import Evidence
from monitoring.alerts.marks import Closing, Marks, unknown
from monitoring.protocol import Event, Level, Moment, passage
from tests.alerts.histories import SETTINGS, assessed, check, hour, moments, timeline


def closed(at: float, *events: Event) -> Closing:
    """An alert that told of all these events, closed at that hour."""
    latched = Evidence.over(moments(0, at, *events))
    return Closing(latched, Marks.at_closing(hour(at), assessed(at, *events), latched), hour(at))


def told(closing: Closing, since: float, until: float, *events: Event) -> list[Moment]:
    """The moments that an alert must tell of, up to the closing and after it."""
    late = unknown(passage(timeline(*events), SETTINGS, hour(since), closing.at), None, [closing])
    new = unknown(passage(timeline(*events), SETTINGS, closing.at, hour(until)), closing, [])
    return [moment for moment in (*late, *new) if Evidence.of(moment.assessment).level > Level.STABLE]


WEAK = (check(1), check(2, L4_left=3))


def test_what_was_known_does_not_alert_again() -> None:
    assert not told(closed(3, *WEAK), 3, 6, *WEAK, check(4, L4_left=3), check(5, L4_left=4))


def test_a_grade_below_its_mark_alerts() -> None:
    assert told(closed(3, *WEAK), 3, 6, *WEAK, check(4, L4_left=2))


def test_another_muscle_alerts() -> None:
    assert told(closed(3, *WEAK), 3, 6, *WEAK, check(4, L4_left=3, L5_left=4))


def test_a_muscle_that_recovered_and_falls_again_alerts() -> None:
    again = told(closed(3, *WEAK), 3, 6, *WEAK, check(4), check(5, L4_left=3))
    assert again[0].at == hour(5)


def test_recovery_in_part_raises_the_mark_in_part() -> None:
    closing = closed(3, *WEAK)
    assert not told(closing, 3, 6, *WEAK, check(4, L4_left=4))
    assert told(closing, 3, 6, *WEAK, check(4, L4_left=4), check(5, L4_left=3))


def test_a_new_flag_alerts_and_a_known_one_does_not() -> None:
    known = (check(1), check(2, flag="bladder_bowel"))
    closing = closed(3, *known)
    assert not told(closing, 3, 6, *known, check(4, flag="bladder_bowel"))
    assert told(closing, 3, 6, *known, check(4, flag="saddle_anaesthesia"))


def test_a_known_flag_that_went_and_came_back_alerts() -> None:
    known = (check(1), check(2, flag="bladder_bowel"))
    assert told(closed(3, *known), 3, 6, *known, check(4), check(5, flag="bladder_bowel"))


def test_the_end_of_the_trial_of_treatment_is_a_new_reason_and_alerts() -> None:
    severe = (check(1), check(2, L4_left=2))
    again = told(closed(2.1, *severe), 2.1, 6, *severe)
    assert again[0].at == hour(2 + 0.5 + 2)  # seen, no treatment: the start limit, then the trial limit


def test_a_critical_run_that_begins_after_closing_always_alerts() -> None:
    before = (check(1), check(2, L4_left=1), check(3), check(4))
    closing = closed(4.5, *before)
    assert not closing.marks.run_on
    again = told(closing, 4.5, 8, *before, check(6, L4_left=1))
    assert again[0].at == hour(6)


def test_a_late_entry_from_before_the_closing_alerts_where_it_shows_more() -> None:
    late = check(2.5, L4_left=3, S1_left=0)
    raised = told(closed(3, *WEAK), 2, 4, *WEAK, late, check(2.8, L4_left=3))
    assert raised[0].at == hour(2.5)


def test_a_late_entry_of_what_was_known_does_not_alert() -> None:
    assert not told(closed(3, *WEAK), 2, 4, *WEAK, check(2.5, L4_left=3))


def test_a_late_entry_of_what_had_been_told_and_was_better_at_closing_does_not_alert() -> None:
    recovered = (check(1), check(2, L4_left=1), check(3), check(4))
    closing = closed(5, *recovered)
    assert not told(closing, 2, 6, *recovered, check(2.5, L4_left=1))
    assert told(closing, 2, 6, *recovered, check(2.5, L4_left=0))


def test_grade_0_is_a_mark_like_any_other() -> None:
    paralysed = (check(1), check(2, L4_left=0))
    closing = closed(3, *paralysed)
    assert not told(closing, 3, 3.5, *paralysed, check(3.2, L4_left=0))
    assert told(closing, 3, 6, *paralysed, check(3.2, L4_left=1), check(4, L4_left=0))


def test_they_come_back_from_json_as_they_were() -> None:
    closing = closed(3, check(1), check(2, L4_left=0, flag="bladder_bowel")).marks
    assert Marks.from_json(closing.to_json()) == closing
