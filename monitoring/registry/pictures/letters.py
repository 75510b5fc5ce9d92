"""How wide words are, where lines break, and which letters there is a font for. Widths are in points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any, Final

from monitoring.registry.libraries import fonts

BODY: Final = 9.0
SMALL: Final = 8.0
LEADING: Final = 1.22

FAMILY: Final = "DejaVu Sans"
"""matplotlib brings it."""
CHINESE: Final = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Noto Sans CJK JP", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Microsoft YaHei", "SimHei", "PingFang SC",
)  # fmt: skip
"""For names of wards. The first that the server has is used."""


@cache
def families() -> tuple[str, ...]:
    """The fonts to look for a letter in, in order."""
    there = set(fonts().fontManager.get_font_names())
    return (FAMILY, *[family for family in CHINESE if family in there][:1])


@cache
def _faces(*, bold: bool) -> Any:
    weight = "bold" if bold else "normal"
    wanted = [fonts().FontProperties(family=family, weight=weight) for family in families()]
    return [fonts().findfont(one) for one in wanted]


MEASURED_AT: Final = 100.0
"""Points: so large that fitting letters to dots changes nothing."""
POINT: Final = 64
"""In FreeType's units."""


def width_of(words: str, size: float = BODY, *, bold: bool = False) -> float:
    """Of one line."""
    return _wide(words, bold=bold) * size / MEASURED_AT


@lru_cache(4096)
def _wide(words: str, *, bold: bool) -> float:
    font = fonts().get_font(_faces(bold=bold))
    font.set_size(MEASURED_AT, 72)
    font.set_text(words)
    return float(font.get_width_height()[0]) / POINT


def legible(words: str, otherwise: str | None = None) -> str:
    """The words on one line, as far as they can be drawn; `otherwise` instead if a letter cannot, or none is left.

    Without `otherwise` a box stands for such a letter.
    """
    said = " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
    unknown = {letter for letter in said if not _is_known(letter)}
    if otherwise is not None and (unknown or not said):
        return otherwise
    return "".join("□" if letter in unknown else letter for letter in said)


@lru_cache(4096)
def _is_known(letter: str) -> bool:
    return any(fonts().get_font([face]).get_char_index(ord(letter)) for face in _faces(bold=False))


def wrapped(words: str, width: float, size: float = BODY, *, bold: bool = False) -> list[str]:
    """The words as lines no wider than that. A word that is wider itself is broken."""
    lines: list[str] = []
    line = ""
    for word in _pieces(words, width, size, bold=bold):
        longer = f"{line} {word}" if line else word
        if line and width_of(longer, size, bold=bold) > width:
            lines.append(line)
            longer = word
        line = longer
    return [*lines, line] if line else lines


UNITS: Final = re.compile(r" (?=(?:%|min|h|d|cases?)(?![\w]))")
"""A space that a number is not parted from its unit at."""
GLUE: Final = "\N{NO-BREAK SPACE}"


def _pieces(words: str, width: float, size: float, *, bold: bool) -> Iterator[str]:
    for word in UNITS.sub(GLUE, words).split(" "):
        rest = word.replace(GLUE, " ")
        while width_of(rest, size, bold=bold) > width and len(rest) > 1:
            fits = next(
                n for n in range(len(rest) - 1, 0, -1) if n == 1 or width_of(rest[:n], size, bold=bold) <= width
            )
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def shortened(words: str, width: float, size: float = BODY) -> str:
    """The words on one line no wider than that, their end left out if need be."""
    if width_of(words, size) <= width:
        return words
    fits = next((n for n in range(len(words) - 1, 0, -1) if width_of(words[:n].rstrip() + "…", size) <= width), 0)
    return words[:fits].rstrip() + "…"
