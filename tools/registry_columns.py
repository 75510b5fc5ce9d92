"""`python -m tools.registry_columns`: the columns of a file of past operations into docs/registry.md, from the code.

They go between the two marks there, or where @@TEMPLATE@@ stands.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
if __name__ == "__main__":
    django.setup()

from monitoring.registry.columns import COLUMNS, Column

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "registry.md"
BEGIN, END = "<!-- columns: made by tools/registry_columns.py -->", "<!-- end of the columns -->"
PLACE = re.compile(rf"{re.escape(BEGIN)}.*{re.escape(END)}|@@TEMPLATE@@", re.DOTALL)

INTRODUCTION = """\
One row for each index fusion, the names of the columns first; the page has a template to download. An empty cell always
means *not known*. Columns without a star may be empty, or left out. Numbers have a decimal point, and capitals do not
matter. Cells are parted by commas or semicolons, the text is UTF-8 with or without a byte order mark, and no cell holds
a line break. No patient is named: `case_key` is the study's own number, and a column that is not in this table is
refused. All of a file is imported or nothing; every problem is told with its line, its column and its reason. The page
takes 2 MB, the command any size. The same file is not taken twice. An import can be taken back whole, for a reason.
"""

HEAD = "| column | meaning | unit | what may stand in it | example |\n| --- | --- | --- | --- | --- |"


def section() -> str:
    """The part of the document, between its marks."""
    return "\n".join([BEGIN, "", INTRODUCTION, HEAD, *map(_line, COLUMNS), "", END])


def _line(column: Column) -> str:
    star = "\\*" if column.required else ""
    allowed = column.allowed
    if column.choices is not None:
        allowed = ", ".join(f"`{choice}`" for choice in column.choices)
    cells = (f"`{column.name}`{star}", column.meaning, column.unit, allowed, f"`{column.example}`")
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def main() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(PLACE.sub(lambda _found: section(), text, count=1), encoding="utf-8")


if __name__ == "__main__":
    main()
