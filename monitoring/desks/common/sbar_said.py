"""What a message says of the past and of the findings: background and assessment, sentence by sentence. No queries."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from monitoring.checks.models import Check, Flag
from monitoring.desks.common import presentation as say
from monitoring.desks.common.brief import Brief
from wards.models import Operation
from wards.times import age_on, zone_of


def background(brief: Brief) -> Iterator[str]:
    today = brief.now.astimezone(zone_of(brief.stay.ward)).date()
    age = age_on(today, born=brief.stay.patient.date_of_birth)
    yield ngettext("%(age)s year old.", "%(age)s years old.", age) % {"age": age}
    index, secondary = brief.surgery.index, brief.surgery.secondary
    if index is None:
        yield _("No operation is recorded.")
        return
    yield _("%(levels)s %(procedure)s for %(diagnosis)s, ended %(time)s: %(since)s.") % _operation(brief, index)
    if secondary is not None:
        yield _("Re-operation %(levels)s, ended %(time)s: %(since)s.") % _operation(brief, secondary)
    yield {
        Operation.SymptomaticSide.LEFT: _("Symptoms before the operation on the left."),
        Operation.SymptomaticSide.RIGHT: _("Symptoms before the operation on the right."),
        Operation.SymptomaticSide.BOTH: _("Symptoms before the operation on both sides."),
        Operation.SymptomaticSide.NONE: _("No symptoms on either side before the operation."),
    }[Operation.SymptomaticSide(index.symptomatic_side)]
    if index.coagulopathy:
        yield _("Coagulopathy.")
    if index.deformity_correction:
        yield _("The deformity was corrected.")
    yield from _strength_before(brief)


def _operation(brief: Brief, operation: Operation) -> dict[str, str]:
    return {
        "levels": operation.levels_label,
        "procedure": operation.procedure_label,
        "diagnosis": operation.get_diagnosis_display(),
        "time": brief.clock(operation.ended_at),
        "since": say.since_surgery(operation.ended_at, now=brief.now, zone=zone_of(brief.stay.ward)),
    }


def _strength_before(brief: Brief) -> Iterator[str]:
    """What the legs are held to (protocol §3)."""
    if brief.reference_score is None:
        return
    if brief.state.not_watched:
        yield _("No strength is recorded from before the operation: every muscle is held to an assumed 5.")
        return
    score, best = brief.reference_score
    yield _("Reference strength %(score)s of %(best)s.") % {"score": score, "best": best}
    for name, grade in brief.below_normal:
        yield _("Reference of %(muscle)s: %(grade)s.") % {"muscle": say.muscle_words(name), "grade": grade}
    if brief.assumed:
        words = ngettext(
            "The reference of %(count)s muscle is assumed, not measured.",
            "The references of %(count)s muscles are assumed, not measured.",
            brief.assumed,
        )
        yield words % {"count": brief.assumed}


def assessment(brief: Brief) -> Iterator[str]:
    state = brief.state
    if state.level is not None:
        yield _("The level is %(level)s.") % {"level": say.level_words(state.level)}
    yield from (_("Rule: %(rule)s.") % {"rule": finding.rule} for finding in state.findings)
    if state.onset is not None:
        # By the clock: it is still true when the message is read out, or the paper turned over, an hour later.
        began = {
            "good": brief.clock(state.assessment["last_good_at"]),
            "seen": brief.clock(state.assessment["seen_at"]),
        }
        yield _("It began between %(good)s and %(seen)s; count from the earlier.") % began
    if state.untested:
        yield _("Not tested for too long: %(names)s.") % {"names": pgettext("between names", ", ").join(state.untested)}
    yield from _last_check(brief)
    yield from _treatment(brief)
    yield from _who_has_it(brief)


def _last_check(brief: Brief) -> Iterator[str]:
    check = brief.check
    if check is None:
        yield _("No strength check is recorded.")
        return
    yield _("Last examined %(time)s by %(who)s.") % {"time": brief.clock(check.examined_at), "who": check.recorded_by}
    if check.second_examiner is not None:
        yield _("%(who)s examined as well.") % {"who": check.second_examiner}
    if brief.state.assessment.get("lems") and not brief.state.pending:
        yield _("Motor score %(lems)s.") % {"lems": brief.state.assessment["lems"]}
    yield _("Saddle numbness: %(answer)s.") % {"answer": _answer(check.saddle_anaesthesia)}
    yield _("New bladder or bowel trouble: %(answer)s.") % {"answer": _answer(check.bladder_bowel)}
    yield from _masked(check)
    if check.pain is not None:
        yield _("Pain %(pain)s of 10.") % {"pain": check.pain}
    if brief.attempt is not None:
        yield _("A check at %(time)s could not be done: %(reason)s.") % {
            "time": brief.clock(brief.attempt.tried_at),
            "reason": brief.attempt.get_reason_display(),
        }


def _answer(status: str) -> str:
    return str(Flag(status).label) if status else _("not asked")


def _masked(check: Check) -> Iterator[str]:
    if check.catheter:
        yield _("A urinary catheter is in place: retention would not show.")


def _treatment(brief: Brief) -> Iterator[str]:
    for treatment in brief.running:
        named = {
            "what": treatment.get_kind_display(),
            "dose": treatment.dose,
            "time": brief.clock(treatment.happened_at),
        }
        if treatment.dose:
            yield _("Running since %(time)s: %(what)s, %(dose)s.") % named
        else:
            yield _("Running since %(time)s: %(what)s.") % named
    if not brief.running and brief.state.is_critical:
        yield _("No conservative treatment is running.")


def _who_has_it(brief: Brief) -> Iterator[str]:
    alert = brief.deficit
    if alert is None:
        return
    if alert.has_surgeon:
        named = {"who": alert.accepted_by, "time": brief.clock(alert.accepted_at)}
        yield _("%(who)s has accepted the alert, %(time)s.") % named
    elif alert.level == "critical":
        yield _("No surgeon has accepted the alert.")
    if alert.acknowledged_by is not None:
        yield _("%(who)s is on it at the bedside.") % {"who": alert.acknowledged_by}
