"""The hazard log is whole, and each test that it names is there (docs/safety/README.md)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOG = (ROOT / "docs" / "safety" / "hazards.md").read_text()
HAZARDS = dict(re.findall(r"^## (H\d+ [^\n]+)\n(.*?)(?=^## |\Z)", LOG, re.MULTILINE | re.DOTALL))
ASKED_FOR = (
    "Wrong patient",
    "Left and right swapped",
    "A drop is missed",
    "A slow drift",
    "Stale normals",
    "not delivered",
    "Acknowledged, and nothing",
    "fatigue",
    "NT hides a deficit",
    "A late entry",
    "merged or moved",
    "Over-reliance",
)


def named_in(text: str) -> list[str]:
    return re.findall(r"`([\w/]+\.py(?:::\w+)?)`", text)


def is_there(test: str) -> bool:
    """A file of tests, or one function in it."""
    file, _, name = test.partition("::")
    path = ROOT / "tests" / file
    if not path.is_file():
        return False
    return re.search(rf"^ *def {name or 'test_'}", path.read_text(), re.MULTILINE) is not None


def test_the_hazards_that_were_asked_for_are_there() -> None:
    missing = [words for words in ASKED_FOR if not any(words in title for title in HAZARDS)]
    assert not missing


def test_they_are_numbered_in_order() -> None:
    assert [title.split()[0] for title in HAZARDS] == [f"H{number}" for number in range(1, len(HAZARDS) + 1)]


@pytest.mark.parametrize("hazard", HAZARDS)
def test_a_hazard_has_cause_effect_rating_controls_and_what_is_left(hazard: str) -> None:
    text = HAZARDS[hazard]
    for heading in ("**Cause**: ", "**Effect**: ", "**Severity** ", "**Likelihood** ", "**Left**: "):
        assert re.search(re.escape(heading).replace(r"\ ", r"\s") + r"\S", text), heading
    controls = re.split(r"^- ", text, flags=re.MULTILINE)[1:]
    assert len(controls) >= 2
    unshown = [control for control in controls if not named_in(control)]
    assert not unshown, "a control without the test that shows it"


@pytest.mark.parametrize("hazard", HAZARDS)
def test_every_test_that_shows_a_control_exists(hazard: str) -> None:
    assert not [test for test in named_in(HAZARDS[hazard]) if not is_there(test)]
