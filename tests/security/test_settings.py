"""Production settings are clean by `check --deploy`, bad ones are reported by number, and secrets come from the
environment or a file alone."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from monitoring import deploy_checks
from monitoring.deploy_checks import (
    addresses_are_ours_and_encrypted,
    is_here,
    keys_are_long,
    not_open_to_the_world,
    servers_are_reached_in_private,
    the_database_keeps_no_diary,
)
from monitoring.environment import SECRETS, is_given, secret
from monitoring.escalation.environment import mail_server
from monitoring.settings import database
from tools.processes import PYTHON

ROOT = Path(settings.BASE_DIR)
LONG = "a long and random key, which nobody guesses: 0123456789 +-*/"
NOT_FOR_CHECKS = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "SPINEWATCH_EMBEDDED",
    "SECURE",
    "DJANGO_ALLOW_ASYNC_UNSAFE",
}
Check = Callable[..., Iterable[CheckMessage]]


def documented() -> dict[str, str]:
    """The environment of a hospital's own servers, as docs/settings.md has it."""
    text = (ROOT / "docs" / "settings.md").read_text()
    block = text.split("## In production", 1)[1].split("```", 2)[1]
    return dict(line.split("=", 1) for line in block.splitlines() if re.match(r"[A-Z_]+=", line))


def check_deploy(tmp_path: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` in the documented environment, with the secrets' files in a folder."""
    found = documented()
    for name in [name for name in found if name.endswith("_FILE")]:
        path = tmp_path / name
        path.write_text({"SECRET_KEY_FILE": LONG}.get(name, changes.pop(name, "")) + "\n")
        found[name] = str(path)
    rest = {name: value for name, value in os.environ.items() if name not in NOT_FOR_CHECKS}
    command = [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    environment = rest | found | changes
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.thorough
def test_the_documented_production_settings_are_clean(tmp_path: Path) -> None:
    done = check_deploy(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("DEBUG", "1", "E001"),
        ("SECURE", "0", "E002"),
        ("SECRET_KEY_FALLBACKS", "short", "E003"),
        ("ALLOWED_HOSTS", "*", "W005"),
    ],
)
def test_one_bad_setting_stops_a_deployment_and_is_named(tmp_path: Path, name: str, value: str, number: str) -> None:
    done = check_deploy(tmp_path, **{name: value})
    assert done.returncode != 0
    assert f"spinewatch.{number}" in done.stderr


def numbers(check: Check, **changed: Any) -> list[str]:
    with override_settings(**changed):
        return [str(message.id).removeprefix("spinewatch.") for message in check(app_configs=None)]


AT_HOME = {"BASE_URL": "https://spinewatch.example.org"}
PUBLIC = ["spinewatch.example.org"]
REMOTE = {"default": database("postgresql://u:p@db.example.org/x")}
ENCRYPTED = {"default": database("postgresql://u:p@db.example.org/x?sslmode=verify-full")}
NAMED = {"NAMES_OUTSIDE": True, "REDIS_URL": "redis://localhost", "DATABASES": ENCRYPTED}


@pytest.mark.parametrize(
    ("check", "changed", "expected"),
    [
        (not_open_to_the_world, {"DEBUG": True, "SECURE": True, "ALLOWED_HOSTS": PUBLIC}, ["E001"]),
        (not_open_to_the_world, {"DEBUG": False, "SECURE": False, "ALLOWED_HOSTS": PUBLIC}, ["E002"]),
        (not_open_to_the_world, {"DEBUG": True, "SECURE": False, "ALLOWED_HOSTS": ["localhost", "[::1]"]}, []),
        (keys_are_long, {"SECRET_KEY": "short", "SECRET_KEY_FALLBACKS": [], "METRICS_TOKEN": ""}, ["E003"]),
        (keys_are_long, {"SECRET_KEY": "a" * 80, "SECRET_KEY_FALLBACKS": [], "METRICS_TOKEN": ""}, ["E003"]),
        (keys_are_long, {"SECRET_KEY": LONG, "SECRET_KEY_FALLBACKS": ["old"], "METRICS_TOKEN": ""}, ["E003"]),
        (keys_are_long, {"SECRET_KEY": LONG, "SECRET_KEY_FALLBACKS": [LONG], "METRICS_TOKEN": "abc"}, ["W004"]),
        (keys_are_long, {"SECRET_KEY": LONG, "SECRET_KEY_FALLBACKS": [], "METRICS_TOKEN": "x" * 20}, []),
        (addresses_are_ours_and_encrypted, AT_HOME | {"ALLOWED_HOSTS": [".example.org"]}, ["W005"]),
        (addresses_are_ours_and_encrypted, AT_HOME | {"SECURE_SSL_REDIRECT": True}, ["W006"]),
        (addresses_are_ours_and_encrypted, AT_HOME | {"CSRF_TRUSTED_ORIGINS": ["http://x"]}, ["W007"]),
        (addresses_are_ours_and_encrypted, {"BASE_URL": "http://spinewatch.example.org"}, ["W008"]),
        (servers_are_reached_in_private, {"DATABASES": REMOTE, "REDIS_URL": "redis://localhost"}, ["W009"]),
        (servers_are_reached_in_private, {"DATABASES": ENCRYPTED, "REDIS_URL": "redis://:p@redis.example.org"}, []),
        (servers_are_reached_in_private, {"DATABASES": ENCRYPTED, "REDIS_URL": "redis://redis.example.org"}, ["W010"]),
        (servers_are_reached_in_private, NAMED | {"MAIL_SERVER": mail_server("smtp://mail.example.org")}, ["W011"]),
        (servers_are_reached_in_private, NAMED | {"MAIL_SERVER": mail_server("smtps://mail.example.org")}, []),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
def test_each_bad_setting_has_its_number(check: Check, changed: dict[str, Any], expected: list[str]) -> None:
    assert numbers(check, **changed) == expected


def test_every_check_has_a_number_of_its_own() -> None:
    given = re.findall(r'numbered\("(\w+)"\)', Path(deploy_checks.__file__).read_text())
    assert len(given) == len(set(given)) >= 12


@pytest.mark.parametrize(
    ("host", "here"),
    [
        ("", True),
        ("/run/postgresql", True),
        ("localhost", True),
        ("127.0.0.9", True),
        ("[::1]", True),
        ("10.0.0.1", False),
        ("db", False),
    ],
)
def test_which_host_is_this_machine(host: str, here: bool) -> None:
    assert is_here(host) is here


def test_the_database_of_make_run_keeps_no_row_in_its_log_and_another_is_told_of(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(the_database_keeps_no_diary(databases=["default"])) == []
    monkeypatch.setitem(deploy_checks.LETS_OUT, "log_statement", {"all"})
    (message,) = the_database_keeps_no_diary(databases=["default"])
    assert message.id == "spinewatch.W020"
    assert "log_statement = none" in message.msg


# --- Where secrets come from -----------------------------------------------------------------------------------------


@pytest.fixture
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


@pytest.mark.usefixtures("_nothing_given")
@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_comes_out_of_the_environment_or_out_of_a_file(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (secret(name, "else"), is_given(name)) == ("else", False)
    path = tmp_path / "secret"
    path.write_text(" from a file\n")
    monkeypatch.setenv(f"{name}_FILE", str(path))
    assert (secret(name), is_given(name)) == ("from a file", True)
    monkeypatch.delenv(f"{name}_FILE")
    monkeypatch.setenv(name, "said")
    assert (secret(name), is_given(name)) == ("said", True)


@pytest.mark.usefixtures("_nothing_given")
def test_what_cannot_be_right_is_refused_and_never_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "hidden-value"
    for content in (None, b"", b"\n", b"\xff\xfe hidden"):
        if content is not None:
            path.write_bytes(content)
        monkeypatch.setenv("SECRET_KEY_FILE", str(path))
        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FILE") as refused:
            secret("SECRET_KEY")
        assert "hidden" not in str(refused.value)
    path.write_text("hidden")
    monkeypatch.setenv("SECRET_KEY", "another")
    with pytest.raises(ImproperlyConfigured, match="Both"):
        secret("SECRET_KEY")


READS_THE_ENVIRONMENT = {
    "monitoring/settings.py",
    "monitoring/environment.py",
    "monitoring/asgi.py",
    "monitoring/wsgi.py",
    "monitoring/celery.py",
    "monitoring/escalation/channels/courier.py",
}
SECRET_NAME = re.compile(r"SECRET|PASSWORD|TOKEN|_KEY$|DATABASE_URL|REDIS_URL|EMAIL_URL|WEBHOOKS|APPRISE")


def sources() -> Iterable[tuple[str, ast.Module]]:
    for room in ("monitoring", "wards"):
        for path in (ROOT / room).rglob("*.py"):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def test_the_environment_is_read_in_the_settings_and_nowhere_else() -> None:
    found = set()
    for name, tree in sources():
        words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        if {"environ", "getenv"} & words:
            found.add(name)
    assert found == READS_THE_ENVIRONMENT


def test_every_setting_with_a_secret_in_it_is_read_as_one() -> None:
    """No value of such a name stands in the settings, and none is read from the environment past `secret`."""
    text = (ROOT / "monitoring" / "settings.py").read_text()
    assert set(re.findall(r'\bsecrets?\("(\w+)"', text)) == set(SECRETS)
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"os.environ.get", "os.getenv"}:
            name = ast.unparse(node.args[0])
            assert not SECRET_NAME.search(name), name
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            names = [ast.unparse(target) for target in node.targets]
            assert not any(map(SECRET_NAME.search, names)) or names == ["CSRF_COOKIE_NAME"], names


EXAMPLE, HERE = r"(password|secret|p|pass|pw|\w{1,12})", r"(127\.0\.0\.1|localhost|[\w.-]*\.example)\b"
LEAKED = {
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "a token of a provider": r"\b(AKIA[0-9A-Z]{16}|gh[pousr]_\w{30,}|xox[abprs]-[\w-]{10,}|sk_live_\w{10,})",
    "a webhook's secret": r"whsec_[A-Za-z0-9+/]{32,}",
    "a password in an address": rf"\w+://[^\s/:@{{}}\"'<>]+:(?!{EXAMPLE}@)[^\s/@{{}}\"'<>]+@(?!{HERE})",
    "a key": r"(?i)\bsecret_key\s*=\s*[\"'][^\"']{20,}[\"']",
}


def files_of_the_house() -> Iterator[Path]:
    """Every file but what is made here: environments, caches, and what is written at run time."""
    for top in ROOT.iterdir():
        if top.is_file():
            yield top
        elif top.name == ".ci" or not (top.name.startswith(".") or top.name == "var"):
            yield from (path for path in top.rglob("*") if path.is_file())


def test_the_repository_holds_no_secret() -> None:
    found = []
    for path in files_of_the_house():
        name = path.relative_to(ROOT).as_posix()
        if path.suffix in {".webp", ".png", ".mo", ".po", ".pyc"} or name.startswith("tests/security/"):
            continue
        text = path.read_text(errors="replace")
        found += [f"{name}: {what}" for what, pattern in LEAKED.items() if re.search(pattern, text)]
    assert found == []
    assert not (ROOT / ".env").exists()
