"""In words what the paper could not tell: times against recovery, answers, days, wards. No queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from monitoring.desks.registry.figures import (
    compared,
    interval_words,
    minutes_words,
    share_words,
    why_words,
)
from monitoring.desks.registry.table import NARROW, NOTHING, Row, Table
from monitoring.registry.beyond import (
    ANSWERS,
    Answer,
    Band,
    Decompression,
    WardBeside,
    answers_of,
    beginnings_of,
    decompression_of,
    wards_of,
)
from monitoring.registry.cohort import Asked, Standing
from monitoring.registry.queries import CaseRow, DeficitRow, WardRow, operations
from monitoring.registry.statistics.estimates import NotEstimable
from monitoring.registry.statistics.proportions import Proportion
from wards.models import Ward


def beyond_tables(
    asked: Asked,
    flow: Mapping[Standing, int],
    cases: Sequence[CaseRow],
    deficits: Sequence[DeficitRow],
    wards: Mapping[int, WardRow],
) -> list[Table]:
    """Four tables of what was asked for. They are for the hospital alone: small numbers stand in them."""
    return [
        decompression(decompression_of(cases)),
        answers(answers_of(deficits)),
        beginnings(deficits, operations(flow)),
        across_wards(wards_of(wards), asked.shown_wards),
    ]


def band_name(band: Band) -> str:
    return {
        Band.UP_TO_6_H: _("within 6 h"),
        Band.FROM_6_TO_8_H: _("after more than 6, within 8 h"),
        Band.PAST_8_H: _("after more than 8 h"),
        Band.UNKNOWN: _("not known"),
    }[band]


def decompression(found: Decompression) -> Table:
    """From the last good check to the operation's end, against relief."""
    rows = [
        Row(
            band_name(band),
            [*(str(one.relief[relief]) for relief in (True, False, None)), share_and_interval(one.share)],
        )
        for band, one in found.by_band.items()
    ]
    note = _(
        "Counted from the last good check to the end of the operation, the worst case: the deficit began somewhere in "
        "between. Animal work cited by the paper found no recovery after 6 h of compression, and human series recovery "
        "with decompression within 8 h. Hours with and without relief: %(hours)s. Three bands: %(bands)s."
    )
    said = {"hours": compared(found.hours), "bands": compared(found.bands)}
    return Table(
        "decompression",
        _("Hours to decompression against recovery"),
        [_("relief"), _("no relief"), _("not known"), _("relief, of those known")],
        rows,
        note % said,
        _("Decompressed"),
    )


def share_and_interval(share: Proportion | NotEstimable) -> str:
    """100.0 % (51.0–100.0)."""
    if isinstance(share, NotEstimable):
        return why_words(share)
    return f"{share_words(share)} ({interval_words(share)})"


def answer_name(name: str) -> str:
    return {
        "minutes_to_alert": _("alert"),
        "minutes_to_acknowledged": _("acknowledged by a nurse"),
        "minutes_to_imaging": _("imaging done"),
        "minutes_to_theatre": _("operation begun"),
    }[name]


def answers(found: Mapping[str, Answer]) -> Table:
    """From the examination to each answer, over all severe deficits."""
    rows = [Row(answer_name(name), _answer_cells(found[name])) for name in ANSWERS]
    note = _(
        "All severe deficits of the cohort, operated again or not, from the examination that first found them. "
        "Unknown: nobody recorded it, or it never came; it is not counted as 0."
    )
    columns = [_("n"), _("median"), _("middle half"), _("9 of 10 within"), _("unknown")]
    return Table("answers", _("How fast it was answered"), columns, rows, note, _("until"), wide=True)


def _answer_cells(answer: Answer) -> list[str]:
    unknown = str(answer.unknown)
    took = answer.took
    if isinstance(took, NotEstimable):
        return ["0", why_words(took), "", "", unknown]
    middle = f"{minutes_words(took.q25)}–{minutes_words(took.q75)}"
    return [str(took.n), minutes_words(took.median), middle, minutes_words(took.q90), unknown]


def beginnings(deficits: Sequence[DeficitRow], n: int) -> Table:
    """By how many days after surgery which share of the operations had had a severe deficit."""
    found = beginnings_of(deficits, n)
    rows, before = [], 0
    for step in found.steps:
        new, before = step.k - before, step.k
        told = [str(new), str(step.k), share_words(step, 2), interval_words(step, 2)]
        rows.append(Row(str(step.day), told))
    note = _(
        "Whole days of 24 h from the end of surgery; the first is day 1, as in the paper. Of %(n)s operations, each of "
        "them watched for nine days or longer."
    ) % {"n": n}
    if found.unknown:
        note += " " + _("The day is not known of %(n)s.") % {"n": found.unknown}
    title = _("On which day deficits begin")
    columns = [_("new"), _("so far"), _("share"), _("95 %")]
    return Table("beginnings", title, columns, rows, note, _("until day"))


def across_wards(found: Mapping[int, WardBeside], wards: Sequence[Ward]) -> Table:
    """The funnel: each ward's share beside what chance alone would do about the share of all."""
    rows = [Row(str(ward), _ward_cells(found[ward.pk])) for ward in wards if ward.pk in found]
    note = _(
        "Limits are what chance alone would do about the share of all wards together: 95 % of wards lie within the "
        "inner, 998 of 1000 within the outer ones. Outside is a reason to look, not a verdict: wards operate on "
        "different patients. Checks on time: those that no overdue alert had waited for."
    )
    columns = [
        _("operations"),
        _("cases"),
        _("share (95 %)"),
        _("limits 95 %"),
        _("limits 99.8 %"),
        _("checks on time"),
    ]
    return Table("wards", _("Ward beside ward"), columns, rows, note, _("Ward"), wide=True)


def _ward_cells(beside: WardBeside) -> list[str]:
    row, limits = beside.row, beside.limits
    on_time = beside.on_time
    looked = (
        NOTHING
        if isinstance(on_time, NotEstimable)
        else _("%(share)s of %(n)s")
        % {
            "share": share_words(on_time),
            "n": on_time.n,
        }
    )
    share = share_and_interval(beside.share)
    if isinstance(limits, NotEstimable):
        return [str(row.operations), str(row.cases), share, why_words(limits), "", looked]
    inner = f"{100 * limits.low95:.2f}–{100 * limits.high95:.2f}{NARROW}%"
    outer = f"{100 * limits.low998:.2f}–{100 * limits.high998:.2f}{NARROW}%"
    return [str(row.operations), str(row.cases), share, inner, outer, looked]
