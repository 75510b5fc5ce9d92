"""Finding a patient: by record number or name among those within reach; by number and birth date among all others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Coalesce

from wards.access import named, stays_within_reach
from wards.models import Patient, Staff, Stay

MOST = 20


class Folded(Func):
    """Text as names are searched: without case, accents, blanks and hyphens; ue as u (migration breakglass 0003)."""

    function = "spinewatch_folded"
    arg_joiner = " || "
    output_field = TextField()


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for: a record number or a name, perhaps a date of birth."""

    text: str
    born: date | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Stays, present ones first and the latest before others. `more`: there are more than are shown."""

    stays: Sequence[Stay]
    more: bool

    @property
    def patients(self) -> list[int]:
        return sorted({stay.patient_id for stay in self.stays})


def find(staff: Staff, asked: Asked) -> Found:
    """The stays within reach, present and past, of patients of this number or name. One query."""
    stays = named(stays_within_reach(staff).filter(patient__in=present(matching(asked))), staff)
    rows = list(stays.order_by(F("discharged_at").desc(nulls_first=True), "-admitted_at", "pk")[: MOST + 1])
    return Found(rows[:MOST], len(rows) > MOST)


def matching(asked: Asked) -> QuerySet[Patient]:
    """Patients of this number or name, whether within reach or not: three indexes serve it."""
    patients = Patient.objects.alias(
        family_first=Folded(F("family_name"), F("given_name")), given_first=Folded(F("given_name"), F("family_name"))
    )
    patients = patients.filter(Q(record_number__in={asked.text, asked.text.upper()}) | _named(asked.text))
    return patients if asked.born is None else patients.filter(date_of_birth=asked.born)


def exactly(*, record_number: str, born: date) -> QuerySet[Patient, int]:
    """The id of the patient of exactly this number and birth date, or none."""
    return present(Patient.objects.filter(pk__gt=0, record_number=record_number, date_of_birth=born))


def present(patients: QuerySet[Patient]) -> QuerySet[Patient, int]:
    """The ids of these records; of one that was merged into another, that one's, where its stays are now."""
    return patients.values_list(Coalesce("merged_into", "pk"), flat=True)


def _named(text: str) -> Q:
    """The family name begins so, or the given name; or, of several words, one with some of them and one with the rest,
    whichever stands first: "Müller", "Anna", "Müller An", "Anna, Mül", "van der Berg". Chinese names are one word.
    """
    found = Q()
    for first, rest in _splits(text.replace(",", " ").split()):
        if not rest:
            found |= _begins("family_first", first) | _begins("given_first", first)
        else:
            found |= _begins("family_first", first) & _begins("given_first", rest)
            found |= _begins("family_first", rest) & _begins("given_first", first)
    return found


def _splits(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for at in range(1, len(words) + 1):
        yield " ".join(words[:at]), " ".join(words[at:])


def _begins(name: str, text: str) -> Q:
    return Q(**{f"{name}__startswith": Folded(Value(text))})


def elsewhere(staff: Staff, *, record_number: str, born: date) -> Stay | None:
    """The present or last stay of the patient of exactly this number and birth date, where none of theirs is within
    reach. One query, which costs as much whoever is asked for.
    """
    patient = exactly(record_number=record_number, born=born)
    near = stays_within_reach(staff).filter(patient=OuterRef("patient"))
    stays: QuerySet[Stay] = Stay.objects.filter(~Exists(near), patient__in=patient)
    return stays.select_related("patient", "ward").order_by(F("discharged_at").desc(nulls_first=True), "-pk").first()
