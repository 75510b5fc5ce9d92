"""Several lists of rows, of different models, in one statement: a page costs as much however much stands on it.

Each queryset becomes one column of a single row, as JSON made by PostgreSQL, and is decoded to instances again:

    gathering = Gathering()
    events = gathering.ask(AlertEvent.objects.filter(alert__in=ids))
    milestones = gathering.ask(Milestone.objects.filter(alert__in=ids))
    gathering.read()
    for event in events.rows: ...

Relations do not come along: what a row points to is asked for beside it and put in its place, by `join` where each row
names one of the others (a foreign key), by `attach` where others name it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field, ForeignKey, Model, OneToOneRel, QuerySet

from wards.models import Staff

ModelT = TypeVar("ModelT", bound=Model)


class Asked(Generic[ModelT]):
    """A queryset that is read with others. `rows`, in its own order, once the gathering was read."""

    rows: list[ModelT]

    def __init__(self, queryset: QuerySet[ModelT]) -> None:
        query = queryset.query
        whole = query.deferred_loading == (frozenset(), True)
        if query.select_related or query.annotation_select or query.values_select or not whole:
            raise TypeError("a gathering reads plain rows: no select_related, no annotations, no values, none deferred")
        self._model, self._query = queryset.model, query

    def compile(self) -> tuple[str, Sequence[Any]] | None:
        """Its SQL and the parameters of that; None where it is known to find nothing."""
        try:
            sql, params = self._query.get_compiler(connection=connection).as_sql()
        except EmptyResultSet:
            return None
        return sql, params

    def decode(self, found: Iterable[Mapping[str, Any]]) -> None:
        fields: list[Field[Any, Any]] = list(self._model._meta.concrete_fields)
        names = [field.attname for field in fields]
        ways: list[tuple[str, Callable[[Any], Any]]] = [(str(field.column), field.to_python) for field in fields]
        self.rows = [
            self._model.from_db(connection.alias, names, [decode(row[column]) for column, decode in ways])
            for row in found
        ]


class Gathering:
    """What is to be read in one statement."""

    def __init__(self) -> None:
        self._asked: list[Asked[Any]] = []

    def ask(self, queryset: QuerySet[ModelT]) -> Asked[ModelT]:
        """Read this too. Raises TypeError for a queryset of anything but plain rows."""
        asked = Asked(queryset)
        self._asked.append(asked)
        return asked

    def read(self) -> None:
        """One statement for all that was asked; none where nothing can be found."""
        columns: list[str] = []
        params: list[Any] = []
        waiting: list[Asked[Any]] = []
        for asked in self._asked:
            compiled = asked.compile()
            if compiled is None:
                asked.rows = []
                continue
            # json, not jsonb: it is not sorted and kept, only sent. The order of a sorted subquery is the aggregate's.
            columns.append(f"(SELECT json_agg(to_json(found))::text FROM ({compiled[0]}) AS found)")
            params += compiled[1]
            waiting.append(asked)
        if not waiting:
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)}", params)
            found = cursor.fetchone()
        for asked, rows in zip(waiting, found, strict=True):
            asked.decode(json.loads(rows) if rows else ())


def join(rows: Iterable[Model], name: str, known: Mapping[int, Model]) -> None:
    """Put in place what each row names by the foreign key `name`. Raises KeyError for one that is not `known`."""
    for row in rows:
        field = row._meta.get_field(name)
        assert isinstance(field, ForeignKey)
        named = getattr(row, field.attname)
        field.set_cached_value(row, None if named is None else known[named])


def join_back(rows: Iterable[Model], name: str, others: Iterable[Model]) -> None:
    """The other way round for a one-to-one: give each row the one of `others` that names it, or none."""
    rows = list(rows)
    if not rows:
        return
    relation = rows[0]._meta.get_field(name)
    assert isinstance(relation, OneToOneRel)
    naming = {getattr(other, relation.field.attname): other for other in others}
    for row in rows:
        relation.set_cached_value(row, naming.get(row.pk))


def attach(rows: Iterable[Model], name: str, others: Iterable[Model]) -> None:
    """Give each row those of `others` that name it: `row.<name>.all()` then has them, as after prefetch_related."""
    rows = list(rows)
    if not rows:
        return
    field = rows[0]._meta.get_field(name).remote_field
    assert isinstance(field, ForeignKey)
    by_row: defaultdict[int, list[Model]] = defaultdict(list)
    for other in others:
        by_row[getattr(other, field.attname)].append(other)
    for row in rows:
        own = by_row[row.pk]
        for other in own:
            field.set_cached_value(other, row)
        found = getattr(row, name).all()
        found._result_cache, found._prefetch_done = own, True  # as Django's own prefetch_related leaves it
        known = getattr(row, "_prefetched_objects_cache", {})
        setattr(row, "_prefetched_objects_cache", known | {name: found})  # noqa: B010 (no model declares it)


def name_people(named: Iterable[tuple[Sequence[Model], str]], more: Iterable[int] = ()) -> dict[int, Staff]:
    """Put in place everybody whom rows name by these foreign keys, and give them by their ids, `more` among them.

    One query, whoever and however many they are; none where nobody is named.
    """
    named = list(named)
    ids = {getattr(row, f"{name}_id") for rows, name in named for row in rows} - {None}
    people = Staff.objects.in_bulk(ids | set(more))
    for rows, name in named:
        join(rows, name, people)
    return people
