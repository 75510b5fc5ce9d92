"""The lines of a CSV file as cells, one by one, whatever was sent in its place. Pure.

A line of the file is a row: no cell of ours holds a line break, so that a quotation mark that is left open spoils its
own line and no other. Text is UTF-8, with or without a byte order mark; cells are parted by commas or semicolons,
as the first line does.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import BinaryIO, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

LONGEST: Final = 8 * 1024
"""Bytes of a line: a row of ours has some three hundred."""
BYTE_ORDER: Final = b"\xef\xbb\xbf"
SEPARATORS: Final = (",", ";")
AT_ONCE: Final = 64 * 1024
UTF_16: Final = lazy("This file is UTF-16. Save it as “CSV UTF-8”.")
SPREADSHEET: Final = lazy("This is a spreadsheet, not CSV. Save it as “CSV UTF-8”.")
OTHERS: Final = {
    b"\xff\xfe": UTF_16,
    b"\xfe\xff": UTF_16,
    b"PK\x03\x04": SPREADSHEET,
    b"\xd0\xcf\x11\xe0": SPREADSHEET,
}
"""How files begin that are no CSV, and what somebody is told who sends one."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: the line of the file, from 1; the column, empty where it is the whole line; and why.

    The reason never repeats what stood in a cell: it may be printed, and kept, where the file may not.
    """

    line: int
    column: str
    reason: str


class Unreadable(ValueError):
    """A line of which no cells can be made. Its words say why."""


def digest_of(file: BinaryIO) -> str:
    """The SHA-256 of the whole file, which is then at its beginning again."""
    file.seek(0)
    digest = sha256()
    while some := file.read(AT_ONCE):
        digest.update(some)
    file.seek(0)
    return digest.hexdigest()


def lines_of(file: BinaryIO) -> Iterator[tuple[int, str | Unreadable]]:
    """The lines from 1 with their text, or why there is none; a file that is no CSV has one line, which says so."""
    file.seek(0)
    begins = file.read(4)
    other = next((reason for mark, reason in OTHERS.items() if begins.startswith(mark)), None)
    if other is not None:
        yield 1, Unreadable(str(other))
        return
    file.seek(len(BYTE_ORDER) if begins.startswith(BYTE_ORDER) else 0)
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST and not line.endswith(b"\n"):
            _pass_over(file)
            yield number, Unreadable(_("This line is longer than any row."))
        else:
            yield number, _text(line)


def _pass_over(file: BinaryIO) -> None:
    """The rest of a line, piece by piece."""
    while (rest := file.readline(LONGEST)) and not rest.endswith(b"\n"):
        pass


def _text(line: bytes) -> str | Unreadable:
    if b"\0" in line:
        return Unreadable(_("This is no text: it holds NUL bytes. Save the file as “CSV UTF-8”."))
    try:
        return line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return Unreadable(_("This is not UTF-8. Save the file as “CSV UTF-8”."))


def cells_of(text: str, separator: str) -> list[str]:
    """The cells of a line without the space around them; none of an empty one. Raises Unreadable."""
    if "\r" in text:
        raise Unreadable(_("There is a line break within this line."))
    try:
        rows = list(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error:
        raise Unreadable(_("A quotation mark opens a cell and does not close it on this line.")) from None
    cells = [cell.strip(" \t") for row in rows for cell in row]
    return cells if any(cells) else []


def separator_of(head: str) -> str:
    """What parts the cells, told by the file's first line; a comma where neither stands there."""
    return max(SEPARATORS, key=head.count)
