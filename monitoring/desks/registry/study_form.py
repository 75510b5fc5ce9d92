"""Which operations the registry's pages are about: read from the address, so that a page can be sent on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.common.period_form import WardsPeriodForm, day_field
from monitoring.registry.cohort import SEGMENTS, Asked
from wards.models import Level, Operation, Ward

FUSIONS = [one for one in Operation.Procedure.choices if one[0] != Operation.Procedure.OTHER]


def choice_field(label: Any, every: Any, choices: Sequence[Any]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", every), *choices])


class StudyForm(WardsPeriodForm):
    """The page's address, read. All of it may be left out."""

    since = day_field(lazy("Operated from"), required=False)
    until = day_field(lazy("Operated until"), required=False)
    procedure = choice_field(lazy("Procedure"), lazy("any"), FUSIONS)
    diagnosis = choice_field(lazy("Diagnosis"), lazy("any"), Operation.Diagnosis.choices)
    segments = choice_field(lazy("Segments"), lazy("any"), [(name, name) for name in SEGMENTS])
    level = choice_field(lazy("Fused over"), lazy("any level"), Level.choices)

    def __init__(self, data: Any, *, wards: Sequence[Ward], today: date) -> None:
        super().__init__(data, wards=wards)
        self.today = today

    @property
    def asked(self) -> Asked:
        """What a valid form asks for."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "ward"}
        ward = self.wards.get(self.cleaned_data["ward"])
        return Asked(wards=list(self.wards.values()), today=self.today, ward=ward, **said)

    @property
    def address(self) -> str:
        """The same lines on another page: the query, without what was left out."""
        said = {name: self[name].value() for name in self.fields}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def narrows(self) -> list[tuple[str, str]]:
        """By the fields' labels what was asked for; empty where that is everything."""
        return [
            (str(self.fields[name].label), self._words(name)) for name in self.fields if self.cleaned_data.get(name)
        ]

    def _words(self, name: str) -> str:
        value = self.cleaned_data[name]
        field: Any = self.fields[name]
        return str(dict(field.choices)[value]) if hasattr(field, "choices") else str(value.isoformat())
