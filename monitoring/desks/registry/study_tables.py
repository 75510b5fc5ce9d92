"""The study's tables in words, this hospital beside the paper. No queries.

`closed`: for what leaves the hospital. Small numbers are then left out, as `registry.disclosure` says.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from monitoring.desks.registry.cause_tables import causes, onset, strength
from monitoring.desks.registry.figures import compared, interval_words, mean_words, share_words
from monitoring.desks.registry.study_words import Words, counted, left_out, published_mean
from monitoring.desks.registry.table import FEW_WORDS, NOTHING, Row, Table
from monitoring.registry import paper
from monitoring.registry.cohort import NOT_CASES, OUTSIDE, Standing
from monitoring.registry.disclosure import is_few
from monitoring.registry.not_told import hidden_standings
from monitoring.registry.statistics.proportions import proportion
from monitoring.registry.study import Block, Study
from wards.models import Operation, Patient


def study_tables(study: Study, *, closed: bool = False) -> list[Table]:
    """Incidence, Table 1, the causes, Table 2, strength."""
    words = Words(study, closed)
    return [incidence(words), patients(words), causes(words), onset(words), strength(words)]


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
        Row(_("Age in years, mean ± SD"), [words.spread(study.age, mean_words), published_mean(paper.AGE), ""]),
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
                [counts[category], counted(published.get(category, 0), paper.CASES), ""],
                part=True,
            )
            for category in shown
        ),
    ]
