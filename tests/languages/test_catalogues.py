"""The catalogues are whole: all that the sources say is there, translated, with the same things to fill in."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings

from monitoring.desks.common import catalogue

EACH = [(language, domain) for language in catalogue.languages() for domain in catalogue.DOMAINS]
NAMED = re.compile(r"%\((\w+)\)[\d.]*[a-z]|\{(\w*)\}|%[sd]")


def messages(kept: Catalog) -> list[Message]:
    return [message for message in kept if message.id]


def forms(said: object) -> list[str]:
    """A message, or its singular and plural."""
    return [str(form) for form in said] if isinstance(said, list | tuple) else [str(said or "")]


def to_fill_in(form: str) -> set[str]:
    return {"".join(found.groups("")) or found[0] for found in NAMED.finditer(form)}


def name_of(message: Message) -> tuple[str | None, str]:
    return message.context, forms(message.id)[0]


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_the_catalogue_says_what_the_sources_say_and_nothing_else(language: str, domain: str) -> None:
    kept = {name_of(message) for message in messages(catalogue.read(language, domain))}
    said = {name_of(message) for message in messages(catalogue.extracted(domain))}
    assert said - kept == set(), "run `make words`, and translate"
    assert kept - said == set(), "run `make words`"


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_everything_is_translated_and_nothing_is_guessed(language: str, domain: str) -> None:
    kept = messages(catalogue.read(language, domain))
    assert [name_of(message) for message in kept if not all(forms(message.string))] == []
    assert [name_of(message) for message in kept if message.fuzzy] == []


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_a_translation_fills_in_what_the_original_fills_in(language: str, domain: str) -> None:
    wrong = [
        (name_of(message), form)
        for message in messages(catalogue.read(language, domain))
        for form in forms(message.string)
        if form and to_fill_in(form) != to_fill_in(forms(message.id)[-1])
    ]
    assert wrong == []


@pytest.mark.parametrize(("language", "domain"), EACH)
def test_a_translation_keeps_the_markup_of_the_original(language: str, domain: str) -> None:
    tag = re.compile(r"</?[a-z]\w*")
    wrong = [
        (name_of(message), form)
        for message in messages(catalogue.read(language, domain))
        for form in forms(message.string)
        if form and sorted(tag.findall(form)) != sorted(tag.findall(forms(message.id)[-1]))
    ]
    assert wrong == []


def test_no_message_is_put_together_before_it_is_looked_up() -> None:
    """`_(f"…")` and `_("…" % x)` look up what no catalogue can hold."""
    wrong = []
    for path in catalogue.sources("django"):
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in catalogue.KEYWORDS:
                wrong += [f"{path}:{node.lineno}" for said in node.args if isinstance(said, ast.JoinedStr | ast.BinOp)]
    assert wrong == []


def test_gettext_goes_by_no_name_that_is_not_looked_for() -> None:
    wrong = []
    for path in catalogue.sources("django"):
        if path.suffix == ".py":
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                    names = {each.asname or each.name for each in node.names if "gettext" in each.name}
                    wrong += [f"{path}: {name}" for name in names - set(catalogue.KEYWORDS)]
    assert wrong == []


def test_the_compiled_catalogues_are_not_kept_with_the_sources() -> None:
    ignored = (Path(settings.BASE_DIR) / ".gitignore").read_text().splitlines()
    assert "*.mo" in ignored
