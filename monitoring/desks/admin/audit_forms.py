"""Forms of the audit pages: what to show, whose record number, and why something is exported."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.admin.audit_filter import AuditFilter
from monitoring.desks.admin.audit_kinds import GROUPS, Group, Kind
from monitoring.desks.admin.audit_reach import Reach
from wards.fields import WallClockField, local_instant
from wards.models import Patient, Staff, Ward
from wards.times import zone_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

REQUEST_ID = re.compile(r"[0-9a-zA-Z-]{1,64}")


class AuditFilterForm(forms.Form):
    """What the list shows. Times are typed on the clock of the ward asked for, else of the first ward."""

    kind = forms.ChoiceField(label=lazy("Kind"), required=False, choices=[("", lazy("everything")), *Kind.choices])
    group = forms.ChoiceField(
        label=lazy("About what"),
        required=False,
        choices=[
            ("", lazy("everything")),
            *((Kind(kind).label, [(group.value, group.label) for group in groups]) for kind, groups in GROUPS.items()),
        ],
    )
    who = forms.ChoiceField(label=lazy("Who"), required=False)
    ward = forms.ChoiceField(label=lazy("Ward"), required=False)
    since = WallClockField(label=lazy("From"))
    until = WallClockField(label=lazy("Until"))
    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    request = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reach: Reach, people: Sequence[Staff], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "filter_%s"  # the page has other forms beside it
        self.reach = reach
        self.instants: dict[str, datetime] = {}
        self.whom: Patient | None = None
        self.people = {str(person.public_id): person for person in people}
        self.wards = {ward.code: ward for ward in reach.wards}
        choices: dict[str, list[tuple[str, str | StrPromise]]] = {
            "who": [("", lazy("everybody")), *((key, _name(person)) for key, person in self.people.items())],
            "ward": [("", lazy("every ward of mine")), *((code, str(ward)) for code, ward in self.wards.items())],
        }
        for name, offered in choices.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = offered
        for name in ("since", "until"):
            self.fields[name].required = False

    def clean_patient(self) -> UUID | None:
        """Raises Http404 for a patient out of reach, as a page of their own does."""
        asked: UUID | None = self.cleaned_data["patient"]
        self.whom = None if asked is None else self.reach.patient_or_404(asked)
        return asked

    def clean_request(self) -> str:
        said = str(self.cleaned_data["request"])
        if said and not REQUEST_ID.fullmatch(said):
            raise ValidationError(lazy("No request has this name."))
        return said

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or self.cleaned_data
        for name in ("since", "until"):
            if (wall := cleaned.get(name)) is not None:
                self._keep(name, wall)
        since, until = self.instants.get("since"), self.instants.get("until")
        if since is not None and until is not None and until <= since:
            self.add_error("until", lazy("This is not later than the time before it."))
        return cleaned

    def _keep(self, name: str, wall: datetime) -> None:
        """Of a time that came twice the first is meant from which on, the second until which."""
        try:
            self.instants[name] = local_instant(wall, zone_of(self.clock), "first" if name == "since" else "second")
        except ValidationError as error:
            self.add_error(name, error)

    @property
    def clock(self) -> Ward:
        """The ward on whose clock times are typed."""
        return self.wards.get(self.cleaned_data.get("ward", ""), self.reach.wards[0])

    @property
    def person(self) -> Staff | None:
        return self.people.get(self.cleaned_data["who"])

    @property
    def asked(self) -> AuditFilter:
        """What a valid form asks for."""
        said, typed = self.cleaned_data, {name: str(self.data.get(name, "")).strip() for name in self.fields}
        return AuditFilter(
            who_id=None if self.person is None else self.person.pk,
            patient_id=None if self.whom is None else self.whom.pk,
            ward_id=self.wards[said["ward"]].pk if said["ward"] else None,
            kind=Kind(said["kind"]) if said["kind"] else None,
            group=Group(said["group"]) if said["group"] else None,
            since=self.instants.get("since"),
            until=self.instants.get("until"),
            request=said["request"],
            typed=tuple((name, value) for name, value in typed.items() if value),
        )

    @property
    def said(self) -> list[tuple[str, str]]:
        """What a valid form asks for, in words: the label of a field, and what was chosen or typed."""
        choices = {name: dict(_flat(self.fields[name])) for name in ("kind", "group", "who", "ward")}
        names = [name for name, _value in self.asked.typed if name != "patient"]
        typed = dict(self.asked.typed)
        return [
            (str(self.fields[name].label or name), str(choices.get(name, {}).get(typed[name], typed[name])))
            for name in names
        ]


def _flat(field: forms.Field) -> Iterator[tuple[str, object]]:
    """A field's choices, those of groups among them."""
    assert isinstance(field, forms.ChoiceField)
    offered: list[tuple[str, Any]] = list(field.widget.choices)
    for value, label in offered:
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


def _name(person: Staff) -> str:
    """The name by which a list of people is read, with the one by which they sign in."""
    return f"{person} ({person.username})"


class RecordNumberForm(forms.Form):
    """A record number, typed and sent: it must not stand in an address."""

    record_number = forms.CharField(
        label=lazy("Record number"),
        max_length=32,
        error_messages={"required": lazy("Type the record number.")},
    )

    def clean_record_number(self) -> str:
        return str(self.cleaned_data["record_number"]).strip()


class ExportForm(forms.Form):
    """How, and why."""

    CSV, LINES = "csv", "jsonl"

    form = forms.ChoiceField(
        label=lazy("As"),
        choices=[
            (CSV, lazy("CSV: one line an entry, for a spreadsheet")),
            (LINES, lazy("JSON Lines: entries, and each row as it was before and after")),
        ],
        initial=CSV,
        widget=forms.RadioSelect,
        error_messages={"required": lazy("Choose one of the two."), "invalid_choice": lazy("Choose one of the two.")},
    )
    why = forms.CharField(
        label=lazy("Why"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": lazy("Say why you export this. It stands in the audit log.")},
    )
