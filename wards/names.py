"""How people's names are written so that nobody is taken for somebody else."""

from __future__ import annotations

import re

HAN = re.compile(r"[·\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+")


def in_one_piece(family: str, given: str) -> bool:
    """Whether a name is written as Chinese names are: family name first, no space, no comma, no capitals."""
    return bool(HAN.fullmatch(family) and HAN.fullmatch(given))


def identifying_name(family: str, given: str) -> str:
    """The first of the two identifiers: SURNAME, First; 李建国 where the name is written in Han characters."""
    if in_one_piece(family, given):
        return f"{family}{given}"
    return f"{family.upper()}, {given}" if given else family.upper()


def spoken_name(family: str, given: str) -> str:
    """As colleagues name each other: Samuel Adler; 李建国."""
    return f"{family}{given}" if in_one_piece(family, given) else f"{given} {family}".strip()
