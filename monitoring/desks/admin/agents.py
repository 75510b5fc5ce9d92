"""What a browser calls itself, in two words: "Firefox, Windows"."""

from __future__ import annotations

from typing import Final

BROWSERS: Final = (("Edg", "Edge"), ("OPR", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"))
MORE_BROWSERS: Final = (("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS: Final = (("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows"))
MORE_SYSTEMS: Final = (("Mac OS", "macOS"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))


def agent_words(agent: str) -> str:
    """Browser and system, as far as they say; the beginning of what was sent where nobody knows it."""
    known = [_first(agent, (*BROWSERS, *MORE_BROWSERS)), _first(agent, (*SYSTEMS, *MORE_SYSTEMS))]
    return ", ".join(filter(None, known)) or agent[:40]


def _first(agent: str, marks: tuple[tuple[str, str], ...]) -> str:
    """The name of the first mark that stands in it: some browsers name others beside themselves."""
    return next((name for mark, name in marks if mark in agent), "")
