"""What must be true of an imaging stage, a theatre plan, the findings of a re-operation.

Each function gives what is wrong by form field, so that all is said at once; nothing where all is well.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from django.utils.translation import gettext as _

from monitoring.checks.findings import Errors
from monitoring.checks.rules import time_errors
from monitoring.pathway.course import current_plan
from monitoring.pathway.models import Exploration, Imaging, TheatrePlan
from monitoring.pathway.vocabulary import Finding, Indication
from wards.models import ClinicalEntry, EntryQuerySet, Operation, Stay, entries_of
from wards.queries import standing_operations
from wards.times import said

PLANNED_WITHIN = timedelta(days=30)
Stages = dict[str, datetime]
EntryT = TypeVar("EntryT", bound=ClinicalEntry)


def others_of(entry: EntryT) -> EntryQuerySet[EntryT]:
    """The standing entries of its kind and episode, but for itself and the one that it supersedes."""
    own = [one.pk for one in (entry, entry.supersedes) if one is not None and one.pk is not None]
    return entries_of(type(entry)).standing().filter(episode=entry.episode_id).exclude(pk__in=own)


def minute_of(at: datetime) -> datetime:
    """Times are typed in whole minutes, and "now" is not: what happened in one minute is in no wrong order."""
    return at.replace(second=0, microsecond=0)


def imaging_errors(imaging: Imaging, now: datetime, stays: Sequence[Stay]) -> Errors:
    """Requested, done, reported, each once and in this order in time; a study that was done need not be requested."""
    errors = time_errors("happened_time", imaging.happened_at, now=now, stay=imaging.stay, stays=stays)
    if imaging.modality not in Imaging.Modality.values:
        errors["modality"] = [_("Say which: CT, MRI or X-ray.")]
    if imaging.stage == Imaging.Stage.REPORTED and imaging.finding not in Finding.values:
        errors["finding"] = [_("Say what it shows. “None found” is an answer.")]
    return errors or _order_errors(imaging)


def _order_errors(imaging: Imaging) -> Errors:
    reached = {other.stage: other.happened_at for other in others_of(imaging).filter(study=imaging.study)}
    if imaging.stage in reached:
        at = said(reached[imaging.stage], imaging.stay.ward)
        words = _("This is recorded already, at %(at)s. Correct that entry instead.")
        return {"__all__": [words % {"at": at}]}
    if imaging.stage == Imaging.Stage.REPORTED and Imaging.Stage.DONE not in reached:
        return {"__all__": [_("Record first when the imaging was done.")]}
    return _time_order_errors("happened_time", imaging.happened_at, imaging.stage, reached, imaging.stay)


def _time_order_errors(field: str, at: datetime, stage: str, reached: Stages, stay: Stay) -> Errors:
    """A stage lies not before the stages before it, nor after those after it."""
    order = list(Imaging.Stage.values)
    for other, other_at in reached.items():
        before = order.index(other) < order.index(stage)
        early, late = (other_at, at) if before else (at, other_at)
        if minute_of(late) < minute_of(early):
            named = {"stage": Imaging.Stage(other).label, "at": said(other_at, stay.ward)}
            words = (
                _("It was %(stage)s at %(at)s: give a time after that.")
                if before
                else _("It was %(stage)s at %(at)s: give a time before that.")
            )
            return {field: [words % named]}
    return {}


def plan_errors(plan: TheatrePlan, now: datetime, stays: Sequence[Stay]) -> Errors:
    """Theatre is planned for an open stay, one plan at a time, within the next weeks; another time is a correction."""
    errors: Errors = {}
    if plan.indication not in Indication.values:
        errors["indication"] = [_("Say why.")]
    if not plan.stay.is_open:
        errors["__all__"] = [_("The patient has been discharged.")]
    if plan.planned_at > now + PLANNED_WITHIN:
        errors["planned_time"] = [_("That is more than 30 days ahead. Check the date.")]
    elif plan.planned_at < min(stay.admitted_at for stay in stays):
        errors["planned_time"] = [_("That is before the admission. Check the date.")]
    return errors or _other_plan_errors(plan)


def _other_plan_errors(plan: TheatrePlan) -> Errors:
    other = current_plan(others_of(plan), standing_operations(plan.episode_id))
    if other is None:
        return {}
    words = _("Theatre is planned already for %(at)s. Change that plan, or take it back.")
    return {"__all__": [words % {"at": said(other.planned_at, plan.stay.ward)}]}


def exploration_errors(exploration: Exploration, _now: datetime, _stays: Sequence[Stay]) -> Errors:
    """The findings of a standing re-operation, once; a deficit's with a cause, another reason in words."""
    errors: Errors = {}
    if exploration.indication not in Indication.values:
        errors["indication"] = [_("Say why the patient was operated again.")]
    elif exploration.indication == Indication.DEFICIT and exploration.finding not in Finding.values:
        errors["finding"] = [_("Say what was found. “None found” is an answer.")]
    elif exploration.indication != Indication.DEFICIT and exploration.finding:
        errors["finding"] = [_("A cause of weakness belongs to a re-operation for weakness. Leave it out.")]
    elif exploration.indication == Indication.OTHER and not exploration.text:
        errors["text"] = [_("Say in words why.")]
    if not _is_of_a_standing_re_operation(exploration):
        errors["__all__"] = [_("This re-operation no longer stands in the record, or is none.")]
    same = others_of(exploration).filter(operation_place=exploration.operation_place)
    if same.exists():
        errors["__all__"] = [_("The findings of this re-operation are recorded already. Correct them instead.")]
    return errors


def _is_of_a_standing_re_operation(exploration: Exploration) -> bool:
    """Of the same episode. Corrected findings stay with it though the operation was corrected meanwhile."""
    standing = Operation.objects.standing().filter(episode=exploration.episode_id, kind=Operation.Kind.SECONDARY)
    standing = standing.filter(place=exploration.operation_place)
    if exploration.supersedes_id is None:
        standing = standing.filter(pk=exploration.operation_id)
    return standing.exists()


def report_errors(entry: Imaging) -> Errors:
    """A study's report rests on its having been done: that is not taken back from under it."""
    same = others_of(entry).filter(study=entry.study)
    if entry.stage == Imaging.Stage.DONE and same.filter(stage=Imaging.Stage.REPORTED).exists():
        return {"__all__": [_("Its report rests on this. Take the report back first.")]}
    return {}
