"""What the ladder does next about one alert: whom it calls and when, or what keeps it quiet."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.alerts.models import Alert
from monitoring.escalation.ascent import Ascent
from monitoring.escalation.climb import ABSENCE_HOLDS_AT_MOST
from monitoring.escalation.ladder import Track
from monitoring.escalation.limits import Limit, next_limit
from monitoring.escalation.models import Climb
from monitoring.escalation.phrases import codes, whom_shown
from wards.models import Absence

TO_DO = {
    "imaging_requested": lazy("imaging must be requested"),
    "imaging_done": lazy("imaging must be done"),
    "decision": lazy("the decision must be made"),
    "look_again": lazy("the patient must be looked at again"),
}


@dataclass(frozen=True, slots=True)
class Next:
    """`whom` is called at `at`; where nobody is, `quiet` says why. `limit`: what must be done before paging resumes."""

    whom: str = ""
    at: datetime | None = None
    quiet: list[str] = field(default_factory=list)
    to_do: str = ""
    to_do_by: datetime | None = None
    held: Absence | None = None
    held_until: datetime | None = None
    being_looked_up: bool = False
    failing_since: datetime | None = None


def what_is_next(alert: Alert, now: datetime, *, climb: Climb | None, absence: Absence | None) -> Next:
    """The plan as it stands. `absence`: where the patient is, if not on the ward."""
    if alert.closed_at is not None:
        return Next(quiet=[_("It is closed: nobody is called.")])
    if climb is None or not climb.progress:
        return Next(being_looked_up=True)
    ascent = Ascent.from_json(climb.progress)
    away = absence if alert.kind == Alert.Kind.OVERDUE else None
    held_until = None if away is None else away.left_at + ABSENCE_HOLDS_AT_MOST
    if held_until is not None and held_until > now:
        return Next(held=away, held_until=held_until)
    tracks = quiet_tracks(alert, now)
    at = ascent.next_at(tracks)
    limit = limit_of(alert)
    return Next(
        whom=_whom(ascent, tracks, at),
        at=at,
        quiet=_why_quiet(alert, ascent, tracks),
        to_do=str(TO_DO[limit.name]) if limit else "",
        to_do_by=limit.at if limit else None,
        being_looked_up=alert.next_step_at is not None and alert.next_step_at <= now,
        failing_since=climb.failing_since,
    )


def quiet_tracks(alert: Alert, now: datetime) -> frozenset[Track]:
    """The tracks on which nobody is called now (protocol §10: two of them)."""
    nursing = {Track.NURSING} if alert.acknowledged_at is not None else set()
    surgical = {Track.SURGICAL} if alert.has_surgeon or alert.is_paused(now) else set()
    return frozenset(nursing | surgical)


def limit_of(alert: Alert) -> Limit | None:
    """The limit that runs for the surgeon who has it."""
    if not alert.has_surgeon:
        return None
    return next_limit(alert, {milestone.kind: milestone.at for milestone in alert.milestones.all()})


def _whom(ascent: Ascent, quiet: frozenset[Track], at: datetime | None) -> str:
    """Whom the rungs that are due first call, each once."""
    due = [planned.rung for planned in ascent.rungs if planned.rung.track not in quiet and planned.next_at == at]
    return "" if at is None else whom_shown(list(dict.fromkeys(code for rung in due for code in codes(rung))))


def _why_quiet(alert: Alert, ascent: Ascent, quiet: frozenset[Track]) -> list[str]:
    """Of each track that has rungs and calls nobody, why."""
    has = {planned.rung.track for planned in ascent.rungs}
    if not has:
        return [_("This level calls nobody by itself: it stands on the board.")]
    said = []
    if Track.NURSING in has & quiet:
        said.append(_("The nurses’ calls are quiet: %(who)s is on it.") % {"who": alert.acknowledged_by})
    if Track.SURGICAL in has & quiet:
        said.append(_why_surgeons_are_quiet(alert))
    if has - quiet and ascent.next_at(quiet) is None:
        said.append(_("Everybody else on the ladder has been called: nobody is called again by itself."))
    return said


def _why_surgeons_are_quiet(alert: Alert) -> str:
    if alert.has_surgeon:
        return _("The surgeons’ calls are quiet: %(who)s has it.") % {"who": alert.accepted_by}
    if alert.pause_confirmed_at:
        return _("The surgeons’ calls are quiet: the correction was confirmed.")
    return _("The surgeons’ calls are quiet: paging pauses after a correction.")
