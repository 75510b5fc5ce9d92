"""From a form to an action and back: what an action refuses stands beside its field, with everything else kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, QueryDict

from monitoring.due.clock import now
from wards.models import Ward
from wards.times import zone_of

SavedT = TypeVar("SavedT")
REFUSED = 422  # the status of a page that shows a form again: nothing was stored


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None while it is only being shown. An empty POST is still one."""
    return request.POST if request.method == "POST" else None


def today(ward: Ward) -> date:
    """The date on the ward's calendar: where a form that asks for a date begins."""
    return now().astimezone(zone_of(ward)).date()


def status_of(form: forms.BaseForm) -> int:
    return REFUSED if form.errors else 200


def saved(form: forms.Form, action: Callable[[], SavedT]) -> SavedT | None:
    """What `action` made of a valid form; None, with the errors on the form, where either refuses."""
    if not form.is_valid():
        return None
    try:
        return action()
    except ValidationError as error:
        refuse(form, error)
        return None


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Put an action's messages beside the fields they name; those of no field of this form at its top."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, messages in by_field.items():
        form.add_error(name if name in form.fields else None, ValidationError(messages))


class Place(NamedTuple):
    """A field to jump to: its id, and what it is called on the page."""

    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of an error summary: what is wrong, and where."""

    message: str
    places: tuple[Place, ...]


def problems(form: forms.Form, words: Mapping[str, str] | None = None) -> list[Problem]:
    """What is wrong, in the form's order, each message once. `words`: what the page calls a field, if not its label."""
    found: dict[str, list[Place]] = {}
    for name in form.fields:
        for message in form.errors.get(name, []):
            found.setdefault(str(message), []).append(_place(form[name], (words or {}).get(name)))
    return [Problem(message, tuple(places)) for message, places in found.items()]


def _place(field: forms.BoundField, words: str | None) -> Place:
    radio = isinstance(field.field.widget, forms.RadioSelect)
    label = words or field.label
    return Place(f"{field.auto_id}_0" if radio else field.auto_id, label[:1].upper() + label[1:])
