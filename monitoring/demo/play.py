"""A patient of the demo gets worse while somebody watches, through the same actions as the nurse's form."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from django.db.models import QuerySet

from monitoring.alerts import steps
from monitoring.alerts.models import Alert
from monitoring.checks.actions import record_check
from monitoring.checks.findings import findings_of
from monitoring.checks.models import Check
from monitoring.demo.people import SPINE
from monitoring.due.models import Watch
from monitoring.protocol import Muscle
from wards.models import Staff, Stay

MUSCLE = Muscle.L4_LEFT
COURSE = (5, 4, 3, 1)
NORMAL_GRADE = COURSE[0]
NURSE, SURGEON = "alice", "sam"
NOTE = "Seen in demo --play."
OVER = "Played before: at full strength again."
PATIENCE_SECONDS = 5.0

Say = Callable[[str], None]


class CannotPlay(Exception):
    """Why there is nothing to see; one line that says what to do."""


def play(*, seconds: float, say: Say) -> None:
    """Let one stable patient's left ankle fall from 5 to 1 within so many seconds. Raises CannotPlay."""
    stay = _stable_stay() or _recovered_stay(say)
    say(f"Bed {stay.bed}, {stay.patient.display_name}: stable. In {seconds:.0f} seconds that will be different.")
    say(f"Watch the board (/wards/{SPINE.code}/, {NURSE}) and, in a second browser, the inbox (/inbox/, {SURGEON}).")
    for grade in COURSE:
        time.sleep(seconds / len(COURSE))
        level, took = _record(stay, grade)
        say(f"  {NURSE} records {MUSCLE} grade {grade}: {level}, {1000 * took:.0f} ms after saving.")
    say(f"The alert is in {SURGEON}'s inbox now. To see it again: make manage ARGS='demo --play'")


def _open_stays() -> QuerySet[Stay]:
    stays = Stay.objects.filter(ward__code=SPINE.code, discharged_at__isnull=True)
    return stays.select_related("patient", "bed", "ward", "watch").order_by("-bed__label")


def _stable_stay() -> Stay | None:
    """A patient who is watched, stable and without an open alert, and whose left ankle is at full strength."""
    alerting = Alert.objects.filter(closed_at__isnull=True).values("stay")
    for stay in _open_stays().filter(watch__level="stable").exclude(pk__in=alerting):
        seen = stay.watch.assessment
        if seen and seen["has_operation"] and seen["has_baseline"] and seen["latest"].get(MUSCLE) == NORMAL_GRADE:
            return stay
    return None


def _recovered_stay(say: Say) -> Stay:
    """One that was played before: found at full strength again, and its alert closed by the surgeon."""
    played = Check.objects.filter(note=NOTE).values("stay")
    stay = _open_stays().filter(pk__in=played).order_by("watch__assessed_at").first()
    if stay is None:
        raise CannotPlay(
            f"No watched, stable patient with {MUSCLE} at grade {NORMAL_GRADE} is left on ward {SPINE.code}."
        )
    _record(stay, NORMAL_GRADE)
    for alert in Alert.objects.filter(stay=stay, kind=Alert.Kind.DEFICIT, closed_at__isnull=True):
        surgeon = Staff.objects.get(username=SURGEON)
        steps.close(alert, by=surgeon, revision=alert.revision, outcome=Alert.Outcome.OTHER, text=OVER)
    say(f"Nobody else is stable: bed {stay.bed} is at full strength again, and {SURGEON} has closed the alert.")
    return stay


def _record(stay: Stay, grade: int) -> tuple[str, float]:
    """Record a look as `NURSE`; the level that came of it, and the seconds until it was known. Raises CannotPlay."""
    last = Check.objects.standing().filter(episode=stay.episode_id).latest("examined_at")
    before = findings_of(last)
    seen = replace(before, muscles={**before.muscles, MUSCLE: grade}, second_examiner=None, note=NOTE)
    check = record_check(stay, by=Staff.objects.get(username=NURSE), at=None, findings=seen, key=uuid.uuid4())
    saved = time.monotonic()
    while (waited := time.monotonic() - saved) < PATIENCE_SECONDS:
        watch = Watch.objects.get(stay=stay)
        if watch.assessed_at is not None and watch.assessed_at >= check.recorded_at:
            return watch.level, waited
        time.sleep(0.01)
    raise CannotPlay(
        f"The check is saved, and nobody assessed it within {PATIENCE_SECONDS:.0f} s: is `make run` running?"
    )
