"""What was recorded about an episode: as a timeline for the protocol, and as lines for the stay's page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Literal, cast

from django.db.models import Max, Q, QuerySet

from monitoring import protocol
from monitoring.checks.models import Acceptance, Attempt, Check, Treatment, column
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from monitoring.protocol.vocabulary import OperationKind, SymptomaticSide
from wards.models import ClinicalEntry, EntryQuerySet, EntryT, Operation, Stay

Entry = Check | Operation | Treatment | Acceptance | Attempt
EntryKind = Literal["check", "operation", "treatment", "acceptance", "attempt"]

KINDS: dict[type[Entry], EntryKind] = {
    Check: "check",
    Operation: "operation",
    Treatment: "treatment",
    Acceptance: "acceptance",
    Attempt: "attempt",  # no event of the protocol: in no timeline
}
RANKS = {model: rank for rank, model in enumerate(KINDS)}  # at one instant, in this order (protocol §10)
BEST_GRADE = 5


def in_order(entry: Entry) -> tuple[datetime, int, int, int]:
    """The sort key of the one total order: `at`, then kind, then order of first recording (protocol §10).

    An entry and its correction, of which at most one stands, share a place: the older comes first.
    """
    return entry.at, RANKS[type(entry)], entry.place, entry.pk


def timeline(stay: Stay) -> protocol.Timeline:
    """The standing history of the stay's whole surgical episode, over wards and stays. Four queries.

    Read it in a statement after the stay's lock: nothing older is to be trusted.
    """
    entries: list[Entry] = [
        *Check.objects.standing().filter(episode=stay.episode_id),
        *Operation.objects.standing().filter(episode=stay.episode_id),
        *Treatment.objects.standing().filter(episode=stay.episode_id),
        *Acceptance.objects.standing().filter(episode=stay.episode_id),
    ]
    return timeline_of(entries, stay.episode_id)


def timeline_of(entries: Iterable[Entry], episode_id: int) -> protocol.Timeline:
    """As `timeline`, of the episode's standing entries that were read already."""
    entries = sorted(entries, key=in_order)
    return protocol.Timeline(events=tuple(_events(entries)), symptomatic_side=_symptomatic_side(entries), id=episode_id)


def _symptomatic_side(entries: Iterable[Entry]) -> SymptomaticSide | None:
    """Where the symptoms were before the index operation; unknown while none is recorded."""
    for entry in entries:
        if isinstance(entry, Operation) and entry.kind == Operation.Kind.INDEX:
            return cast(SymptomaticSide, entry.symptomatic_side)
    return None


def _events(entries: Iterable[Entry]) -> Iterable[protocol.Event]:
    """The protocol's events of entries in order.

    The protocol knows treatment as a whole, the ward by kind. So `stopped` is passed on only when no other kind still
    runs; what began before an operation counts no longer after it (protocol §6).
    """
    running: set[str] = set()
    for entry in entries:
        if isinstance(entry, Check):
            yield check_event(entry)
        elif isinstance(entry, Operation):
            running.clear()
            yield protocol.Operation(at=entry.at, kind=cast(OperationKind, entry.kind))
        elif isinstance(entry, Acceptance):
            yield protocol.ReferenceAccepted(
                at=entry.at,
                muscles={Muscle.parse(name): grade for name, grade in entry.muscles.items()},
                flags=tuple(entry.flags),
            )
        elif isinstance(entry, Treatment) and entry.action == Treatment.Action.STARTED:
            running.add(entry.kind)
            yield protocol.Treatment(at=entry.at, action="started")
        elif isinstance(entry, Treatment):
            running.discard(entry.kind)
            if not running:
                yield protocol.Treatment(at=entry.at, action="stopped")


def check_event(check: Check) -> protocol.Check:
    """A check as the protocol reads it: what was left out stays left out."""
    return protocol.Check(
        at=check.at,
        grades={muscle: grade for muscle in MUSCLES if (grade := check.grade(muscle)) is not None},
        flags={flag: status for flag in FLAGS if (status := getattr(check, flag))},
    )


def standing_checks(stay: Stay) -> list[Check]:
    """The standing checks of the stay's episode in the order in which its timeline has them. One query."""
    return sorted(Check.objects.standing().filter(episode=stay.episode_id), key=in_order)


def running_treatments(episode_id: int, at: datetime, *, without: int | None = None) -> set[str]:
    """The kinds of conservative treatment that run at an instant, by the standing entries up to it.

    `without` is the id of an entry to leave out: the one that is being corrected.
    """
    running: set[str] = set()
    entries = Treatment.objects.standing().filter(episode=episode_id, happened_at__lte=at)
    for entry in entries.order_by("happened_at", "place"):
        if entry.pk == without:
            continue
        if entry.action == Treatment.Action.STARTED:
            running.add(entry.kind)
        else:
            running.discard(entry.kind)
    return running


GRADED = reduce(or_, (Q(**{f"{column(muscle)}__isnull": False}) for muscle in MUSCLES))


def last_look_at(episode_id: int, until: datetime) -> datetime | None:
    """When a muscle was last graded: a check of nothing but NT is none (protocol §1: NT is not a test)."""
    looks = Check.objects.standing().filter(GRADED, episode=episode_id, examined_at__lte=until)
    at: datetime | None = looks.aggregate(last=Max("examined_at"))["last"]
    return at


def attempts_since(look: datetime | None, stay: Stay, until: datetime) -> list[Attempt]:
    """The stay's standing attempts after the last look, oldest first: so often in a row it could not be done.

    A check at the very instant of an attempt comes after it.
    """
    attempts = Attempt.objects.standing().filter(stay=stay, tried_at__lte=until)
    if look is not None:
        attempts = attempts.filter(tried_at__gt=look)
    return sorted(attempts.select_related("recorded_by"), key=in_order)


def lems(latest: Mapping[str, int]) -> str:
    """The lower-extremity motor score of the latest grades: "48/50", or "38/45, 1 NT" with a muscle not tested.

    Empty where nothing was tested. A muscle that was not tested adds neither to the score nor to what can be reached:
    missing is not 0, and not 5.
    """
    if not latest:
        return ""
    untested = len(MUSCLES) - len(latest)
    score = f"{sum(latest.values())}/{BEST_GRADE * len(latest)}"
    return f"{score}, {untested} NT" if untested else score


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of what was recorded, standing or not. `struck` says in a sentence's parts why it no longer counts."""

    entry: Entry
    kind: EntryKind
    struck: Struck | None

    @property
    def at(self) -> datetime:
        return self.entry.at


@dataclass(frozen=True, slots=True)
class Struck:
    """Why an entry no longer counts, who said so and when."""

    how: Literal["corrected", "retracted", "moved"]
    by: str
    at: datetime
    reason: str


def history(stay: Stay) -> list[HistoryRow]:
    """All that was ever recorded about the stay's episode, newest first, what no longer counts included.

    Five queries: with each entry come the people named in it and, where it was corrected, who did it and why.
    """
    entries: list[Entry] = [
        *_with_people(Check.objects.all(), stay, "second_examiner"),
        *_with_people(Operation.objects.all(), stay),
        *_with_people(Treatment.objects.all(), stay),
        *_with_people(Acceptance.objects.all(), stay),
        *_with_people(Attempt.objects.all(), stay),
    ]
    entries.sort(key=in_order, reverse=True)
    return [HistoryRow(entry, KINDS[type(entry)], struck(entry)) for entry in entries]


def check_history(stay: Stay) -> list[HistoryRow]:
    """The checks of `history` alone, newest first. One query."""
    checks = sorted(_with_people(Check.objects.all(), stay, "second_examiner"), key=in_order, reverse=True)
    return [HistoryRow(check, "check", struck(check)) for check in checks]


def _with_people(entries: EntryQuerySet[EntryT], stay: Stay, *more: str) -> QuerySet[EntryT]:
    return entries.filter(episode=stay.episode_id).select_related(
        "recorded_by", "retracted_by", "superseded_by__recorded_by", *more
    )


def _is_elsewhere(entry: ClinicalEntry) -> bool:
    """Whether it is known that the check stands on another patient's record now. No query of its own."""
    relation = Check._meta.get_field("moved_to")
    return isinstance(entry, Check) and relation.is_cached(entry) and relation.get_cached_value(entry) is not None


def struck(entry: ClinicalEntry) -> Struck | None:
    """Why the entry no longer counts; None where it stands. "moved" is told where `moved_to` was read with a check."""
    if entry.retracted_at is not None:
        how: Literal["retracted", "moved"] = "moved" if _is_elsewhere(entry) else "retracted"
        return Struck(how, str(entry.retracted_by), entry.retracted_at, entry.retraction_reason)
    correction = getattr(entry, "superseded_by", None)
    if correction is not None:
        return Struck("corrected", str(correction.recorded_by), correction.recorded_at, correction.correction_reason)
    return None
