"""What the form says of a check that could not be done: why, and when the next try is. It writes nothing."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from monitoring.checks.models import Attempt
from monitoring.due.clock import now
from wards.fields import NOW, KeyField, WhenForm, first_after
from wards.models import Ward

AT = "at"
SPANS = [("15", _("in 15 min")), ("30", _("in 30 min")), ("60", _("in 1 hour"))]
NOTE_LENGTH = 200


class AttemptForm(WhenForm):
    """A check that was tried and could not be done. Its time begins as now; the reason and the next try are asked for.

    `next` is "15", "30", "60" (minutes from now) or "at", with `next_time` on the ward's clock: the first such time
    after the try.
    """

    when, when_label = "tried", _("When was it tried?")

    idempotency_key = KeyField()
    reason = forms.TypedChoiceField(
        label=_("Why could the check not be done?"),
        choices=Attempt.Reason.choices,
        coerce=Attempt.Reason,
        widget=forms.RadioSelect,
        error_messages={"required": _("Say why."), "invalid_choice": _("Say why: choose one of these.")},
    )
    note = forms.CharField(label=_("what else kept it from being done"), max_length=NOTE_LENGTH, required=False)
    next = forms.ChoiceField(
        label=_("When is the next try?"),
        choices=[*SPANS, (AT, _("at a time"))],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say when it is tried again."),
            "invalid_choice": _("Say when it is tried again: choose one of these."),
        },
    )
    next_time = forms.TimeField(
        label=_("time of the next try"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": _("This is not a time: write it as 03:14, on the 24-hour clock.")},
    )

    def __init__(self, *args: Any, ward: Ward, **kwargs: Any) -> None:
        initial = {self.when: NOW} | (kwargs.pop("initial", None) or {})
        super().__init__(*args, ward=ward, initial=initial, **kwargs)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        chosen, typed = cleaned.get("next"), cleaned.get("next_time")
        if chosen == AT and typed is None and "next_time" not in self.errors:
            self.add_error("next_time", gettext("Give the time of the next try."))
        elif chosen == AT and typed is not None and not self.errors:
            cleaned["next_try"] = self._first(typed, after=self.at or now())
        elif chosen and chosen != AT:
            cleaned["next_try"] = timedelta(minutes=int(chosen))
        if chosen and chosen != AT and typed is not None:
            self.add_error("next_time", gettext("You chose a number of minutes, and typed a time as well."))
        return cleaned

    def _first(self, typed: Any, *, after: datetime) -> datetime | None:
        """The first instant after `after` at which the ward's clock shows the typed time."""
        try:
            return first_after(after, typed, self.zone)
        except ValidationError as error:
            self.add_error("next_time", error)
            return None

    @property
    def next_try(self) -> datetime | timedelta:
        """When it is tried again, once the form is valid: an instant, or so long from now."""
        next_try: datetime | timedelta = self.cleaned_data["next_try"]
        return next_try

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key
