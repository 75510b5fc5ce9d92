"""docs/registry.md names the columns of the template as they are: `python -m tools.registry_columns` writes them."""

from __future__ import annotations

from monitoring.registry.columns import COLUMNS
from tools.registry_columns import DOCUMENT, section


def test_the_document_has_the_columns_as_they_are() -> None:
    assert section() in DOCUMENT.read_text(encoding="utf-8")


def test_the_section_has_a_line_for_each_column() -> None:
    lines = [line for line in section().splitlines() if line.startswith("| `")]
    assert [line.split("`")[1] for line in lines] == [column.name for column in COLUMNS]
    assert not [line for line in lines if line.count("|") != 6]
