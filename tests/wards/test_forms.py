"""The forms of admission, move, discharge and operation: what they ask, and what they make of the answers."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from tests.cast import Cast, admit_patient, ago, operate
from wards import actions
from wards.facts import NewPatient
from wards.forms import AdmitForm, CorrectOperationForm, DischargeForm, MoveForm, OperationForm
from wards.models import Stay
from wards.times import zone_of

OPERATION = {
    "kind": "index",
    "started_at": "2026-03-01T09:00",
    "ended_at": "2026-03-01T12:30",
    "procedure": "TLIF",
    "level_upper": "L4",
    "level_lower": "L5",
    "diagnosis": "stenosis",
    "symptomatic_side": "left",
    "coagulopathy": "no",
    "deformity_correction": "yes",
}


def admission(cast: Cast, **changes: Any) -> AdmitForm:
    sent = {
        "idempotency_key": uuid4(),
        "record_number": "mrn 77",
        "family_name": "Weiss",
        "given_name": "Ida",
        "date_of_birth": "1963-03-07",
        "sex": "F",
        "bed": cast.beds[0].pk,
        "responsible_surgeon": cast.sam.pk,
        "at": "now",
    }
    return AdmitForm(sent | changes, ward=cast.ward_7b)


def readmission(cast: Cast, stay: Stay, **changes: Any) -> AdmitForm:
    patient = stay.patient
    known = {
        "record_number": patient.record_number,
        "family_name": patient.family_name.lower(),
        "date_of_birth": patient.date_of_birth.isoformat(),
    }
    return admission(cast, **(known | changes))


def operation(cast: Cast, **changes: Any) -> OperationForm:
    return OperationForm({"idempotency_key": uuid4(), **OPERATION, **changes}, ward=cast.ward_7b)


def admit(cast: Cast, form: AdmitForm) -> Stay:
    assert form.is_valid(), form.errors
    return actions.admit(
        by=cast.alice,
        at=form.at,
        bed=form.cleaned_data["bed"],
        patient=form.patient(),
        episode=form.chosen_episode(),
        responsible_surgeon=form.cleaned_data["responsible_surgeon"],
        key=form.key,
    )


def test_nothing_is_filled_in_but_the_key(cast: Cast) -> None:
    for form in (AdmitForm(ward=cast.ward_7b), OperationForm(ward=cast.ward_7b), DischargeForm(ward=cast.ward_7b)):
        filled = {name for name in form.fields if form[name].value() not in (None, "")}
        assert filled <= {"idempotency_key"}


def test_each_form_names_every_field_left_out(cast: Cast) -> None:
    form = AdmitForm({}, ward=cast.ward_7b)
    optional = {"responsible_surgeon", "episode", "at_date", "at_time", "at_fold"}
    assert set(form.errors) == set(form.fields) - optional
    assert "came without its key" in form.errors["idempotency_key"][0]
    asked = OperationForm({}, ward=cast.ward_7b)
    assert set(asked.errors) == set(asked.fields) - {"started_at_fold", "ended_at_fold"}
    assert set(DischargeForm({}, ward=cast.ward_7b).errors) == {"at", "departure"}


def test_a_new_patients_number_is_kept_in_one_spelling(cast: Cast) -> None:
    form = admission(cast)
    assert form.is_valid(), form.errors
    patient = form.patient()
    assert isinstance(patient, NewPatient)
    assert (patient.record_number, form.at, form.chosen_episode()) == ("MRN77", None, None)


@pytest.mark.parametrize("wrong", [{"family_name": "Schwarz"}, {"date_of_birth": "1963-03-08"}])
def test_a_number_under_another_name_is_refused_and_tells_nothing(cast: Cast, wrong: dict[str, str]) -> None:
    stay = admit_patient(cast)
    actions.discharge(stay, by=cast.alice, at=None, departure="home")
    form = readmission(cast, stay, **wrong)
    assert "another person" in form.errors["record_number"][0]
    assert not form.asks_which_episode
    assert stay.patient.given_name not in str(form.errors)


def test_a_readmission_asks_which_episode_and_names_it_by_its_operation(cast: Cast) -> None:
    stay = admit_patient(cast, at=ago(days=9))
    index = operate(cast, stay, ended_at=ago(days=8))
    actions.discharge(stay, by=cast.alice, at=ago(days=2), departure="home")
    asked = readmission(cast, stay)
    assert "say which surgical episode" in asked.errors["episode"][0]
    assert asked.asks_which_episode
    shown = str(asked["episode"])
    assert f"TLIF L4–5 of {index.ended_at.astimezone(zone_of(stay.ward)):%d-%b-%Y}" in shown
    goes_on = readmission(cast, stay, episode=stay.episode_id)
    assert goes_on.is_valid()
    assert (goes_on.patient(), goes_on.chosen_episode()) == (stay.patient, stay.episode)
    anew = readmission(cast, stay, episode="new")
    assert anew.is_valid()
    assert anew.chosen_episode() is None
    assert not readmission(cast, stay, episode=stay.episode_id + 1).is_valid()


def test_the_same_admission_form_sent_again_is_answered_the_same(cast: Cast) -> None:
    key = uuid4()
    first = admit(cast, admission(cast, idempotency_key=key))
    assert admit(cast, admission(cast, idempotency_key=key)) == first


def test_free_beds_are_offered_and_other_wards_are_not_accepted(cast: Cast) -> None:
    admit_patient(cast)
    shown = str(admission(cast)["bed"])
    assert ">7B-2<" in shown
    assert ">7B-1<" not in shown
    assert ">8C-1<" not in shown
    assert "bed" in admission(cast, bed=cast.beds_8c[0].pk).errors
    assert "responsible_surgeon" in admission(cast, responsible_surgeon=cast.sue.pk).errors


def test_a_move_offers_the_free_beds_of_every_ward(cast: Cast) -> None:
    stay = admit_patient(cast)
    form = MoveForm({"at": "now", "to_bed": cast.beds_8c[0].pk, "responsible_surgeon": cast.sue.pk}, stay=stay)
    assert form.is_valid(), form.errors
    assert (form.cleaned_data["to_bed"], form.cleaned_data["responsible_surgeon"]) == (cast.beds_8c[0], cast.sue)
    shown = str(form["to_bed"])
    assert "Ward 8C" in shown
    assert ">7B-1<" not in shown


def test_an_earlier_time_is_typed_on_the_wards_clock(cast: Cast) -> None:
    typed = {"at": "earlier", "at_date": "2026-07-01", "at_time": "14:00", "departure": "home"}
    form = DischargeForm(typed, ward=cast.ward_7b)
    assert form.is_valid(), form.errors
    assert form.at == datetime(2026, 7, 1, 12, 0, tzinfo=UTC)


def test_an_operations_times_are_typed_on_the_wards_clock(cast: Cast) -> None:
    form = operation(cast)
    assert form.is_valid(), form.errors
    facts = form.facts()
    assert facts.started_at == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert facts.ended_at == datetime(2026, 3, 1, 11, 30, tzinfo=UTC)
    assert (facts.coagulopathy, facts.deformity_correction) == (False, True)


@pytest.mark.parametrize(
    ("typed", "field", "message"),
    [
        ("2026-10-25T02:30", "ended_at_fold", "came twice"),
        ("2026-03-29T02:30", "ended_at", "did not exist"),
        ("yesterday", "ended_at", "not a date and time"),
        ("9999-12-31T23:59", "started_at", None),
    ],
)
def test_an_impossible_time_has_its_message_beside_it(cast: Cast, typed: str, field: str, message: str | None) -> None:
    form = operation(cast, ended_at=typed)
    assert form.is_valid() == (message is None)
    if message is not None:
        assert list(form.errors) == [field]
        assert message in form.errors[field][0]


@pytest.mark.parametrize(("fold", "hour"), [("first", 0), ("second", 1)])
def test_the_hour_that_comes_twice_is_told_apart(cast: Cast, fold: str, hour: int) -> None:
    form = operation(cast, ended_at="2026-10-25T02:30", ended_at_fold=fold)
    assert form.is_valid(), form.errors
    assert form.facts().ended_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_a_correction_starts_from_what_was_recorded_and_keeps_what_was_not_touched(cast: Cast) -> None:
    ended_at = datetime(2025, 10, 26, 0, 30, 15, tzinfo=UTC)  # 02:30:15 in Berlin, the first of two
    stay = admit_patient(cast, at=datetime(2025, 10, 20, tzinfo=UTC))
    old = operate(cast, stay, ended_at=ended_at, coagulopathy=True)
    empty = CorrectOperationForm(operation=old, ward=cast.ward_7b)
    again = {name: empty[name].value() for name in empty.fields if empty[name].value() is not None}
    again["ended_at"] = again["ended_at"].strftime("%Y-%m-%dT%H:%M")
    again["started_at"] = again["started_at"].strftime("%Y-%m-%dT%H:%M")
    form = CorrectOperationForm(again | {"level_lower": "S1", "reason": "levels"}, operation=old, ward=cast.ward_7b)
    assert form.is_valid(), form.errors
    facts = form.facts()
    assert (facts.started_at, facts.ended_at) == (old.started_at, old.ended_at)
    assert (facts.level_lower, facts.coagulopathy, form.cleaned_data["reason"]) == ("S1", True, "levels")
    without = CorrectOperationForm(again, operation=old, ward=cast.ward_7b)
    assert "Say why" in without.errors["reason"][0]
