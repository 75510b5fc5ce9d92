"""From a form to an action and back: what an action refuses stands beside its field, with everything else kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

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


@dataclass(frozen=True, slots=True)
class Problem:
    """One line of an error summary, with the id to jump to."""

    anchor: str
    words: str
    message: str


def problems(form: forms.Form) -> Iterator[Problem]:
    """What is wrong, field by field, in the form's order."""
    for name in form.fields:
        for message in form.errors.get(name, []):
            bound = form[name]
            radio = isinstance(bound.field.widget, forms.RadioSelect)
            anchor = f"{bound.auto_id}_0" if radio else bound.auto_id
            yield Problem(anchor, bound.label[:1].upper() + bound.label[1:], str(message))
