"""Parsing of what people do to an alert. The rules are in `alerts.steps` and `alerts.offers`."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.alerts.models import Alert
from monitoring.due.clock import now
from wards.access import RULES, May
from wards.fields import WhenForm, first_after
from wards.models import Staff, Ward
from wards.rota_queries import eligible
from wards.times import zone_of

OUTCOMES = [(outcome.value, outcome.label) for outcome in Alert.Outcome if outcome in Alert.OUTCOMES_BY_PEOPLE]
NOTE_LENGTH = 200
AT = "at"
SPANS = [("30", lazy("in 30 min")), ("60", lazy("in 1 hour")), ("120", lazy("in 2 hours")), ("240", lazy("in 4 hours"))]


def revision_field() -> forms.IntegerField:
    """The revision of the alert that the page showed: an action on a stale page is refused."""
    missing = lazy("This page is incomplete. Reload it.")
    errors = {"required": missing, "invalid": missing}
    return forms.IntegerField(min_value=1, widget=forms.HiddenInput, error_messages=errors)


def why_field() -> forms.CharField:
    return forms.CharField(
        label=lazy("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": lazy("Say why.")},
    )


class RevisionForm(forms.Form):
    revision = revision_field()


class CloseForm(RevisionForm):
    outcome = forms.ChoiceField(
        label=lazy("How did it end?"),
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Say how it ended.")},
    )
    text = forms.CharField(
        label=lazy("In words"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("Needed where the outcome is “other”."),
    )


class DecideForm(RevisionForm):
    decision = forms.ChoiceField(
        label=lazy("What do you decide?"),
        choices=Alert.Decision.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": lazy("Say whether to explore or to observe."),
            "invalid_choice": lazy("Say whether to explore or to observe."),
        },
    )
    look_again = forms.ChoiceField(
        label=lazy("When do you look at the patient again?"),
        choices=[*SPANS, (AT, lazy("at a time"))],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": lazy("Say when the patient is looked at again: choose one of these.")},
    )
    look_again_time = forms.TimeField(
        label=lazy("time of looking again"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": lazy("This is not a time: write it as 03:14, on the 24-hour clock.")},
        help_text=lazy("The next such time on the ward’s clock, at most 24 hours ahead."),
    )
    reason = why_field()

    def __init__(self, *args: Any, ward: Ward, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone_of(ward)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        cleaned["again"] = None
        if cleaned.get("decision") == Alert.Decision.OBSERVE:
            cleaned["again"] = self._again(cleaned.get("look_again"), cleaned.get("look_again_time"))
        return cleaned

    def _again(self, chosen: str | None, typed: time | None) -> datetime | timedelta | None:
        """When the patient is looked at again; None with an error beside the field that is wrong."""
        if not chosen and "look_again" not in self.errors:
            self.add_error("look_again", _("Say when the patient is looked at again."))
        elif chosen and chosen != AT:
            if typed is None:
                return timedelta(minutes=int(chosen))
            self.add_error("look_again_time", _("You chose how long it takes, and typed a time as well."))
        elif chosen and typed is None and "look_again_time" not in self.errors:
            self.add_error("look_again_time", _("Give the time."))
        elif chosen and typed is not None:
            try:
                return first_after(now(), typed, self.zone)
            except ValidationError as error:
                self.add_error("look_again_time", error)
        return None

    @property
    def said(self) -> dict[str, Any]:
        """What is decided, once the form is valid. `look_again`: an instant, or so long from now."""
        cleaned = self.cleaned_data
        named = {name: cleaned[name] for name in ("revision", "decision", "reason")}
        return named | {"look_again": cleaned["again"]}


class ReopenForm(RevisionForm):
    reason = why_field()


class MilestoneForm(WhenForm):
    """Something that was done about an alert, now or earlier."""

    when, when_label = "at", lazy("When?")

    revision = revision_field()
    note = forms.CharField(label=lazy("Note"), required=False, max_length=NOTE_LENGTH)


class OfferForm(RevisionForm):
    """An alert is offered to a colleague who could take it in the same way: `what` is that right."""

    note = forms.CharField(
        label=lazy("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        help_text=lazy("No need to repeat what the alert says."),
    )

    def __init__(self, *args: Any, ward: Ward, by: Staff, what: May, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ModelChoiceField(
            eligible(ward.pk, RULES[what]).exclude(pk=by.pk),
            label=_("To whom?"),
            empty_label=_("choose a colleague"),
            error_messages={
                "required": _("Choose a colleague."),
                "invalid_choice": _("Choose one of these colleagues."),
            },
        )
        self.order_fields(["revision", "to", "note"])
