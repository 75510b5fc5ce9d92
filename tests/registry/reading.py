"""Reading a drawn picture back: its texts, its marks, what lies where."""

from functools import cache
from typing import Any
from xml.etree import ElementTree

from monitoring.registry.pictures.letters import width_of
from monitoring.registry.pictures.render import Kind, render
from tests.registry.drawings import EXAMPLES

SVG = "{http://www.w3.org/2000/svg}"
PICTURES = tuple(name for name in EXAMPLES if "-" not in name)
PNGS = ("incidence", "causes", "onset")
"""They take longer than an SVG; `make thorough` draws all."""
CAPITALS, TAILS = 0.73, 0.22
"""How far letters reach above and below the line they stand on, in their size."""


def drawn(name: str, kind: Kind = "svg") -> bytes:
    return render(EXAMPLES[name].draw(EXAMPLES[name].data), kind)


@cache
def drawn_once(name: str, kind: Kind = "svg") -> bytes:
    return drawn(name, kind)


def root_of(draw: Any, data: Any) -> ElementTree.Element:
    return ElementTree.fromstring(render(draw(data), "svg"))


def root(name: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn_once(name))


def texts(picture: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in picture.iter(f"{SVG}text")]


def said(picture: ElementTree.Element) -> str:
    return " ".join(texts(picture))


def groups(picture: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in picture.iter(f"{SVG}g") if element.get("id", "").startswith(name)]


def dots(picture: ElementTree.Element, name: str) -> int:
    return sum(len(list(one.iter(f"{SVG}use"))) for one in groups(picture, name))


Box = tuple[float, float, float, float]


def boxes(picture: ElementTree.Element) -> list[tuple[str, Box]]:
    """What is written where, in points: left, upper, right, lower."""
    return [(element.text or "", _box(element)) for element in picture.iter(f"{SVG}text")]


def _box(text: ElementTree.Element) -> Box:
    size = float(text.get("font-size", "").removesuffix("px"))
    wide = width_of(text.text or "", size, bold=text.get("font-weight") == "700")
    left = float(text.get("x", "")) - {"start": 0, "middle": wide / 2, "end": wide}[text.get("text-anchor", "")]
    base = float(text.get("y", ""))
    return left, base - size * CAPITALS, left + wide, base + size * TAILS
