"""What the watchdog does again and again, and what its test alerts found. None of it is about a patient."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Chore(models.Model):
    """Something that comes again at `due_at`, by its name in `chores.CHORES`."""

    name = models.CharField(max_length=16, unique=True)
    due_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class ProbeRun(models.Model):
    """One test alert: a patient who does not exist falls ill, and the call must arrive.

    The stages are seconds since the check was sent, None where that stage was not reached: the check is `recorded`, a
    critical alert is `raised`, somebody is `called`, an open page would have been told (`shown`), the message has
    `arrived`. `passed` is None while it runs; `shown` alone may be missing in a run that passed (Redis away). The
    number of a run, negated, is that of its stay and episode.
    """

    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    recorded = models.FloatField(null=True)
    raised = models.FloatField(null=True)
    called = models.FloatField(null=True)
    shown = models.FloatField(null=True)
    arrived = models.FloatField(null=True)
    passed = models.BooleanField(null=True)
    fault = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["started_at"], name="probe_runs_by_time")]

    def __str__(self) -> str:
        return f"probe {self.pk}"
