"""When the assessment changes: on the clock, and as events come (protocol §10)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, zip_longest

from monitoring.protocol.assess import assessment_of
from monitoring.protocol.assessment import Assessment
from monitoring.protocol.course import Course
from monitoring.protocol.events import Event, Timeline, instant_of
from monitoring.protocol.instants import END_OF_TIME, Clock, in_utc, tick_after
from monitoring.protocol.schedule import next_check_due, untested_from
from monitoring.protocol.settings import Settings


@dataclass(frozen=True, slots=True)
class Moment:
    """The assessment at an instant: after `event`, or because the clock came there."""

    at: datetime
    assessment: Assessment
    event: Event | None = None


def next_change(timeline: Timeline, settings: Settings, now: datetime) -> datetime | None:
    """Protocol §10: "the first later instant at which the assessment would differ with nothing more recorded (events
    dated ahead included), or none; until then it is constant".

    Instants are a microsecond apart: a check becomes overdue one microsecond after it is due.
    """
    now = in_utc(now)
    events = timeline.standing()
    course = Course.after((event for event in events if event.at <= now), timeline.symptomatic_side, settings)
    present = assessment_of(course, Clock(now))
    for at, together in groupby((event for event in events if event.at > now), key=instant_of):
        change = clock_change(course, now)
        if change is not None and change < at:
            return change
        for event in together:
            course.take(event)
        if assessment_of(course, Clock(at)) != present:
            return at
        now = at
    return clock_change(course, now)


def passage(timeline: Timeline, settings: Settings, since: datetime, now: datetime) -> tuple[Moment, ...]:
    """Every assessment that held from `since` until `now`, in order: "nothing passes unseen" (protocol §10).

    There is a moment after each event at or after `since`, also where several share an instant; one for each instant
    in between at which the clock changed the assessment; and one for `now`, last. The first is at `since` (or at `now`
    where that is earlier): where no event happened at that very instant, it tells what stood there.
    """
    since, now = in_utc(since), in_utc(now)
    events = [event for event in timeline.standing() if event.at <= now]
    course = Course.after((event for event in events if event.at < since), timeline.symptomatic_side, settings)
    moments = list(_moments_before_now(course, [event for event in events if event.at >= since], since, now))
    return (*moments, Moment(now, assessment_of(course, Clock(now))))


def _moments_before_now(course: Course, coming: list[Event], since: datetime, now: datetime) -> Iterator[Moment]:
    """All moments but the last; the course takes the coming events on the way."""
    if since < now and (not coming or since < coming[0].at):
        yield Moment(since, assessment_of(course, Clock(since)))
    reached = since
    for event, following in zip_longest(coming, coming[1:]):
        yield from _clock_moments(course, reached, event.at)
        course.take(event)
        reached = event.at
        is_last_of_instant = following is None or reached < following.at
        yield Moment(reached, assessment_of(course, Clock(reached, settled=is_last_of_instant)), event)
    yield from _clock_moments(course, reached, now)


def _clock_moments(course: Course, after: datetime, before: datetime) -> Iterator[Moment]:
    """The moments between two instants, both excluded, at which the clock alone changes the assessment."""
    at = clock_change(course, after)
    while at is not None and at < before:
        yield Moment(at, assessment_of(course, Clock(at)))
        at = clock_change(course, at)


def clock_change(course: Course, after: datetime) -> datetime | None:
    """The first instant later than `after` at which the assessment changes with no event: a muscle or flag has gone
    untested, the next check is overdue, or the trial of treatment has come to its limit."""
    if course.operation is None:
        return None
    instants = [*untested_from(course, course.operation).values(), tick_after(next_check_due(course, course.operation))]
    if course.trial is not None and course.severe:
        instants.append(course.trial.limit(course.settings))
    return min((at for at in instants if after < at < END_OF_TIME), default=None)
