"""There are thousands of small tests. `make test` takes a part of some, `make thorough` (and so `.ci/run`) the rest.

Loaded with `-p tests.sampled` (pyproject.toml). Of each file of the rooms below the first of every twelve tests stays
in `make test`; the others are marked `thorough`. Only where the whole suite runs: who names a file gets all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
EVERY = 12
SAMPLED = (
    "breakglass/",
    "demo/",
    "desks/",
    "escalation/",
    "identity/",
    "live/",
    "mending/",
    "offline/",
    "registry/",
    "security/",
    "watchdog/",
)
"""The pages, and the rooms round about detection. What detects stays whole: protocol, wards, checks, alerts, due."""
WHOLE = frozenset(
    {
        "desks/test_alert_page.py",
        "desks/test_board.py",
        "desks/test_check_form.py",
        "desks/test_check_form_refusals.py",
        "desks/test_inbox.py",
        "desks/test_lock.py",
        "desks/test_result_page.py",
        "desks/test_sign_in.py",
        "desks/test_stay_page.py",
        "escalation/test_climbing.py",
        "escalation/test_tracks.py",
        "identity/test_second_factor.py",
        "mending/test_merging.py",
        "registry/test_cohort.py",
    }
)
"""What the main job goes through: all of their tests, each time."""


@pytest.hookimpl(tryfirst=True)  # before `-m` is asked
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if [Path(named).resolve() for named in config.args] != [TESTS]:
        return
    for path, tests in groupby(items, key=lambda item: item.path):
        if is_sampled(path.relative_to(TESTS).as_posix()):
            leave_to_the_thorough(tests)


def is_sampled(name: str) -> bool:
    return name.startswith(SAMPLED) and name not in WHOLE


def leave_to_the_thorough(tests: Iterable[pytest.Item]) -> None:
    """All but every twelfth of those that `make test` would take."""
    for number, test in enumerate(test for test in tests if not any(test.iter_markers("thorough"))):
        if number % EVERY and not any(test.iter_markers("soak")):
            test.add_marker("thorough")
