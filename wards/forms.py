"""What the forms of this room say, parsed. They write nothing: views hand their words to the actions."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from wards.facts import NewPatient, OperationFacts
from wards.fields import KeyField, WallClockField, WhenForm, fold_field, local_instant
from wards.models import Bed, Episode, Level, Operation, Patient, Staff, Stay, Ward
from wards.queries import episodes_of, free_beds, surgeons_of
from wards.times import day_words, zone_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

NEW_EPISODE = "new"
YES_NO = [("yes", lazy("yes")), ("no", lazy("no"))]


def choice(label: str | StrPromise, choices: Any) -> forms.ChoiceField:
    """One of a few, with nothing chosen beforehand."""
    messages = {"required": lazy("Choose one of these."), "invalid_choice": lazy("Choose one of these.")}
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, error_messages=messages)


def bed_field(label: str, beds: QuerySet[Bed], free: QuerySet[Bed]) -> forms.ModelChoiceField[Bed]:
    """Offers the free beds, by ward. A taken one is for the action to refuse: it knows the same form sent again."""
    messages = {"required": lazy("Choose a bed."), "invalid_choice": lazy("Choose one of these beds.")}
    field = forms.ModelChoiceField(beds, label=label, error_messages=messages)
    by_ward = [(ward.name, [(bed.pk, bed.label) for bed in row]) for ward, row in groupby(free, attrgetter("ward"))]
    field.choices = [("", _("choose a bed")), *by_ward]
    return field


def surgeon_field(staff: QuerySet[Staff], empty_label: str) -> forms.ModelChoiceField[Staff]:
    messages = {"invalid_choice": lazy("Choose one of these surgeons.")}
    return forms.ModelChoiceField(
        staff, label=lazy("responsible surgeon"), required=False, empty_label=empty_label, error_messages=messages
    )


def episode_words(episode: Episode, index: Operation | None, zone: ZoneInfo) -> str:
    """An episode as the ward would name it: by its operation."""
    if index is None:
        begun = day_words(episode.opened_at.astimezone(zone).date())
        return _("begun on %(day)s, no operation recorded") % {"day": begun}
    return _("%(procedure)s %(levels)s of %(day)s") % {
        "procedure": index.procedure,
        "levels": index.levels_label,
        "day": day_words(index.ended_at.astimezone(zone).date()),
    }


class AdmitForm(WhenForm):
    """A patient, known or new, and a bed of the ward. The whole identity is asked either way, and must agree.

    A patient who has been here before brings a question: does the surgical episode go on, or does a new one begin?
    """

    when, when_label = "at", lazy("When was the patient admitted?")

    idempotency_key = KeyField()
    record_number = forms.CharField(max_length=32, error_messages={"required": lazy("Give the record number.")})
    family_name = forms.CharField(max_length=80, error_messages={"required": lazy("Give the family name.")})
    given_name = forms.CharField(max_length=80, error_messages={"required": lazy("Give the given name.")})
    date_of_birth = forms.DateField(
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": lazy("Give the date of birth."),
            "invalid": lazy("This is not a date: write it as 1963-03-07."),
        },
    )
    sex = choice(lazy("sex"), Patient.Sex.choices)
    episode = forms.CharField(label=lazy("surgical episode"), required=False, widget=forms.RadioSelect)

    def __init__(self, *args: Any, ward: Ward, **kwargs: Any) -> None:
        super().__init__(*args, ward=ward, **kwargs)
        self.fields["bed"] = bed_field("bed", ward.beds.all(), free_beds(ward))
        self.fields["responsible_surgeon"] = surgeon_field(surgeons_of(ward), _("not yet named"))
        self.known: Patient | None = None
        self.episodes: dict[str, Episode] = {}

    def clean_record_number(self) -> str:
        """Without spaces and in capitals: one patient, one number."""
        number: str = self.cleaned_data["record_number"]
        return "".join(number.split()).upper()

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        number, born, family = (said.get(name) for name in ("record_number", "date_of_birth", "family_name"))
        if number and born and family:
            found = Patient.objects.select_related("merged_into").filter(record_number__iexact=number, pk__gt=0).first()
            if found is not None:
                self.known = found.merged_into or found
                self._compare(self.known, found, born, family)
        return said

    def _compare(self, known: Patient, found: Patient, born: date, family: str) -> None:
        """What is known is shown only to somebody who has named the right patient: as the record does that was found,
        or the one that it was merged into."""
        if (born, family.casefold()) not in {(one.date_of_birth, one.family_name.casefold()) for one in (known, found)}:
            message = _(
                "This record number is another person's. Check the number, the family name and the date of birth."
            )
            self.add_error("record_number", message)
            return
        key = self.cleaned_data.get("idempotency_key")
        if key is None or not Stay.objects.filter(idempotency_key=key).exists():
            self._ask_which_episode(known)  # else the action answers as it did at first

    def _ask_which_episode(self, known: Patient) -> None:
        rows = episodes_of(known)
        self.episodes = {str(episode.pk): episode for episode, _ in rows}
        goes_on = _("goes on: %(episode)s")
        labels = [
            (str(episode.pk), goes_on % {"episode": episode_words(episode, index, self.zone)})
            for episode, index in rows
        ]
        if not rows:
            return
        widget = self.fields["episode"].widget
        assert isinstance(widget, forms.RadioSelect)
        widget.choices = [*labels, (NEW_EPISODE, _("a new one begins"))]
        if self.cleaned_data.get("episode") not in {NEW_EPISODE, *self.episodes}:
            self.add_error("episode", _("This patient has been here before: say which surgical episode this is."))

    @property
    def asks_which_episode(self) -> bool:
        return bool(self.episodes)

    def patient(self) -> Patient | NewPatient:
        """Who is admitted, once the form is valid."""
        said = self.cleaned_data
        return self.known or NewPatient(
            record_number=said["record_number"],
            family_name=said["family_name"],
            given_name=said["given_name"],
            date_of_birth=said["date_of_birth"],
            sex=said["sex"],
        )

    def chosen_episode(self) -> Episode | None:
        """The episode that goes on; None where a new one begins."""
        return self.episodes.get(self.cleaned_data["episode"])

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class MoveForm(WhenForm):
    """A move to another bed. Another ward's needs a surgeon of that ward."""

    when, when_label = "at", lazy("When was the patient moved?")

    def __init__(self, *args: Any, stay: Stay, **kwargs: Any) -> None:
        super().__init__(*args, ward=stay.ward, **kwargs)
        self.fields["to_bed"] = bed_field(_("to which bed"), Bed.objects.filter(pk__gt=0), free_beds())
        self.fields["responsible_surgeon"] = surgeon_field(surgeons_of(), _("as before"))


class DischargeForm(WhenForm):
    """The end of a stay."""

    when, when_label = "at", lazy("When did the patient leave?")
    departure = choice(lazy("where to"), [(one.value, one.label) for one in Stay.LEAVING])


class OperationForm(forms.Form):
    """An operation. Both its times are typed, on the ward's clock; nothing is filled in."""

    idempotency_key = KeyField()
    kind = choice(lazy("operation"), Operation.Kind.choices)
    started_at = WallClockField(label=lazy("started"))
    started_at_fold = fold_field()
    ended_at = WallClockField(label=lazy("ended"))
    ended_at_fold = fold_field()
    procedure = choice(lazy("procedure"), Operation.Procedure.choices)
    level_upper = choice(lazy("from level"), Level.choices)
    level_lower = choice(lazy("to level"), Level.choices)
    diagnosis = choice(lazy("diagnosis"), Operation.Diagnosis.choices)
    symptomatic_side = choice(
        lazy("side of the symptoms before the first operation"), Operation.SymptomaticSide.choices
    )
    coagulopathy = choice(lazy("coagulopathy or anticoagulation"), YES_NO)
    deformity_correction = choice(lazy("deformity correction"), YES_NO)

    def __init__(self, *args: Any, ward: Ward, recorded: Operation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ward = ward
        self.recorded = recorded

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        for name in ("started_at", "ended_at"):
            if said.get(name) is not None:
                said[name] = self._instant(name, said[name])
        return said

    def _instant(self, name: str, wall: datetime) -> datetime | None:
        """The instant that was typed; in a correction, a time left as it was shown is the recorded one."""
        recorded: datetime | None = getattr(self.recorded, name, None)
        if recorded is not None and wall == shown(recorded, self.ward):
            return recorded
        try:
            return local_instant(wall, zone_of(self.ward), self.cleaned_data.get(f"{name}_fold", ""))
        except ValidationError as error:
            self.add_error(f"{name}_fold" if error.code == "fold" else name, error)
            return None

    def facts(self) -> OperationFacts:
        """The operation, once the form is valid."""
        said = self.cleaned_data
        yes = {name: said[name] == "yes" for name in ("coagulopathy", "deformity_correction")}
        return OperationFacts(**{name: said[name] for name in OperationFacts.__slots__} | yes)

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class CorrectOperationForm(OperationForm):
    """An operation again, as it should have been: filled in with what was recorded, and asking why."""

    reason = forms.CharField(
        label=lazy("reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": lazy("Say why it is corrected.")},
    )

    def __init__(self, *args: Any, operation: Operation, ward: Ward, **kwargs: Any) -> None:
        initial = initial_of(operation, ward) | (kwargs.pop("initial", None) or {})
        super().__init__(*args, ward=ward, recorded=operation, initial=initial, **kwargs)


def initial_of(operation: Operation, ward: Ward) -> dict[str, Any]:
    """A stored operation as the values of its form."""
    values: dict[str, Any] = {name: getattr(operation, name) for name in OperationFacts.__slots__}
    for name, value in values.items():
        if isinstance(value, bool):
            values[name] = "yes" if value else "no"
        elif isinstance(value, datetime):
            values[name] = shown(value, ward)
    return values


def shown(at: datetime, ward: Ward) -> datetime:
    """What the ward's clock showed, to the minute."""
    return at.astimezone(zone_of(ward)).replace(second=0, microsecond=0, tzinfo=None)
