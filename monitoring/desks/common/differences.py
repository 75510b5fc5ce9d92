"""What a correction says otherwise than the entry that it replaces, field by field. No queries of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from monitoring.desks.common.presentation import clock_words

NOT_CONTENT = frozenset({"idempotency_key", "reason", "partial"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: what it is called, what was recorded, and what it is to be."""

    label: str
    before: str
    after: str


def differences(form: forms.Form, recorded: datetime | None, now: datetime) -> list[Difference]:
    """What a valid form of a correction changes. `recorded` is the time that the entry has."""
    return [*_of_time(form, recorded, now), *_of_content(form)]


def _of_time(form: forms.Form, recorded: datetime | None, now: datetime) -> Iterator[Difference]:
    at: datetime | None = form.cleaned_data.get("at")
    zone = getattr(form, "zone", None)
    if at is None or recorded is None or zone is None or at == recorded:
        return
    before, after = (clock_words(moment, now=now, zone=zone) for moment in (recorded, at))
    yield Difference(_("time"), before, after)


def _of_content(form: forms.Form) -> Iterator[Difference]:
    when: str | None = getattr(form, "when", None)
    for name in form.changed_data:
        if name in NOT_CONTENT or (when is not None and (name == when or name.startswith(f"{when}_"))):
            continue
        bound = form[name]
        before, after = _shown(bound, bound.initial), _shown(bound, bound.data)
        if before != after:
            yield Difference(str(bound.label), before, after)


def _shown(bound: forms.BoundField, value: Any) -> str:
    """A value as the page calls it. 0 is something."""
    if isinstance(value, Model):  # a person who is no choice any more has a name all the same
        return str(value)
    if isinstance(value, bool) or value == "on":
        return _("yes") if value else _("no")
    value = bound.field.prepare_value(value)
    if value is None or value in ("", []):
        return "–"
    choices = {str(code): str(label) for code, label in getattr(bound.field, "choices", ())}
    if isinstance(value, list):
        return pgettext("between parts", "; ").join(choices.get(str(one), str(one)) for one in value)
    return choices.get(str(value), str(value))
