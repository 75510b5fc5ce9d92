"""Parsing of a spoken report: which surgeon was told, when, and whether they read it back. Rules: `alerts.reports`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.alerts.reports import LONGEST_NAME, LONGEST_NOTE
from monitoring.desks.common.numbers import Calls
from monitoring.desks.common.options import question
from monitoring.desks.common.saving import today
from wards.fields import KeyField, WhenForm
from wards.models import Ward

SOMEBODY_ELSE = "?"
READ_BACK = [("yes", lazy("Yes, they read it back")), ("no", lazy("No"))]


class ReportForm(WhenForm):
    """`names`: the surgeons to choose from. Whoever was told may be off duty by the time that this is sent, so any name
    is taken, and nothing is chosen beforehand.
    """

    when, when_label = "at", lazy("When?")

    idempotency_key = KeyField()
    told = forms.CharField(label=lazy("Which surgeon did you tell?"), required=False, widget=forms.RadioSelect)
    other = forms.CharField(label=lazy("Somebody else: their name"), required=False, max_length=LONGEST_NAME)
    read_back = forms.ChoiceField(
        label=lazy("Did they read it back to you?"),
        choices=READ_BACK,
        widget=forms.RadioSelect,
        error_messages={
            "required": lazy("Say whether they read it back to you."),
            "invalid_choice": lazy("Say whether they read it back to you."),
        },
    )
    note = forms.CharField(label=lazy("Note (what they said)"), required=False, max_length=LONGEST_NOTE)

    def __init__(self, *args: Any, names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["idempotency_key", "told", "other", "at", "at_date", "at_time", "at_fold"])
        sent = self["told"].value()
        known = dict.fromkeys([*names, *([sent] if sent and sent != SOMEBODY_ELSE else [])])
        widget = self.fields["told"].widget
        assert isinstance(widget, forms.RadioSelect)
        widget.choices = [*((name, name) for name in known), (SOMEBODY_ELSE, _("somebody else"))]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        chosen, typed = cleaned.get("told", ""), cleaned.get("other", "").strip()
        if chosen and chosen != SOMEBODY_ELSE and typed:
            self.add_error("other", _("You chose a name and typed another. Clear this one, or choose “somebody else”."))
        elif chosen == SOMEBODY_ELSE and not typed:
            self.add_error("other", _("Type their name."))
        elif not chosen and not typed:
            self.add_error("told", _("Say whom you told."))
        return cleaned

    @property
    def who(self) -> str:
        """The name of whoever was told."""
        chosen: str = self.cleaned_data["told"]
        typed: str = self.cleaned_data["other"]
        return typed if chosen in {"", SOMEBODY_ELSE} else chosen

    @property
    def was_read_back(self) -> bool:
        return bool(self.cleaned_data["read_back"] == "yes")

    @property
    def key(self) -> UUID:
        key: UUID = self.cleaned_data["idempotency_key"]
        return key


def fresh_form(calls: Calls, ward: Ward) -> ReportForm:
    """The form as it is first shown."""
    return ReportForm(names=calls.names, ward=ward, initial={"at_date": today(ward)})


def report_context(form: ReportForm, ward: Ward) -> dict[str, Any]:
    """What the form's template wants, on its own page and on that of a check's result."""
    return {
        "form": form,
        "ward": ward,
        "moment": question(form["at"], form.when_label),
        "fold": form["at_fold"] if form.asks_which_hour else None,
    }
