"""What the forms of imaging say, parsed. They write nothing: views hand their words to the actions.

Each field has its message beside it. The names and values are the contract with the pages; all works without scripts.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as lazy

from monitoring.checks.forms import NOTE_LENGTH, reason_field
from monitoring.pathway.facts import ImagingFacts
from monitoring.pathway.models import Imaging
from monitoring.pathway.vocabulary import Finding, FoundSide, Indication
from wards.fields import NOW, KeyField, WhenForm
from wards.models import Level, Ward

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NOT_SAID = ("", lazy("Not said"))
STAGES = [
    (Imaging.Stage.REQUESTED.value, lazy("requested")),
    (Imaging.Stage.DONE.value, lazy("done already")),
]


def asked(label: StrOrPromise, choices: Any, missing: StrOrPromise) -> forms.ChoiceField:
    """One of a few that has to be chosen; nothing is chosen beforehand."""
    return forms.ChoiceField(
        label=label,
        choices=choices,
        widget=forms.RadioSelect,
        error_messages={"required": missing, "invalid_choice": lazy("Choose one of these.")},
    )


def may_be_said(label: StrOrPromise, choices: Any) -> forms.ChoiceField:
    """One of a few, or nothing said: that is a choice of its own, so that it can be taken back without a script."""
    return forms.ChoiceField(
        label=label,
        choices=[NOT_SAID, *((value, capfirst(words)) for value, words in choices)],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": lazy("Choose one of these.")},
    )


def in_words(label: StrOrPromise) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def modality_field() -> forms.ChoiceField:
    return asked(lazy("Which imaging?"), Imaging.Modality.choices, lazy("Say which: CT, MRI or X-ray."))


def indication_field(label: StrOrPromise) -> forms.ChoiceField:
    return asked(label, Indication.choices, lazy("Say why."))


def side_field() -> forms.ChoiceField:
    return may_be_said(lazy("On which side? The patient’s left and right."), FoundSide.choices)


def level_field() -> forms.ChoiceField:
    return may_be_said(lazy("At which level?"), Level.choices)


class StageForm(WhenForm):
    """One stage of an imaging study: when, and its number in the hospital's archive."""

    when, when_label = "happened", lazy("When?")

    idempotency_key = KeyField()
    accession = forms.CharField(
        label=lazy("number in the picture archive (accession number)"),
        max_length=Imaging._meta.get_field("accession").max_length,
        required=False,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "spellcheck": "false"}),
    )
    text = in_words(lazy("note"))

    def facts(self, *, study: uuid.UUID, stage: str, modality: str) -> ImagingFacts:
        """What was recorded, once the form is valid."""
        said = {name: self.cleaned_data.get(name, "") for name in ("accession", "finding", "side", "level", "text")}
        return ImagingFacts(study=study, stage=stage, modality=modality, **said)

    @property
    def key(self) -> uuid.UUID:
        key: uuid.UUID = self.cleaned_data["idempotency_key"]
        return key


class ImagingForm(StageForm):
    """A study that nobody has recorded yet: it is requested, or done already. Its id is the form's key."""

    modality = modality_field()
    stage = asked(lazy("How far is it?"), STAGES, lazy("Say whether it is requested or done."))

    def new_facts(self) -> ImagingFacts:
        said = self.cleaned_data
        return self.facts(study=self.key, stage=said["stage"], modality=said["modality"])


class ReportForm(StageForm):
    """What a study shows, in the paper's terms. Its time begins as now."""

    finding = asked(lazy("What does it show?"), Finding.choices, lazy("Say what it shows. “None found” is an answer."))
    side = side_field()
    level = level_field()
    text = in_words(lazy("report in words"))

    def __init__(self, *args: Any, ward: Ward, **kwargs: Any) -> None:
        initial = {self.when: NOW} | (kwargs.pop("initial", None) or {})
        super().__init__(*args, ward=ward, initial=initial, **kwargs)


class CorrectStageForm(StageForm):
    """A stage again, as it should have been, and why."""

    modality = modality_field()
    reason = reason_field(lazy("Say why it is corrected."))

    def __init__(self, *args: Any, imaging: Imaging, ward: Ward, **kwargs: Any) -> None:
        super().__init__(*args, ward=ward, recorded=imaging.happened_at, initial=initial_of(imaging), **kwargs)


class CorrectReportForm(CorrectStageForm):
    """A report again, as it should have been, and why."""

    finding = asked(lazy("What does it show?"), Finding.choices, lazy("Say what it shows. “None found” is an answer."))
    side = side_field()
    level = level_field()
    text = in_words(lazy("report in words"))


def initial_of(imaging: Imaging) -> dict[str, str]:
    """A stored stage as the values of its form."""
    return {name: getattr(imaging, name) for name in ("modality", "accession", "finding", "side", "level", "text")}
