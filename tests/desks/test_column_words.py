"""Every column whose history is kept has a name in words on the audit pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db.models import Field, Model

from monitoring.checks.models import Check
from monitoring.desks.admin.change_words import NOT_TOLD
from monitoring.desks.admin.column_words import GRADES, NAMES, OF_ONE, TABLES, column_words, table_words
from monitoring.identity.models import SignedIn
from tests.audit.test_tracked import NOT_TRACKED, OURS
from wards.models import Stay


def tracked() -> list[type[Model]]:
    """Those with a history: another test holds that it is all but NOT_TRACKED."""
    models = apps.get_models(include_auto_created=True)
    return [one for one in models if one.__module__.startswith(OURS) and one._meta.db_table not in NOT_TRACKED]


def columns() -> Iterator[Field[Any, Any]]:
    for model in tracked():
        yield from (field for field in model._meta.concrete_fields if field.column not in NOT_TOLD)


def key(field: Field[Any, Any]) -> str:
    return f"{field.model._meta.model_name}.{field.name}"


def test_every_table_has_a_name() -> None:
    assert {model._meta.model_name for model in tracked()} - TABLES.keys() == set()


def test_every_column_has_a_name() -> None:
    bare = {name.removesuffix("_untested") for name in GRADES}
    found = {
        key(field)
        for field in columns()
        if field.name.removesuffix("_untested") not in bare and key(field) not in OF_ONE and field.name not in NAMES
    }
    assert found == set()


def test_no_name_is_left_over() -> None:
    told = list(columns())
    assert NAMES.keys() - {field.name for field in told} == set()
    assert OF_ONE.keys() - {key(field) for field in told} == set()
    assert TABLES.keys() - {model._meta.model_name for model in tracked()} == set()


def test_names_are_words() -> None:
    assert [column_words(field) for field in columns() if "_" in column_words(field)] == []
    assert column_words(Check._meta.get_field("l4_left")) == "L4 left"
    assert column_words(Check._meta.get_field("l4_left_untested")) == "L4 left: why without a grade"
    assert column_words(Stay._meta.get_field("responsible_surgeon")) == "responsible surgeon"
    assert column_words(SignedIn._meta.get_field("why")) == "why it ended"
    assert table_words(SignedIn) == "session"
