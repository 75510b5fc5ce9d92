"""The codes on an alert's timeline in words; and the words of lines that are older than the codes."""

from __future__ import annotations

import pytest

from monitoring.desks.common import stored_words as module
from monitoring.desks.common.stored_words import WORDS, person_words, stored_words
from wards.models import ClinicalEntry


def test_every_change_of_a_history_has_words() -> None:
    entries = [entry._meta.model_name for entry in ClinicalEntry.__subclasses__() if entry.is_history]
    assert len(entries) == 4
    assert {f"{entry}.{verb}" for entry in entries for verb in ("recorded", "corrected", "retracted")} <= set(WORDS)


@pytest.mark.parametrize("code", list(WORDS))
def test_a_line_reads_the_same_from_before_there_were_codes(code: str) -> None:
    assert stored_words(code) == stored_words(str(WORDS[code])) != code


def test_what_is_nobodys_code_stays_as_it_is() -> None:
    assert stored_words("") == ""
    assert stored_words("something else") == "something else"


@pytest.mark.parametrize(
    ("stored", "said"), [("ward_phone", "ward's phone or bleep"), ("site_number", "the site's number")]
)
def test_a_number_of_the_wards_is_said_by_what_it_is_for(stored: str, said: str) -> None:
    assert person_words(stored) == person_words(said) == said


def test_a_persons_name_is_never_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_", str.upper)
    assert person_words("Sam Stone") == "Sam Stone"
    assert person_words("the site's number") == "THE SITE'S NUMBER"
