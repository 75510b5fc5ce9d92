"""The table of moves, as it must be: every state of an alert, what each role may do in it, and why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

from monitoring.alerts import offers, steps
from monitoring.alerts.models import Alert
from monitoring.checks import actions as checks
from tests.alerts.conftest import Patient
from tests.alerts.stages import Colleagues, lapse
from tests.cast import ago
from wards import actions as wards

CRITICAL, CONCERN = 1, 3  # the grade to which L4 left falls, from 5
ROLES = {"alice": "nurse", "carol": "charge nurse", "sam": "surgeon", "adam": "administrator", "sue": "another ward"}
COLUMNS = (
    "acknowledge",
    "accept",
    "explore",
    "observe",
    "milestone",
    "offer to a nurse",
    "offer to a surgeon",
    "confirm pause",
    "close",
    "reopen",
)

DONE, FORBIDDEN = ".", "-"
SENTENCES = {
    "a": "Ben Bolt has acknowledged this alert already.",
    "t": "Tom Thorn has accepted this alert already.",
    "m": "Ben Bolt has recorded this already: surgeon told.",
    "o": "Tom Thorn has offered it to Uma Unger, who has not answered yet.",
    "n": "Ben Bolt has it now: it is theirs to hand over.",
    "h": "Tom Thorn has it now: it is theirs to hand over.",
    "f": "Nia Nash may not take this from you on Ward 7B.",
    "p": "Surgical paging does not pause (any more): nobody confirmed it within ten minutes.",
    "P": "Nia Nash has confirmed this already.",
    "w": "This waits for a check: it is closed by the check, not by hand.",
    "c": "Tom Thorn has closed this alert: non-neurogenic.",
    "b": "Ben Bolt has closed this alert: non-neurogenic.",
    "r": "The software has closed this alert: two stable looks in a row.",
    "l": "The software has closed this alert: the check was done.",
    "O": "This alert is open: there is nothing to re-open.",
    "S": "The software has closed this alert: a new finding opens a new one.",
    "x": "Another alert of this patient is open: go on with that one.",
    "L": "The patient was discharged at ",
}

# By kind and state: what a nurse or a charge nurse meets, then a surgeon; a letter a column. All others: nothing.
TABLE = {
    "critical open": ".---...p-- .....f.p.O",
    "critical acknowledged": "a---.n.p-- a....f.p.O",
    "critical accepted": ".---..hp-- .t...fhp.O",
    "critical accepted and acknowledged": "a---mnhp-- at..mfhp.O",
    "critical lapsed": ".---...p-- .....f.p.O",
    "critical paused": ".---....-- .....f...O",
    "critical pause confirmed": ".---...P-- .....f.P.O",
    "critical offered": ".---.oop-- .....oop.O",
    "critical explore": ".---..hp-- .t...fhp.O",
    "critical observe": ".---..hp-- .t...fhp.O",
    "critical closed": "c---cccc-- ccccccccc.",
    "critical closed, another open": "c---cccc-- cccccccccx",
    "critical closed, patient left": "c---cccc-- cccccccccL",
    "critical re-opened": ".---..hp-- .t...fhp.O",
    "concern open": ".---...p.O .....f.p.O",
    "concern acknowledged": "a---.n.p.O a....f.p.O",
    "concern accepted": ".---..hp.O .t...fhp.O",
    "concern accepted and acknowledged": "a---mnhp.O at..mfhp.O",
    "concern lapsed": ".---...p.O .....f.p.O",
    "concern explore": ".---..hp.O .t...fhp.O",
    "concern observe": ".---..hp.O .t...fhp.O",
    "concern closed": "b---bbbbb. bbbbbbbbb.",
    "concern closed by the software": "r---rrrrrS rrrrrrrrrS",
    "concern re-opened": "a---.n.p.O a....f.p.O",
    "overdue open": ".---w..pwO ..wwwf.pwO",
    "overdue acknowledged": "a---wn.pwO a.wwwf.pwO",
    "overdue closed by the software": "l---lllllS lllllllllS",
    "not done open": ".---w..pwO ..wwwf.pwO",
    "not done closed by the software": "l---lllllS lllllllllS",
}


def expected(state: str, column: str, who: str) -> str:
    """The letter: done, forbidden, or refused with a sentence."""
    if who in {"adam", "sue"}:
        return FORBIDDEN
    nurses, surgeon = TABLE[state].split()
    return (surgeon if who == "sam" else nurses)[COLUMNS.index(column)]


Step = Callable[[Alert, Patient, Colleagues], object]


def bring_about(state: str, patient: Patient, others: Colleagues) -> Alert:
    """An alert of that kind in that state, by the real steps. Nurse Ben and surgeon Tom do what was done before."""
    if state.startswith("not done"):
        alert = _not_done(patient)
    elif state.startswith("overdue"):
        alert = Alert.objects.get(stay=patient.stay, kind=Alert.Kind.OVERDUE)
    else:
        patient.checked(5, L4_left=CRITICAL if state.startswith("critical") else CONCERN)
        alert = patient.alert
    kind = next(kind for kind in ("not done", "overdue", "critical", "concern") if state.startswith(kind))
    for step in STATES[state.removeprefix(kind).strip()]:
        step(Alert.objects.get(pk=alert.pk), patient, others)
    return Alert.objects.get(pk=alert.pk)


def _not_done(patient: Patient) -> Alert:
    for minutes in (20, 10):
        checks.record_attempt(
            patient.stay,
            by=patient.cast.alice,
            at=ago(minutes=minutes),
            reason="asleep",
            next_try=timedelta(minutes=15),
            note="",
            key=uuid4(),
        )
    patient.assess()
    return Alert.objects.get(stay=patient.stay, kind=Alert.Kind.NOT_DONE)


def _acknowledge(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    steps.acknowledge(alert, by=others.ben, revision=alert.revision)


def _accept(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    steps.accept(alert, by=others.tom, revision=alert.revision)


def _tell(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    steps.record_milestone(alert, by=others.ben, revision=alert.revision, kind="surgeon_told", at=None)


def _lapse(alert: Alert, _patient: Patient, _others: Colleagues) -> None:
    lapse(alert, "imaging_requested")


def _correct(_alert: Alert, patient: Patient, others: Colleagues) -> None:
    patient.correct(patient.stay.checks.latest("examined_at"), by=others.ben)
    patient.assess()


def _confirm(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    steps.confirm_pause(alert, by=others.nia, revision=alert.revision)


def _offer(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    offers.offer(alert, by=others.tom, revision=alert.revision, to=others.uma)


def _explore(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    steps.decide(alert, by=others.tom, revision=alert.revision, decision="explore", reason="haematoma")


def _observe(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    again = timedelta(hours=1)
    steps.decide(alert, by=others.tom, revision=alert.revision, decision="observe", reason="mild", look_again=again)


def _close(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    """By a surgeon what was critical, by a nurse what never was."""
    by = others.tom if alert.level == "critical" else others.ben
    steps.close(alert, by=by, revision=alert.revision, outcome="non_neurogenic")


def _reopen(alert: Alert, _patient: Patient, others: Colleagues) -> None:
    by = others.tom if alert.level == "critical" else others.ben
    steps.reopen(alert, by=by, revision=alert.revision, reason="weak again")


def _fall_further(_alert: Alert, patient: Patient, _others: Colleagues) -> None:
    patient.checked(1, L4_left=0)


def _leave(_alert: Alert, patient: Patient, _others: Colleagues) -> None:
    wards.discharge(patient.stay, by=patient.cast.carol, at=None, departure="home")


def _stable_twice(_alert: Alert, patient: Patient, _others: Colleagues) -> None:
    patient.checked(3)
    patient.checked(1)


STATES: dict[str, tuple[Step, ...]] = {
    "open": (),
    "acknowledged": (_acknowledge,),
    "accepted": (_accept,),
    "accepted and acknowledged": (_accept, _acknowledge, _tell),
    "lapsed": (_accept, _lapse),
    "paused": (_correct,),
    "pause confirmed": (_correct, _confirm),
    "offered": (_offer,),
    "explore": (_explore,),
    "observe": (_observe,),
    "closed": (_close,),
    "closed, another open": (_close, _fall_further),
    "closed, patient left": (_close, _leave),
    "closed by the software": (_stable_twice,),
    "re-opened": (_close, _reopen),
}
"""How each state comes about, step by step."""
