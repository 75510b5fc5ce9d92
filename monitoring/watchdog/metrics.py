"""What Prometheus reads: the verdict, ages, what is late, the stages of a test alert, and counts of rows. No names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4 as CONTENT_TYPE

from monitoring.alerts.models import Alert
from monitoring.due.clock import now
from monitoring.escalation.models import Delivery
from monitoring.registry.freshness import waiting
from monitoring.watchdog.models import ProbeRun
from monitoring.watchdog.verdict import Look, Verdict
from wards.models import Stay

__all__ = ["CONTENT_TYPE", "Measures", "exposition", "measure"]

STAGES = ("recorded", "raised", "called", "shown", "arrived")


@dataclass(frozen=True, slots=True)
class Measures:
    """Counts of real rows, the seconds that each stage of the last finished test alert took, and the
    episodes whose line of the registry is not as the record is, with the seconds since the first of them was.

    Lines are told here and not in the verdict: a study that is behind harms no patient, and must wake nobody up.
    """

    patients: int
    alerts: dict[tuple[str, str], int]
    deliveries: dict[tuple[str, str], int]
    stages: dict[str, float]
    lines: dict[str, int]
    lines_seconds: dict[str, float]


def measure() -> Measures:
    """Ask the database. Raises `django.db.Error` where it is away."""
    alerts = Alert.objects.filter(closed_at__isnull=True, stay__gt=0).values("kind", "level")
    # Tests of a contact have no alert; the watchdog's messages have one of its own.
    deliveries = Delivery.objects.exclude(alert__stay__lt=0).values("channel", "state")
    last = ProbeRun.objects.filter(finished_at__isnull=False).order_by("-started_at").first()
    lines = waiting()
    since = {"waiting": lines.since, "failing": lines.failing_since}
    return Measures(
        patients=Stay.objects.filter(pk__gt=0, discharged_at__isnull=True).count(),
        alerts={(row["kind"], row["level"]): row["rows"] for row in alerts.annotate(rows=Count("pk"))},
        deliveries={(row["channel"], row["state"]): row["rows"] for row in deliveries.annotate(rows=Count("pk"))},
        stages={stage: took for stage in STAGES if (took := getattr(last, stage, None)) is not None},
        lines={"waiting": lines.episodes - lines.failing, "failing": lines.failing},
        lines_seconds={state: (now() - at).total_seconds() for state, at in since.items() if at is not None},
    )


def exposition(verdict: Verdict, look: Look | None, measures: Measures | None) -> bytes:
    """The text that Prometheus reads. What the database did not say is left out; the verdict says that it did not."""
    registry = CollectorRegistry()
    state = Gauge("spinewatch_verdict", "1 for the present verdict", ["status"], registry=registry)
    for status in ("ok", "degraded", "failed"):
        state.labels(status).set(status == verdict.status)
    Gauge("spinewatch_faults", "reasons given by /health/", registry=registry).set(len(verdict.reasons))
    if look is not None:
        _tell_look(look, registry)
    if measures is not None:
        _tell_measures(measures, registry)
    return generate_latest(registry)


def _tell_look(look: Look, registry: CollectorRegistry) -> None:
    _gauges("pulse_age_seconds", "seconds since it was heard from", ["name"], look.heard.items(), registry)
    late = {
        "assessments": look.assessments,
        "steps": look.steps,
        "messages": look.messages,
        "overdue_checks_without_alert": look.unalerted,
        "proposals": look.proposals,
    }
    counts = ((what, tally.rows) for what, tally in late.items())
    _gauges("late", "rows past due by more than ten seconds", ["what"], counts, registry)
    ages = ((what, tally.oldest) for what, tally in late.items())
    _gauges("late_seconds", "how long the oldest is past due", ["what"], ages, registry)
    failing = {
        "assessments": look.failing + look.failing_discharged,
        "climbs": look.climbs_failing,
        "replays": look.replays_failing,
        "adoptions": look.adoptions_failing,
    }
    _gauges("failing", "rows whose work raises", ["what"], failing.items(), registry)
    if look.probes:
        probe = look.probes[0]
        Gauge("spinewatch_probe_passed", "whether the last test alert arrived", registry=registry).set(probe.passed)
        Gauge("spinewatch_probe_age_seconds", "since it ended", registry=registry).set(probe.age)


def _tell_measures(measures: Measures, registry: CollectorRegistry) -> None:
    Gauge("spinewatch_patients", "patients on the wards", registry=registry).set(measures.patients)
    _gauges("open_alerts", "open alerts", ["kind", "level"], measures.alerts.items(), registry)
    _gauges("deliveries", "messages", ["channel", "state"], measures.deliveries.items(), registry)
    _gauges("probe_stage_seconds", "of the last test alert", ["stage"], measures.stages.items(), registry)
    lines = measures.lines.items()
    _gauges("registry_episodes", "episodes whose line is not as the record is", ["state"], lines, registry)
    ages = measures.lines_seconds.items()
    _gauges("registry_oldest_seconds", "since the first of them was not", ["state"], ages, registry)


def _gauges(
    name: str,
    help_text: str,
    labels: list[str],
    values: Iterable[tuple[str | tuple[str, ...], float]],
    registry: CollectorRegistry,
) -> None:
    gauge = Gauge(f"spinewatch_{name}", help_text, labels, registry=registry)
    for key, value in values:
        gauge.labels(*((key,) if isinstance(key, str) else key)).set(value)
