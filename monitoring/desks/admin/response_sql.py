"""The SQL of the response times: one row for each critical alert with its moments, and what is counted over them.

The moments are those of `pathway.story_moments`, where the definitions stand; a test holds that both agree. They are
told here for every alert of a period at once, because a page of a year cannot read a year's histories. An alert's clock
starts when it called for a critical deficit: at its opening, or at its rise.
"""

from __future__ import annotations

from typing import Final

STANDING: Final = "{row}.retracted_at IS NULL AND NOT EXISTS (SELECT FROM {table} x WHERE x.supersedes_id = {row}.id)"
AS_SURGEON: Final = "e.kind IN ('handed_over', 'reopened') AND e.data ->> 'as' = 'surgeon'"
AS_NURSE: Final = "e.kind IN ('handed_over', 'reopened') AND e.data ->> 'as' IS DISTINCT FROM 'surgeon'"

MOMENTS: Final = f"""
SELECT a.id, a.public_id, s.public_id AS stay, s.ward_id, bed.label AS bed, ward.time_zone, a.closed_at, a.outcome,
    a.acknowledged_at IS NULL AND (a.accepted_at IS NULL OR a.lapsed_at IS NOT NULL) AS is_unanswered,
    a.accepted_at IS NULL OR a.lapsed_at IS NOT NULL AS has_no_surgeon,
    onset.examined AS examined_at, coalesce(written.showing, written.any_of_them) AS recorded_at, called.at AS alert_at,
    answered.acknowledged AS acknowledged_at, answered.accepted AS accepted_at,
    coalesce(imaged.at, done.imaging) AS imaging_at, answered.decided AS decided_at,
    coalesce(operated.at, done.exploration) AS theatre_at,
    to_char(called.at AT TIME ZONE ward.time_zone, 'YYYY-MM') AS month,
    to_char(called.at AT TIME ZONE ward.time_zone, 'HH24') AS hour
FROM alerts_alert a
JOIN wards_stay s ON s.id = a.stay_id
JOIN wards_ward ward ON ward.id = s.ward_id
JOIN wards_bed bed ON bed.id = s.bed_id
CROSS JOIN LATERAL (
    SELECT coalesce(a.seen_at, a.began_at) AS examined,
        least(coalesce(a.last_good_at, a.began_at), coalesce(a.seen_at, a.began_at)) AS since
) onset
CROSS JOIN LATERAL (
    SELECT coalesce(min(e.at), a.opened_at) AS at FROM alerts_alertevent e
    WHERE e.alert_id = a.id AND e.kind IN ('opened', 'rose') AND e.data ->> 'level' = 'critical'
) called
CROSS JOIN LATERAL (
    SELECT min(n.began_at) AS at FROM alerts_alert n JOIN wards_stay ns ON ns.id = n.stay_id
    WHERE ns.episode_id = s.episode_id AND n.kind = 'deficit' AND n.level IN ('concern', 'critical')
        AND (n.began_at, n.opened_at) > (a.began_at, a.opened_at)
) following
CROSS JOIN LATERAL (
    SELECT min(e.at) FILTER (WHERE e.kind = 'acknowledged' OR {AS_NURSE}) AS acknowledged,
        min(e.at) FILTER (WHERE e.kind IN ('accepted', 'decided') OR {AS_SURGEON}) AS accepted,
        min(e.at) FILTER (WHERE e.kind = 'decided') AS decided
    FROM alerts_alertevent e WHERE e.alert_id = a.id AND e.at >= called.at
) answered
CROSS JOIN LATERAL (
    SELECT min(m.at) FILTER (WHERE m.kind = 'imaging_done') AS imaging,
        min(m.at) FILTER (WHERE m.kind = 'exploration_begun') AS exploration
    FROM alerts_milestone m WHERE m.alert_id = a.id
) done
CROSS JOIN LATERAL (
    SELECT min(c.recorded_at) AS any_of_them, min(c.recorded_at) FILTER (WHERE EXISTS (
            SELECT FROM jsonb_each(a.muscles) muscle
            WHERE (to_jsonb(c) ->> replace(lower(muscle.key), ' ', '_'))::int < (muscle.value ->> 'reference')::int
        ) OR EXISTS (
            SELECT FROM jsonb_array_elements_text(a.flags) flag WHERE to_jsonb(c) ->> flag = 'present'
        )) AS showing
    FROM checks_check c
    WHERE c.episode_id = s.episode_id AND c.place = (
        SELECT seen.place FROM checks_check seen
        WHERE seen.episode_id = s.episode_id AND seen.examined_at = onset.examined
        ORDER BY ({STANDING.format(row="seen", table="checks_check")}) DESC, seen.id DESC LIMIT 1
    )
) written
CROSS JOIN LATERAL (
    SELECT min(i.happened_at) AS at FROM pathway_imaging i
    WHERE i.episode_id = s.episode_id AND i.stage = 'done' AND {STANDING.format(row="i", table="pathway_imaging")}
        AND i.happened_at BETWEEN onset.since AND coalesce(a.closed_at, following.at, now())
) imaged
LEFT JOIN LATERAL (
    SELECT o.started_at AS at FROM wards_operation o
    WHERE o.episode_id = s.episode_id AND o.kind = 'secondary' AND o.ended_at > onset.examined
        AND {STANDING.format(row="o", table="wards_operation")}
        AND (following.at IS NULL OR o.started_at < following.at)
        AND (a.closed_at IS NULL OR o.started_at <= a.closed_at OR a.outcome = 'explored')
        AND NOT EXISTS (
            SELECT FROM pathway_exploration p WHERE p.episode_id = s.episode_id AND p.operation_place = o.place
                AND p.indication <> 'deficit' AND {STANDING.format(row="p", table="pathway_exploration")}
        )
    ORDER BY o.ended_at LIMIT 1
) operated ON true
WHERE a.kind = 'deficit' AND a.level = 'critical' AND a.id > 0 AND s.ward_id = ANY(%(wards)s)
"""

IN_PERIOD: Final = f"SELECT * FROM ({MOMENTS}) every_one WHERE alert_at >= %(since)s AND alert_at < %(until)s"

TOOK: Final = """
SELECT m.*, step.name AS step,
    extract(epoch FROM step.at - CASE %(base)s WHEN 'alert' THEN alert_at ELSE examined_at END) AS took
FROM moments m CROSS JOIN LATERAL (VALUES
    ('recorded', recorded_at), ('alert', alert_at), ('acknowledged', acknowledged_at), ('accepted', accepted_at),
    ('imaging', imaging_at), ('decided', decided_at), ('theatre', theatre_at)
) AS step(name, at)
"""

PARTS: Final = {"ward": "ward_id::text", "month": "month", "hour": "hour"}
"""By what the alerts are told apart, as it is called in an address."""


def summary(part: str) -> str:
    """How long each step took, over all alerts and over each part of them."""
    return f"""
WITH moments AS MATERIALIZED ({IN_PERIOD}), told AS (SELECT *, {PARTS[part]} AS part FROM ({TOOK}) took)
SELECT step, part, count(*), count(took), count(*) FILTER (WHERE took IS NULL AND closed_at IS NULL),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY took), max(took)
FROM told GROUP BY GROUPING SETS ((step), (step, part))
"""


def behind(part: str) -> str:
    """The alerts behind one number, whoever took longest first; those whose step is not known before all."""
    return f"""
WITH moments AS MATERIALIZED ({IN_PERIOD}), told AS (SELECT *, {PARTS[part]} AS part FROM ({TOOK}) took)
SELECT told.public_id, stay, ward_id, bed, examined_at, recorded_at, alert_at, acknowledged_at, accepted_at, imaging_at,
    decided_at, theatre_at, closed_at, took,
    (SELECT json_agg(json_build_array(d.post, p.last_name, p.first_name) ORDER BY d.post, p.last_name)
        FROM wards_duty d JOIN wards_staff p ON p.id = d.staff_id
        WHERE d.ward_id = told.ward_id AND d.starts_at <= alert_at AND d.ends_at > alert_at
            AND (d.cancelled_at IS NULL OR d.cancelled_at > alert_at)),
    (SELECT count(*) FROM escalation_delivery f WHERE f.alert_id = told.id AND f.state IN ('failed', 'retrying')),
    (SELECT count(*) FROM alerts_alertevent e WHERE e.alert_id = told.id AND e.kind = 'nobody')
FROM told
WHERE step = %(step)s AND (%(part)s = '' OR part = %(part)s) AND CASE %(state)s
    WHEN 'known' THEN took IS NOT NULL WHEN 'waiting' THEN took IS NULL AND closed_at IS NULL
    WHEN 'never' THEN took IS NULL AND closed_at IS NOT NULL
    WHEN 'failed' THEN EXISTS (SELECT FROM escalation_delivery f WHERE f.alert_id = told.id
        AND f.state IN ('failed', 'retrying') AND (%(channel)s = '' OR f.channel = %(channel)s))
    WHEN 'nobody' THEN EXISTS (SELECT FROM alerts_alertevent e WHERE e.alert_id = told.id AND e.kind = 'nobody')
    ELSE true END
ORDER BY took DESC NULLS FIRST, alert_at DESC LIMIT %(most)s
"""


UNANSWERED: Final = f"""
SELECT public_id, stay, ward_id, bed, examined_at, alert_at, is_unanswered FROM ({MOMENTS}) every_one
WHERE closed_at IS NULL AND has_no_surgeon ORDER BY is_unanswered DESC, alert_at
"""

OVERDUE: Final = """
WITH late AS (
    SELECT s.ward_id, a.closed_at, extract(epoch FROM coalesce(a.closed_at, now()) - a.began_at) AS late
    FROM alerts_alert a JOIN wards_stay s ON s.id = a.stay_id
    WHERE a.kind = 'overdue' AND a.id > 0 AND s.ward_id = ANY(%(wards)s)
        AND a.began_at >= %(since)s AND a.began_at < %(until)s
)
SELECT ward_id, count(*), count(*) FILTER (WHERE closed_at IS NULL),
    percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY late), max(late)
FROM late GROUP BY GROUPING SETS ((), (ward_id)) HAVING count(*) > 0
"""

SENT: Final = """
SELECT d.channel, count(*), count(*) FILTER (WHERE d.state = 'failed'), count(*) FILTER (WHERE d.state = 'retrying'),
    count(DISTINCT d.alert_id) FILTER (WHERE d.state IN ('failed', 'retrying')
        AND a.kind = 'deficit' AND a.level = 'critical')
FROM escalation_delivery d JOIN alerts_alert a ON a.id = d.alert_id JOIN wards_stay s ON s.id = a.stay_id
WHERE a.id > 0 AND s.ward_id = ANY(%(wards)s) AND d.created_at >= %(since)s AND d.created_at < %(until)s
GROUP BY d.channel ORDER BY 3 DESC, 2 DESC
"""
