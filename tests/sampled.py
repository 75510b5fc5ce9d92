"""The pages have a thousand small tests. `make test` takes a part of them, `make thorough` (and so `.ci/run`) the rest.

Loaded with `-p tests.sampled` (pyproject.toml). Of each file below the first of every four tests stays in `make test`;
the others are marked `thorough`. Only where the whole suite runs: who names a file gets all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
EVERY = 4
WHOLE = frozenset(
    f"desks/test_{name}.py"
    for name in (
        "alert_page",
        "board",
        "check_form",
        "check_form_refusals",
        "inbox",
        "lock",
        "result_page",
        "sign_in",
        "stay_page",
    )
)
"""Pages that the main job goes through: all of their tests, each time."""
ALSO = frozenset(
    {
        "breakglass/test_pages.py",
        "escalation/test_absence.py",
        "escalation/test_ladder_versions.py",
        "escalation/test_limits.py",
        "live/test_an_open_page.py",
        "watchdog/test_downtime.py",
    }
)


@pytest.hookimpl(tryfirst=True)  # before `-m` is asked
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if [Path(named).resolve() for named in config.args] != [TESTS]:
        return
    for path, tests in groupby(items, key=lambda item: item.path):
        if is_sampled(path.relative_to(TESTS).as_posix()):
            leave_to_the_thorough(tests)


def is_sampled(name: str) -> bool:
    return name in ALSO or (name.startswith("desks/") and name not in WHOLE)


def leave_to_the_thorough(tests: Iterable[pytest.Item]) -> None:
    """All but every fourth of those that `make test` would take."""
    for number, test in enumerate(test for test in tests if not any(test.iter_markers("thorough"))):
        if number % EVERY and not any(test.iter_markers("soak")):
            test.add_marker("thorough")
