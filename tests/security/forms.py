"""The forms of a page as a browser has them, filled in as somebody might: whatever can be chosen is chosen, and every
field for words says the same words."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser

from monitoring.due.clock import now

WORDS = {"text", "search", "textarea", ""}
LIKED = ("5", "absent", "now", "no", "none", "ward", "left", "other", "?")
"""Of several choices the first of these: what is most often true, and needs nothing else to be said."""

NO_WORDS = {
    "volume_ml": "40",
    "code": "zz",
    "time_zone": "Europe/Berlin",
    "date_of_birth": "1960-02-03",
    "born": "1960-02-03",
}
"""Fields whose values nobody makes up: words there are refused, which is tested elsewhere."""


@dataclass
class Field:
    name: str
    kind: str
    value: str = ""
    choices: list[str] = field(default_factory=list)
    longest: int | None = None


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)

    def names(self, *kinds: str) -> list[str]:
        return [each.name for each in self.fields.values() if each.kind in kinds]

    @property
    def worded(self) -> list[str]:
        """The fields for words."""
        return self.names(*WORDS)

    def filled(self, words: str) -> dict[str, str]:
        """What is sent. A form that is not sent twice has a key of its own each time."""
        found = {each.name: _said(each, words) for each in self.fields.values()}
        if "idempotency_key" in found:
            found["idempotency_key"] = str(uuid.uuid4())
        return {name: value for name, value in found.items() if value is not None}


def _said(each: Field, words: str) -> str | None:
    if (part := each.name.rpartition("-")[2]) in NO_WORDS:
        return each.value or NO_WORDS[part]
    if each.kind in WORDS:
        return words[: each.longest]
    if each.choices:
        return next((liked for liked in LIKED if liked in each.choices), next(filter(None, each.choices), ""))
    return OTHERWISE[each.kind](each) if each.kind in OTHERWISE else each.value


OTHERWISE: dict[str, Callable[[Field], str | None]] = {
    "number": lambda each: each.value or "3",
    "date": lambda each: each.value,
    "datetime-local": lambda each: each.value or f"{now() + timedelta(hours=1):%Y-%m-%dT%H:%M}",
    "time": lambda each: each.value,
    "email": lambda each: each.value or "someone@example.org",
    "tel": lambda each: each.value or "+49 30 1234567",
    "password": lambda _each: "correct horse battery",
    "checkbox": lambda each: each.value or "on",
    "file": lambda _each: None,
    "submit": lambda _each: None,
    "button": lambda _each: None,
}


class _Reader(HTMLParser):
    """Collects forms, and fields that name their form by id."""

    def __init__(self, here: str) -> None:
        super().__init__(convert_charrefs=True)
        self.here = here
        self.forms: list[Form] = []
        self._inside: Form | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(said.get("action") or self.here, said.get("method", "get").lower())
            self.forms.append(self._inside)
        elif tag in {"input", "select", "textarea"} and self._inside is not None and said.get("name"):
            self._take(tag, said, self._inside)
        elif tag == "option" and self._select is not None:
            self._select.choices.append(said.get("value", ""))

    def _take(self, tag: str, said: dict[str, str], form: Form) -> None:
        kind = said.get("type", "") if tag == "input" else tag
        longest = int(said["maxlength"]) if said.get("maxlength") else None
        found = form.fields.setdefault(said["name"], Field(said["name"], kind, said.get("value", ""), longest=longest))
        if kind == "radio" or (kind == "checkbox" and found.choices):
            found.choices.append(said.get("value", "on"))
        self._select = found if tag == "select" else self._select

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "select":
            self._select = None


def forms_on(page: str, here: str) -> list[Form]:
    """The forms that are sent to the server, without those of the frame around every page."""
    reader = _Reader(here)
    reader.feed(page)
    frame = {"/sign-out/", "/language/", "/lock/"}
    return [form for form in reader.forms if form.method == "post" and form.action not in frame]
