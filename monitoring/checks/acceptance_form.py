"""What the form of an accepted reference says, parsed. What may be accepted now is judged in `alerts.accepting`."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.checks.findings import HIGHEST_GRADE, LOWEST_GRADE
from monitoring.checks.forms import FLAG_LABELS, MUSCLE_LABELS, REASON_LENGTH, reason_field
from monitoring.checks.models import Acceptance
from monitoring.protocol import MUSCLES, Muscle
from wards.fields import KeyField, WhenForm
from wards.models import Ward

NO_SUCH_CHOICE = lazy("Choose what the page offers.")
INCOMPLETE = lazy("This page is incomplete. Reload it.")


def choice_of(muscle: str, grade: int) -> str:
    """A muscle with the grade that is accepted of it, as one choice sends it: "L4 left 3"."""
    return f"{muscle} {grade}"


def chosen(value: str) -> tuple[Muscle, int]:
    """The muscle and the grade of a choice."""
    muscle, grade = value.rsplit(" ", 1)
    return Muscle(muscle), int(grade)


class AcceptedForm(WhenForm):
    """Grades that are accepted as references, and red flags as known. Nothing is ticked in advance.

    A choice names the grade that the page showed, so that a muscle examined meanwhile is not accepted at another one.
    """

    when, when_label = "accepted", lazy("When was it accepted?")

    idempotency_key = KeyField()
    muscles = forms.TypedMultipleChoiceField(
        label=lazy("muscles"),
        coerce=chosen,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NO_SUCH_CHOICE, "invalid_list": NO_SUCH_CHOICE},
    )
    flags = forms.MultipleChoiceField(
        label=lazy("red flags"),
        choices=FLAG_LABELS.items(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": NO_SUCH_CHOICE, "invalid_list": NO_SUCH_CHOICE},
    )
    why = forms.CharField(
        label=lazy("Why is it accepted?"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": lazy("Say why: it stays on the record.")},
    )

    def __init__(self, *args: Any, ward: Ward, **kwargs: Any) -> None:
        super().__init__(*args, ward=ward, **kwargs)
        field = self.fields["muscles"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [
            (choice_of(muscle, grade), _("%(muscle)s: %(grade)s") % {"muscle": MUSCLE_LABELS[muscle], "grade": grade})
            for muscle in MUSCLES
            for grade in range(LOWEST_GRADE, HIGHEST_GRADE + 1)
        ]

    def clean_muscles(self) -> dict[Muscle, int]:
        named: list[tuple[Muscle, int]] = self.cleaned_data["muscles"]
        accepted = dict(named)
        if len(accepted) < len(named):
            raise forms.ValidationError(_("Accept one grade of a muscle, not two."))
        return accepted

    def facts(self) -> dict[str, Any]:
        """What is accepted and why, once the form is valid, as the actions ask for it."""
        said = self.cleaned_data
        return {"muscles": said["muscles"], "flags": said["flags"], "reason": said["why"]}

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class AcceptanceForm(AcceptedForm):
    """An acceptance, and whether the open alert is closed with it: `revision` is the alert's, as it was seen."""

    close = forms.BooleanField(required=False)
    revision = forms.IntegerField(required=False, min_value=1, error_messages={"invalid": INCOMPLETE})

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        if said.get("close") and said.get("revision") is None:
            raise forms.ValidationError(INCOMPLETE)
        return said

    @property
    def closing(self) -> int | None:
        """The revision of the alert that is closed with it; None where it stays open."""
        revision: int | None = self.cleaned_data["revision"]
        return revision if self.cleaned_data["close"] else None


class CorrectAcceptanceForm(AcceptedForm):
    """An acceptance again, as it should have been, and why it is corrected."""

    reason = reason_field(lazy("Say why it is corrected."))

    def __init__(self, *args: Any, acceptance: Acceptance, ward: Ward, **kwargs: Any) -> None:
        initial = initial_of(acceptance) | (kwargs.pop("initial", None) or {})
        super().__init__(*args, ward=ward, recorded=acceptance.accepted_at, initial=initial, **kwargs)


def initial_of(acceptance: Acceptance) -> dict[str, Any]:
    """A stored acceptance as the values of its form."""
    muscles = [choice_of(muscle, acceptance.muscles[muscle]) for muscle in MUSCLES if muscle in acceptance.muscles]
    return {"muscles": muscles, "flags": list(acceptance.flags), "why": acceptance.reason}
