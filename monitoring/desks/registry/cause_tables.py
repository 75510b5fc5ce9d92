"""The tables of what was found, when it began and whether strength came back, beside the paper. No queries."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from monitoring.desks.registry.figures import compared, interval_words, mean_words, median_words, range_words, why_words
from monitoring.desks.registry.study_words import Words, cause_name, counted, left_out, published_mean
from monitoring.desks.registry.table import NOTHING, Row, Table, p_words
from monitoring.pathway.vocabulary import Finding
from monitoring.registry import paper
from monitoring.registry.disclosure import is_few, is_few_of
from monitoring.registry.not_told import hidden_causes
from monitoring.registry.statistics.estimates import NotEstimable
from monitoring.registry.statistics.proportions import Proportion, proportion
from monitoring.registry.statistics.spread import Spread
from monitoring.registry.study import AGAINST, CAUSES, GRADES, NO_CAUSE


def causes(words: Words) -> Table:
    """The paper's Fig. 1: the causes and what they are made of."""
    block, of = words.study.causes, words.study.cases
    counts, intervals = words.counts(block.counts, of), words.intervals(block.counts, of)
    rows: list[Row] = []
    for cause in (*CAUSES, *NO_CAUSE):
        published = paper.CAUSE_COUNTS.get(cause, 0)
        if published or block.counts[cause]:
            rows.append(Row(cause_name(cause), [counts[cause], intervals[cause], *_published_share(published)]))
            rows += _sub_causes(words, cause)
    columns = [_("This hospital"), _("95 %"), _("Paper"), _("95 %")]
    note = _(
        "Whether the causes differ from the paper’s: %(test)s. The paper prints 36 %% for 11 of 30, which is 36.7 %%."
    )
    test = NOTHING if words.closed and is_few(of) else compared(block.beside_paper)
    return Table("causes", _("Fig. 1: the causes"), columns, rows, note % {"test": test}, wide=True)


def _published_share(n: int) -> list[str]:
    return [counted(n, paper.CASES), interval_words(proportion(n, paper.CASES))] if n else ["0", NOTHING]


def _sub_causes(words: Words, cause: str) -> list[Row]:
    found = [finding for finding in Finding if finding.cause == cause and finding.sub_cause]
    own = {finding.value: words.study.findings[finding.value] for finding in found}
    counts, intervals = words.counts(own, words.study.cases), words.intervals(own, words.study.cases)
    return [
        Row(
            finding.sub_cause_words,
            [counts[finding.value], intervals[finding.value], *_published_share(published)],
            part=True,
        )
        for finding in found
        if (published := paper.FINDINGS.get(finding.value, 0)) or own[finding.value]
    ]


def onset(words: Words) -> Table:
    """The paper's Table 2, with what it did not correct for."""
    onsets = words.study.onsets
    rows, middle = [], median_words if words.closed else range_words
    closed = hidden_causes(words.study) if words.closed else frozenset()
    for cause in CAUSES:
        found, published = onsets.causes[cause], paper.ONSET[cause]
        few = cause in closed
        rows.append(
            Row(
                cause_name(cause),
                [
                    _n_words(found.spread, closed=few),
                    NOTHING if few else words.spread(found.spread, mean_words),
                    NOTHING if few else words.spread(found.spread, middle),
                    "" if found.against is None else NOTHING if few else compared(found.against),
                    f"{published.mean:.1f} ± {published.sd:.1f}",
                    published.p or "",
                ],
            )
        )
    whole = [_n_words(onsets.whole, closed=words.closed and is_few(words.study.cases))]
    whole += [words.spread(onsets.whole, say) for say in (mean_words, middle)]
    low, high = paper.ONSET_RANGE
    rows.append(Row(_("All"), [*whole, "", f"{published_mean(paper.ONSET_WHOLE)} ({low}–{high})", ""]))
    columns = [
        _("n"),
        _("days, mean ± SD"),
        _("median") if words.closed else _("median (range)"),
        _("p against %(cause)s") % {"cause": cause_name(AGAINST).lower()},
        _("Paper: mean ± SD"),
        _("p as published"),
    ]
    return Table("onset", _("Table 2: days until the weakness"), columns, rows, _onset_note(words), wide=True)


def _n_words(found: Spread | NotEstimable, *, closed: bool) -> str:
    if isinstance(found, NotEstimable):
        return "0"
    return left_out(found.n) if closed else str(found.n)


def _onset_note(words: Words) -> str:
    onsets = words.study.onsets
    if words.closed and hidden_causes(words.study):
        return _("The paper corrected for nothing.")
    said = [_("All causes at once: %(test)s.") % {"test": compared(onsets.omnibus)}]
    if not isinstance(onsets.pairs, NotEstimable):
        pairs = [
            _("%(one)s and %(other)s %(p)s")
            % {"one": cause_name(pair.one), "other": cause_name(pair.other), "p": p_words(pair.p)}
            for pair in onsets.pairs
            if pair.p is not None
        ]
        said.append(_("Each pair, p by Mann–Whitney corrected after Holm: %(pairs)s.") % {"pairs": "; ".join(pairs)})
    unknown = sum(found.unknown for found in onsets.causes.values())
    if unknown and not words.closed:
        said.append(_("Onset not known of %(n)s.") % {"n": unknown})
    said.append(_("The paper corrected for nothing."))
    return " ".join(said)


def strength(words: Words) -> Table:
    """Whether strength came back."""
    found, of = words.study.strength, words.study.cases
    columns = [_("at the deficit"), _("day 3"), _("day 7"), _("Paper: day 3"), _("Paper: day 7")]
    each = [{str(grade): n for grade, n in one.items()} for one in (found.at_deficit, found.day3, found.day7)]
    told = [words.counts(counts, of) for counts in each]
    names = {str(grade): _("Grade %(grade)s") % {"grade": grade} for grade in GRADES} | {"None": _("Not known")}
    rows = [
        Row(name, [*(counts[grade] for counts in told), *_published_grade(grade)])
        for grade, name in names.items()
        if any(counts[grade] for counts in each) or grade != "None"
    ]
    relief = found.relief
    few = words.closed and isinstance(relief, Proportion) and is_few_of(relief.k, relief.n)
    here = why_words(relief) if isinstance(relief, NotEstimable) else counted(relief.k, relief.n)
    rows.append(Row(_("Relief"), ["", NOTHING if few else here, "", counted(paper.RELIEVED, paper.CASES), ""]))
    return Table("strength", _("Did strength come back?"), columns, rows, _strength_note(words), wide=True)


def _published_grade(grade: str) -> Sequence[str]:
    """What the paper tells: grades 3 or 4 of 27 on day 3, grade 2 of three; 4 or normal of all on day 7."""
    day3 = {"2": "3", "3": _("27 at 3 or 4"), "4": "″"}
    day7 = {"4": _("30 at 4 or 5"), "5": "″"}
    return [day3.get(grade, "0" if grade.isdigit() else ""), day7.get(grade, "0" if grade.isdigit() else "")]


def _strength_note(words: Words) -> str:
    said = _(
        "The lowest grade among the muscles of the deficit. Relief: each of them at grade 3 or better on day 3, and "
        "better than it was."
    )
    unknown = words.study.strength.relief_unknown
    if unknown and not words.closed:
        said += " " + _("Not known of %(n)s.") % {"n": unknown}
    return said
