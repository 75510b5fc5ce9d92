"""Reads of the response times: five statements, whatever the period. What each counts: `response_sql`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from monitoring.desks.admin import response_sql
from monitoring.desks.admin.response_asked import Asked, By, Step
from wards.models import Post, Ward
from wards.names import spoken_name

FEW: Final = 10
"""Of fewer times than this a median says little, and one in ten nothing."""

MOST_BEHIND: Final = 100


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took, over `n` times; None where there are none."""

    n: int
    median: timedelta | None
    tail: timedelta | None
    longest: timedelta | None

    @property
    def is_few(self) -> bool:
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class Counted:
    """One step of some alerts. `waiting`: those open in which it is not done yet; `never`: those closed without it."""

    alerts: int
    took: Spread
    waiting: int

    @property
    def never(self) -> int:
        return self.alerts - self.took.n - self.waiting


@dataclass(frozen=True, slots=True)
class Summary:
    """Over all alerts by step, and by part and step. Parts are as an address names them, in their order."""

    whole: Mapping[Step, Counted]
    parts: Mapping[str, Mapping[Step, Counted]]

    @property
    def alerts(self) -> int:
        return next((counted.alerts for counted in self.whole.values()), 0)


def summary_of(asked: Asked) -> Summary:
    """One statement."""
    codes = {str(ward.pk): ward.code for ward in asked.wards}
    whole: dict[Step, Counted] = {}
    parts: dict[str, dict[Step, Counted]] = {}
    for step, part, alerts, known, waiting, middle, longest in _rows(response_sql.summary(asked.by), asked):
        counted = Counted(alerts, _spread(known, middle, longest), waiting)
        if part is None:
            whole[Step(step)] = counted
        else:
            parts.setdefault(codes[part] if asked.by == By.WARD else part, {})[Step(step)] = counted
    return Summary(whole, dict(sorted(parts.items())))


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open critical alert that no surgeon has; `is_unanswered`: nor has a nurse acknowledged it."""

    public_id: UUID
    stay: UUID
    ward: Ward
    bed: str
    examined_at: datetime
    alert_at: datetime
    is_unanswered: bool


def waiting_for_an_answer(asked: Asked) -> list[Waiting]:
    """Whatever the period: those nobody has answered first, then the oldest. One statement."""
    wards = {ward.pk: ward for ward in asked.wards}
    return [
        Waiting(public_id, stay, wards[ward], bed, examined, alert, nobody)
        for public_id, stay, ward, bed, examined, alert, nobody in _rows(response_sql.UNANSWERED, asked)
    ]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who held a post when an alert called."""

    post: str
    who: str

    @property
    def words(self) -> str:
        return f"{self.who} ({Post(self.post).label})"


@dataclass(frozen=True, slots=True)
class Behind:
    """One alert behind a number: its moments by step, how long the step took, who was on, and what went wrong."""

    public_id: UUID
    stay: UUID
    ward: Ward
    bed: str
    examined_at: datetime
    alert_at: datetime
    moments: Mapping[Step, datetime | None]
    closed_at: datetime | None
    took: timedelta | None
    on_duty: Sequence[OnDuty]
    failed: int
    nobody: int

    @property
    def had_surgeon_on_call(self) -> bool:
        return any(one.post == Post.SURGEON_ON_CALL for one in self.on_duty)


def alerts_behind(asked: Asked) -> list[Behind]:
    """The alerts of the number asked about, at most one more than are shown. One statement."""
    assert asked.behind is not None
    wards = {ward.pk: ward for ward in asked.wards}
    part = (
        next((str(ward.pk) for ward in asked.wards if ward.code == asked.part), "0")
        if asked.by == By.WARD
        else asked.part
    )
    values = {
        "step": asked.behind.value,
        "state": asked.state.value,
        "part": part if asked.part else "",
        "channel": asked.channel,
        "most": MOST_BEHIND + 1,
    }
    return [_behind(row, wards) for row in _rows(response_sql.behind(asked.by), asked, **values)]


def _part(asked: Asked) -> str:
    """The part asked for as the rows have it: of a ward the id, which stands in no address."""
    if asked.by != By.WARD or not asked.part:
        return asked.part
    return next((str(ward.pk) for ward in asked.wards if ward.code == asked.part), "none")


def _behind(row: Sequence[Any], wards: Mapping[int, Ward]) -> Behind:
    public_id, stay, ward, bed, examined, *moments, closed, took, duty, failed, nobody = row
    by_step = dict(zip(Step, moments, strict=True))
    return Behind(
        public_id=public_id,
        stay=stay,
        ward=wards[ward],
        bed=bed,
        examined_at=examined,
        alert_at=by_step[Step.ALERT],
        moments=by_step,
        closed_at=closed,
        took=_span(took),
        on_duty=[OnDuty(post, spoken_name(family, given)) for post, family, given in duty or ()],
        failed=failed,
        nobody=nobody,
    )


@dataclass(frozen=True, slots=True)
class Overdue:
    """Checks that were not done in time, of one ward (None: of all); `still`: are not done yet."""

    ward: Ward | None
    still: int
    late: Spread


def overdue_checks(asked: Asked) -> list[Overdue]:
    """All wards together first. One statement."""
    wards = {ward.pk: ward for ward in asked.wards}
    found = [
        Overdue(None if ward is None else wards[ward], still, _spread(n, middle, longest))
        for ward, n, still, middle, longest in _rows(response_sql.OVERDUE, asked)
    ]
    return sorted(found, key=lambda one: "" if one.ward is None else one.ward.code)


@dataclass(frozen=True, slots=True)
class Sent:
    """The messages of one channel. `alerts`: critical ones of which a message failed."""

    channel: str
    messages: int
    failed: int
    retrying: int
    alerts: int


def messages_sent(asked: Asked) -> list[Sent]:
    """By channel, the one that failed most first. One statement."""
    return [Sent(*row) for row in _rows(response_sql.SENT, asked)]


def _rows(sql: str, asked: Asked, **more: Any) -> list[tuple[Any, ...]]:
    wards = [ward.pk for ward in asked.shown_wards]
    values = {"wards": wards, "since": asked.begins, "until": asked.ends, "base": asked.base.value, **more}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def _spread(n: int, middle: Sequence[float] | None, longest: float | None) -> Spread:
    median, tail = middle or (None, None)
    return Spread(n, _span(median), _span(tail), _span(longest))


def _span(seconds: Any) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=float(seconds))
