"""The PIN: which are taken, how it is kept, and how often one may be wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from monitoring.audit.models import AuditEntry
from tests.cast import PASSWORD, Cast, set_stage
from wards import pins
from wards.models import Staff
from wards.pins import Answer

PIN = "4719"


def try_pin(staff: Staff, typed: str) -> Answer:
    return pins.check_secret(staff, typed, password=False)


@pytest.fixture
def alice(cast: Cast) -> Staff:
    pins.set_pin(by=cast.alice, pin=PIN)
    return Staff.objects.get(pk=cast.alice.pk)


@pytest.mark.parametrize("pin", ["4719", "47190", "90210385", "0500", "2468"])
def test_a_pin_of_4_to_8_digits_is_taken_and_kept_only_as_a_hash(cast: Cast, pin: str) -> None:
    pins.set_pin(by=cast.alice, pin=pin)
    cast.alice.refresh_from_db()
    assert pin not in cast.alice.pin
    assert try_pin(cast.alice, pin) is Answer.RIGHT


@pytest.mark.parametrize("pin", ["", "471", "471904719", "47a9", "47 9", "４７１９", "47.9", "-471", "4719\n"])
def test_what_is_no_pin_is_refused(cast: Cast, pin: str) -> None:
    with pytest.raises(ValidationError, match="4 to 8 digits"):
        pins.set_pin(by=cast.alice, pin=pin)


@pytest.mark.parametrize(
    "pin",
    ["0000", "77777777", "1234", "7890", "0123", "4321", "09876543", "1212", "123123", "47194719", "1984", "2026"],
)
def test_what_anybody_would_try_first_is_refused(cast: Cast, pin: str) -> None:
    with pytest.raises(ValidationError, match="Too easy"):
        pins.set_pin(by=cast.alice, pin=pin)


def test_ones_own_phone_number_is_refused(cast: Cast) -> None:
    cast.alice.phone = "0151 47 19-3"
    cast.alice.save(update_fields=["phone"])
    with pytest.raises(ValidationError, match="phone number"):
        pins.set_pin(by=cast.alice, pin="4719")


def test_a_wrong_pin_is_counted_and_a_right_one_begins_the_count_again(alice: Staff) -> None:
    assert [try_pin(alice, "0001") for _ in range(4)] == [Answer.WRONG] * 4
    assert pins.failures_left(alice) == 1
    assert try_pin(alice, PIN) is Answer.RIGHT
    assert pins.failures_left(alice) == 5


def test_after_five_wrong_in_a_row_the_right_one_does_not_help_until_the_next_sign_in(alice: Staff) -> None:
    assert [try_pin(alice, "0001") for _ in range(5)] == [Answer.WRONG] * 4 + [Answer.SPENT]
    assert try_pin(alice, PIN) is Answer.SPENT
    assert pins.check_secret(alice, PASSWORD, password=True) is Answer.SPENT
    pins.forgive(alice)
    assert try_pin(alice, PIN) is Answer.RIGHT


def test_pins_and_passwords_are_counted_together(alice: Staff) -> None:
    wrong = [pins.check_secret(alice, "nonsense", password=bool(number % 2)) for number in range(5)]
    assert wrong[-1] is Answer.SPENT


def test_without_a_pin_nothing_is_right(cast: Cast) -> None:
    assert try_pin(cast.alice, "") is Answer.WRONG


def test_who_opened_what_is_written_down_and_what_was_typed_is_not(alice: Staff) -> None:
    try_pin(alice, "8305")
    try_pin(alice, PIN)
    said = [(entry.action, entry.actor, entry.data) for entry in AuditEntry.objects.order_by("pk")]
    assert said == [
        ("pin.set", alice, {}),
        ("identity.refused", None, {"with": "pin", "in_a_row": 1}),
        ("identity.confirmed", alice, {"with": "pin"}),
    ]


@pytest.mark.django_db(transaction=True)
def test_guesses_from_many_screens_at_once_are_five_and_no_more() -> None:
    alice = set_stage().alice
    pins.set_pin(by=alice, pin=PIN)

    def guess(number: int) -> Answer:
        try:
            return try_pin(alice, f"{8300 + number}")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(guess, range(16)))
    assert found.count(Answer.WRONG) == 4
    assert AuditEntry.objects.filter(action="identity.refused").count() == 5
