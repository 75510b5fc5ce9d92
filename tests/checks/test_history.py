"""What the stay's page tells of an episode: everything ever recorded, and why some of it no longer counts."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from monitoring.checks import actions
from monitoring.checks.queries import HistoryRow, check_history, history, lems
from monitoring.protocol import MUSCLES
from tests.cast import Cast, ago
from tests.checks.examples import examine, findings, treat
from wards.models import Stay


def test_history_tells_everything_newest_first(cast: Cast, stay: Stay) -> None:
    examine(cast, stay, at=ago(hours=2))
    treat(cast, stay, at=ago(hours=1))
    examine(cast, stay, at=ago(hours=26, days=2))
    told = [(row.kind, row.at) for row in history(stay)]
    assert told == [
        ("treatment", ago(hours=1)),
        ("check", ago(hours=2)),
        ("operation", ago(days=1)),
        ("check", ago(hours=26, days=2)),
    ]


def test_history_says_who_corrected_or_retracted_what_and_why(cast: Cast, stay: Stay) -> None:
    first = examine(cast, stay, at=ago(hours=2), l4_left=0)
    second = actions.correct_check(
        first, by=cast.carol, at=None, findings=findings(l4_left=4), reason="misread", key=uuid4()
    )
    actions.retract_check(second, by=cast.sam, reason="wrong patient")
    newer, older = check_history(stay)
    assert (newer.entry.pk, older.entry.pk) == (second.pk, first.pk)
    assert older.struck is not None
    assert (older.struck.how, older.struck.by, older.struck.reason) == ("corrected", "Carol Chase", "misread")
    assert older.struck.at == second.recorded_at
    assert newer.struck is not None
    assert (newer.struck.how, newer.struck.by, newer.struck.reason) == ("retracted", "Sam Stone", "wrong patient")


def test_what_stands_is_not_struck(cast: Cast, stay: Stay) -> None:
    examine(cast, stay)
    assert [row.struck for row in history(stay)] == [None, None]


def everything_shown(rows: list[HistoryRow]) -> list[str]:
    """What a page reads of each row."""
    return [f"{row.entry.recorded_by} {getattr(row.entry, 'second_examiner', None)} {row.struck}" for row in rows]


def test_history_reads_five_queries_however_long_it_is(cast: Cast, stay: Stay) -> None:
    for hours in range(1, 9):
        check = examine(cast, stay, at=ago(hours=hours), second_examiner=cast.carol)
        treat(cast, stay, at=ago(hours=hours))
        new = actions.correct_check(check, by=cast.sam, at=None, findings=findings(), reason="x", key=uuid4())
        if hours % 2:
            actions.retract_check(new, by=cast.sam, reason="y")
    with CaptureQueriesContext(connection) as queries:
        assert len(everything_shown(history(stay))) == 25
    assert len(queries) == 5
    with CaptureQueriesContext(connection) as queries:
        assert len(everything_shown(check_history(stay))) == 16
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("grades", "score"),
    [
        ([5] * 10, "50/50"),
        ([5] * 9 + [3], "48/50"),
        ([0] * 10, "0/50"),
        ([5] * 7 + [3, 0], "38/45, 1 NT"),
        ([0], "0/5, 9 NT"),
        ([], ""),
    ],
)
def test_the_motor_score_counts_what_was_tested_and_says_what_was_not(grades: list[int], score: str) -> None:
    assert lems({str(muscle): grade for muscle, grade in zip(MUSCLES, grades, strict=False)}) == score
