"""Parsing of what people do to an alert. The rules are in `alerts.actions`."""

from __future__ import annotations

from django import forms

from monitoring.alerts.models import Alert

OUTCOMES = [(outcome.value, outcome.label) for outcome in Alert.Outcome if outcome in Alert.OUTCOMES_BY_PEOPLE]


class RevisionForm(forms.Form):
    """The revision of the alert that the page showed: an action on a stale page is refused."""

    revision = forms.IntegerField(
        min_value=1, widget=forms.HiddenInput, error_messages={"required": "This page is incomplete. Reload it."}
    )


class CloseForm(RevisionForm):
    outcome = forms.ChoiceField(
        label="How did it end?",
        choices=OUTCOMES,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it ended."},
    )
    text = forms.CharField(
        label="In words",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Needed where the outcome is “other”.",
    )
