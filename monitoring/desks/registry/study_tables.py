"""The study's tables in words, this hospital beside the paper. No queries.

`closed`: for what leaves the hospital. Small numbers are then left out, as `registry.disclosure` says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from monitoring.desks.registry.figures import (
    compared,
    interval_words,
    mean_words,
    range_words,
    share_words,
    why_words,
)
from monitoring.desks.registry.table import FEW_WORDS, NOTHING, Row, Table, p_words
from monitoring.pathway.vocabulary import Finding
from monitoring.registry import paper
from monitoring.registry.cohort import NOT_CASES, OUTSIDE, Standing
from monitoring.registry.disclosure import hidden, is_few, is_few_of
from monitoring.registry.statistics.estimates import NotEstimable
from monitoring.registry.statistics.proportions import Proportion, proportion
from monitoring.registry.statistics.spread import Spread
from monitoring.registry.study import AGAINST, CAUSES, GRADES, NO_CAUSE, UNKNOWN, Block, Study
from wards.models import Operation, Patient


@dataclass(frozen=True, slots=True)
class Words:
    """How a table tells numbers: all of them, or none that are small."""

    study: Study
    closed: bool = False

    def counts(self, counts: Mapping[str, int], of: int) -> dict[str, str]:
        """By key "11 (36.7 %)"."""
        few = hidden(counts) if self.closed else frozenset()
        return {key: left_out(n) if key in few else _counted(n, of) for key, n in counts.items()}

    def intervals(self, counts: Mapping[str, int], of: int) -> dict[str, str]:
        """By key the Wilson interval of its share."""
        few = hidden(counts) if self.closed else frozenset()
        return {key: NOTHING if key in few else interval_words(proportion(n, of)) for key, n in counts.items()}

    def spread(self, spread: Spread | NotEstimable, say: Callable[[Spread], str]) -> str:
        """Of fewer than five cases a mean is nearly a name."""
        if isinstance(spread, NotEstimable):
            return why_words(spread)
        return NOTHING if self.closed and is_few(spread.n) else say(spread)


def study_tables(study: Study, *, closed: bool = False) -> list[Table]:
    """Incidence, Table 1, the causes, Table 2, strength."""
    words = Words(study, closed)
    return [incidence(words), patients(words), causes(words), onset(words), strength(words)]


def left_out(n: int) -> str:
    """What stands in place of a number that is not told; a larger one is no "<5", and would give such a one away."""
    return FEW_WORDS if is_few(n) else NOTHING


def _counted(n: int, of: int) -> str:
    return f"{n} ({share_words(proportion(n, of))})" if of else str(n)


def here_and_paper() -> list[str]:
    return [_("This hospital"), _("Paper")]


def flow_table(study: Study, *, closed: bool = False) -> Table:
    """How the cases come out of all operations, with every reason counted."""
    few = hidden_standings(study.flow) if closed else frozenset()
    whole = NOTHING if few & OUTSIDE else str(sum(study.flow.values()))

    def row(standing: Standing, *, part: bool = False) -> Row:
        n = study.flow[standing]
        return Row(str(standing.label), [left_out(n) if standing in few else str(n)], part)

    rows = [
        Row(_("Index fusions in the registry"), [whole]),
        *(row(standing, part=True) for standing in Standing if standing in OUTSIDE),
        Row(_("Operations in the cohort"), [str(study.operations)]),
        row(Standing.NO_EVENT, part=True),
        *(row(standing, part=True) for standing in NOT_CASES),
        row(Standing.CASE),
    ]
    return Table("flow", _("Who is counted"), [_("n")], rows)


def hidden_standings(flow: Mapping[Standing, int]) -> frozenset[Standing]:
    """Those that are not told. The cases are, in every other table; whoever is outside adds up to no total that is."""
    outside = {standing: n for standing, n in flow.items() if standing in OUTSIDE}
    inside = {standing: n for standing, n in flow.items() if standing not in OUTSIDE}
    return hidden(inside, told={Standing.CASE}) | {standing for standing, n in outside.items() if is_few(n)}


def incidence(words: Words) -> Table:
    """How many of all operations."""
    study, published = words.study, proportion(paper.CASES, paper.OPERATIONS)
    few = words.closed and is_few(study.cases)
    here = [NOTHING, NOTHING] if few else [share_words(study.incidence, 2), interval_words(study.incidence, 2)]
    rows = [
        Row(_("Operations"), [str(study.operations), str(paper.OPERATIONS)]),
        Row(_("Cases"), [FEW_WORDS if few else str(study.cases), str(paper.CASES)]),
        Row(_("Share"), [here[0], share_words(published, 2)]),
        Row(_("95 % interval (Wilson)"), [here[1], interval_words(published, 2)]),
    ]
    return Table("incidence", _("How often"), here_and_paper(), rows)


def patients(words: Words) -> Table:
    """The paper's Table 1: the patients who were operated again."""
    study = words.study
    rows = [
        Row(_("Patients"), [_all_cases(words), str(paper.CASES), ""]),
        *_block_rows(words, _("Sex"), study.sex, dict(Patient.Sex.choices), paper.SEX),
        Row(_("Age in years, mean ± SD"), [words.spread(study.age, mean_words), _published_mean(paper.AGE), ""]),
        *_block_rows(words, _("Diagnosis"), study.diagnosis, dict(Operation.Diagnosis.choices), paper.DIAGNOSES),
        *_block_rows(words, _("Fused segments"), study.segments, {}, paper.SEGMENTS),
    ]
    note = _("p: whether both hospitals’ counts could come from one population; small ones say little.")
    columns = [*here_and_paper(), _("do they differ?")]
    return Table("patients", _("Table 1: the patients"), columns, rows, note)


def _all_cases(words: Words) -> str:
    return FEW_WORDS if words.closed and is_few(words.study.cases) else str(words.study.cases)


def _block_rows(
    words: Words, title: str, block: Block, names: Mapping[str, object], published: Mapping[str, int]
) -> list[Row]:
    """The characteristic, its test, and a line for each category that either hospital has."""
    counts = words.counts(block.counts, block.cases)
    test = NOTHING if words.closed and is_few(block.cases) else compared(block.beside_paper)
    shown = [category for category in block.counts if block.counts[category] or published.get(category)]
    return [
        Row(title, ["", "", test]),
        *(
            Row(
                str(names.get(category, category)),
                [counts[category], _counted(published.get(category, 0), paper.CASES), ""],
                part=True,
            )
            for category in shown
        ),
    ]


def _published_mean(of: tuple[float, float]) -> str:
    return f"{of[0]:.1f} ± {of[1]:.1f}"


CAUSE_NAMES = {
    "fixation": lambda: _("Fixation: malposition or loosening"),
    "epidural_haematoma": lambda: _("Epidural haematoma"),
    "insufficient_decompression": lambda: _("Insufficient decompression"),
    "root_oedema": lambda: _("Nerve-root oedema"),
    Finding.NONE_FOUND.value: lambda: _("None found"),
    UNKNOWN: lambda: _("Not recorded"),
}


def cause_name(cause: str) -> str:
    return CAUSE_NAMES[cause]()


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
    return [_counted(n, paper.CASES), interval_words(proportion(n, paper.CASES))] if n else ["0", NOTHING]


def _sub_causes(words: Words, cause: str) -> list[Row]:
    found = [finding for finding in Finding if finding.cause == cause and finding.sub_cause]
    own = {finding.value: words.study.findings[finding.value] for finding in found}
    counts = words.counts(own, words.study.cases)
    return [
        Row(
            finding.sub_cause_words,
            [counts[finding.value], "", _counted(published, paper.CASES), ""],
            part=True,
        )
        for finding in found
        if (published := paper.FINDINGS.get(finding.value, 0)) or own[finding.value]
    ]


def onset(words: Words) -> Table:
    """The paper's Table 2, with what it did not correct for."""
    onsets = words.study.onsets
    rows = []
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
                    NOTHING if few else words.spread(found.spread, range_words),
                    "" if found.against is None else NOTHING if few else compared(found.against),
                    f"{published.mean:.1f} ± {published.sd:.1f}",
                    published.p or "",
                ],
            )
        )
    whole = [_n_words(onsets.whole, closed=words.closed and is_few(words.study.cases))]
    whole += [words.spread(onsets.whole, say) for say in (mean_words, range_words)]
    low, high = paper.ONSET_RANGE
    rows.append(Row(_("All"), [*whole, "", f"{_published_mean(paper.ONSET_WHOLE)} ({low}–{high})", ""]))
    columns = [
        _("n"),
        _("days, mean ± SD"),
        _("median (range)"),
        _("p against %(cause)s") % {"cause": cause_name(AGAINST).lower()},
        _("Paper: mean ± SD"),
        _("p as published"),
    ]
    return Table("onset", _("Table 2: days until the weakness"), columns, rows, _onset_note(words), wide=True)


def hidden_causes(study: Study) -> frozenset[str]:
    """The causes of which nothing is told: too few cases, or as many as would give those away."""
    spreads = {cause: one.spread for cause, one in study.onsets.causes.items()}
    few = {cause for cause, found in spreads.items() if isinstance(found, Spread) and is_few(found.n)}
    return hidden(study.causes.counts) | few


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
    here = why_words(relief) if isinstance(relief, NotEstimable) else _counted(relief.k, relief.n)
    rows.append(Row(_("Relief"), ["", NOTHING if few else here, "", _counted(paper.RELIEVED, paper.CASES), ""]))
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
