"""The climb: a look at an alert answers what happened to it, calls whom the ladder names now, and plans the next look.

One transaction under the lock of the alert's row, fenced by `Alert.next_step_at`: lost, doubled or run in parallel it
leaves the same rows. Two tracks: a nurse's acknowledgement quiets the nursing rungs only, the surgical ones go on until
a surgeon accepts (protocol §10).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property

from django.db import transaction

from monitoring.alerts.models import PAUSE_LASTS, Alert, AlertEvent
from monitoring.alerts.timeline import note
from monitoring.due.clock import now
from monitoring.due.nudge import nudge
from monitoring.escalation import answers, outbox, phrases
from monitoring.escalation.ascent import Ascent
from monitoring.escalation.ladder import Key, Track, ladder_from_json, ladder_to_json
from monitoring.escalation.limits import Limit, next_limit
from monitoring.escalation.models import Climb, Delivery
from monitoring.escalation.people import Present, Recipient, reachable
from monitoring.escalation.queries import calls_that_failed, ladders_of, people_called
from monitoring.live import topics
from monitoring.live.actions import publish
from wards.models import Staff, Stay, Ward
from wards.rota_queries import absence_of, next_change

ABSENCE_HOLDS_AT_MOST = timedelta(hours=6)
LONGEST_BACK_OFF = 30  # seconds
BOTH = frozenset(Track)
KEYS = {Alert.Kind.OVERDUE: Key.OVERDUE, Alert.Kind.NOT_DONE: Key.NOT_DONE}  # a deficit's ladder is that of its level


def climb(alert_id: int) -> None:
    """Take the alert's next step if it is due."""
    with transaction.atomic():
        alert = Alert.objects.select_for_update(no_key=True).get(pk=alert_id)
        at = now()
        if alert.next_step_at is not None and alert.next_step_at <= at:
            Look(alert, at).take()


def back_off(alert_id: int, error: Exception) -> None:
    """Note that the alert's climb raised `error`; try again in a while, and show it until then."""
    with transaction.atomic():
        alert = Alert.objects.select_for_update(no_key=True).get(pk=alert_id)
        climbing, _made = Climb.objects.get_or_create(alert=alert)
        climbing.failures += 1
        climbing.failing_since = climbing.failing_since or now()
        climbing.last_error = type(error).__name__  # its text may hold patient data
        climbing.save(update_fields=["failures", "failing_since", "last_error"])
        alert.next_step_at = now() + timedelta(seconds=min(2**climbing.failures, LONGEST_BACK_OFF))
        alert.save(update_fields=["next_step_at"])


def retarget(ward_id: int) -> None:
    """Who is there has changed: let every open alert of the ward look again whom it calls.

    No lock is held over several alerts. The ward's mark goes last, and only if it is still the one that was read, so
    that a crash, or another change meanwhile, does it again.
    """
    marked_at = Ward.objects.values_list("retarget_at", flat=True).get(pk=ward_id)
    if marked_at is None:
        return
    open_alerts = Alert.objects.filter(stay__ward=ward_id, closed_at__isnull=True)
    for alert_id in open_alerts.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            Alert.objects.filter(pk=alert_id, closed_at__isnull=True).update(next_step_at=now())
            nudge("climb", alert_id)
    Ward.objects.filter(pk=ward_id, retarget_at=marked_at).update(retarget_at=None)


def retarget_back_off(ward_id: int, _error: Exception) -> None:
    """It raised, which the log has: try again in a while."""
    Ward.objects.filter(pk=ward_id, retarget_at__isnull=False).update(
        retarget_at=now() + timedelta(seconds=LONGEST_BACK_OFF)
    )


class Look:
    """One look at an alert whose row is locked, at the instant `at`."""

    def __init__(self, alert: Alert, at: datetime) -> None:
        self.alert, self.at = alert, at
        self.had_it: set[Staff] = set()  # of those who took it up when there was less: whom to tell
        self.stay = Stay.objects.select_related("ward", "responsible_surgeon").get(pk=alert.stay_id)
        alert.stay = self.stay
        self.climb, _made = Climb.objects.get_or_create(alert=alert)
        if not self.climb.ladders:
            frozen = ladders_of(self.stay.ward_id, alert.opened_at)
            self.climb.ladders = {key.value: ladder_to_json(ladder) for key, ladder in frozen.items()}
        self.ascent = Ascent.from_json(self.climb.progress) if self.climb.progress else self.begin(alert.opened_at)

    def take(self) -> None:
        for event in self.alert.events.filter(pk__gt=self.climb.event_id).order_by("pk"):
            answers.answer(event, self)
            self.climb.event_id = event.pk
        if self.alert.closed_at is None:
            self._end_pause()
            self._lapse()
            self._pass_what_failed()
            self._call_what_is_due()
            self._tell_who_had_it()
            self._follow_the_rota()
        self._save()

    def begin(self, at: datetime) -> Ascent:
        """The ladder that fits the alert, from its first rung. That of an overdue check counts from the due time."""
        key = KEYS.get(Alert.Kind(self.alert.kind)) or Key(self.alert.level)
        since = self.alert.began_at if key is Key.OVERDUE else at
        ladder = ladder_from_json(self.climb.ladders[key.value])
        return Ascent.begin(key, ladder, since, first_step=self.climb.step + 1)

    def begin_again(self, at: datetime) -> Ascent:
        """The ladder that fits the alert by now. What it has planned already is not put off."""
        anew = self.begin(at)
        if anew.key is not self.ascent.key:
            return anew
        return self.ascent.begun_again(at, first_step=anew.first_step)

    @property
    def quiet(self) -> frozenset[Track]:
        """The tracks that do not call at this instant."""
        if self._held_until is not None or self._patient_left:
            return BOTH
        nursing = {Track.NURSING} if self.alert.acknowledged_at is not None else set()
        surgical = {Track.SURGICAL} if self.alert.has_surgeon or self.alert.is_paused(self.at) else set()
        return frozenset(nursing | surgical)

    @property
    def _patient_left(self) -> bool:
        """After a discharge only what is critical and undecided still calls: a check typed late can say so."""
        undecided = self.alert.level == Key.CRITICAL and self.alert.decided_at is None
        return self.stay.discharged_at is not None and not undecided

    @cached_property
    def _held_until(self) -> datetime | None:
        """Until when the patient's absence holds the reminder of a check; it never holds a deficit."""
        if self.alert.kind != Alert.Kind.OVERDUE or (absence := absence_of(self.stay.pk)) is None:
            return None
        until = absence.left_at + ABSENCE_HOLDS_AT_MOST
        return until if until > self.at else None

    @cached_property
    def present(self) -> Present:
        return Present(self.stay, self.at)

    def next_step(self) -> int:
        self.climb.step += 1
        return self.climb.step

    def tell(self, told: list[Delivery], purpose: Delivery.Purpose, why: str) -> None:
        """Tell those who were called something more."""
        if told:
            outbox.tell(self.alert, told, purpose, step=self.next_step(), at=self.at, why=why)

    def _end_pause(self) -> None:
        """ "A second person confirms within 10 min, or it resumes" (protocol §10)."""
        alert = self.alert
        if alert.paused_at is not None and not alert.is_paused(self.at):
            alert.paused_at = None
            resumed = note(alert, AlertEvent.Kind.RESUMED, data={"why": "not_confirmed"})
            answers.answer(resumed, self)
            self.climb.event_id = resumed.pk

    def _lapse(self) -> None:
        """A limit that the surgeon let pass resumes the surgical rungs, one up."""
        limit = self._limit
        if limit is not None and limit.at <= self.at:
            self.alert.lapsed_at = self.at
            note(self.alert, AlertEvent.Kind.LAPSED, data={"limit": limit.name, "at": limit.at.isoformat()})
            self.ascent = self.ascent.resumed(Track.SURGICAL, self.at)

    @property
    def _limit(self) -> Limit | None:
        if not self.alert.has_surgeon:
            return None
        return next_limit(self.alert, dict(self.alert.milestones.values_list("kind", "at")))

    def _pass_what_failed(self) -> None:
        """Where every message of a rung failed for good, nobody was reached by it: the next comes at once."""
        steps = {self.ascent.rungs[number].step: number for number in self.ascent.climbed(self.quiet)}
        for step in calls_that_failed(self.alert, list(steps)):
            number = steps[step]
            if not self.ascent.rungs[number].passed:
                self._pass(number, "not_arrived")

    def _call_what_is_due(self) -> None:
        """A rung that reaches nobody brings the next forward, which may then be due as well."""
        while due := self.ascent.due(self.at, self.quiet):
            for number in due:
                self._call_rung(number)

    def _tell_who_had_it(self) -> None:
        """Who took it up when there was less must know of more, also where no rung has called them since."""
        called = people_called(self.alert, self.ascent.first_step) if self.had_it else set()
        others = [recipient for recipient in map(Recipient, self.had_it) if recipient.key not in called]
        if others:
            outbox.inform(self.alert, others, step=self.next_step(), at=self.at)

    def _call_rung(self, number: int) -> None:
        rung = self.ascent.rungs[number].rung
        recipients = self.present.recipients(rung)
        step = self._call(number, recipients) if recipients else 0
        self.ascent = self.ascent.called(number, self.at, step=step)
        if not reachable(recipients):
            self._pass(number, "nobody_there" if not recipients else "no_channel")

    def _pass(self, number: int, why: str) -> None:
        rung = self.ascent.rungs[number].rung
        note(self.alert, AlertEvent.Kind.NOBODY, data={"rung": number, "whom": phrases.codes(rung), "why": why})
        self.ascent = self.ascent.passed(number, self.at)

    def _call(self, number: int, recipients: list[Recipient], *, since_now: bool = False) -> int:
        rung, step = self.ascent.rungs[number].rung, self.next_step()
        whom = phrases.words(rung)
        why = phrases.SINCE_NOW % {"whom": whom} if since_now else whom
        outbox.call(self.alert, recipients, step=step, at=self.at, track=rung.track, why=why)
        data = {"step": step, "rung": number, "whom": phrases.codes(rung), "people": names(recipients)}
        note(self.alert, AlertEvent.Kind.CALLED, data=data | ({"since_now": True} if since_now else {}))
        return step

    def _follow_the_rota(self) -> None:
        """People are looked up when a rung is climbed. Where the rota, the allocation or the ward has changed since,
        the timeline says so, and whoever is new on a rung that has been climbed is called too.
        """
        named = [self.present.recipients(planned.rung) for planned in self.ascent.rungs]
        targets = [[recipient.key for recipient in recipients] for recipients in named]
        before, self.climb.targets = self.climb.targets, targets
        climbed, called = self.ascent.climbed(self.quiet), people_called(self.alert, self.ascent.first_step)
        for number, planned in enumerate(self.ascent.rungs):
            if len(before) == len(targets) and before[number] != targets[number]:
                data = {"rung": number, "whom": phrases.codes(planned.rung), "people": names(named[number])}
                note(self.alert, AlertEvent.Kind.RETARGETED, data=data)
            new = [recipient for recipient in named[number] if recipient.key not in called]
            if number in climbed and new:
                self._call(number, new, since_now=True)
                called |= {recipient.key for recipient in new}

    def _save(self) -> None:
        self.climb.progress = self.ascent.to_json()
        self.climb.failures, self.climb.failing_since, self.climb.last_error = 0, None, ""
        self.climb.save()
        self.alert.next_step_at = None if self.alert.closed_at is not None else self._next_look()
        self.alert.save(update_fields=["next_step_at", "paused_at", "lapsed_at"])
        publish(topics.ward(self.stay.ward_id))

    def _next_look(self) -> datetime | None:
        """The earliest of: the next rung, a limit, the end of a pause or of an absence's hold, a change of the rota."""
        alert, limit = self.alert, self._limit
        pauses = alert.paused_at is not None and alert.pause_confirmed_at is None
        times = [
            self.ascent.next_at(self.quiet),
            None if limit is None else limit.at,
            alert.paused_at + PAUSE_LASTS if pauses and alert.paused_at else None,
            self._held_until,
            next_change(self.stay.ward_id, self.stay.pk, self.at) if self._still_calls() else None,
        ]
        return min((time for time in times if time is not None), default=None)

    def _still_calls(self) -> bool:
        """Whether somebody who comes on duty would have to know: a track is not quiet and has rungs."""
        return any(planned.rung.track not in self.quiet for planned in self.ascent.rungs)


def names(recipients: list[Recipient]) -> list[str]:
    """Who was meant, for the timeline: a colleague's name as it was then, or the code of what the number is for."""
    return [recipient.name for recipient in recipients]
