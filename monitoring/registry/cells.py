"""One cell of a file, read as its column says. Pure. Digits are 0 to 9, whatever others a character set has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _

from monitoring.registry.columns import COLUMNS, MAX_KEY, YES, Column, Kind

KEY: Final = re.compile(rf"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9._/-]{{0,{MAX_KEY - 1}}}")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
WHOLE: Final = re.compile(r"[0-9]{1,9}")
DECIMAL: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
COMMA: Final = re.compile(r"[0-9]+,[0-9]+")
FIRST_YEAR: Final = 1950
"""Whoever fused a spine before was not followed by anything that this registry counts: a slip of the pen."""
CODES: Final = {column.name: {choice.lower(): choice for choice in column.choices or ()} for column in COLUMNS}
"""By a column's name what may stand in it, however it is capitalised."""
EXAMPLE: Final = "example"
"""How the numbers of the template's examples begin."""


class Wrong(ValueError):
    """A cell that its column cannot hold. Its words say why, and never what stood there."""


def read(column: Column, text: str, wards: Mapping[str, date]) -> Any:
    """What a cell that is not empty says. `wards`: by their codes the day that it is there. Raises Wrong."""
    if column.kind is Kind.WARD:
        return _ward(text, wards)
    return READERS[column.kind](column, text)


def _ward(text: str, wards: Mapping[str, date]) -> str:
    if text not in wards:
        raise Wrong(_("There is no such ward among yours. Write its code."))
    return text


def _key(column: Column, text: str) -> str:
    if text.lower().startswith(EXAMPLE):
        raise Wrong(_("This is an example of the template. Take the row out."))
    if KEY.fullmatch(text) is None:
        words = _("This is no number of a study: %(allowed)s. Names and record numbers are not taken.")
        raise Wrong(words % {"allowed": column.allowed})
    return text


def _day(_column: Column, text: str) -> date:
    try:
        day = date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise Wrong(_("This is no date: write it as 2016-03-07."))
    if day.year < FIRST_YEAR:
        raise Wrong(_("This is before %(year)d.") % {"year": FIRST_YEAR})
    return day


def _choice(column: Column, text: str) -> str:
    found = CODES[column.name].get(text.lower())
    if found is None:
        raise Wrong(_("This is none of: %(allowed)s.") % {"allowed": column.allowed})
    return found


def _yes_no(column: Column, text: str) -> bool:
    return _choice(column, text) == YES


def _whole(column: Column, text: str) -> int:
    number = int(text) if WHOLE.fullmatch(text) else None
    if number is None or not column.low <= number <= column.high:
        raise Wrong(_("Write a number: %(allowed)s.") % {"allowed": column.allowed})
    return number


def _decimal(column: Column, text: str) -> float:
    if COMMA.fullmatch(text):
        raise Wrong(_("Write a decimal point, no comma: 2.5."))
    number = float(text) if DECIMAL.fullmatch(text) else None
    if number is None or not column.low <= number <= column.high:
        raise Wrong(_("Write a number: %(allowed)s.") % {"allowed": column.allowed})
    return number


READERS: Final[Mapping[Kind, Callable[[Column, str], Any]]] = {
    Kind.KEY: _key,
    Kind.DAY: _day,
    Kind.CHOICE: _choice,
    Kind.YES_NO: _yes_no,
    Kind.WHOLE: _whole,
    Kind.GRADE: _whole,
    Kind.DECIMAL: _decimal,
}
