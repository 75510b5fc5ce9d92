"""The steps of a deficit's story in words. No queries here."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.alerts.models import Alert, AlertEvent, Milestone, SpokenReport
from monitoring.checks.models import Acceptance, Flag, Treatment
from monitoring.desks.common import presentation as say
from monitoring.desks.common.alert_words import event_words
from monitoring.desks.common.history import entry_words
from monitoring.desks.common.pathway import exploration_words, imaging_words, plan_words
from monitoring.desks.common.reading import Reading, evidence_words, listed
from monitoring.desks.common.recovery_words import day_words, state_words
from monitoring.pathway.models import Exploration, Imaging, TheatrePlan
from monitoring.pathway.recovery import Due, OutcomeCheck
from monitoring.pathway.story_steps import Seen, Step, Told
from monitoring.pathway.vocabulary import Indication
from wards.models import Operation

NAMES_WHO = frozenset({Told.HANDED_OVER, Told.REOPENED, Told.SUPERSEDED, Told.MENDED})  # in the words themselves


def step_words(step: Step, reading: Reading) -> str:
    """What a step tells, without its time and without who did it."""
    words = WORDS[step.told](step, reading)
    return words[:1].upper() + words[1:]


def who_words(step: Step) -> str:
    """Who did it; empty where the words say so themselves, or nobody did."""
    return "" if step.told in NAMES_WHO else listed(map(str, step.by))


def _last_good(step: Step, _reading: Reading) -> str:
    if isinstance(step.source, Operation):
        return _("no good check since the operation: the worst case is counted from its end")
    if step.source is None:
        return _("last good check; no check of this time is on the record any more")
    return _("last good check: %(grades)s") % {"grades": _grades(step)}


def _seen(step: Step, _reading: Reading) -> str:
    if step.source is None:
        return _("deficit first seen; no check of this time is on the record any more")
    fallen = [_change(seen) for seen in step.muscles if seen.is_below]
    flags = [say.FLAG_WORDS[flag] for flag, status in step.flags if status == Flag.PRESENT]
    return _("deficit first seen: %(what)s") % {"what": listed([*fallen, *flags]) or _grades(step)}


def _change(seen: Seen) -> str:
    return say.change_words(
        {"muscle": seen.muscle.value, "reference": seen.reference, "assumed": seen.assumed, "latest": seen.grade}
    )


def _checked(step: Step, reading: Reading) -> str:
    grades = _grades(step)
    if step.last_at is None:
        return _("check: %(grades)s") % {"grades": grades}
    said = {"count": step.times, "time": reading.clock(step.last_at), "grades": grades}
    return _("%(count)d checks until %(time)s, the same each time: %(grades)s") % said


def _grades(step: Step) -> str:
    """The deficit's muscles in one check; those that it left out are named, not left out."""
    looked_at = [seen for seen in step.muscles if seen.grade is not None]
    left_out = [say.muscle_words(seen.muscle.value) for seen in step.muscles if seen.grade is None]
    parts = [
        *(f"{say.muscle_words(seen.muscle.value)} {seen.grade}" for seen in looked_at),
        *([_("%(muscles)s not examined") % {"muscles": listed(left_out)}] if left_out else []),
        *(_flag(flag, status) for flag, status in step.flags),
    ]
    return listed(parts)


def _flag(flag: str, status: str) -> str:
    answer = Flag(status).label if status else Flag.NOT_ASSESSED.label
    return _("%(flag)s: %(answer)s") % {"flag": say.FLAG_WORDS[flag], "answer": answer}


def _opened(step: Step, _reading: Reading) -> str:
    said = evidence_words(step.source.data) if isinstance(step.source, AlertEvent) else ""
    return _("alert opened: %(what)s") % {"what": said} if said else _("alert opened")


def _event(step: Step, reading: Reading) -> str:
    assert isinstance(step.source, AlertEvent)
    return event_words(step.source, reading)


def _rose(step: Step, reading: Reading) -> str:
    return _("alert %(what)s") % {"what": _event(step, reading)}


def _acknowledged(_step: Step, _reading: Reading) -> str:
    return _("acknowledged")


def _accepted(_step: Step, _reading: Reading) -> str:
    return _("accepted by a surgeon")


def _reported(step: Step, _reading: Reading) -> str:
    report = step.source
    assert isinstance(report, SpokenReport)
    said = {"who": report.told}
    words = _("%(who)s told by phone, read back") if report.read_back else _("%(who)s told by phone, NOT read back")
    return _with_note(words % said, report.note)


def _milestone(step: Step, _reading: Reading) -> str:
    assert isinstance(step.source, Milestone)
    return _with_note(step.source.get_kind_display(), step.source.note)


def _signed(step: Step, _reading: Reading) -> str:
    assert isinstance(step.source, Treatment | Acceptance)
    return entry_words(step.source)


def _imaged(step: Step, _reading: Reading) -> str:
    assert isinstance(step.source, Imaging)
    words = imaging_words(step.source)
    if step.source.accession:
        words = _("%(what)s (No. %(number)s)") % {"what": words, "number": step.source.accession}
    return _with_note(words, step.source.text)


def _decided(step: Step, reading: Reading) -> str:
    """The decision that stands, out of the alert; one that was overtaken, out of the timeline."""
    if isinstance(step.source, Alert):
        decision, why, again = step.source.decision, step.source.decision_reason, step.source.look_again_at
    else:
        assert isinstance(step.source, AlertEvent)
        data = step.source.data
        decision, why, again = data["decision"], data["reason"], say.instant(data.get("look_again_at"))
    said = {"what": Alert.Decision(decision).label, "why": why, "time": reading.clock(again)}
    if again is not None:
        return _("decided to %(what)s, look again at %(time)s: %(why)s") % said
    return _("decided to %(what)s: %(why)s") % said


def _planned(step: Step, reading: Reading) -> str:
    assert isinstance(step.source, TheatrePlan)
    said = {"time": reading.clock(step.source.planned_at), "why": plan_words(step.source)}
    return _("theatre planned for %(time)s: %(why)s") % said


def _operation_started(step: Step, _reading: Reading) -> str:
    assert isinstance(step.source, Operation)
    return _("re-operation %(levels)s began") % {"levels": step.source.levels_label}


def _operation_ended(step: Step, _reading: Reading) -> str:
    assert isinstance(step.source, Operation)
    return _("re-operation %(levels)s ended") % {"levels": step.source.levels_label}


def _found(step: Step, _reading: Reading) -> str:
    exploration = step.source
    assert isinstance(exploration, Exploration)
    said = {"what": exploration_words(exploration)}
    for_deficit = exploration.indication == Indication.DEFICIT
    words = _("found: %(what)s") if for_deficit else _("re-operated for %(what)s")
    return _with_note(words % said, exploration.text)


def _closed(step: Step, reading: Reading) -> str:
    if isinstance(step.source, Alert):
        words = _with_note(
            _("alert closed: %(outcome)s") % {"outcome": step.source.get_outcome_display()}, step.source.outcome_text
        )
    else:
        assert isinstance(step.source, AlertEvent)
        words = _("alert closed: %(outcome)s") % {"outcome": Alert.Outcome(step.source.data["outcome"]).label}
    if not step.shown_at:
        return words
    shown = ngettext("shown by the check of %(times)s", "shown by the checks of %(times)s", len(step.shown_at))
    times = listed(reading.clock(at) for at in step.shown_at)
    return _("%(closed)s, %(shown)s") % {"closed": words, "shown": shown % {"times": times}}


def _outcome(step: Step, _reading: Reading) -> str:
    check = step.source
    assert isinstance(check, OutcomeCheck)
    grades = [
        f"{say.muscle_words(muscle.value)} {_('not examined') if grade is None else grade}"
        for muscle, grade in check.grades.items()
    ]
    said = {"day": day_words(check), "state": state_words(check), "grades": listed(grades)}
    if check.state in {Due.DONE, Due.PARTLY} and grades:
        return _("outcome on %(day)s, %(state)s: %(grades)s") % said
    return _("outcome on %(day)s: %(state)s") % said


def _with_note(words: str, note: str) -> str:
    """Behind it, what was typed with it."""
    return words + _(": %(note)s") % {"note": note} if note else words


WORDS: dict[Told, Callable[[Step, Reading], str]] = {
    Told.LAST_GOOD: _last_good,
    Told.SEEN: _seen,
    Told.CHECKED: _checked,
    Told.OPENED: _opened,
    Told.ROSE: _rose,
    Told.FELL: _rose,
    Told.ACKNOWLEDGED: _acknowledged,
    Told.REPORTED: _reported,
    Told.ACCEPTED: _accepted,
    Told.HANDED_OVER: _rose,
    Told.TREATED: _signed,
    Told.IMAGED: _imaged,
    Told.MILESTONE: _milestone,
    Told.LAPSED: _event,
    Told.DECIDED: _decided,
    Told.PLANNED: _planned,
    Told.OPERATION_STARTED: _operation_started,
    Told.OPERATION_ENDED: _operation_ended,
    Told.FOUND: _found,
    Told.REFERENCE_ACCEPTED: _signed,
    Told.SUPERSEDED: _event,
    Told.CLOSED: _closed,
    Told.REOPENED: _rose,
    Told.MENDED: _event,
    Told.OUTCOME: _outcome,
}
