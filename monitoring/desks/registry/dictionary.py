"""The data dictionary of the lines that leave: what each column means, in which unit, and what may stand in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as lazy

from monitoring.registry.cohort import VERSION, Standing
from monitoring.registry.columns import BY_NAME
from monitoring.registry.deidentified import HEAD
from monitoring.registry.vocabulary import Ended

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

DICTIONARY_HEAD: Final = ("column", "meaning", "unit", "values")

OWN: Final[dict[str, tuple[StrPromise, StrPromise | str, StrPromise | str]]] = {
    "line": (lazy("A running number of this file. It means nothing elsewhere."), "", lazy("1 and up")),
    "ward": (lazy("The ward of the index operation, as a letter."), "", "A, B, C…"),
    "year": (lazy("The year of the index operation: the only date in the file."), lazy("calendar year"), ""),
    "age": (lazy("Age on the day of the index operation; over 89 as one group."), lazy("completed years"), "0–89, 90+"),
    "standing": (lazy("What the line is to the study, by the definition of this version."), "", ", ".join(Standing)),
    "definition": (lazy("The version of the definition that says who is counted."), "", str(VERSION)),
    "source": (lazy("Put together from the record, or imported."), "", "recorded, imported"),
}
"""What a file that leaves has and the template has not."""


def dictionary_rows() -> Iterator[tuple[str, str, str, str]]:
    """A row for each column of the file, in its order. An empty cell of the file is always: not known."""
    for name in HEAD:
        if name in OWN:
            meaning, unit, values = OWN[name]
            yield name, str(meaning), str(unit), str(values)
        else:
            column = BY_NAME[name]
            yield name, str(column.meaning), str(column.unit), _allowed(name)


def _allowed(name: str) -> str:
    """As the template allows it; what only the record has, too."""
    column = BY_NAME[name]
    return f"{column.allowed}, {Ended.OPEN}" if name == "ended" else column.allowed
