"""What there is to accept of a stay: the muscles below their reference now, the red flags that hold. No queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.translation import gettext as _

from monitoring.checks.acceptance_form import AcceptedForm, choice_of
from monitoring.checks.models import Acceptance
from monitoring.desks.common import presentation as say
from monitoring.desks.common.history import FACING, Reference, references
from monitoring.due.models import Watch


@dataclass(frozen=True, slots=True)
class Offer:
    """One box to tick: what it sends, what it is about, how that stands now, and what ticking it does."""

    value: str
    name: str
    stands: str
    does: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Offers:
    """As one faces the patient: RIGHT at the left."""

    right: Sequence[Offer]
    left: Sequence[Offer]
    flags: Sequence[Offer]

    def __bool__(self) -> bool:
        return bool(self.right or self.left or self.flags)


def is_pending(watch: Watch) -> bool:
    """Whether there is nothing to accept yet, because the whole history has not been assessed."""
    return watch.assessment is None or watch.changed_since is not None


def offers(watch: Watch, form: AcceptedForm, *, correcting: Acceptance | None = None) -> Offers:
    """What may be ticked. A correction offers all that was accepted too, as it was."""
    accepted = correcting.muscles if correcting else {}
    held = [] if is_pending(watch) else references(watch.assessment)
    now = dict(zip(FACING, held, strict=False))
    muscles = form["muscles"]
    sides: dict[str, list[Offer]] = {"right": [], "left": []}
    for muscle in FACING:
        reference = now.get(muscle)
        if muscle.value in accepted:
            offer = _was_accepted(muscles, muscle.value, accepted[muscle.value])
        elif reference is not None and reference.drop > 0:
            offer = _below(muscles, muscle.value, reference)
        else:
            continue
        sides[muscle.value.split()[1]].append(offer)
    known = correcting.flags if correcting else []
    return Offers(sides["right"], sides["left"], _flags(form["flags"], known, _raised(watch)))


def _below(field: BoundField, muscle: str, reference: Reference) -> Offer:
    said = {"reference": reference.reference, "latest": reference.latest}
    if reference.assumed:
        stands = _("held to %(reference)s (assumed), latest %(latest)s") % said
    else:
        stands = _("held to %(reference)s, latest %(latest)s") % said
    assert reference.latest is not None
    does = _("accept %(latest)s as the new reference") % said
    return _offer(field, choice_of(muscle, reference.latest), say.muscle_words(muscle), stands, does)


def _was_accepted(field: BoundField, muscle: str, grade: int) -> Offer:
    stands, does = _("accepted at %(grade)s") % {"grade": grade}, _("leave it accepted")
    return _offer(field, choice_of(muscle, grade), say.muscle_words(muscle), stands, does)


def _raised(watch: Watch) -> list[str]:
    """The red flags that hold now: neither old nor accepted (protocol §4, finding 4)."""
    found = [] if is_pending(watch) else say.findings_of(watch.assessment)
    return [flag for finding in found if finding["rule"] == "red_flag" for flag in finding.get("flags", [])]


def _flags(field: BoundField, known: Sequence[str], raised: Sequence[str]) -> list[Offer]:
    return [
        _offer(
            field,
            flag,
            words,
            _("accepted as known") if flag in known else _("present"),
            _("leave it accepted") if flag in known else _("accept as known"),
        )
        for flag, words in say.FLAG_WORDS.items()
        if flag in known or flag in raised
    ]


def _offer(field: BoundField, value: str, name: str, stands: str, does: str) -> Offer:
    return Offer(value, name[:1].upper() + name[1:], stands, does, value in (field.value() or []))
