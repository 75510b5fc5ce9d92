"""A drawn picture as a file, the same bytes each time: SVG whose text is text, or PNG at 300 dots an inch."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal, TypeAlias
from xml.etree import ElementTree

from monitoring.registry.pictures.letters import families
from monitoring.registry.pictures.sheet import LOCK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Kind: TypeAlias = Literal["svg", "png"]

MEDIA_TYPES: Final[dict[Kind, str]] = {"svg": "image/svg+xml", "png": "image/png"}
DOTS_PER_INCH: Final = 300

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def render(figure: Figure, kind: Kind) -> bytes:
    """The file of a picture that a `draw` made."""
    kept = BytesIO()
    with LOCK:
        if kind == "png":
            title = {"Title": str(figure.get_label()), "Software": None}
            figure.savefig(kept, format="png", dpi=DOTS_PER_INCH, metadata=title)
            return kept.getvalue()
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        figure.savefig(kept, format="svg", dpi=DOTS_PER_INCH, metadata=nothing)
        return _plain(kept.getvalue(), str(figure.get_label()), families())


def _plain(svg: bytes, title: str, fonts: tuple[str, ...]) -> bytes:
    """Without styles, which a page's content security policy would not let through: attributes say the same.

    The fonts are named once, with some for whoever does not have them, and the title is the first thing in it.
    """
    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{{{SVG}}}style", f"{{{SVG}}}metadata"):
                parent.remove(child)
    for element in root.iter():
        for said in filter(None, element.attrib.pop("style", "").split("; ")):
            name, value = said.split(": ", 1)
            if name != "font-family":
                element.set(name, value)
    named = ", ".join(f"'{font}'" for font in (*fonts, "Verdana", "Arial"))
    root.attrib |= {
        "role": "img", "font-family": f"{named}, sans-serif", "stroke-linejoin": "round", "stroke-linecap": "butt",
    }  # fmt: skip
    told = ElementTree.Element(f"{{{SVG}}}title")
    told.text = title
    told.tail = "\n "
    root.insert(0, told)
    plain: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return plain
