"""When the looks at a patient come, if each finds the same (protocol §8): for planning, never for a patient."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from monitoring.protocol.course import Course
from monitoring.protocol.events import Check, Operation
from monitoring.protocol.instants import END_OF_TIME
from monitoring.protocol.schedule import next_check_due
from monitoring.protocol.settings import Settings
from monitoring.protocol.vocabulary import FLAGS, MUSCLES, NORMAL_GRADE, Grade, Muscle

ENDED = datetime(2000, 1, 1, tzinfo=UTC)  # any instant: looks are told as spans from it
HEALTHY: Mapping[Muscle, Grade] = dict.fromkeys(MUSCLES, NORMAL_GRADE)


def repeated_looks(
    settings: Settings, *, late: timedelta, first: timedelta | None = None, found: Mapping[Muscle, Grade] = HEALTHY
) -> Iterator[timedelta]:
    """The spans from the index operation's end to each look, every one done `late` after it was due.

    The first is at `first`, else when it is due; every look finds these grades and no red flag, and the next is due by
    it. They go on to the end of the calendar: whoever asks takes as many as they want. `late` is not negative: nobody
    looks before it is due.
    """
    operation = Operation(ENDED, "index")
    course = Course.after([operation], None, settings)
    look = _done(next_check_due(course, operation), late) if first is None else ENDED + first
    while look is not None:
        yield look - ENDED
        course.take(Check(look, found, dict.fromkeys(FLAGS, "absent")))
        look = _done(next_check_due(course, operation), late)


def _done(due: datetime, late: timedelta) -> datetime | None:
    """When a check that is due then is done; None past the end of the calendar."""
    return None if due >= END_OF_TIME - late else due + late
