"""What a file would bring, in words: so that somebody recognises their hospital, or sees that it is another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.desks.registry.study_words import cause_name
from monitoring.desks.registry.table import Row, Table
from monitoring.pathway.vocabulary import Finding
from monitoring.registry.cohort import Standing
from monitoring.registry.import_queries import Counts, Overlap
from monitoring.registry.study import CAUSES, NO_CAUSE, UNKNOWN
from wards.times import day_words


def count_tables(counts: Counts) -> list[Table]:
    """By ward, by what each operation is to the study, and the causes of the cases."""
    n = [_("n")]
    tables = [
        Table("wards", _("Operations by ward"), n, [Row(str(ward), [str(rows)]) for ward, rows in counts.wards]),
        Table("standings", _("What they are to the study"), n, list(_standings(counts))),
    ]
    if counts.findings:
        tables.append(Table("causes", _("Causes of the cases"), n, list(_causes(counts))))
    return tables


def _standings(counts: Counts) -> Iterator[Row]:
    for standing, rows in counts.standings.items():
        yield Row(str(Standing(standing).label), [str(rows)])


def _causes(counts: Counts) -> Iterator[Row]:
    """Each cause with what it is made of, in the order of the paper."""
    by_cause: Counter[str] = Counter()
    for finding, rows in counts.findings.items():
        by_cause[Finding(finding).cause if finding else UNKNOWN] += rows
    for cause in (*CAUSES, *NO_CAUSE):
        if by_cause[cause]:
            yield Row(cause_name(cause), [str(by_cause[cause])])
            yield from _sub_causes(cause, counts)


def _sub_causes(cause: str, counts: Counts) -> Iterator[Row]:
    for finding in Finding:
        if finding.cause == cause and finding.sub_cause and finding.value in counts.findings:
            yield Row(finding.sub_cause_words, [str(counts.findings[finding.value])], part=True)


def overlap_words(overlap: Overlap) -> str:
    """A warning: some of these may be one patient, counted twice."""
    of = {
        "ward": overlap.ward,
        "since": day_words(overlap.since),
        "until": day_words(overlap.until),
        "recorded": overlap.recorded,
        "imported": overlap.imported,
    }
    there = _(
        "%(ward)s, from %(since)s to %(until)s: the registry has %(recorded)d operations that were recorded here, and "
        "%(imported)d that were imported."
    )
    alike = ngettext(
        "%(n)d row of the file has the day, the sex and the age of one of them.",
        "%(n)d rows of the file have the day, the sex and the age of one of them.",
        overlap.alike,
    )
    return f"{there % of} {alike % {'n': overlap.alike}}"
