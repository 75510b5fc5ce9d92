"""What followed an alert, as people read it: imaging, the theatre plan, re-operations. No queries here.

It is made of an episode's `Course` and its standing operations; entries come with who recorded them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from monitoring.desks.common.reading import listed
from monitoring.pathway.course import Course, Study
from monitoring.pathway.models import Exploration, Imaging, TheatrePlan
from monitoring.pathway.vocabulary import Indication
from wards.access import May
from wards.models import Operation


def imaging_words(imaging: Imaging) -> str:
    """One stage of a study: "CT requested", "MRI reported: epidural haematoma, L2, right"."""
    said = {"modality": imaging.get_modality_display(), "stage": imaging.get_stage_display()}
    words = _("%(modality)s %(stage)s") % said
    return _("%(what)s: %(found)s") % {"what": words, "found": found_words(imaging)} if imaging.finding else words


def plan_words(plan: TheatrePlan) -> str:
    """Why theatre is planned, and the note."""
    why = plan.get_indication_display()
    return _("%(what)s, %(note)s") % {"what": why, "note": plan.note} if plan.note else why


def exploration_words(exploration: Exploration) -> str:
    """What a re-operation found; what it was for where that was no deficit."""
    if exploration.indication == Indication.DEFICIT:
        return found_words(exploration)
    return listed([exploration.get_indication_display(), *_where(exploration)])


def found_words(found: Imaging | Exploration) -> str:
    """A finding with its place: "epidural haematoma, L2, right". Left and right are the patient's."""
    return listed([found.get_finding_display(), *_where(found)])


def _where(found: Imaging | Exploration) -> list[str]:
    return [words for words in (found.get_level_display(), found.get_side_display()) if words]


@dataclass(frozen=True, slots=True)
class StudyShown:
    """One imaging study for somebody with these rights."""

    study: Study
    may_record: bool
    may_report: bool

    @property
    def name(self) -> str:
        return self.study.modality_words

    @property
    def stages(self) -> list[Imaging]:
        """Those it has reached, in order."""
        stages = (self.study.requested, self.study.done, self.study.reported)
        return [stage for stage in stages if stage is not None]

    @property
    def found(self) -> str:
        """What it shows, in words; empty until it is reported."""
        return "" if self.study.reported is None else found_words(self.study.reported)

    @property
    def waits_to_be_done(self) -> bool:
        return self.study.done is None and self.study.reported is None

    @property
    def next_is_done(self) -> bool:
        return self.may_record and self.waits_to_be_done

    @property
    def next_is_report(self) -> bool:
        return self.may_report and self.study.done is not None and self.study.reported is None


@dataclass(frozen=True, slots=True)
class Reoperation:
    """A re-operation, with its findings once they are recorded."""

    operation: Operation
    exploration: Exploration | None

    @property
    def found(self) -> str:
        return "" if self.exploration is None else exploration_words(self.exploration)

    @property
    def is_case(self) -> bool:
        """Whether it is a case of the registry: only a re-operation for a deficit is (protocol §11)."""
        return self.exploration is not None and self.exploration.indication == Indication.DEFICIT


@dataclass(frozen=True, slots=True)
class Pathway:
    """All of an episode at `now`, for somebody with these rights on the ward. `operations` are the standing ones."""

    course: Course
    operations: Sequence[Operation]
    rights: Collection[May]
    now: datetime

    def __bool__(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.course.studies or self.plan or self.reoperations)

    @property
    def studies(self) -> list[StudyShown]:
        return [StudyShown(study, self.may_image, self.may_report) for study in self.course.studies]

    @property
    def waiting(self) -> list[StudyShown]:
        """The studies that were requested and are not done."""
        return [study for study in self.studies if study.waits_to_be_done]

    @property
    def plan(self) -> TheatrePlan | None:
        return self.course.plan(self.operations)

    @property
    def plan_is_past(self) -> bool:
        """Whether theatre was to begin before now, and no operation is recorded since."""
        return self.plan is not None and self.plan.planned_at < self.now

    @property
    def reoperations(self) -> list[Reoperation]:
        """The last one first."""
        secondary = [one for one in self.operations if one.kind == Operation.Kind.SECONDARY]
        return [Reoperation(one, self.course.exploration_of(one)) for one in reversed(secondary)]

    @property
    def may_image(self) -> bool:
        return May.RECORD_IMAGING in self.rights

    @property
    def may_report(self) -> bool:
        return May.REPORT_IMAGING in self.rights

    @property
    def may_plan(self) -> bool:
        return May.PLAN_THEATRE in self.rights

    @property
    def may_record_findings(self) -> bool:
        return May.RECORD_EXPLORATION in self.rights
