"""What a browser would make of a page: elements and attributes that act, whatever the page says in words."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

ADDRESSES = {"href", "src", "action", "formaction", "xlink:href", "hx-get", "hx-post", "data-state", "data-live"}
FORBIDDEN = {"style", "base", "object", "embed", "iframe", "frame"}
DATA = {"application/json"}  # a browser runs none of it
NONCE = re.compile(r"script-src 'nonce-([^']+)'")


class Acting(HTMLParser):
    """Collects what would act: scripts without the answer's nonce, handlers, styles, addresses elsewhere."""

    def __init__(self, nonce: str) -> None:
        super().__init__(convert_charrefs=True)
        self.nonce = nonce
        self.found: list[str] = []
        self.names: set[str] = set()
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        self.names.add(tag)
        self._in_script = tag == "script"
        if tag in FORBIDDEN:
            self.found.append(f"<{tag}>")
        if tag == "script" and said.get("type") in DATA:
            self._in_script = False
        elif tag == "script" and (not said.get("src") or said.get("nonce", "") != self.nonce):
            self.found.append(f"a script that is not ours: {said}")
        for name, value in said.items():
            if name == "style" or name.startswith(("on", "hx-on")) or (name in ADDRESSES and not is_ours(value)):
                self.found.append(f"<{tag} {name}={value!r}>")

    def handle_data(self, data: str) -> None:
        if self._in_script and data.strip():
            self.found.append(f"a script in the page: {data[:40]!r}")

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def is_ours(address: str) -> bool:
    """An address of this host, or one that a telephone or a mail program takes."""
    parts = urlsplit(address.strip())
    return parts.scheme in {"", "tel", "mailto", "sms"} and not parts.netloc


def acting(page: str, policy: str) -> list[str]:
    """What on the page would act besides our own scripts."""
    match = NONCE.search(policy)
    reader = Acting(match.group(1) if match else "")
    reader.feed(page)
    return reader.found


def elements(page: str) -> set[str]:
    """The names of all elements of a page."""
    reader = Acting("")
    reader.feed(page)
    return reader.names
