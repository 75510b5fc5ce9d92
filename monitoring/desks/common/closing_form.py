"""The outcomes that an alert can be closed with, and beside each what is missing on the record for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.forms import ChoiceField

from monitoring.alerts.history import read_history
from monitoring.alerts.models import Alert
from monitoring.alerts.outcomes import missing
from monitoring.checks.models import Acceptance, Check, Treatment
from monitoring.checks.queries import Entry, timeline_of
from monitoring.desks.common.alert_forms import CloseForm
from monitoring.desks.common.gather import Asked, Gathering
from monitoring.protocol import Timeline
from wards.models import Operation


@dataclass(frozen=True, slots=True)
class Outcome:
    """One answer to "How did it end?". `missing`: why the step would refuse it as things stand."""

    value: str
    words: str
    is_chosen: bool
    missing: str


def outcomes(alert: Alert, form: CloseForm, *, at: datetime) -> list[Outcome]:
    """In the form's order, as it is at the present instant. Read without a lock, to be shown: the step judges again."""
    history = read_history(alert.stay, alert.stay.watch, past=_past(alert.stay.episode_id), at=at)
    chosen = form["outcome"].value()
    choices = cast(Iterable[tuple[str, str]], cast(ChoiceField, form.fields["outcome"]).choices)
    return [Outcome(value, words, value == chosen, missing(alert, history, value)) for value, words in choices]


def _past(episode_id: int) -> Timeline:
    """As `checks.queries.timeline`, in one statement."""
    gathering = Gathering()
    asked: list[Asked[Check] | Asked[Operation] | Asked[Treatment] | Asked[Acceptance]] = [
        gathering.ask(Check.objects.standing().filter(episode=episode_id)),
        gathering.ask(Operation.objects.standing().filter(episode=episode_id)),
        gathering.ask(Treatment.objects.standing().filter(episode=episode_id)),
        gathering.ask(Acceptance.objects.standing().filter(episode=episode_id)),
    ]
    gathering.read()
    entries: list[Entry] = [entry for one in asked for entry in one.rows]
    return timeline_of(entries, episode_id)
