"""The timeline that the protocol reads: one total order, whatever was typed when (protocol §10), in four queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitoring import protocol
from monitoring.checks import actions
from monitoring.checks.models import Acceptance, Check, Flag, Treatment, Untested
from monitoring.checks.queries import timeline
from monitoring.protocol import Muscle
from tests.cast import Cast, admit_patient, ago, operate
from tests.checks.examples import examine, findings, treat
from wards.actions import discharge
from wards.models import ClinicalEntry, Operation, Stay

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
ORDER = [protocol.Check, protocol.Operation, protocol.Treatment, protocol.ReferenceAccepted]
MINUTES = st.integers(0, 4)  # few, so that many entries fall on one instant
NUMBERS = range(36)

many_examples = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Typed:
    """What somebody typed: an entry, then perhaps its correction to another minute, then perhaps a retraction."""

    kind: int
    minute: int
    corrected_to: int | None
    retracted: bool


histories = st.lists(
    st.builds(Typed, st.integers(0, 3), MINUTES, st.none() | MINUTES, st.sampled_from([False, False, False, True])),
    max_size=len(NUMBERS),
)


def facts_of(kind: int, number: int, minute: int) -> tuple[type[ClinicalEntry], dict[str, Any]]:
    """An entry that carries its number where the protocol can see it."""
    at = START + timedelta(minutes=minute)
    if kind == 0:
        return Check, {"examined_at": at, "l2_left": number // 6, "l2_right": number % 6}
    if kind == 1:
        return Operation, {
            "started_at": at - timedelta(microseconds=number + 1),
            "ended_at": at,
            "kind": "secondary" if number % 2 else "index",
            "procedure": "PLF",
            "level_upper": "L4",
            "level_lower": "L5",
            "diagnosis": "stenosis",
            "symptomatic_side": "left",
            "coagulopathy": False,
            "deformity_correction": False,
        }
    if kind == 2:
        return Treatment, {"happened_at": at, "kind": "rest", "action": "started"}
    muscles = {"L2 left": number // 6, "L2 right": number % 6}
    return Acceptance, {"accepted_at": at, "muscles": muscles, "reason": "known"}


def write(cast: Cast, stay: Stay, history: Iterable[Typed]) -> list[tuple[datetime, int, int]]:
    """Store what was typed, all corrections after all first entries; what must come of it, in order."""
    expected, rows = [], []
    for number, typed in enumerate(history):
        model, facts = facts_of(typed.kind, number, typed.minute)
        rows.append(_create(model, cast, stay, facts))
    for number, typed in reversed([*enumerate(history)]):  # the last typed is the first corrected
        row, minute = rows[number], typed.minute
        if typed.corrected_to is not None:
            minute = typed.corrected_to
            model, facts = facts_of(typed.kind, number, minute)
            facts |= {"supersedes": row, "correction_reason": "misread", "place": row.place}
            row = _create(model, cast, stay, facts)
        if typed.retracted:
            mark = {"retracted_at": START, "retracted_by": cast.alice, "retraction_reason": "wrong patient"}
            type(row)._default_manager.filter(pk=row.pk).update(**mark)
        else:
            expected.append((START + timedelta(minutes=minute), typed.kind, number))
    return sorted(expected)


def _create(model: type[ClinicalEntry], cast: Cast, stay: Stay, facts: dict[str, Any]) -> ClinicalEntry:
    signed = {"stay": stay, "episode": stay.episode, "recorded_by": cast.alice, "idempotency_key": uuid4()}
    return model._default_manager.create(**facts, **signed)


def seen(event: protocol.Event, number: int) -> tuple[datetime, int, int]:
    """What the timeline shows of an event; its number where it carries one, else the expected one."""
    if isinstance(event, protocol.Check):
        grades = event.grades
    elif isinstance(event, protocol.ReferenceAccepted):
        grades = event.muscles
    else:
        if isinstance(event, protocol.Operation):
            assert event.kind == ("secondary" if number % 2 else "index")
        return event.at, ORDER.index(type(event)), number
    left, right = grades[Muscle.L2_LEFT], grades[Muscle.L2_RIGHT]
    assert isinstance(left, int)
    assert isinstance(right, int)
    return event.at, ORDER.index(type(event)), 6 * left + right


def test_any_history_comes_in_the_order_of_the_protocol_in_four_queries(cast: Cast) -> None:
    stay = admit_patient(cast)

    @many_examples
    @given(histories)
    def check(history: list[Typed]) -> None:
        with transaction.atomic():
            expected = write(cast, stay, history)
            with CaptureQueriesContext(connection) as queries:
                events = timeline(stay).events
            transaction.set_rollback(True)
        assert len(queries) == 4
        assert len(events) == len(expected)
        numbers = [number for _, _, number in expected]
        assert [seen(event, number) for event, number in zip(events, numbers, strict=True)] == expected

    check()


kinds = st.sampled_from(Treatment.Kind.values)
doses = st.lists(
    st.tuples(st.sampled_from(["started", "stopped", "operation"]), kinds, st.integers(0, 30)), max_size=14
)


def test_treatment_runs_for_the_protocol_while_any_kind_of_it_runs(cast: Cast) -> None:
    stay = admit_patient(cast)

    @many_examples
    @given(doses)
    def check(typed: list[tuple[str, str, int]]) -> None:
        with transaction.atomic():
            for action, kind, minute in typed:
                model, facts = facts_of(1, 1, minute) if action == "operation" else facts_of(2, 0, minute)
                if model is Treatment:
                    facts |= {"kind": kind, "action": action}
                _create(model, cast, stay, facts)
            events = timeline(stay).events
            transaction.set_rollback(True)
        for minute in range(31):
            assert runs_by_events(events, minute) == runs_by_what_was_typed(typed, minute)

    check()


def runs_by_events(events: Iterable[protocol.Event], minute: int) -> bool:
    """The last said counts, and only after the operation (protocol §6)."""
    past = [event for event in events if event.at <= START + timedelta(minutes=minute)]
    said = [
        isinstance(event, protocol.Treatment) and event.action == "started"
        for event in past
        if isinstance(event, protocol.Treatment | protocol.Operation)
    ]
    return bool(said) and said[-1]


def runs_by_what_was_typed(typed: list[tuple[str, str, int]], minute: int) -> bool:
    """Some kind's last entry since the last operation says that it started. At one instant the operation is first."""
    past = [(at, kind, action) for action, kind, at in typed if at <= minute]
    operated = max((at for at, _, action in past if action == "operation"), default=-1)
    since = sorted((entry for entry in past if entry[0] >= operated and entry[2] != "operation"), key=lambda e: e[0])
    last = {kind: action for _, kind, action in since}
    return "started" in last.values()


def test_a_timeline_reads_four_queries_however_long_it_is(cast: Cast, stay: Stay) -> None:
    counts = []
    for _ in range(3):
        examine(cast, stay, at=ago(hours=1))
        treat(cast, stay, at=ago(minutes=30))
        with CaptureQueriesContext(connection) as queries:
            timeline(stay)
        counts.append(len(queries))
    assert counts == [4, 4, 4]


def test_a_check_reaches_the_protocol_as_it_was_found(cast: Cast, stay: Stay) -> None:
    said: dict[str, Any] = {"l4_left": 0, "s1_right": Untested.SEDATED, "l2_left": Untested.AMPUTATION}
    flags = {"saddle_anaesthesia": Flag.PRESENT}
    examine(cast, stay, at=ago(hours=1), flags=flags, **said)
    event = timeline(stay).events[-1]
    assert isinstance(event, protocol.Check)
    assert event.at == ago(hours=1)
    grades = {Muscle.L4_LEFT: 0, Muscle.S1_RIGHT: "NT", Muscle.L2_LEFT: "NA"}
    assert event.grades == dict.fromkeys(protocol.MUSCLES, 5) | grades
    assert event.flags == {"saddle_anaesthesia": "present"}


def test_a_muscle_that_a_check_leaves_out_is_left_out_of_the_timeline(cast: Cast, stay: Stay) -> None:
    found = findings()
    only = type(found)(muscles={Muscle.L5_RIGHT: 0})
    actions.record_check(stay, by=cast.alice, at=None, findings=only, key=uuid4())
    event = timeline(stay).events[-1]
    assert isinstance(event, protocol.Check)
    assert (event.grades, event.flags) == ({Muscle.L5_RIGHT: 0}, {})


def test_the_symptomatic_side_is_the_index_operations(cast: Cast) -> None:
    stay = admit_patient(cast)
    assert timeline(stay).symptomatic_side is None
    operate(cast, stay, symptomatic_side="left")
    operate(cast, stay, kind="secondary", ended_at=ago(hours=2), symptomatic_side="right")
    assert timeline(stay).symptomatic_side == "left"


def test_a_readmission_continues_the_timeline(cast: Cast, stay: Stay) -> None:
    examine(cast, stay, at=ago(hours=5))
    discharge(stay, by=cast.alice, at=ago(hours=4), departure=Stay.Departure.HOME)
    again = admit_patient(cast, at=ago(hours=2), patient=stay.patient, episode=stay.episode, bed=cast.beds_8c[0])
    examine(cast, again, at=ago(hours=1), by=cast.nora)
    assert [event.at for event in timeline(again).events] == [ago(days=1), ago(hours=5), ago(hours=1)]
    assert timeline(stay) == timeline(again)


def test_another_patients_entries_stay_out(cast: Cast, stay: Stay) -> None:
    other = admit_patient(cast, bed=cast.beds[1])
    examine(cast, other)
    assert len(timeline(stay).events) == 1
    assert len(timeline(other).events) == 1


def test_places_follow_the_order_of_first_recording(cast: Cast, stay: Stay) -> None:
    entries = [examine(cast, stay), treat(cast, stay), examine(cast, stay)]
    places = [entry.place for entry in entries]
    assert places == list(accumulate(places, max))
    assert len(set(places)) == 3
