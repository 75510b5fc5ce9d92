"""The newest or oldest rows of several index ranges together: as quick as the rows shown, however long the table is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from django.db.models import Model, QuerySet

ModelT = TypeVar("ModelT", bound=Model)


def first_of(branches: Sequence[QuerySet[ModelT]], order: Sequence[str], most: int) -> list[int]:
    """The ids of the first `most` rows of all branches, in this order; branches share no row.

    Each branch is cut to `most` by itself, so PostgreSQL reads no further in any index range than it shows. One query.
    """
    names = [name.removeprefix("-") for name in order]
    cut = [branch.order_by(*order).values_list(*names)[:most] for branch in branches]
    if not cut:
        return []
    rows = cut[0] if len(cut) == 1 else cut[0].union(*cut[1:], all=True).order_by(*order)[:most]
    place = names.index("id")
    return [row[place] for row in rows]
