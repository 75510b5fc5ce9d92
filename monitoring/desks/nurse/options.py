"""A form's choices as large radio buttons: what each sends, what it shows, and how it is called aloud."""

from __future__ import annotations

from dataclasses import dataclass

from django.forms import BoundField


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


def question(field: BoundField, words: str, texts: dict[str, str] | None = None) -> Question:
    """A choice field as a question. `texts` says an answer otherwise than the field does, by its value."""
    given = value_of(field)
    options = tuple(
        Option(str(value), text := (texts or {}).get(str(value), _capitalised(label)), text, bool(given) and given == str(value))
        for value, label in field.field.choices
    )
    return Question(field.html_name, words, options, tuple(str(error) for error in field.errors))


def value_of(field: BoundField) -> str:
    """What was chosen, as it is sent; empty where nothing was. 0 is something."""
    value = field.value()
    return "" if value is None else str(value)


def _capitalised(label: str) -> str:
    return label[:1].upper() + label[1:]
