"""What a verification finds, and what each finding is called. Never what stood in a row: only which row it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _


class What(StrEnum):
    """The kinds of findings: of rows, then of seals, then against what was kept outside."""

    CHANGED = "changed"
    DELETED = "deleted"
    INSERTED = "inserted"
    REORDERED = "reordered"
    SEAL_CHANGED = "seal_changed"
    SEAL_MISSING = "seal_missing"
    SEAL_NOT_SIGNED = "seal_not_signed"
    SEAL_UNKNOWN_KEY = "seal_unknown_key"
    SEAL_UNKNOWN_FORMAT = "seal_unknown_format"
    SEAL_OUT_OF_CHAIN = "seal_out_of_chain"
    CUT = "cut"
    OUTSIDE_DIFFERS = "outside_differs"
    OUTSIDE_UNREADABLE = "outside_unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed.

    `seal` is the number of the seal concerned. Of a row: `log` and `row_id`, and as far as is known `at` (ISO 8601),
    `action` (of a change the operation, the table and the row's id) and `request_id`; `other_id`: whose content it now
    has. `upto`: the last of several seals. `line`: of the file from outside.
    """

    what: What
    seal: int = 0
    log: str = ""
    row_id: int | None = None
    at: str = ""
    action: str = ""
    request_id: str = ""
    other_id: int | None = None
    upto: int | None = None
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        return {name: value for name, value in asdict(self).items() if value not in ("", None)}

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Finding:
        return cls(**found | {"what": What(found["what"])})

    @property
    def words(self) -> str:
        """The finding in a sentence, in the language of the moment."""
        said = SENTENCES[self.what](self) % {
            "row": self._row(),
            "seal": self.seal,
            "upto": self.upto,
            "other": self.other_id,
            "line": self.line,
        }
        known = [
            *([self.at] if self.at else []),
            *([self.action] if self.action else []),
            *([_("request %(id)s") % {"id": self.request_id}] if self.request_id else []),
        ]
        return " · ".join([said, *known])

    def _row(self) -> str:
        words = _("audit entry %(id)s") if self.log == "entries" else _("row change %(id)s")
        return words % {"id": self.row_id}


SENTENCES: dict[What, Callable[[Finding], str]] = {
    What.CHANGED: lambda _one: _("CHANGED: %(row)s is not as it was sealed (seal %(seal)s)"),
    What.DELETED: lambda _one: _("DELETED: %(row)s is gone (seal %(seal)s)"),
    What.INSERTED: lambda _one: _("INSERTED: %(row)s stands among sealed rows and was not there (seal %(seal)s)"),
    What.REORDERED: lambda _one: _("RE-ORDERED: %(row)s has what was sealed as %(other)s (seal %(seal)s)"),
    What.SEAL_CHANGED: lambda _one: _("SEAL CHANGED: seal %(seal)s is not what its hash says"),
    What.SEAL_MISSING: lambda one: (
        _("SEAL REMOVED: seal %(seal)s is gone")
        if one.seal == one.upto
        else _("SEAL REMOVED: seals %(seal)s to %(upto)s are gone")
    ),
    What.SEAL_NOT_SIGNED: lambda _one: _("SEAL RE-SIGNED: the signature of seal %(seal)s is not by the key it names"),
    What.SEAL_UNKNOWN_KEY: lambda _one: _("UNKNOWN KEY: seal %(seal)s is signed by a key that is not known here"),
    What.SEAL_UNKNOWN_FORMAT: lambda _one: _("UNKNOWN FORMAT: seal %(seal)s was made by another version of Spinewatch"),
    What.SEAL_OUT_OF_CHAIN: lambda _one: _("CHAIN BROKEN: seal %(seal)s does not follow the one before it"),
    What.CUT: lambda _one: _("CUT: the chain ends at seal %(seal)s, and seal %(upto)s was kept outside"),
    What.OUTSIDE_DIFFERS: lambda _one: _("REWRITTEN: seal %(seal)s is not the one that was kept outside"),
    What.OUTSIDE_UNREADABLE: lambda _one: _("UNREADABLE: line %(line)s of the file from outside is not a seal of ours"),
}
