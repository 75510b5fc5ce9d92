"""What the forms of this room say, parsed. They write nothing: views hand their words to the actions.

Each field has its message beside it. The names and values are the contract with the pages; all works without scripts.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from monitoring.checks.findings import HIGHEST_GRADE, LOWEST_GRADE, WORST_PAIN, CheckFindings, findings_of
from monitoring.checks.models import Check, Flag, Treatment, Untested, column
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from wards.access import RULES, May
from wards.fields import KeyField, WhenForm
from wards.models import Staff, Ward

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

GRADES = [(str(grade), str(grade)) for grade in range(LOWEST_GRADE, HIGHEST_GRADE + 1)]
PAINS = [("", _("not asked")), *((str(pain), str(pain)) for pain in range(WORST_PAIN + 1))]
LEFT_OUT = _("Not recorded. Choose a grade or a reason, or say below that the muscles left out were not examined.")
FLAG_LEFT_OUT = _("Not recorded. Choose one, or say below that what was left out was not examined.")
FLAG_LABELS = {"saddle_anaesthesia": _("saddle anaesthesia"), "bladder_bowel": _("new bladder or bowel change")}
MUSCLE_LABELS = {
    "L2 left": _("L2 hip flexion, left"),
    "L2 right": _("L2 hip flexion, right"),
    "L3 left": _("L3 knee extension, left"),
    "L3 right": _("L3 knee extension, right"),
    "L4 left": _("L4 ankle dorsiflexion, left"),
    "L4 right": _("L4 ankle dorsiflexion, right"),
    "L5 left": _("L5 great-toe extension, left"),
    "L5 right": _("L5 great-toe extension, right"),
    "S1 left": _("S1 ankle plantar flexion, left"),
    "S1 right": _("S1 ankle plantar flexion, right"),
}
NOTE_LENGTH, REASON_LENGTH, DOSE_LENGTH = 2000, 500, 80


def look_of(value: str) -> int | Untested:
    """A muscle's choice as it was meant: a grade, or why there is none. Grade 0 is a grade."""
    return int(value) if value.isdigit() else Untested(value)


def muscle_field(muscle: Muscle) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=MUSCLE_LABELS[str(muscle)],
        choices=[*GRADES, *Untested.choices],
        coerce=look_of,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("An MRC grade is a whole number from 0 to 5: choose one, or a reason.")},
    )


def flag_field(flag: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=FLAG_LABELS[flag],
        choices=Flag.choices,
        coerce=Flag,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose yes, no or not asked.")},
    )


def colleague_field(*, ward: Ward, by: Staff, also: Staff | None = None) -> forms.ModelChoiceField[Staff]:
    """Somebody else who may examine on this ward. `also`: one who was named before, and stays a choice."""
    colleagues = Q(is_active=True, memberships__ward=ward, memberships__role__in=RULES[May.RECORD_CHECK])
    people = Staff.objects.filter(colleagues | Q(pk=also.pk) if also else colleagues).exclude(pk=by.pk).distinct()
    return forms.ModelChoiceField(
        people.order_by("last_name", "first_name", "username"),
        label=_("second examiner"),
        required=False,
        empty_label=pgettext_lazy("second examiner", "nobody"),
        error_messages={"invalid_choice": _("Choose somebody else who examines on this ward.")},
    )


def reason_field(asks: StrOrPromise) -> forms.CharField:
    return forms.CharField(
        label=_("reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": asks},
    )


class CheckForm(WhenForm):
    """A strength check. Nothing is filled in, every muscle and flag is asked for.

    One radio group a muscle, named by `column(muscle)`, with "0"…"5" and the `Untested` values.
    """

    when, when_label = "examined", _("When was this examined?")

    idempotency_key = KeyField()
    pain = forms.TypedChoiceField(
        label=_("pain, 0–10"),
        choices=PAINS,
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": _("Pain is a whole number from 0 to 10.")},
    )
    catheter = forms.BooleanField(label=_("Urinary catheter in place"), required=False)
    note = forms.CharField(
        label=_("note"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    partial = forms.BooleanField(label=_("What I left out was not examined"), required=False)

    def __init__(self, *args: Any, ward: Ward, by: Staff, also: Staff | None = None, **kwargs: Any) -> None:
        super().__init__(*args, ward=ward, **kwargs)
        for muscle in MUSCLES:
            self.fields[column(muscle)] = muscle_field(muscle)
        for flag in FLAGS:
            self.fields[flag] = flag_field(flag)
        self.fields["second_examiner"] = colleague_field(ward=ward, by=by, also=also)
        self.order_fields([*map(column, MUSCLES), *FLAGS, "catheter", "pain", "second_examiner", "note", "partial"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("partial"):
            for name, message in (*((column(m), LEFT_OUT) for m in MUSCLES), *((f, FLAG_LEFT_OUT) for f in FLAGS)):
                if cleaned.get(name) is None and name not in self.errors:
                    self.add_error(name, message)
        return cleaned

    def findings(self) -> CheckFindings:
        """What was found, once the form is valid."""
        said = self.cleaned_data
        return CheckFindings(
            muscles={muscle: look for muscle in MUSCLES if (look := said[column(muscle)]) is not None},
            flags={flag: status for flag in FLAGS if (status := said[flag]) is not None},
            catheter=said["catheter"],
            pain=said["pain"],
            second_examiner=said["second_examiner"],
            note=said["note"],
        )

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class CorrectCheckForm(CheckForm):
    """A check again, as it should have been: filled in with what was recorded, and asking why."""

    reason = reason_field(_("Say why it is corrected."))

    def __init__(self, *args: Any, check: Check, ward: Ward, by: Staff, **kwargs: Any) -> None:
        initial = initial_of(check) | (kwargs.pop("initial", None) or {})
        recorded, also = check.examined_at, check.second_examiner
        super().__init__(*args, ward=ward, by=by, also=also, recorded=recorded, initial=initial, **kwargs)


def initial_of(check: Check) -> dict[str, Any]:
    """A stored check as the values of its form."""
    found = findings_of(check)
    muscles = {column(muscle): str(look) for muscle, look in found.muscles.items()}
    return {
        **muscles,
        **found.flags,
        "catheter": found.catheter,
        "pain": None if found.pain is None else str(found.pain),
        "second_examiner": found.second_examiner,
        "note": found.note,
        "partial": len(found.muscles) < len(MUSCLES) or len(found.flags) < len(FLAGS),
    }


class TreatmentForm(WhenForm):
    """Conservative treatment started or stopped."""

    when, when_label = "happened", _("When?")

    idempotency_key = KeyField()
    kind = forms.TypedChoiceField(
        label=_("treatment"),
        choices=Treatment.Kind.choices,
        coerce=Treatment.Kind,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose the treatment."), "invalid_choice": _("Choose one of these treatments.")},
    )
    action = forms.TypedChoiceField(
        label=_("started or stopped"),
        choices=Treatment.Action.choices,
        coerce=Treatment.Action,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Say whether it started or stopped."),
            "invalid_choice": _("Choose one of these."),
        },
    )
    dose = forms.CharField(label=_("dose"), max_length=DOSE_LENGTH, required=False)

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class CorrectTreatmentForm(TreatmentForm):
    """A treatment's entry again, as it should have been, and why."""

    reason = reason_field(_("Say why it is corrected."))

    def __init__(self, *args: Any, treatment: Treatment, ward: Ward, **kwargs: Any) -> None:
        recorded = {"kind": treatment.kind, "action": treatment.action, "dose": treatment.dose}
        initial = recorded | (kwargs.pop("initial", None) or {})
        super().__init__(*args, ward=ward, recorded=treatment.happened_at, initial=initial, **kwargs)


class RetractForm(forms.Form):
    """Takes back an entry that never should have been. Retracting twice is harmless, so it carries no key."""

    reason = reason_field(_("Say why it is retracted."))
