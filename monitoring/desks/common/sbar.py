"""The message to read out or to print: situation, background, assessment, recommendation. No queries, no clock.

It says what the record says. What is missing from the record is said to be missing: silence would be heard as normal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert
from monitoring.desks.common import presentation as say
from monitoring.desks.common.brief import Brief
from monitoring.desks.common.sbar_said import assessment, background
from wards.models import Staff


@dataclass(frozen=True, slots=True)
class Sbar:
    """Its four parts, each of whole sentences in the order in which they are spoken."""

    situation: Sequence[str]
    background: Sequence[str]
    assessment: Sequence[str]
    recommendation: Sequence[str]

    @property
    def parts(self) -> list[tuple[str, Sequence[str]]]:
        return [
            (_("Situation"), self.situation),
            (_("Background"), self.background),
            (_("Assessment"), self.assessment),
            (_("Recommendation"), self.recommendation),
        ]


def sbar(brief: Brief, *, caller: Staff | None = None) -> Sbar:
    """The message about a patient. `caller` says their own name first; on paper nobody does."""
    return Sbar(
        situation=[*_caller(brief, caller), *_situation(brief)],
        background=list(background(brief)),
        assessment=list(assessment(brief)),
        recommendation=list(_recommendation(brief, caller)),
    )


def _caller(brief: Brief, caller: Staff | None) -> Iterator[str]:
    if caller is not None:
        yield _("This is %(who)s, calling from %(ward)s.") % {"who": caller, "ward": brief.stay.ward}
        patient = brief.stay.patient
        yield _("It is about %(name)s, born %(born)s, record number %(number)s, in bed %(bed)s.") % {
            "name": patient.display_name,
            "born": say.day_words(patient.date_of_birth),
            "number": patient.record_number,
            "bed": brief.stay.bed,
        }


def _situation(brief: Brief) -> Iterator[str]:
    state = brief.state
    if state.pending:
        yield _("Something was recorded that is not assessed yet: the last level may be too good.")
    for muscle in state.fallen:
        yield _fallen(muscle)
    for flag in state.flags:
        yield _("New red flag: %(flag)s.") % {"flag": flag}
    if state.not_watched:
        yield _("Not watched: %(why)s.") % {"why": state.not_watched}
    elif not (state.pending or state.fallen or state.flags):
        yield _("No muscle is below its reference now.")
    yield from _latched(brief)
    yield from (_waiting(brief, alert) for alert in brief.alerts if alert.kind != Alert.Kind.DEFICIT)


def _fallen(muscle: Mapping[str, Any]) -> str:
    named = {
        "muscle": say.muscle_words(muscle["muscle"]),
        "movement": say.MYOTOME_WORDS[muscle["muscle"][:2]],
        "reference": muscle["reference"],
        "latest": muscle["latest"],
    }
    if muscle.get("assumed"):
        return _("%(muscle)s, %(movement)s, is %(latest)s. Not measured before: %(reference)s is assumed.") % named
    return _("%(muscle)s, %(movement)s, has fallen from %(reference)s to %(latest)s.") % named


def _latched(brief: Brief) -> Iterator[str]:
    """An open alert that says more than the present state: it stands until a person has closed it (protocol §10)."""
    alert = brief.deficit
    if alert is None or alert.level == brief.state.level:
        return
    named = {"level": say.level_words(alert.level), "time": brief.clock(alert.began_at)}
    yield _("The alert of %(time)s is still open at %(level)s.") % named
    for name, found in alert.muscles.items():
        if name not in alert.superseded.get("muscles", []):
            yield _("At the worst since then, %(muscle)s: from %(reference)s to %(latest)s.") % {
                "muscle": say.muscle_words(name),
                **found,
            }


def _waiting(brief: Brief, alert: Alert) -> str:
    named = {"kind": alert.get_kind_display(), "time": brief.clock(alert.began_at)}
    return _("Open since %(time)s: %(kind)s.") % named


def _recommendation(brief: Brief, caller: Staff | None) -> Iterator[str]:
    """What is asked for. On the phone the surgeon is asked to come; on paper stands what is to be done."""
    state = brief.state
    if state.is_critical and caller is not None:
        yield _("Please come and see the patient now.")
    yield from (_("The protocol asks for: %(step)s.") % {"step": step} for step in _steps(brief, caller))
    yield from (_("The reason: %(reason)s.") % {"reason": reason} for reason in state.because)
    if state.pending:
        yield _("Examine the patient yourself; do not rely on the last level.")
    if brief.absence is not None:
        yield _("The patient is away from the ward: examine on return.")
    yield from _next_look(brief)
    if brief.deficit is not None and not state.is_critical:
        yield _("Decide on the open alert, or close it with its outcome.")
    if state.is_critical and caller is not None:
        yield _("Please tell me when you will be here, and read this back to me.")


def _steps(brief: Brief, caller: Staff | None) -> Sequence[str]:
    """Of a critical patient the first step is to phone the surgeon: that is this call, or it was made."""
    has_surgeon = brief.deficit is not None and brief.deficit.has_surgeon
    called = brief.state.is_critical and (caller is not None or has_surgeon)
    return brief.state.steps[1:] if called else brief.state.steps


def _next_look(brief: Brief) -> Iterator[str]:
    due = brief.stay.watch.check_due_at
    if due is None:
        return
    time = {"time": brief.clock(due)}
    if due < brief.now:
        yield _("Examine now: the check was due at %(time)s.") % time
    else:
        yield _("Next check at %(time)s.") % time
