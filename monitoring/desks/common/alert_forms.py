"""Parsing of what people do to an alert. The rules are in `alerts.steps` and `alerts.offers`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.alerts.models import Alert
from wards.access import RULES, May
from wards.fields import WhenForm
from wards.models import Staff, Ward
from wards.rota_queries import eligible

OUTCOMES = [(outcome.value, outcome.label) for outcome in Alert.Outcome if outcome in Alert.OUTCOMES_BY_PEOPLE]
NOTE_LENGTH = 200


def revision_field() -> forms.IntegerField:
    """The revision of the alert that the page showed: an action on a stale page is refused."""
    missing = lazy("This page is incomplete. Reload it.")
    errors = {"required": missing, "invalid": missing}
    return forms.IntegerField(min_value=1, widget=forms.HiddenInput, error_messages=errors)


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
    reason = forms.CharField(
        label=lazy("Why?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": lazy("Say why.")},
    )


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
