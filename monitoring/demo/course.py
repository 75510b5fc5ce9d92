"""From a ward list's short notation to what was seen when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Flag, Untested
from monitoring.demo.patients import DemoPatient
from monitoring.protocol import FLAGS, MUSCLES, Muscle, Settings

NORMAL_GRADE = 5
HOURS_BEFORE_SURGERY = 4  # the baseline is looked at so long before the operation begins
NOTE = " — "
SCHEDULE = Settings().schedule


def findings(chart: str) -> CheckFindings:
    """What "L4 left 2, L5 left block — numb toe" says: these muscles so, all others 5, no red flag, and a note."""
    differs, _, note = chart.partition(NOTE)
    muscles: dict[Muscle, int | Untested] = dict.fromkeys(MUSCLES, NORMAL_GRADE)
    for said in filter(None, differs.split(", ")):
        name, _, value = said.rpartition(" ")
        muscles[Muscle.parse(name)] = int(value) if value.isdigit() else Untested(value)
    return CheckFindings(muscles=muscles, flags=dict.fromkeys(FLAGS, Flag.ABSENT), note=note)


def looks(patient: DemoPatient) -> Iterator[tuple[float, CheckFindings]]:
    """Every look at a patient, by hours after the first operation: the baseline, then all since the operation."""
    if patient.baseline is not None:
        yield baseline_hour(patient), replace(findings(patient.baseline), pain=6)
    for hours, chart in _looks_after_surgery(patient) if patient.surgeries else ():
        found = findings(chart)
        yield hours, replace(found, pain=7 if found.note else max(2, 7 - int(hours) // 10))


def baseline_hour(patient: DemoPatient) -> float:
    took = patient.surgeries[0].took if patient.surgeries else 0
    return -took - HOURS_BEFORE_SURGERY


def _looks_after_surgery(patient: DemoPatient) -> Iterator[tuple[float, str]]:
    """The looks of the course, and between them rounds by the protocol's schedule, a few minutes late as rounds are.

    A round finds what the look before it found. None is made in theatre, at home, or after `rounds_until`.
    """
    last = patient.since if patient.rounds_until is None else patient.rounds_until
    told = sorted(patient.course.items())
    hours, chart = 0.0, ""
    while hours <= last:
        following = _next_round(patient, hours)
        if told and told[0][0] <= following:
            hours, chart = told.pop(0)
            yield hours, chart
            chart = chart.partition(NOTE)[0]
        elif (back := _back_from_away(patient, following)) is not None:
            hours = back
        else:
            hours = following
            lateness = (int(hours * 4) * 7 % 6) / 60
            if hours + lateness <= last:
                yield hours + lateness, chart


def _next_round(patient: DemoPatient, hours: float) -> float:
    """When the round after the one at `hours` is due (protocol §8), counted from the operation before it."""
    after = hours - max(surgery.ended for surgery in patient.surgeries if surgery.ended <= hours)
    every = next(row.every_minutes for row in SCHEDULE if row.until_hours is None or after < row.until_hours)
    return hours + every / 60


def _back_from_away(patient: DemoPatient, hours: float) -> float | None:
    """When the patient is back on the ward, if in theatre or at home at `hours`; else None."""
    away = [(surgery.ended - surgery.took, surgery.ended) for surgery in patient.surgeries]
    away += [patient.home] if patient.home else []
    return next((back for left, back in away if left <= hours < back), None)
