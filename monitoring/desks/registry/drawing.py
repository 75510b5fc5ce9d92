"""From the tables' numbers to the pictures beside them. `closed`: for what leaves the hospital, without small numbers.

Words in pictures are English whatever the language of the page, as journals want them.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from monitoring.registry import paper
from monitoring.registry.beyond import ANSWERS, Answer, answers_of, beginnings_of, wards_of
from monitoring.registry.cohort import NOT_CASES, OUTSIDE, VERSION, Asked, Standing
from monitoring.registry.disclosure import hidden, is_few
from monitoring.registry.not_told import hidden_causes, hidden_standings
from monitoring.registry.pictures import causes as causes_picture
from monitoring.registry.pictures import cumulative, funnel, recovery, times
from monitoring.registry.pictures import flow as flow_picture
from monitoring.registry.pictures import incidence as incidence_picture
from monitoring.registry.pictures import onset as onset_picture
from monitoring.registry.pictures import strength as strength_picture
from monitoring.registry.queries import by_ward, cases, deficits, flow, operations
from monitoring.registry.statistics.estimates import NotEstimable
from monitoring.registry.statistics.proportions import Proportion, proportion
from monitoring.registry.statistics.survival import funnel_limits
from monitoring.registry.study import CAUSES, Study, study_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

KeyT = TypeVar("KeyT", bound=Hashable)


def notes(asked: Asked, *, closed: bool) -> list[str]:
    """What stands under every picture."""
    told = "numbers from 1 to 4 are left out" if closed else "not to leave the hospital: it has small numbers"
    return [f"Definition {VERSION}, as of {asked.today.isoformat()}; {told}."]


def few_out(counts: Mapping[KeyT, int], *, closed: bool) -> dict[KeyT, int | None]:
    """The counts, those that are not told as None."""
    left_out = hidden(counts) if closed else frozenset()
    return {key: None if key in left_out else n for key, n in counts.items()}


def _study(asked: Asked) -> Study:
    return study_of(flow(asked), cases(asked))


def _too_few(study: Study, *, closed: bool) -> bool:
    return closed and is_few(study.cases)


def draw_flow(asked: Asked, *, closed: bool) -> Figure:
    found = flow(asked)
    few = hidden_standings(found) if closed else frozenset()
    counts = {standing: None if standing in few else n for standing, n in found.items()}
    return flow_picture.draw(
        flow_picture.Flow(
            whole=None if few & OUTSIDE else sum(found.values()),
            outside={standing.value: counts[standing] for standing in Standing if standing in OUTSIDE},
            cohort=operations(found),
            not_cases={standing.value: counts[standing] for standing in (*NOT_CASES, Standing.NO_EVENT)},
            cases=counts[Standing.CASE],
            notes=notes(asked, closed=closed),
        )
    )


def draw_incidence(asked: Asked, *, closed: bool) -> Figure:
    found = flow(asked)
    here = _share(proportion(found[Standing.CASE], operations(found)), closed=closed)
    published = _share(proportion(paper.CASES, paper.OPERATIONS), closed=False)
    told = notes(asked, closed=closed)
    return incidence_picture.draw(incidence_picture.Incidence(here, published, told))


def _share(share: Proportion | NotEstimable, *, closed: bool) -> incidence_picture.Share:
    if isinstance(share, NotEstimable):
        return incidence_picture.Share(0, 0)
    if closed and is_few(share.k):
        return incidence_picture.Share(None, share.n)
    return incidence_picture.Share(share.k, share.n, share.low, share.high)


def draw_causes(asked: Asked, *, closed: bool) -> Figure:
    study = _study(asked)
    whole = few_out(study.causes.counts, closed=closed)
    parts: dict[str, int | None] = {}
    for cause in CAUSES:
        own = {finding: n for finding, n in study.findings.items() if finding.startswith(f"{cause}.")}
        parts |= few_out(own, closed=closed)
    return causes_picture.draw(
        causes_picture.Causes(
            here=whole | parts,
            cases=None if _too_few(study, closed=closed) else study.cases,
            paper={**paper.CAUSE_COUNTS, **paper.FINDINGS},
            paper_cases=paper.CASES,
            notes=notes(asked, closed=closed),
        )
    )


def draw_onset(asked: Asked, *, closed: bool) -> Figure:
    study = _study(asked)
    onsets, few = study.onsets, hidden_causes(study) if closed else frozenset()
    groups = []
    for cause in CAUSES:
        found, published = onsets.causes[cause].spread, paper.ONSET[cause]
        here = None if isinstance(found, NotEstimable) else onset_picture.Mean(found.n, found.mean, found.sd)
        days = None if closed and onsets.days[cause] else onsets.days[cause]  # a dot is a patient
        if cause in few:
            here = None
        there = onset_picture.Mean(published.n, published.mean, published.sd)
        groups.append(onset_picture.Group(cause, days, here, there))
    unknown = sum(one.unknown for one in onsets.causes.values())
    told = notes(asked, closed=closed)
    return onset_picture.draw(onset_picture.Onset(groups, 0 if closed and is_few(unknown) else unknown, told))


def draw_strength(asked: Asked, *, closed: bool) -> Figure:
    study = _study(asked)
    found = study.strength
    moments = [
        strength_picture.Moment("At the deficit", few_out(found.at_deficit, closed=closed)),
        strength_picture.Moment("Day 3", few_out(found.day3, closed=closed), "3 at grade 2, 27 at 3 or 4"),
        strength_picture.Moment("Day 7", few_out(found.day7, closed=closed), "30 at grade 4 or 5"),
    ]
    few = _too_few(study, closed=closed)
    return strength_picture.draw(strength_picture.Strength(moments, few, notes(asked, closed=closed)))


def draw_decompression(asked: Asked, *, closed: bool) -> Figure:
    rows = cases(asked)
    told = [recovery.Recovered(row.good_to_decompression_hours, row.grade_day3, row.relief) for row in rows]
    hides = closed and told  # a dot is a patient
    return recovery.draw(recovery.Recovery(None if hides else told, notes(asked, closed=closed)))


def draw_answers(asked: Asked, *, closed: bool) -> Figure:
    found = answers_of(deficits(asked))
    spans = {name: _took(found[name], closed=closed) for name in ANSWERS}
    return times.draw(times.Times(spans, notes(asked, closed=closed)))


def _took(answer: Answer, *, closed: bool) -> times.Took | times.Missing:
    took = answer.took
    unknown = 0 if closed and is_few(answer.unknown) else answer.unknown
    if isinstance(took, NotEstimable):
        return times.Missing(unknown)
    if closed and is_few(took.n):
        return times.Missing(unknown, few=True)
    return times.Took(took.n, took.q25, took.median, took.q75, took.q90, unknown)


def draw_beginnings(asked: Asked, *, closed: bool) -> Figure:
    found = beginnings_of(deficits(asked), operations(flow(asked)))
    steps = found.steps
    days: list[cumulative.Day] | None = [cumulative.Day(one.day, one.k, one.low, one.high) for one in steps]
    new = [later.k - earlier for later, earlier in zip(steps, [0, *(one.k for one in steps)], strict=False)]
    if closed and any(is_few(n) for n in new):
        days = None
    unknown = 0 if closed and is_few(found.unknown) else found.unknown
    return cumulative.draw(cumulative.Cumulative(found.n, days, unknown, notes(asked, closed=closed)))


def draw_wards(asked: Asked, *, closed: bool) -> Figure:
    found = wards_of(by_ward(asked))
    counts = few_out({ward_id: beside.row.cases for ward_id, beside in found.items()}, closed=closed)
    wards = [
        funnel.Ward(ward.code.upper(), found[ward.pk].row.operations, counts[ward.pk])
        for ward in asked.shown_wards
        if ward.pk in found
    ]
    whole = proportion(
        sum(beside.row.cases for beside in found.values()), sum(beside.row.operations for beside in found.values())
    )
    share = None if isinstance(whole, NotEstimable) else whole.share
    limits = [] if share is None else [_limits(share, n) for n in funnel.sizes(wards)]
    known = [one for one in limits if one is not None]
    return funnel.draw(funnel.Funnel(wards, share, known, notes(asked, closed=closed)))


def _limits(share: float, n: int) -> funnel.Limits | None:
    found = funnel_limits(share, n)
    if isinstance(found, NotEstimable):
        return None
    return funnel.Limits(found.n, found.low95, found.high95, found.low998, found.high998)


DRAWINGS: Final[Mapping[str, Callable[..., Figure]]] = {
    "flow": draw_flow,
    "incidence": draw_incidence,
    "causes": draw_causes,
    "onset": draw_onset,
    "strength": draw_strength,
    "decompression": draw_decompression,
    "answers": draw_answers,
    "beginnings": draw_beginnings,
    "wards": draw_wards,
}
"""By the name of their table."""
