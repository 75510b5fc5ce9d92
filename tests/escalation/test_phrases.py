"""What is stored in English is said in the reader's language, values and all; and stays as it is in English."""

from __future__ import annotations

import pytest

from monitoring.escalation import phrases
from monitoring.escalation.ladder import Rung, Track, Whom
from monitoring.escalation.phrases import codes, shown, whom_shown, words

EVERYBODY = Rung(Track.SURGICAL, tuple(Whom), after=0, groups=("one", "two"))
STORED = [
    ("there is more", "<there is more>"),
    ("closed by the software", "<closed by the software>"),
    ("closed by Sam Stone", "<closed by Sam Stone>"),
    ("秀英 (Xiuying) 王 (Wang) has it", "<秀英 (Xiuying) 王 (Wang) has it>"),
    ("Sam Stone is on it", "<Sam Stone is on it>"),
    ("Sam Stone decided", "<Sam Stone decided>"),
    ("re-opened by Sam Stone", "<re-opened by Sam Stone>"),
    ("Sam Stone offers it to you", "<Sam Stone offers it to you>"),
    ("the surgeon on call, the group", "<the surgeon on call>, <the group>"),
    ("the charge nurse, the site's number, since now", "<<the charge nurse>, <the site's number>, since now>"),
    ("no answer within 1.5 s", "<no answer within 1.5 s>"),
    ("the mail server refused the address (SMTP 550)", "<<the mail server refused the address> (SMTP 550)>"),
]


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A language that says everything in angle brackets."""
    monkeypatch.setattr(phrases, "_", "<{}>".format)


@pytest.mark.usefixtures("marked")
@pytest.mark.parametrize(("stored", "said"), STORED)
def test_a_stored_sentence_is_looked_up_without_its_values(stored: str, said: str) -> None:
    assert shown(stored) == said


@pytest.mark.parametrize(
    "stored", [stored for stored, _ in STORED] + ["", "HTTP 410", "100 % of it (x)", words(EVERYBODY)]
)
def test_in_english_it_reads_as_it_is_stored(stored: str) -> None:
    assert shown(stored) == stored


def test_whom_a_rung_calls_is_kept_by_code_and_reads_as_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(EVERYBODY) == [*(whom.value for whom in Whom), "group"]
    assert whom_shown(codes(EVERYBODY)) == words(EVERYBODY) == whom_shown(words(EVERYBODY))
    monkeypatch.setattr(phrases, "_", str.upper)
    assert whom_shown(["surgeon_on_call", "group"]) == whom_shown("the surgeon on call, the group")
    assert whom_shown(["group"]) == "THE GROUP"
