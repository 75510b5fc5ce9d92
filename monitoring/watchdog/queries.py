"""Is the monitor itself alive? What the database, Redis, the disk and the clocks say of it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from monitoring.live.actions import redis_answers
from monitoring.watchdog.verdict import Around, Look, Probe, Tally, Verdict, judge

# One statement, because pages ask it too. The watchdog's own stays (ids below zero) are no patients. Work counts as
# late ten seconds after it was due: a sweep comes every two. What failed and waits for its next try is not late.
LOOK = """
WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at, clock_timestamp() - interval '10 s' AS late)
SELECT
    at,
    (SELECT json_object_agg(name, extract(epoch FROM moment.at - due_pulse.at)) FROM due_pulse),
    (SELECT json_build_array(count(*), extract(epoch FROM moment.at - min(assess_at)))
        FROM due_watch WHERE assess_at < late AND stay_id > 0),
    (SELECT json_build_array(count(*), extract(epoch FROM moment.at - min(next_step_at)))
        FROM alerts_alert WHERE next_step_at < late AND stay_id > 0),
    (SELECT json_build_array(count(*), extract(epoch FROM moment.at - min(next_attempt_at)))
        FROM escalation_delivery LEFT JOIN alerts_alert ON alerts_alert.id = alert_id
        WHERE next_attempt_at < late AND coalesce(stay_id, 1) > 0),
    (SELECT json_build_array(count(*), extract(epoch FROM moment.at - min(check_due_at)))
        FROM due_watch JOIN wards_stay ON wards_stay.id = stay_id
        WHERE check_due_at < late AND stay_id > 0 AND discharged_at IS NULL AND NOT EXISTS (
            SELECT FROM alerts_alert
            WHERE alerts_alert.stay_id = wards_stay.id AND kind = 'overdue' AND closed_at IS NULL)),
    (SELECT json_build_array(count(*) FILTER (WHERE discharged_at IS NULL),
                             count(*) FILTER (WHERE discharged_at IS NOT NULL))
        FROM due_watch JOIN wards_stay ON wards_stay.id = stay_id WHERE failing_since IS NOT NULL AND stay_id > 0),
    (SELECT count(*) FROM escalation_climb JOIN alerts_alert ON alerts_alert.id = alert_id
        WHERE failing_since IS NOT NULL AND closed_at IS NULL AND stay_id > 0),
    (SELECT json_agg(name ORDER BY name) FROM watchdog_chore WHERE failing_since IS NOT NULL),
    (SELECT json_agg(json_build_array(passed, fault, extract(epoch FROM moment.at - finished_at)))
        FROM (SELECT passed, fault, finished_at FROM watchdog_proberun
              WHERE finished_at IS NOT NULL ORDER BY started_at DESC LIMIT 2) AS last_two),
    (SELECT extract(epoch FROM moment.at - least(done_at, unsealed_since, failing_since)) FROM seals_sealing),
    (SELECT json_agg(channel ORDER BY channel) FROM seals_sealdispatch
        WHERE failing_since < moment.at - interval '15 min'),
    (SELECT json_build_array(count(*) FILTER (WHERE what = 'replay' AND failing_since IS NOT NULL),
                             count(*) FILTER (WHERE what = 'proposal' AND failing_since IS NOT NULL),
                             count(*) FILTER (WHERE due_at < late),
                             extract(epoch FROM moment.at - min(due_at) FILTER (WHERE due_at < late)))
        FROM (SELECT 'replay' AS what, due_at, failing_since FROM proposals_replay WHERE due_at IS NOT NULL
              UNION ALL SELECT 'proposal', due_at, failing_since FROM proposals_proposal WHERE due_at IS NOT NULL)
              AS on_their_way)
FROM moment
"""


def look() -> Look:
    """The state of alerting by the database, in one statement. Raises `django.db.Error` where it is away."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK)
        found = cursor.fetchone()
    (at, pulses, assess, climb, deliver, overdue, failing, climbs, chores, probes, unsealed, unsent, new) = found
    return Look(
        at=at,
        heard=_seconds(pulses or {}),
        assessments=Tally.of(assess),
        steps=Tally.of(climb),
        messages=Tally.of(deliver),
        unalerted=Tally.of(overdue),
        failing=failing[0],
        failing_discharged=failing[1],
        climbs_failing=climbs,
        chores_failing=tuple(chores or ()),
        probes=tuple(Probe(*probe) for probe in probes or ()),
        unsealed=float(unsealed or 0),
        seals_unsent=tuple(unsent or ()),
        replays_failing=new[0],
        adoptions_failing=new[1],
        proposals=Tally.of(new[2:]),
    )


def _seconds(ages: dict[str, Any]) -> dict[str, float]:
    return {name: float(age) for name, age in ages.items()}


def verdict() -> Verdict:
    """The whole verdict, now. Raises `django.db.Error` where the database is away. Redis may take half a second."""
    return judge(look(), around())


def around() -> Around:
    """What this process sees besides the database."""
    return Around(redis=redis_answers(), free_bytes=free_bytes(), clock=datetime.now(UTC))


def free_bytes() -> int | None:
    """The room left where the application writes; None where that cannot be said."""
    try:
        return shutil.disk_usage(settings.VAR_DIR).free
    except OSError:
        return None
