"""The words of the pictures, in English whatever the page's language, and how their numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HERE: Final = "This hospital"
PAPER: Final = "Paper"
NO_CASES: Final = "No cases"
NO_OPERATIONS: Final = "No operations"
FEW: Final = "not told"
TOO_FEW: Final = "Fewer than 5 cases: not shown"
NOT_ONE_BY_ONE: Final = "Cases one by one: not shown"

Names = Mapping[str, str]

CAUSES: Final[Names] = MappingProxyType(
    {
        "fixation": "Fixation: malposition or loosening",
        "epidural_haematoma": "Epidural haematoma",
        "insufficient_decompression": "Insufficient decompression",
        "root_oedema": "Nerve-root oedema",
        "none_found": "None found",
        "unknown": "Not recorded",
    }
)
SUB_CAUSES: Final[Names] = MappingProxyType(
    {
        "fixation.malposition": "screw malposition",
        "fixation.loose_screw": "loose screw",
        "fixation.cage_herniation": "cage herniation",
        "insufficient_decompression.ossified_ligamentum_flavum": "ossified ligamentum flavum",
        "insufficient_decompression.new_weakness_other_side": "new weakness on the other side",
        "insufficient_decompression.other": "other",
    }
)
STANDINGS: Final[Names] = MappingProxyType(
    {
        "too_recent": "Operated less than 9 days ago",
        "incomplete": "Follow-up incomplete: left or died before day 9, or nobody knows",
        "below_severe": "Operated again for a deficit below the severe findings",
        "exudation": "Operated again for wound exudation",
        "infection": "Operated again for wound infection",
        "foreign_body": "Operated again for a foreign body",
        "other_reason": "Operated again for another reason",
        "reason_unknown": "Operated again, nobody recorded why",
        "ameliorated": "Severe deficit, ameliorated by conservative treatment",
        "not_operated": "Severe deficit, not operated again for another reason, or not yet",
        "no_event": "Neither a severe deficit nor a re-operation",
        "case": "Cases: operated again for a severe deficit",
    }
)
ANSWERS: Final[Names] = MappingProxyType(
    {
        "minutes_to_alert": "Alert",
        "minutes_to_acknowledged": "Acknowledged",
        "minutes_to_imaging": "Imaging",
        "minutes_to_theatre": "Theatre",
    }
)


def name(code: str, names: Names) -> str:
    """Its name; a code that has none is shown as it is."""
    return names.get(code, code.replace("_", " "))


LONG: Final = 10_000


def count(number: int | None) -> str:
    """4078, 100,000; "not told" of what is not."""
    if number is None:
        return FEW
    return f"{number:,}" if number >= LONG else str(number)


def percent(share: float, decimals: int = 1) -> str:
    """36.7 %: a share between 0 and 1."""
    return f"{100 * share:.{decimals}f} %"


def cases(number: int) -> str:
    return "1 case" if number == 1 else f"{count(number)} cases"


HOUR, HOURS_UNTIL, DAY = 60, 48 * 60, 24 * 60


def span(minutes: float) -> str:
    """12 min, 3.5 h, 4 d; no more digits than are worth reading."""
    if minutes < 1:
        return "<1 min"
    if minutes < 2 * HOUR:
        return f"{minutes:.0f} min"
    number, unit = (minutes / HOUR, "h") if minutes < HOURS_UNTIL else (minutes / DAY, "d")
    return f"{number:.1f} {unit}".replace(".0 ", " ")
