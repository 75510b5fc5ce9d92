"""A row that a transaction changed, as people read it: each column before and after. No queries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db.models import DateField, DateTimeField, Field, ForeignKey, Model
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from monitoring.audit.models import RowChange
from monitoring.desks.admin.column_words import column_words, table_words
from monitoring.desks.common.presentation import day_words
from wards.models import Patient, Staff, Ward

NOT_TOLD = frozenset({"id", "public_id", "idempotency_key"})  # names of the row itself; `row_id` is said
LONGEST = 400
EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Known:
    """Who and where the ids of a page's rows are, as far as the page has read them; and the clock to tell times by."""

    zone: ZoneInfo
    people: Mapping[int, Staff]
    wards: Mapping[int, Ward]
    patients: Mapping[int, Patient]

    def name(self, model: type[Model], row_id: int) -> str:
        """A row that another one points to: its name, or what it is and its number."""
        if issubclass(model, Staff) and row_id in self.people:
            return str(self.people[row_id])
        if issubclass(model, Ward) and row_id in self.wards:
            return str(self.wards[row_id])
        if issubclass(model, Patient) and row_id in self.patients:
            return self.patients[row_id].display_name
        return f"{table_words(model)} {row_id}"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; empty words: nothing stood there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One row. `columns` is empty where its contents are not for the reader."""

    change: RowChange
    table: str
    verb: str
    columns: Sequence[Column]

    @property
    def has_before(self) -> bool:
        return self.change.operation != RowChange.Operation.INSERT

    @property
    def has_after(self) -> bool:
        return self.change.operation != RowChange.Operation.DELETE


def changed(change: RowChange, known: Known, *, whole: bool = True) -> Changed:
    """A row change in words. `whole` False leaves out what stood and stands in the row."""
    model = model_of(change.table)
    verb = {
        RowChange.Operation.INSERT: _("added"),
        RowChange.Operation.UPDATE: _("changed"),
        RowChange.Operation.DELETE: _("DELETED"),
    }[RowChange.Operation(change.operation)]
    table = change.table if model is None else table_words(model)
    return Changed(change, table, verb, list(_columns(change, model, known)) if whole else [])


def _columns(change: RowChange, model: type[Model] | None, known: Known) -> Iterator[Column]:
    before, after = change.before or {}, change.after or {}
    fields = {} if model is None else {field.column: field for field in model._meta.concrete_fields}
    present = before.keys() | after.keys()
    for name in [*(name for name in fields if name in present), *sorted(present - fields.keys())]:
        was, became = before.get(name), after.get(name)
        if name in NOT_TOLD or (was in EMPTY and became in EMPTY):
            continue
        field = fields.get(name)
        label = name.replace("_", " ") if field is None else column_words(field)
        yield Column(label, value_words(was, field, known), value_words(became, field, known))


def value_words(value: Any, field: Field[Any, Any] | None, known: Known) -> str:
    """What stands in a column, in words; empty where nothing does. 0 and no are something."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(field, ForeignKey) and isinstance(value, int):
        return known.name(field.related_model, value)
    if isinstance(value, str) and isinstance(field, DateField):
        return _time_words(value, field, known.zone)
    if isinstance(value, (dict, list)):
        return _short(json.dumps(value, ensure_ascii=False, sort_keys=True))
    label = dict(field.flatchoices).get(value) if field is not None and field.choices else None
    return _short(str(value if label is None else label))


def _time_words(value: str, field: DateField[Any, Any], zone: ZoneInfo) -> str:
    if not isinstance(field, DateTimeField):
        day = parse_date(value)
        return value if day is None else day_words(day)
    at = parse_datetime(value)
    return value if at is None else instant_words(at, zone)


def instant_words(at: datetime, zone: ZoneInfo) -> str:
    """To the second, with its day: 07-Mar-2026 03:14:07."""
    here = at.astimezone(zone)
    return f"{day_words(here.date())} {here:%H:%M:%S}"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


@cache
def _models() -> Mapping[str, type[Model]]:
    return {model._meta.db_table: model for model in apps.get_models(include_auto_created=True)}


def model_of(table: str) -> type[Model] | None:
    """The model whose rows a table holds; None for one that is none of ours."""
    return _models().get(table)
