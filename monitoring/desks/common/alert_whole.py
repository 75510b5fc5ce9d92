"""All that the page of one alert shows: the case, every check behind it, whom the ladder calls next, who was phoned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Model

from monitoring.alerts.models import Alert, SpokenReport
from monitoring.checks.models import Check
from monitoring.checks.queries import HistoryRow, Struck, in_order, struck
from monitoring.desks.common.alert_card import AlertCard
from monitoring.desks.common.alert_queries import Beside
from monitoring.desks.common.case import Case, CaseRows, since_of, until_of
from monitoring.desks.common.gather import Gathering, join_back, name_people
from monitoring.desks.common.history import FACING, Cell, lines
from monitoring.desks.common.next_call import Next, what_is_next
from monitoring.desks.common.recovery_queries import outcomes_in
from monitoring.desks.common.recovery_words import Outcome
from monitoring.desks.common.visit import Visit
from monitoring.escalation.models import Climb
from monitoring.protocol import Muscle
from wards.models import Absence


@dataclass(frozen=True, slots=True)
class Behind:
    """One check behind an alert: its grades of the alert's muscles in their order, and its red flags."""

    check: Check
    struck: Struck | None
    cells: Sequence[Cell]
    flags: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Whole:
    """One alert with everything. `behind`: the checks it rests on, newest first, what no longer counts in place;
    `outcomes`: how the episode's re-operations turned out.
    """

    case: Case
    behind: Sequence[Behind]
    reports: Sequence[SpokenReport]
    next: Next
    outcomes: Sequence[Outcome]


def whole(alert: Alert, visit: Visit) -> Whole:
    """Two statements beside that of the alert itself, however long its history is."""
    gathering = Gathering()
    beside, rows = Beside(gathering, [alert]), CaseRows(gathering, [alert])
    checks = gathering.ask(Check.objects.filter(episode=alert.stay.episode_id))
    climbs = gathering.ask(Climb.objects.filter(alert=alert))
    absences = gathering.ask(Absence.objects.filter(stay=alert.stay_id, back_at=None))
    reports = gathering.ask(SpokenReport.objects.filter(alert=alert))
    alerts = gathering.ask(Alert.objects.filter(stay__episode=alert.stay.episode_id, kind=Alert.Kind.DEFICIT))
    gathering.read()
    people: list[tuple[Sequence[Model], str]] = [
        (checks.rows, "recorded_by"),
        (checks.rows, "retracted_by"),
        (reports.rows, "recorded_by"),
    ]
    names = name_people([*beside.named, *rows.named, *people], beside.mentioned)
    [card] = beside.cards(staff=visit.staff, now=visit.at, names=names)
    join_back(checks.rows, "superseded_by", [check for check in checks.rows if check.supersedes_id is not None])
    history = [HistoryRow(check, "check", struck(check)) for check in checks.rows]
    operated = [HistoryRow(operation, "operation", None) for operation in beside.operations.rows]
    case = rows.case(card, beside.operations.rows)
    return Whole(
        case=case,
        behind=_behind(card, history),
        reports=reports.rows,
        next=what_is_next(
            alert, visit.at, climb=next(iter(climbs.rows), None), absence=next(iter(absences.rows), None)
        ),
        outcomes=outcomes_in([*history, *operated], alerts.rows, case.course.explorations.values(), visit.at),
    )


def _behind(card: AlertCard, history: Sequence[HistoryRow]) -> list[Behind]:
    """From the last good check to now, or to the closing; `history` are all checks of the episode."""
    since, until = since_of(card.alert), until_of(card.alert, card.now)
    muscles = [Muscle.parse(found["muscle"]) for found in card.muscles]
    rows = sorted(history, key=lambda row: in_order(row.entry), reverse=True)
    return [
        Behind(line.entry, line.struck, [line.cells[FACING.index(muscle)] for muscle in muscles], line.flags)
        for line in lines(rows)
        if isinstance(line.entry, Check) and since <= line.at <= until
    ]
