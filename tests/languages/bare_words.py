"""Finds words in a template that no translation can reach: text, and the attributes that people see or hear."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple

from django.template.base import Lexer, Token, TokenType

SEEN = {"alt", "aria-description", "aria-label", "aria-roledescription", "data-say", "label", "placeholder", "title"}
WORD = re.compile(r"[^\W\d_]{2,}")
STRING = re.compile(r"""(_\()?(?:"([^"]*)"|'([^']*)')""")
SAYING = {"default", "default_if_none", "join", "yesno"}
"""Filters whose argument is shown. `pluralize` is none: it knows only English, and is never right."""
UNSEEN = re.compile(r"""\s(?:class|id|href|for|name|value)="[^"]*$""")
"""Text that ends inside an attribute which nobody reads."""
SILENT = {"blocktranslate", "comment", "verbatim"}
UNREAD = {"script", "style", "code"}
CLASSES = {"block width"}
"""Blocks that fill a class attribute of the base page."""
NO_WORDS = {"Spinewatch", "ISNCSCI", "LEMS", "MRC", "NA", "NT", "PNG", "SVG"}


class Bare(NamedTuple):
    line: int
    words: str


def bare_words(template: str) -> list[Bare]:
    """Everything in a template's source that stands there in one language only."""
    markup, found = _without_tags(template)
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return sorted({*found, *reader.found})


def _without_tags(template: str) -> tuple[str, list[Bare]]:
    """The markup alone, line for line; and what the template's own tags say in plain words."""
    markup: list[str] = []
    found: list[Bare] = []
    inside = ""
    before = ""
    for token in Lexer(template).tokenize():
        lines = "\n" * token.contents.count("\n")
        name = token.contents.split(None, 1)[0] if token.contents.strip() else ""
        if token.token_type == TokenType.BLOCK and inside:
            inside = "" if name == f"end{inside}" else inside
        elif token.token_type == TokenType.BLOCK and (name in SILENT or token.contents in CLASSES):
            inside = name
        elif token.token_type == TokenType.TEXT:
            before = token.contents
            markup.append(lines if inside else token.contents)
            continue
        elif token.token_type in {TokenType.BLOCK, TokenType.VAR} and not inside and not UNSEEN.search(before):
            found += _said_in_tag(token, name)
        markup.append(lines)
    return "".join(markup), found


def _said_in_tag(token: Token, name: str) -> Iterator[Bare]:
    """Strings in a tag that end up on the page: arguments of `|default` and its kin."""
    for filter_name, argument in re.findall(r"\|(\w+):((?:_\()?\"[^\"]*\"|(?:_\()?'[^']*')", token.contents):
        if filter_name in SAYING and not argument.startswith("_(") and WORD.search(argument):
            yield Bare(token.lineno or 0, argument)
    if re.search(r"\|pluralize\b", token.contents):
        yield Bare(token.lineno or 0, "|pluralize")
    if name == "include":
        for marked, double, single in STRING.findall(token.contents.partition(" with ")[2]):
            if not marked and " " in (double or single):
                yield Bare(token.lineno or 0, double or single)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[Bare] = set()
        self._silent = 0

    def _look(self, text: str) -> None:
        if not self._silent and set(WORD.findall(text)) - NO_WORDS:
            self.found.add(Bare(self.getpos()[0], " ".join(text.split())))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in UNREAD
        for name, value in attrs:
            is_button = tag == "input" and name == "value" and ("type", "submit") in attrs
            if value and (name in SEEN or is_button):
                self._look(value)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in UNREAD

    def handle_data(self, data: str) -> None:
        self._look(data)
