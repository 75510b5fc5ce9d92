"""When a check is due, and what has gone untested (protocol §4 finding 10, §8)."""

from datetime import datetime, timedelta

from monitoring.protocol.course import Course
from monitoring.protocol.events import Operation
from monitoring.protocol.findings import Finding, level_of
from monitoring.protocol.instants import Clock, minutes_after
from monitoring.protocol.vocabulary import Level, Muscle, Rule

HOUR = timedelta(hours=1)


def last_look(course: Course, operation: Operation) -> datetime:
    """Protocol §8: "where findings 1–9 name muscles or flags, the earliest of the times at which each of them was last
    graded or assessed; else the most recent check after the operation that graded a muscle; else the operation's
    end"."""
    named = frozenset().union(*(finding.names for finding in course.findings))
    looks = [record.latest_at for muscle, record in course.muscles.items() if muscle in named]
    looks += [record.assessed_at for flag, record in course.flags.items() if flag in named]
    return min((at for at in looks if at is not None), default=course.last_graded_at or operation.at)


def next_check_due(course: Course, operation: Operation) -> datetime:
    """Protocol §8: "the last look + the interval"."""
    look = last_look(course, operation)
    minutes = scheduled_minutes(course, look, operation)
    if is_interval_raised(course, look):
        minutes = min(minutes, course.settings.raised_interval_minutes)
    return minutes_after(look, minutes)


def scheduled_minutes(course: Course, look: datetime, operation: Operation) -> int:
    """Protocol §8: the row is chosen by the last look's "distance from the operation's end (exactly on a boundary: the
    later row)"."""
    hours = (look - operation.at) / HOUR
    rows = course.settings.schedule
    return next(row.every_minutes for row in rows if row.until_hours is None or hours < row.until_hours)


def is_interval_raised(course: Course, look: datetime) -> bool:
    """Protocol §8: "while findings 1–9 reach `concern` or `critical`, or a severe or critical run is on, or they reach
    `watch` and the last look is less than `watch_for_minutes` after the first event of the present unbroken row"."""
    if course.severe_run is not None or course.critical_run is not None:
        return True
    level = level_of(course.findings)
    return level >= Level.CONCERN or (level is Level.WATCH and is_watch_young(course, look))


def is_watch_young(course: Course, look: datetime) -> bool:
    """Protocol §8: "less than `watch_for_minutes` after the first event of the present unbroken row of evaluations"."""
    since = course.found_since
    return since is not None and look < minutes_after(since, course.settings.watch_for_minutes)


def untested_from(course: Course, operation: Operation) -> dict[str, datetime]:
    """From when each muscle and flag counts as untested.

    Finding 10: "`untested_after_minutes` or more … since the later of: the operation, the muscle's latest grade or the
    flag's last assessment".
    """
    looks: dict[str, datetime | None] = {
        **{muscle: record.latest_at for muscle, record in course.muscles.items() if record.watched},
        **{flag: record.assessed_at for flag, record in course.flags.items()},
    }
    minutes = course.settings.untested_after_minutes
    return {name: minutes_after(max(at or operation.at, operation.at), minutes) for name, at in looks.items()}


def untested(course: Course, operation: Operation, clock: Clock) -> Finding:
    """Finding 10, "at `now`"; it names nothing where nothing is untested."""
    names = [name for name, since in untested_from(course, operation).items() if clock.reached(since)]
    return Finding(
        Rule.UNTESTED,
        untested_muscles=tuple(name for name in names if isinstance(name, Muscle)),
        flags=tuple(name for name in names if not isinstance(name, Muscle)),
    )
