"""The planning page's tables and sentences: shares, delays and hours in words. No queries."""

from __future__ import annotations

import math
from collections.abc import Sequence

from django.utils.translation import gettext as _

from monitoring.desks.common.presentation import CAUSE_WORDS
from monitoring.desks.registry.figures import minutes_words
from monitoring.desks.registry.table import NOTHING, Row, Table, percent
from monitoring.protocol.causes import predictive
from monitoring.registry.planning import Group, Outcome, Plan, Result, Schedule, Share, curves
from monitoring.registry.planning.results import DECOMPRESSED_WITHIN, SEEN_WITHIN, WORK_UNTIL

TOLD_WITHIN, TOLD_DAY = 2, 9
"""What the page says first: hours of the onset, and the day of the paper's latest onset."""
BEYOND_CHANCE = 2
"""A difference of so many standard errors is told as one."""


def planning_tables(result: Result) -> list[Table]:
    return [shares(result), work(result), by_cause(result)]


# --- In sentences ----------------------------------------------------------------------------------------------------


def told(result: Result) -> list[str]:
    """What the one schedule gives over the other, and what it costs."""
    a, b, between = result.a.whole, result.b.whole, result.compared
    place, n = SEEN_WITHIN.index(TOLD_WITHIN), result.plan.deficits
    lines = [difference_told(n, seen_words(TOLD_WITHIN), a.seen[place], b.seen[place], between.seen[place])]
    freed = zip(DECOMPRESSED_WITHIN, a.decompressed, b.decompressed, between.decompressed, strict=True)
    lines += [difference_told(n, freed_words(hours), of_a, of_b, more) for hours, of_a, of_b, more in freed]
    return [*lines, work_told(result)]


def seen_words(hours: int) -> str:
    return _("Seen within %(hours)d h of the onset") % {"hours": hours}


def freed_words(hours: int) -> str:
    return _("Decompressed within %(hours)d h of the onset") % {"hours": hours}


def difference_told(n: int, what: str, a: Share, b: Share, more: Share) -> str:
    """`more` is B's share less A's, of `n` simulated deficits."""
    said = {"what": what, "a": percent(a.share), "b": percent(b.share), "n": n}
    said |= {"points": f"{100 * abs(more.share):.1f}", "error": f"±\N{NO-BREAK SPACE}{100 * more.error:.1f}"}
    if abs(more.share) <= BEYOND_CHANCE * more.error:
        return _("%(what)s: B %(b)s, A %(a)s. That is no difference that %(n)d simulated deficits can show.") % said
    if more.share > 0:
        return _("%(what)s: B %(b)s, A %(a)s. B: %(points)s percentage points more (%(error)s).") % said
    return _("%(what)s: B %(b)s, A %(a)s. B: %(points)s percentage points fewer (%(error)s).") % said


def work_told(result: Result) -> str:
    place = WORK_UNTIL.index(TOLD_DAY)
    more = result.compared.hours_per_100[place]
    said = {"day": TOLD_DAY, "hours": hours_words(abs(more))}
    said |= {"a": result.a.work[place].checks, "b": result.b.work[place].checks}
    if hours_words(abs(more)) == "0":
        return _("Nursing until day %(day)d: as much under B as under A (%(b)d and %(a)d checks a patient).") % said
    words = (
        _("Nursing until day %(day)d: %(hours)s h more under B per 100 patients (%(b)d checks a patient, A %(a)d).")
        if more > 0
        else _(
            "Nursing until day %(day)d: %(hours)s h less under B per 100 patients (%(b)d checks a patient, A %(a)d)."
        )
    )
    return words % said


# --- As tables -------------------------------------------------------------------------------------------------------


def shares(result: Result) -> Table:
    a, b, between = result.a, result.b, result.compared
    rows = [
        *_share_rows(_("Seen within %(hours)d h"), SEEN_WITHIN, a.whole.seen, b.whole.seen, between.seen),
        Row(_("Half are seen within"), [delay_words(a.whole.median), delay_words(b.whole.median), NOTHING]),
        Row(_("Nine in ten are seen within"), [delay_words(a.whole.ninth), delay_words(b.whole.ninth), NOTHING]),
        *_share_rows(
            _("Decompressed within %(hours)d h"),
            DECOMPRESSED_WITHIN,
            a.whole.decompressed,
            b.whole.decompressed,
            between.decompressed,
        ),
        *_lost_rows(a, b),
    ]
    return Table(
        "planning-shares",
        _("From the onset: seen, and decompressed"),
        ["A", "B", _("B less A, in points")],
        rows,
        _(
            "B sees %(earlier)s of these deficits earlier than A does, and %(later)s later. ± is the standard error of "
            "the simulation alone: more simulated deficits make it smaller, and nothing else better."
        )
        % {"earlier": percent(between.earlier.share), "later": percent(between.later.share)},
    )


def _share_rows(
    words: str, within: Sequence[int], a: Sequence[Share], b: Sequence[Share], between: Sequence[Share]
) -> list[Row]:
    return [
        Row(words % {"hours": hours}, [share_words(of_a), share_words(of_b), points_words(more)])
        for hours, of_a, of_b, more in zip(within, a, b, between, strict=True)
    ]


def _lost_rows(a: Outcome, b: Outcome) -> list[Row]:
    """What came to no end, where there is any."""
    lost = (
        (_("Not seen by day 14"), a.unseen, b.unseen),
        (_("Seen, and not asked to be explored within 12 h"), a.undone, b.undone),
    )
    return [
        Row(head, [share_words(of_a), share_words(of_b), NOTHING])
        for head, of_a, of_b in lost
        if of_a.share + of_b.share
    ]


def work(result: Result) -> Table:
    rows = []
    for a, b, more in zip(result.a.work, result.b.work, result.compared.hours_per_100, strict=True):
        cells = [str(a.checks), str(b.checks), hours_words(a.hours_per_100), hours_words(b.hours_per_100)]
        rows.append(Row(_("until day %(day)d") % {"day": a.until_day}, [*cells, signed(more, hours_words(abs(more)))]))
    return Table(
        "planning-work",
        _("What it costs: nursing"),
        [_("checks, A"), _("checks, B"), _("hours per 100, A"), _("hours per 100, B"), _("B less A, h")],
        rows,
        _("Of patients in whom nothing falls: nearly all. The closer checks once something is found are not counted."),
    )


def by_cause(result: Result) -> Table:
    rows = [
        row
        for a, b in zip(result.a.by_cause, result.b.by_cause, strict=True)
        for row in (
            Row(f"{CAUSE_WORDS[a.cause]} ({a.deficits}), A", _cause_cells(a)),
            Row("B", _cause_cells(b), part=True),
        )
    ]
    columns = [
        *(_("seen in %(hours)d h") % {"hours": hours} for hours in SEEN_WITHIN),
        _("half within"),
        _("9 in 10 within"),
        *(_("decompressed in %(hours)d h") % {"hours": hours} for hours in DECOMPRESSED_WITHIN),
    ]
    return Table(
        "planning-causes",
        _("By cause"),
        columns,
        rows,
        _("A haematoma shows on the first days, root oedema on later ones: a schedule may serve the one better."),
        _("cause (deficits), schedule"),
    )


def _cause_cells(group: Group) -> list[str]:
    return [
        *(percent(share.share) for share in group.seen),
        delay_words(group.median),
        delay_words(group.ninth),
        *(percent(share.share) for share in group.decompressed),
    ]


def by_hour(result: Result) -> Table:
    """The numbers of the picture."""
    a, b = curves(result)
    rows = [
        Row(_("%(hours)d h") % {"hours": hours}, [percent(share) for share in shares])
        for hours, *shares in zip(a.hours, a.seen, b.seen, a.decompressed, b.decompressed, strict=True)
    ]
    return Table(
        "planning-schedules",
        _("Hour by hour"),
        [_("seen, A"), _("seen, B"), _("decompressed, A"), _("decompressed, B")],
        rows,
        head=_("since the onset"),
    )


# --- In words --------------------------------------------------------------------------------------------------------


def share_words(share: Share) -> str:
    """41.8 % ± 0.5."""
    return f"{percent(share.share)} ± {100 * share.error:.1f}"


def points_words(difference: Share) -> str:
    """+3.3 ± 0.6: percentage points."""
    return f"{signed(difference.share, f'{100 * abs(difference.share):.1f}')} ± {100 * difference.error:.1f}"


def signed(value: float, words: str) -> str:
    """`words`, those of its size, with a sign unless they say 0."""
    return words if not any(digit in words for digit in "123456789") else f"{'+' if value > 0 else '−'}{words}"


def delay_words(minutes: float) -> str:
    return _("not by day 14") if math.isinf(minutes) else minutes_words(minutes)


def hours_words(hours: float) -> str:
    return f"{hours:.0f}"


def schedule_lines(schedule: Schedule) -> list[str]:
    """A line for each row."""
    lines = [
        _("until hour %(until)s: every %(minutes)d min")
        % {"until": f"{row.until_hours:g}", "minutes": row.every_minutes}
        for row in schedule[:-1]
    ]
    words = _("then: every %(minutes)d min") if lines else _("throughout: every %(minutes)d min")
    return [*lines, words % {"minutes": schedule[-1].every_minutes}]


def onset_lines(plan: Plan) -> list[str]:
    """Whence the onsets are drawn, cause by cause."""
    words = _("%(cause)s: %(n)d patients, centre %(centre)s days, scale %(scale)s, %(degrees)d degrees of freedom")
    return [
        words
        % {
            "cause": CAUSE_WORDS[cause.cause],
            "n": cause.patients,
            "centre": f"{predictive(cause).centre:.1f}",
            "scale": f"{predictive(cause).scale:.2f}",
            "degrees": predictive(cause).degrees,
        }
        for cause in plan.causes
    ]
