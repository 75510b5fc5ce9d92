"""What all tests stand on: database, passwords, a browser, real processes. The people of a story are made in the
conftest of its own folder."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings
from django.db.backends.postgresql.creation import DatabaseCreation
from django.db.backends.postgresql.operations import DatabaseOperations
from django.utils import translation
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker

import monitoring.celery  # noqa: F401 (nudges go to the tests' own broker, where nobody but a `stack` takes them)
from monitoring.desks.common.catalogue import compile_all
from tests.blueprint import blueprint, remove_blueprint
from tests.cast import cast
from tests.stack import Stack, StackFactory

__all__ = ["cast"]

TESTS = Path(__file__).resolve().parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # as root, and in containers, there is none to be had
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_configure(config: pytest.Config) -> None:
    """Settings that only tests want."""
    if "DATABASE_URL" not in os.environ:
        raise pytest.UsageError("The tests need their own servers: run `make test`, or `make test ARGS='tests/x -n0'`.")
    compile_all()
    settings.PASSWORD_HASHERS = ["tests.hashers.FastHasher"]
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.WHITENOISE_AUTOREFRESH = True  # nothing is collected for a test: do not look for it


LONGEST = (
    "browser/test_three_patients.py",
    "security/test_access_table.py",
    "security/test_crawl.py",
    "security/test_malformed_bodies.py",
    "browser/test_accessibility.py",
    "security/test_injection.py",
    "desks/test_moves_on_pages.py",
    "survival/test_crash_points.py",
    "browser/test_check_form.py",
    "survival/test_senders.py",
    "watchdog/test_health.py",
    "security/test_forged_requests.py",
    "alerts/test_locks.py",
)
"""Files of `make thorough` that take a minute or nearly: begun first, lest one process is left alone with one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {TESTS / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_collection_finish() -> None:
    """Thousands of tests lie in memory until the end: let the collector of garbage not look through them each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy the tests' database from the migrated one. Django still migrates it, and finds nothing to do."""
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = blueprint()


@pytest.fixture(scope="session", autouse=True)
def _drop_in_any_case() -> Iterator[None]:
    """Let the tests' database go at the end though something of the server's own, a vacuum, is still at it."""

    def destroy(self: DatabaseCreation, test_database_name: str, verbosity: int) -> None:
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            cursor.execute(f'DROP DATABASE "{test_database_name}" WITH (FORCE)')

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseCreation, "_destroy_test_db", destroy)
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The process that has started the others, or is the only one, cleans up after all."""
    gc.unfreeze()
    if not hasattr(session.config, "workerinput"):
        remove_blueprint()


@pytest.fixture(scope="session", autouse=True)
def _flush_past_triggers() -> Iterator[None]:
    """Let the emptying of tables between tests pass the triggers that keep rows from ever being deleted."""
    flush = DatabaseOperations.execute_sql_flush

    def execute_sql_flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield


@pytest.fixture(autouse=True)
def _speak_the_language_of_the_sources() -> Iterator[None]:
    """A request leaves its language behind in the thread: the next test must not hear it."""
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A headless Chromium; tests open their own contexts. Skipped where the machine has none.

    For one module only: Playwright's loop runs in this thread, and no view that awaits can be asked beside it.
    """
    executable = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if executable is None:
        pytest.skip("no Chromium found; install Debian's chromium: apt-get install chromium")
    with pytest.MonkeyPatch.context() as patch:
        # The test still speaks to the database itself, in the thread of the loop.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGUMENTS)
            yield browser
            browser.close()


@pytest.fixture(scope="session")
def _stack_factory(django_db_blocker: DjangoDbBlocker) -> Iterator[StackFactory]:
    with StackFactory(django_db_blocker.unblock) as factory:
        yield factory


@pytest.fixture
def stack(_stack_factory: StackFactory) -> Iterator[Callable[..., Stack]]:
    """Start real processes on a fresh database: `stack("web", "worker", "beat", "sweep")` returns a `Stack`."""
    with ExitStack() as stacks:
        yield lambda *names: stacks.enter_context(_stack_factory.open(*names))
