"""The table of moves, whole: every state × every move × every role, done, refused with which sentence, or forbidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert
from monitoring.alerts.moves import MOVES, Move
from tests.alerts.conftest import Patient
from tests.alerts.stages import Colleagues
from tests.alerts.table import (
    COLUMNS,
    DONE,
    FORBIDDEN,
    ROLES,
    SENTENCES,
    TABLE,
    bring_about,
    expected,
)
from wards.access import Forbidden
from wards.models import Staff

Step = Callable[[Alert, Staff, Colleagues], object]

STEPS: dict[str, Step] = {
    "acknowledge": lambda alert, by, _: steps.acknowledge(alert, by=by, revision=alert.revision),
    "accept": lambda alert, by, _: steps.accept(alert, by=by, revision=alert.revision),
    "explore": lambda alert, by, _: steps.decide(
        alert, by=by, revision=alert.revision, decision="explore", reason="worse"
    ),
    "observe": lambda alert, by, _: steps.decide(
        alert, by=by, revision=alert.revision, decision="observe", reason="mild", look_again=timedelta(hours=1)
    ),
    "milestone": lambda alert, by, _: steps.record_milestone(
        alert, by=by, revision=alert.revision, kind="surgeon_told", at=None
    ),
    "offer to a nurse": lambda alert, by, others: offers.offer(alert, by=by, revision=alert.revision, to=others.nia),
    "offer to a surgeon": lambda alert, by, others: offers.offer(alert, by=by, revision=alert.revision, to=others.uma),
    "confirm pause": lambda alert, by, _: steps.confirm_pause(alert, by=by, revision=alert.revision),
    "close": lambda alert, by, _: steps.close(alert, by=by, revision=alert.revision, outcome="entry_error"),
    "reopen": lambda alert, by, _: steps.reopen(alert, by=by, revision=alert.revision, reason="weak again"),
}


def found(step: Step, alert: Alert, by: Staff, others: Colleagues) -> str:
    """The letter of what comes of it; then all is as before."""
    try:
        with transaction.atomic():
            step(alert, by, others)
            transaction.set_rollback(True)
    except Forbidden:
        return FORBIDDEN
    except ValidationError as refused:
        [said] = refused.messages
        return next((letter for letter, words in SENTENCES.items() if said.startswith(words)), said)
    return DONE


def test_the_table_is_whole() -> None:
    assert len(TABLE) == 29
    assert all([len(row) for row in rows.split()] == [len(COLUMNS)] * 2 for rows in TABLE.values())
    assert tuple(STEPS) == COLUMNS
    letters = {letter for rows in TABLE.values() for letter in rows.replace(" ", "")}
    assert letters == {*SENTENCES, DONE, FORBIDDEN}, "every sentence is met"
    assert set(MOVES) == set(Move)


IN_EVERY_RUN = {
    "critical open",
    "critical accepted and acknowledged",
    "critical paused",
    "critical offered",
    "critical closed, another open",
    "concern closed by the software",
    "concern re-opened",
    "overdue acknowledged",
    "not done open",
}
"""One of each kind of state; the other rows of the table are `make thorough`'s."""
STATES = [pytest.param(state, marks=[] if state in IN_EVERY_RUN else [pytest.mark.thorough]) for state in TABLE]


@pytest.mark.parametrize("state", STATES)
def test_every_move_by_everybody(patient: Patient, state: str) -> None:
    others = Colleagues.of(patient)
    alert = bring_about(state, patient, others)
    cells = {
        (column, role): found(step, alert, getattr(patient.cast, who), others)
        for column, step in STEPS.items()
        for who, role in ROLES.items()
    }
    assert len(cells) == 50
    assert cells == {(column, role): expected(state, column, who) for column in COLUMNS for who, role in ROLES.items()}


@pytest.mark.parametrize("by_whom", ["alice", "carol"])
def test_who_made_the_correction_confirms_no_pause(patient: Patient, by_whom: str) -> None:
    others, corrector = Colleagues.of(patient), getattr(patient.cast, by_whom)
    patient.correct(patient.checked(5, L4_left=1), by=corrector)
    patient.assess()
    said = found(STEPS["confirm pause"], patient.alert, corrector, others)
    assert said == "You made the correction: somebody else must confirm it."
    assert found(STEPS["confirm pause"], patient.alert, others.nia, others) == DONE
