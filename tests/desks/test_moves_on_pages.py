"""The table of moves on the pages: what is done, what is shown where a move is refused, and what a page offers.

The table itself, and why each of its letters is what it is, is in tests/alerts/table.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.messages import get_messages
from django.db import transaction
from django.test import Client

from monitoring.alerts.models import Alert, AlertEvent
from tests.alerts.conftest import Patient
from tests.alerts.stages import Colleagues
from tests.alerts.table import COLUMNS, DONE, FORBIDDEN, ROLES, SENTENCES, TABLE, bring_about, expected
from tests.desks.alerting import url
from tests.desks.pages import alerting_works, said, signed_in

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

NOT_THERE = ("adam", "sue")  # an administrator sees no alerts, another ward's surgeon not these
IN_ONE_TAP = ("acknowledge", "accept", "confirm pause")
NOT_IN_THE_LIST = "Choose one of these colleagues."  # a form that names only those who may take it has no nurse in it


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def sent(column: str, others: Colleagues) -> tuple[str, dict[str, object]]:
    """Where the move is sent on the pages, and with what."""
    moves: dict[str, tuple[str, dict[str, object]]] = {
        "acknowledge": ("acknowledge/", {}),
        "accept": ("accept/", {}),
        "explore": ("decide/", {"decision": "explore", "reason": "worse"}),
        "observe": ("decide/", {"decision": "observe", "look_again": "60", "reason": "mild"}),
        "milestone": ("milestones/surgeon_told/", {"at": "now"}),
        "offer to a nurse": ("offer/", {"to": others.nia.pk}),
        "offer to a surgeon": ("offer/", {"to": others.uma.pk}),
        "confirm pause": ("confirm-pause/", {}),
        "close": ("close/", {"outcome": "entry_error"}),
        "reopen": ("reopen/", {"reason": "weak again"}),
    }
    return moves[column]


def found(client: Client, alert: Alert, column: str, others: Colleagues) -> str:
    """The letter of what the page says and does; then all is as before."""
    step, values = sent(column, others)
    before = AlertEvent.objects.filter(alert=alert).count()
    client.cookies.pop("messages", None)  # of a move before, shown on no page yet
    with transaction.atomic():
        response = client.post(url(alert, step), {"revision": alert.revision, "back": "alert", **values})
        changed = AlertEvent.objects.filter(alert=alert).count() - before
        transaction.set_rollback(True)
    if response.status_code in {403, 404}:
        return f"{response.status_code}" + "!" * changed
    if changed:
        return DONE if (response.status_code, response["Location"]) == (302, url(alert)) else "done, and not back"
    return refusal(response, column)


def refusal(response: Response, column: str) -> str:
    """The letter of the sentence that is shown: over the page one comes back to, or at the form, with status 422."""
    if column in IN_ONE_TAP:
        assert response.status_code == 302
        page = " ".join(str(message) for message in get_messages(response.wsgi_request))
    else:
        assert response.status_code == 422
        page = said(response.content.decode())
    return next((letter for letter, words in shown_sentences().items() if words in page), page)


def shown_sentences() -> dict[str, str]:
    return SENTENCES | {"f": NOT_IN_THE_LIST}


def expected_on_page(state: str, column: str, who: str) -> str:
    if who in NOT_THERE:
        return "404"
    if who == "sam" and column == "offer to a nurse":
        return "f"
    letter = expected(state, column, who)
    return "403" if letter == FORBIDDEN else letter


def but(*in_every_run: str) -> list[Any]:
    """All states: these in every run, of the others every third in `make thorough` and the rest in `make soak`.

    Together they are a thousand requests; the actions go through the whole table each time (alerts/test_moves.py).
    """
    later = [state for state in TABLE if state not in in_every_run]
    marks = {state: pytest.mark.soak if number % 3 else pytest.mark.thorough for number, state in enumerate(later)}
    return [pytest.param(state, marks=marks.get(state, ())) for state in TABLE]


@pytest.mark.parametrize("state", but("critical accepted and acknowledged"))
def test_every_move_by_everybody_on_the_pages(patient: Patient, state: str) -> None:
    others = Colleagues.of(patient)
    alert = bring_about(state, patient, others)
    clients = {who: signed_in(getattr(patient.cast, who)) for who in ROLES}
    cells = {(column, who): found(clients[who], alert, column, others) for column in COLUMNS for who in ROLES}
    assert len(cells) == 50
    assert cells == {(column, who): expected_on_page(state, column, who) for column, who in cells}


OFFERED_BY = {
    "acknowledge": 'id="acknowledge-',
    "accept": 'id="accept-',
    "decide": 'id="decide"',
    "milestone": 'id="now-surgeon_told"',
    "offer": 'id="offer"',
    "confirm pause": 'id="confirm-pause-',
    "close": 'id="close"',
    "reopen": 'id="reopen"',
}


def expected_offers(state: str, who: str) -> set[str]:
    """What may be done, and no more: but for what the page keeps to itself, though it would be done."""
    allowed = {column for column in COLUMNS if expected(state, column, who) == DONE}
    offered = {column.split(" to ")[0] for column in allowed}
    if offered & {"explore", "observe"}:
        offered = (offered - {"explore", "observe"}) | {"decide"}
    waits_for_a_check = state.startswith(("overdue", "not done"))
    if waits_for_a_check:
        offered -= {"accept", "offer"}  # it is no surgeon's, and the check is what it wants
    elif who == "sam":
        offered -= {"acknowledge"}  # a surgeon accepts: the nurses' calls go on until one of them is at the bed
    return offered


@pytest.mark.parametrize("state", but("critical accepted and acknowledged", "critical closed"))
def test_an_alerts_page_offers_exactly_the_moves_that_would_be_done(patient: Patient, state: str) -> None:
    alert = bring_about(state, patient, Colleagues.of(patient))
    for who in ROLES.keys() - NOT_THERE:
        response = signed_in(getattr(patient.cast, who)).get(url(alert))
        page = response.content.decode()
        assert response.status_code == 200
        offered = {move for move, control in OFFERED_BY.items() if control in page}
        assert offered == expected_offers(state, who), who


@pytest.mark.parametrize("column", COLUMNS)
def test_a_page_that_has_become_old_moves_nothing_and_says_who_did_what(patient: Patient, column: str) -> None:
    others = Colleagues.of(patient)
    alert = bring_about("critical closed" if column == "reopen" else "critical paused", patient, others)
    stale = alert.revision
    tom = {"revision": stale, "back": "alert"}
    if column == "reopen":
        signed_in(others.tom).post(url(alert, "reopen/"), tom | {"reason": "too early"})
    else:
        signed_in(others.tom).post(url(alert, "milestones/imaging_requested/"), tom | {"at": "now"})
    step, values = sent(column, others)
    by = patient.cast.alice if column == "offer to a nurse" else patient.cast.sam
    before = patient.told
    response = signed_in(by).post(url(alert, step), {"revision": stale, "back": "alert", **values}, follow=True)
    what = "re-opened" if column == "reopen" else "milestone"
    assert f"This alert has changed meanwhile ({what} by Tom Thorn)" in said(response.content.decode())
    assert patient.told == before
