"""What the forms about mending say, parsed: which two records and why, then what only the people can know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from monitoring.desks.admin import mending_words as words
from monitoring.desks.admin.mending_words import Record
from monitoring.desks.admin.protocol_forms import DAMAGED, reason_field
from monitoring.desks.admin.signing import SignedForm
from monitoring.mending import actions
from monitoring.mending.models import Mending
from monitoring.mending.records import movable_checks, record_within_reach, stays_of
from wards.forms import NEW_EPISODE, choice
from wards.models import Patient, Staff
from wards.times import zone_of

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

APART = "apart"
QUIET = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}


def number_field(label: StrPromise) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=32,
        widget=forms.TextInput(attrs=QUIET),
        error_messages={"required": lazy("Give the record number.")},
    )


class RecordsForm(forms.Form):
    """Which two records, and why. `records`: both, once they are found within reach; None before."""

    source_number = number_field(lazy("Number of the wrong record"))
    target_number = number_field(lazy("Number of the right record"))
    reason = reason_field(lazy("Why?"), lazy("Say why: it stays on the record."))

    def __init__(self, data: Any, *, staff: Staff) -> None:
        super().__init__(data)
        self.staff = staff
        self.records: tuple[Record, Record] | None = None

    def _found(self, name: str) -> Patient:
        patient = record_within_reach(self.staff, self.cleaned_data[name])
        if patient is None:
            raise ValidationError(_("No patient of your wards has this record number."))
        return patient

    def clean_source_number(self) -> Patient:
        return self._found("source_number")

    def clean_target_number(self) -> Patient:
        return self._found("target_number")

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        source, target = said.get("source_number"), said.get("target_number")
        if source is None or target is None:
            return said
        if source == target:
            self.add_error("target_number", _("These are one and the same record."))
            return said
        wrong, right = (Record(patient, stays_of(patient)) for patient in (source, target))
        if wrong.stays:
            self.records = (wrong, right)
        else:
            self.add_error("source_number", _("No stay is left on this record: there is nothing to mend."))
        return said

    @property
    def pair(self) -> str:
        """Names the two records: what was answered about others is asked again."""
        return "" if self.records is None else " ".join(str(one.patient.public_id) for one in self.records)


class Details(forms.Form):
    """What is still to be said about two records, so far as there is a choice."""

    def __init__(self, data: Any, records: tuple[Record, Record]) -> None:
        super().__init__(data)
        self.wrong, self.right = records
        self.zone = zone_of(self.wrong.stays[0].ward)
        self.ask()

    def ask(self) -> None:
        raise NotImplementedError

    def propose(self, *, by: Staff, reason: str) -> Mending:
        raise NotImplementedError

    @property
    def cannot_be(self) -> str:
        """Why there is nothing to choose from; empty where there is."""
        return ""

    def ask_for_the_bed(self) -> None:
        here, there = self.wrong.in_bed, self.right.in_bed
        if here is None or there is None:
            return
        beds = [(str(stay.public_id), _in(stay, one)) for stay, one in ((here, self.wrong), (there, self.right))]
        self.fields["keeps"] = choice(_("Both are in a bed now. In which one does the patient lie?"), beds)

    def kept(self) -> Any:
        """The stay that goes on, where both are open."""
        said, both = self.cleaned_data.get("keeps"), (self.wrong.in_bed, self.right.in_bed)
        return next((stay for stay in both if stay is not None and str(stay.public_id) == said), None)


def _in(stay: Any, record: Record) -> str:
    return _("%(bed)s (%(number)s)") % {"bed": words.bed_words(stay), "number": words.number_words(record.patient)}


class MergeDetails(Details):
    """Whether it is one person, one surgical episode, and in which bed."""

    def ask(self) -> None:
        self.against = words.differences(self.wrong.patient, self.right.patient)
        if self.against:
            self.fields["same_person"] = forms.BooleanField(
                label=_("I have made sure that both are one and the same person."),
                error_messages={"required": _("Make sure that they are one person, and say so.")},
            )
        self.absorbed = words.episodes_in_words(self.wrong.patient, self.zone)
        self.into = words.episodes_in_words(self.right.patient, self.zone)
        if self.absorbed and self.into:
            self.fields["into"] = choice(_("Is the operation one and the same?"), self._pairs())
        self.ask_for_the_bed()

    def _pairs(self) -> list[tuple[str, str]]:
        """Each surgical episode of the one with each of the other; or none."""
        pairs = []
        for absorbed, (_episode, one) in self.absorbed.items():
            for into, (_other, other) in self.into.items():
                same = _("Yes: %(one)s") % {"one": one} if one == other else ""
                both = _("Yes: “%(one)s” and “%(other)s” are one") % {"one": one, "other": other}
                pairs.append((f"{absorbed} {into}", same or both))
        return [*pairs, (APART, _("No, they are separate surgical episodes"))]

    def propose(self, *, by: Staff, reason: str) -> Mending:
        said = self.cleaned_data.get("into", APART)
        absorbed, _between, into = said.partition(" ")
        return actions.propose_merge(
            self.wrong.patient,
            self.right.patient,
            by=by,
            reason=reason,
            one_episode=None if said == APART else (self.absorbed[absorbed][0], self.into[into][0]),
            keeps=self.kept(),
        )


class StayDetails(Details):
    """Which stay, and whether it continues an operation's episode."""

    def ask(self) -> None:
        stays = [(str(stay.public_id), words.stay_words(stay)) for stay in self.wrong.stays]
        self.fields["stay"] = choice(_("Which stay?"), stays)
        self.initial["stay"] = stays[0][0] if len(stays) == 1 else None
        self.into = words.episodes_in_words(self.right.patient, self.zone)
        if self.into:
            goes_on = [
                (key, _("It continues: %(episode)s") % {"episode": one}) for key, (_one, one) in self.into.items()
            ]
            new = (NEW_EPISODE, _("It begins a new surgical episode"))
            self.fields["into"] = choice(_("Which surgical episode of theirs is it?"), [*goes_on, new])
        self.ask_for_the_bed()
        if "keeps" in self.fields and len(stays) > 1:
            self.fields["keeps"].required = False  # of an earlier stay it is no question: the rules say

    def propose(self, *, by: Staff, reason: str) -> Mending:
        said = self.cleaned_data
        stay = next(stay for stay in self.wrong.stays if str(stay.public_id) == said["stay"])
        episode = None if said.get("into", NEW_EPISODE) == NEW_EPISODE else self.into[said["into"]][0]
        keeps = self.kept() if stay.is_open else None
        return actions.propose_stay_move(stay, self.right.patient, by=by, reason=reason, into=episode, keeps=keeps)


class CheckDetails(Details):
    """Which check, and on which stay it was made."""

    def ask(self) -> None:
        self.checks = {str(check.public_id): check for check in movable_checks(self.wrong.patient)}
        checks = [(key, words.check_words(check)) for key, check in self.checks.items()]
        stays = [(str(stay.public_id), words.stay_words(stay)) for stay in self.right.stays]
        self.fields["check"] = choice(_("Which check?"), checks)
        self.fields["to_stay"] = choice(_("During which stay of the right patient was it made?"), stays)
        likely = self.right.in_bed or (self.right.stays[0] if len(stays) == 1 else None)
        self.initial["to_stay"] = None if likely is None else str(likely.public_id)

    @property
    def cannot_be(self) -> str:
        if not self.checks:
            return _("No check stands on the record that is said to have it.")
        return "" if self.right.stays else _("The right record has no stay during which it could have been made.")

    def propose(self, *, by: Staff, reason: str) -> Mending:
        said = self.cleaned_data
        to_stay = next(stay for stay in self.right.stays if str(stay.public_id) == said["to_stay"])
        return actions.propose_check_move(self.checks[said["check"]], to_stay, by=by, reason=reason)


DETAILS: dict[str, type[Details]] = {
    Mending.Kind.MERGE: MergeDetails,
    Mending.Kind.STAY: StayDetails,
    Mending.Kind.CHECK: CheckDetails,
}


class ConfirmForm(SignedForm):
    """That what was shown is carried out; signed."""

    shown = forms.CharField(widget=forms.HiddenInput, error_messages={"required": DAMAGED})
    field_order = ["shown", "secret"]

    def __init__(self, data: Any, *, staff: Staff, shown: str) -> None:
        super().__init__(data, staff=staff)
        self.now_shown = shown

    def clean(self) -> dict[str, Any] | None:
        said = super().clean() or self.cleaned_data
        if said.get("shown", self.now_shown) != self.now_shown:
            raise ValidationError(_("What it would do has changed meanwhile. Look again, and carry that out."))
        return said


class EndForm(forms.Form):
    """Why nothing is to be changed about the records."""

    reason = reason_field(lazy("Why?"), lazy("Say why: it stays on the record."))
