"""The check form, as a browser without scripts sends it: parsed strictly, each wrong field with its message."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict

from monitoring.checks import actions
from monitoring.checks.findings import CheckFindings
from monitoring.checks.forms import CheckForm, CorrectCheckForm, CorrectTreatmentForm, RetractForm, TreatmentForm
from monitoring.checks.models import Check, Flag, Treatment, Untested, column
from monitoring.due import clock
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from tests.cast import Cast, ago
from tests.checks.examples import examine, findings, posted, treat
from wards.models import Stay
from wards.times import zone_of


def sent(cast: Cast, stay: Stay, **said: str) -> CheckForm:
    return CheckForm(posted(**said), ward=stay.ward, by=cast.alice)


def only_error(form: Any, field: str) -> str:
    """The one message of the one wrong field."""
    assert set(form.errors) == {field}
    (message,) = form.errors[field]
    return str(message)


def test_a_whole_check_is_read_as_it_was_meant(cast: Cast, stay: Stay) -> None:
    form = sent(
        cast,
        stay,
        l4_left="0",
        s1_right="sedated",
        l2_left="amputation",
        saddle_anaesthesia="present",
        bladder_bowel="not_assessed",
        pain="0",
        second_examiner=str(cast.carol.pk),
        note=" drain in the way ",
    )
    assert form.is_valid(), form.errors
    assert form.at is None
    assert form.findings() == findings(
        l4_left=0,
        s1_right=Untested.SEDATED,
        l2_left=Untested.AMPUTATION,
        flags={"saddle_anaesthesia": Flag.PRESENT, "bladder_bowel": Flag.NOT_ASSESSED},
        pain=0,
        second_examiner=cast.carol,
        note="drain in the way",
    )


@pytest.mark.parametrize("muscle", MUSCLES)
@pytest.mark.parametrize("value", [*"012345", *Untested.values])
def test_every_muscle_takes_every_grade_and_reason(cast: Cast, stay: Stay, muscle: Muscle, value: str) -> None:
    form = sent(cast, stay, **{column(muscle): value})
    assert form.is_valid(), form.errors
    expected = int(value) if value in "012345" else Untested(value)
    assert form.findings().muscles[muscle] == expected
    assert type(form.findings().muscles[muscle]) is type(expected)


@pytest.mark.parametrize("muscle", MUSCLES)
@pytest.mark.parametrize("value", ["6", "-1", "5.0", "05", "4+", "NT", "²", "٣", "true", "x" * 5000, "0\x00"])
def test_no_muscle_takes_anything_else(cast: Cast, stay: Stay, muscle: Muscle, value: str) -> None:
    assert "0 to 5" in only_error(sent(cast, stay, **{column(muscle): value}), column(muscle))


def test_a_catheter_is_recorded_beside_whatever_was_found(cast: Cast, stay: Stay) -> None:
    form = sent(cast, stay, catheter="on", bladder_bowel="absent")
    assert form.is_valid(), form.errors
    assert form.findings() == findings(catheter=True)
    check = actions.record_check(stay, by=cast.alice, at=form.at, findings=form.findings(), key=form.key)
    assert Check.objects.get(pk=check.pk).catheter
    corrected = CorrectCheckForm(check=check, ward=stay.ward, by=cast.alice)
    assert corrected["catheter"].value() is True


def test_a_catheter_that_nobody_spoke_of_is_not_in_place(cast: Cast, stay: Stay) -> None:
    form = sent(cast, stay)
    assert form.is_valid(), form.errors
    assert not form.findings().catheter


def test_a_catheter_alone_is_no_look(cast: Cast, stay: Stay) -> None:
    said = {**dict.fromkeys([*map(column, MUSCLES), *FLAGS], ""), "partial": "on", "catheter": "on"}
    form = sent(cast, stay, **said)
    assert form.is_valid(), form.errors
    with pytest.raises(ValidationError, match="looks at nothing"):
        actions.record_check(stay, by=cast.alice, at=form.at, findings=form.findings(), key=form.key)


def test_nothing_is_filled_in(cast: Cast, stay: Stay) -> None:
    form = CheckForm(ward=stay.ward, by=cast.alice)
    filled = {name for name in form.fields if form[name].value() not in (None, "", False)}
    assert filled == {"idempotency_key"}


def test_every_muscle_and_flag_left_out_is_asked_for_beside_it(cast: Cast, stay: Stay) -> None:
    asked = [*map(column, MUSCLES), *FLAGS]
    form = sent(cast, stay, **dict.fromkeys(asked, ""))
    assert set(form.errors) == set(asked)
    form = sent(cast, stay, l4_left="", bladder_bowel="")
    assert set(form.errors) == {"l4_left", "bladder_bowel"}


def test_a_partial_check_leaves_out_what_it_says_it_left_out(cast: Cast, stay: Stay) -> None:
    asked = [*map(column, MUSCLES), *FLAGS]
    said = {**dict.fromkeys(asked, ""), "l4_left": "0", "partial": "on"}
    form = sent(cast, stay, **said)
    assert form.is_valid(), form.errors
    assert form.findings() == CheckFindings(muscles={Muscle.L4_LEFT: 0})


def test_partial_does_not_excuse_a_wrong_grade(cast: Cast, stay: Stay) -> None:
    assert only_error(sent(cast, stay, l4_left="6", partial="on"), "l4_left")


def test_all_that_was_entered_is_kept_beside_the_message(cast: Cast, stay: Stay) -> None:
    said = {"l4_left": "6", "s1_right": "pain", "pain": "7", "note": "tired", "examined_time": "", "examined": ""}
    form = sent(cast, stay, **said)
    assert set(form.errors) == {"l4_left", "examined"}
    kept = {name: form[name].value() for name in ("l2_left", "s1_right", "pain", "note", "saddle_anaesthesia")}
    assert kept == {"l2_left": "5", "s1_right": "pain", "pain": "7", "note": "tired", "saddle_anaesthesia": "absent"}
    checked = [str(choice.data["value"]) for choice in form["s1_right"] if choice.data["selected"]]
    assert checked == ["pain"]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"pain": "11"}, "pain"),
        ({"pain": "-1"}, "pain"),
        ({"pain": "3.5"}, "pain"),
        ({"saddle_anaesthesia": "maybe"}, "saddle_anaesthesia"),
        ({"bladder_bowel": "1"}, "bladder_bowel"),
        ({"second_examiner": "999999"}, "second_examiner"),
        ({"second_examiner": "Carol"}, "second_examiner"),
        ({"note": "x" * 2001}, "note"),
        ({"note": "a\x00b"}, "note"),
        ({"examined": ""}, "examined"),
        ({"examined": "yesterday"}, "examined"),
    ],
    ids=lambda said: str(said)[:40],
)
def test_each_wrong_field_gets_its_own_message(cast: Cast, stay: Stay, said: dict[str, str], field: str) -> None:
    assert only_error(sent(cast, stay, **said), field)


@pytest.mark.parametrize("key", ["", "not-a-key", "12345"])
def test_a_missing_key_is_an_error_and_the_form_comes_back_with_a_fresh_one(cast: Cast, stay: Stay, key: str) -> None:
    form = sent(cast, stay, idempotency_key=key)
    assert "came without its key, so nothing was saved" in only_error(form, "idempotency_key")
    fresh = form["idempotency_key"].value()
    assert sent(cast, stay, idempotency_key=str(fresh)).is_valid()


def test_a_form_shown_again_keeps_its_key(cast: Cast, stay: Stay) -> None:
    key = uuid4()
    form = sent(cast, stay, idempotency_key=str(key), l4_left="6")
    assert UUID(str(form["idempotency_key"].value())) == key


def test_two_empty_forms_have_different_keys(cast: Cast, stay: Stay) -> None:
    one, other = (CheckForm(ward=stay.ward, by=cast.alice)["idempotency_key"].value() for _ in range(2))
    assert one != other


def test_an_empty_post_is_a_form_full_of_errors_and_not_a_crash(cast: Cast, stay: Stay) -> None:
    form = CheckForm(QueryDict(""), ward=stay.ward, by=cast.alice)
    assert {"idempotency_key", "examined", "l4_left", "bladder_bowel"} <= set(form.errors)


def test_the_second_examiner_is_chosen_among_those_who_examine_on_the_ward(cast: Cast, stay: Stay) -> None:
    cast.sam.is_active = False
    cast.sam.save()
    field = CheckForm(ward=stay.ward, by=cast.alice).fields["second_examiner"]
    assert list(field.queryset) == [cast.carol]  # type: ignore[attr-defined]
    for name in ("alice", "nora", "adam", "sam"):
        assert only_error(sent(cast, stay, second_examiner=str(getattr(cast, name).pk)), "second_examiner")


def test_every_error_of_the_action_has_its_field_on_the_form(cast: Cast, stay: Stay) -> None:
    form = sent(cast, stay)
    assert form.is_valid()
    wrong = findings(l4_left=Untested.OTHER, l5_left=6, pain=11, second_examiner=cast.alice)
    with pytest.raises(ValidationError) as error:
        actions.record_check(stay, by=cast.alice, at=clock.now().replace(year=2100), findings=wrong, key=form.key)
    form.add_error(None, error.value)
    assert set(form.errors) == {"note", "l5_left", "pain", "second_examiner", "examined_time"}


def test_a_valid_form_is_stored_as_it_was_read(cast: Cast, stay: Stay) -> None:
    form = sent(cast, stay, l4_left="0", pain="0")
    assert form.is_valid()
    check = actions.record_check(stay, by=cast.alice, at=form.at, findings=form.findings(), key=form.key)
    stored = Check.objects.get(pk=check.pk)
    assert (stored.l4_left, stored.pain, stored.l2_left) == (0, 0, 5)


def corrected(check: Check, cast: Cast, stay: Stay, **said: str) -> CorrectCheckForm:
    """A correction's form, sent as it is shown but for what is said."""
    blank = CorrectCheckForm(check=check, ward=stay.ward, by=cast.carol)
    shown = {name: blank[name].value() for name in blank.fields}
    text = {
        name: blank.fields[name].widget.format_value(value) if name.endswith(("_date", "_time")) else value
        for name, value in shown.items()
    }
    data = {name: str(value) for name, value in text.items() if value is not False and value not in (None, "")} | said
    return CorrectCheckForm(data, check=check, ward=stay.ward, by=cast.carol)


def test_a_correction_starts_from_what_was_recorded(cast: Cast, stay: Stay) -> None:
    found = findings(l4_left=0, s1_left=Untested.PAIN, pain=0, note="x", second_examiner=cast.sam)
    check = actions.record_check(stay, by=cast.alice, at=None, findings=found, key=uuid4())
    form = corrected(check, cast, stay, reason="misread")
    assert form.is_valid(), form.errors
    assert form.findings() == found
    assert form.at is None
    assert form.key != check.idempotency_key


def test_a_correction_of_a_partial_check_stays_partial(cast: Cast, stay: Stay) -> None:
    found = CheckFindings(muscles={Muscle.L4_LEFT: 0})
    check = actions.record_check(stay, by=cast.alice, at=None, findings=found, key=uuid4())
    form = corrected(check, cast, stay, reason="misread")
    assert form.is_valid(), form.errors
    assert form.findings() == found


def test_a_correction_asks_why(cast: Cast, stay: Stay) -> None:
    assert "Say why" in only_error(corrected(examine(cast, stay), cast, stay), "reason")


def test_a_correction_offers_the_recorded_time_or_another_and_not_now(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay, at=ago(hours=3))
    assert only_error(corrected(check, cast, stay, reason="misread", examined="now"), "examined")
    earlier = ago(hours=4).astimezone(zone_of(stay.ward))
    form = corrected(
        check,
        cast,
        stay,
        reason="misread",
        examined="earlier",
        examined_date=f"{earlier:%Y-%m-%d}",
        examined_time=f"{earlier:%H:%M}",
    )
    assert form.is_valid(), form.errors
    assert form.at == ago(hours=4)


def test_a_second_examiner_who_left_stays_a_choice_in_a_correction(cast: Cast, stay: Stay) -> None:
    check = examine(cast, stay, second_examiner=cast.sam)
    cast.sam.memberships.all().delete()
    assert corrected(check, cast, stay, reason="misread").is_valid()


def treatment_sent(**said: str) -> dict[str, str]:
    return {
        "idempotency_key": str(uuid4()),
        "kind": "mannitol",
        "action": "started",
        "dose": "20 g",
        "happened": "now",
        **said,
    }


def test_a_treatment_is_read_as_it_was_meant(cast: Cast, stay: Stay) -> None:
    form = TreatmentForm(treatment_sent(), ward=stay.ward)
    assert form.is_valid(), form.errors
    said = form.cleaned_data
    assert (said["kind"], said["action"], said["dose"]) == (Treatment.Kind.MANNITOL, Treatment.Action.STARTED, "20 g")
    assert form.at is None


@pytest.mark.parametrize(
    "said",
    [{"kind": ""}, {"kind": "prayer"}, {"action": ""}, {"action": "paused"}, {"dose": "x" * 81}, {"happened": ""}],
    ids=str,
)
def test_a_treatments_wrong_field_gets_its_own_message(cast: Cast, stay: Stay, said: dict[str, str]) -> None:
    form = TreatmentForm(treatment_sent(**said), ward=stay.ward)
    assert only_error(form, next(iter(said)))


def test_a_corrected_treatment_starts_from_what_was_recorded_and_asks_why(cast: Cast, stay: Stay) -> None:
    treatment = treat(cast, stay)
    blank = CorrectTreatmentForm(treatment=treatment, ward=stay.ward)
    assert {name: blank[name].value() for name in ("kind", "action", "dose", "happened")} == {
        "kind": "mannitol",
        "action": "started",
        "dose": "",
        "happened": "same",
    }
    form = CorrectTreatmentForm(treatment_sent(happened="same"), treatment=treatment, ward=stay.ward)
    assert "Say why" in only_error(form, "reason")


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_a_retraction_asks_why_in_a_few_words(reason: str) -> None:
    assert only_error(RetractForm({"reason": reason}), "reason")
