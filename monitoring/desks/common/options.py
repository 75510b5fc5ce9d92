"""A form's choices as large radio buttons: what each sends, what it shows, and how it is called aloud."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from django.forms import BoundField, ChoiceField

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    text: str
    name: str
    checked: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question with a few answers, none of them given in advance. `words` is how it is asked at the bedside."""

    name: str
    words: str
    options: tuple[Option, ...]
    errors: tuple[str, ...]


def question(field: BoundField, words: str | StrPromise) -> Question:
    """A choice field as a question."""
    given = value_of(field)
    choices = cast(Iterable[tuple[str, str]], cast(ChoiceField, field.field).choices)
    options = tuple(
        Option(str(value), (text := _capitalised(label)), text, bool(given) and given == str(value))
        for value, label in choices
    )
    return Question(field.html_name, str(words), options, tuple(str(error) for error in field.errors))


def value_of(field: BoundField) -> str:
    """What was chosen, as it is sent; empty where nothing was. 0 is something."""
    value = field.value()
    return "" if value is None else str(value)


def _capitalised(label: str) -> str:
    return label[:1].upper() + label[1:]
