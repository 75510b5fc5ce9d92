"""A new version of a ward's protocol on the demo ward, proposed by a second administrator and replayed; and one that
came in force on the ward beside it."""

from __future__ import annotations

from monitoring.proposals.actions import propose
from monitoring.proposals.models import Replay
from monitoring.proposals.replaying import go_on
from monitoring.protocol import ScheduleRow, Settings
from wards.actions import adopt_protocol
from wards.models import Staff, Ward


def propose_a_version(ward: Ward, beside: Ward, *, administrator: Staff) -> None:
    """Somebody else's proposal, so that `administrator` may approve it."""
    author = Staff.objects.get(username="noel")
    values: dict[str, object] = {name: getattr(Settings(), name) for name in Settings.__slots__}
    stricter = {"major_drop_grades": 2, "trial_limit_minutes": 90, "raised_interval_minutes": 20}
    why = "Two drops of 2 grades in May turned out to be haematomas."
    propose(ward, by=author, values=values | stricter, reason=why, replaces=0)
    replay = Replay.objects.get(draft__proposal__ward=ward)
    while replay.due_at is not None:
        go_on(replay.pk)
        replay.refresh_from_db()
    schedule = (ScheduleRow(2, 15), ScheduleRow(24, 60), ScheduleRow(72, 180), ScheduleRow(None, 480))
    for settings, reason in (
        (Settings(schedule=schedule), "Agreed with the clinical lead."),
        (Settings(schedule=schedule, start_limit_minutes=15), "Treatment is started within a quarter of an hour here."),
    ):
        adopt_protocol(beside, by=administrator, settings=settings, reason=reason)
