"""What the forms about people and their roles say, parsed. They write nothing: views hand that to the actions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from wards.models import Role, Staff, Ward
from wards.phones import LONGEST_PHONE
from wards.staff_actions import LONGEST_NAME, StaffFacts

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

OFF = {"autocomplete": "off"}


def reason_field() -> forms.CharField:
    """Why: it stands in the audit log."""
    return forms.CharField(
        label=lazy("Reason"),
        help_text=lazy("It stays on the record: “joined on 1 March”, “left the hospital”."),
        max_length=500,
        widget=forms.TextInput(attrs=OFF),
        error_messages={"required": lazy("Say why: it stays on the record.")},
    )


def name_field(label: StrPromise, *, required: bool) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs=OFF),
        error_messages={"required": lazy("Give the family name.")},
    )


def end_field() -> forms.DateField:
    """The last day of an account. One that a stale page shows is compared as it was written."""
    return forms.DateField(
        label=lazy("Last day"),
        help_text=lazy("The account closes by itself at the end of that day. Empty: nobody knows yet."),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": lazy("This is not a date: write it as 2026-03-07.")},
    )


class StaffForm(forms.Form):
    """A person's name, phone and last day."""

    first_name = name_field(lazy("Given name"), required=False)
    last_name = name_field(lazy("Family name"), required=True)
    phone = forms.CharField(
        label=lazy("Number on which colleagues phone them"),
        help_text=lazy("As it is dialled on the ward: +49 30 1234, or ext. 4720."),
        required=False,
        max_length=LONGEST_PHONE,
        widget=forms.TextInput(attrs=OFF | {"type": "tel"}),
    )
    ends_on = end_field()

    def facts(self) -> StaffFacts:
        """What is to be kept, once the form is valid."""
        said = self.cleaned_data
        return StaffFacts(said["first_name"], said["last_name"], said["phone"], said["ends_on"])


class EditStaffForm(StaffForm):
    """As it is kept, to be changed. The page writes what it showed: a stale one overwrites nothing."""

    seen_first_name = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_last_name = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_phone = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    seen_ends_on = forms.DateField(required=False, input_formats=["%Y-%m-%d"], widget=forms.HiddenInput)

    def __init__(self, data: Any, *, kept: StaffFacts) -> None:
        names = ("first_name", "last_name", "phone", "ends_on")
        super().__init__(data, initial={name: getattr(kept, name) for name in names})

    def seen(self) -> StaffFacts:
        said = self.cleaned_data
        ends_on: date | None = said["seen_ends_on"]
        return StaffFacts(said["seen_first_name"], said["seen_last_name"], said["seen_phone"], ends_on)


def role_field(label: StrPromise) -> forms.TypedChoiceField:
    messages = dict.fromkeys(("required", "invalid_choice"), lazy("Choose a role."))
    return forms.TypedChoiceField(
        label=label, choices=Role.choices, coerce=Role, widget=forms.RadioSelect, error_messages=messages
    )


def ward_field(wards: Iterable[Ward]) -> forms.TypedChoiceField:
    """One of the administrator's wards; with one alone it is chosen already."""
    by_code = {ward.code: ward for ward in wards}
    choices = [(code, str(ward)) for code, ward in by_code.items()]
    messages = dict.fromkeys(("required", "invalid_choice"), lazy("Choose one of your wards."))
    return forms.TypedChoiceField(
        label=_("On which ward"),
        choices=choices if len(choices) == 1 else [("", _("choose a ward")), *choices],
        coerce=by_code.__getitem__,
        error_messages=messages,
    )


class AddStaffForm(StaffForm):
    """Somebody new, with a first role on a ward."""

    username = forms.CharField(
        label=lazy("Name to sign in with"),
        help_text=lazy("Letters, digits and @ . + - _ only. It is not changed later."),
        max_length=150,
        widget=forms.TextInput(attrs=OFF | {"autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": lazy("Give a name to sign in with.")},
    )
    role = role_field(lazy("First role"))

    def __init__(self, data: Any, *, wards: Iterable[Ward]) -> None:
        super().__init__(data)
        self.fields["ward"] = ward_field(wards)
        self.order_fields(["first_name", "last_name", "username", "ward", "role", "phone", "ends_on"])


class GiveRoleForm(forms.Form):
    """A role on one of the administrator's wards."""

    role = role_field(lazy("Role"))
    reason = reason_field()

    def __init__(self, data: Any, *, wards: Iterable[Ward]) -> None:
        super().__init__(data)
        self.fields["ward"] = ward_field(wards)
        self.order_fields(["ward", "role", "reason"])


class ColleagueForm(forms.Form):
    """Somebody of other wards, by the name that they sign in with, and their role on this one."""

    username = forms.CharField(
        label=lazy("Name that they sign in with"),
        help_text=lazy("Ask them for it: people of other wards are not listed here."),
        max_length=150,
        widget=forms.TextInput(attrs=OFF | {"autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": lazy("Give the name that they sign in with.")},
    )
    role = role_field(lazy("Role"))
    reason = reason_field()

    def clean_username(self) -> str:
        typed: str = self.cleaned_data["username"]
        self.staff = Staff.objects.filter(username__iexact=typed, is_active=True, pk__gt=0).first()
        if self.staff is None:
            raise forms.ValidationError(_("Nobody with an open account signs in with this name."))
        return typed


class ReasonForm(forms.Form):
    """Why, and nothing else."""

    reason = reason_field()


class LeavingForm(ReasonForm):
    """Why; and, where something is left behind, that this was read."""

    anyway = forms.BooleanField(label=lazy("I have read this. Do it all the same."), required=False)


class NewPasswordForm(forms.Form):
    """A password of one's own, typed twice."""

    password = forms.CharField(
        label=lazy("New password"),
        help_text=lazy("At least 10 characters, and none that others would guess."),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": lazy("Choose a password.")},
    )
    again = forms.CharField(
        label=lazy("The same again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": lazy("Type it a second time.")},
    )

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        if said.get("password") and said.get("again") and said["password"] != said["again"]:
            self.add_error("again", _("These two differ."))
        return said


class SearchForm(forms.Form):
    """Which of one's people are listed. Anything that is not understood is left out, never an error."""

    WHICH = [
        ("open", lazy("open accounts")),
        ("ending", lazy("ending within 30 days")),
        ("unreachable", lazy("without a working channel")),
        ("waiting", lazy("who have set no password yet")),
        ("closed", lazy("closed accounts")),
    ]

    q = forms.CharField(
        label=lazy("Name"), required=False, max_length=80, widget=forms.TextInput(attrs={"type": "search"})
    )
    role = forms.ChoiceField(label=lazy("Role"), required=False, choices=[("", lazy("any role")), *Role.choices])
    which = forms.ChoiceField(label=lazy("Which"), required=False, choices=WHICH)

    def __init__(self, data: Any, *, wards: Iterable[Ward]) -> None:
        super().__init__(data)
        choices = [("", _("all my wards")), *((ward.code, str(ward)) for ward in wards), ("-", _("of no ward"))]
        self.fields["ward"] = forms.ChoiceField(label=_("Ward"), required=False, choices=choices)
        self.order_fields(["q", "ward", "role", "which"])

    def asked(self) -> dict[str, str]:
        """What is asked for, by field; empty where nothing, or nothing that is known, was said."""
        self.full_clean()
        return {name: self.cleaned_data.get(name, "") for name in ("q", "ward", "role", "which")}
