"""What the audit log costs the main job: the same run, the same processes, check by check with it and without.

Every three checks in a row, of three patients who stand alike, are done under all three: nothing kept, entries kept,
the history of rows kept too; in an order that changes. Each is compared with its own neighbour, so that a machine that
grows slower meanwhile slows both.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import permutations
from typing import NamedTuple

from monitoring.audit.triggers import ROW_CHANGED
from tests.stack import Stack
from tools.audit_switch import PATH, Kept, Switch
from tools.processes import commands

ORDERS = list(permutations(Kept))
WARM_UP = 4  # groups of three that are not counted
RESAMPLED = 2000
OFF = "spinewatch.history"
INSTEAD = {"monitoring.asgi:application": "tools.audited:application", "monitoring.celery": "tools.audited"}


class Took(NamedTuple):
    """Seconds from sending a check until its answer, and until its alert's row is committed."""

    answered: float
    committed: float


@dataclass
class Costs:
    """For each group of three checks, what each took."""

    groups: list[dict[Kept, Took]] = field(default_factory=list)

    def ratios(self, kept: Kept, of: Callable[[Took], float]) -> list[float]:
        return [of(group[kept]) / of(group[Kept.NOTHING]) for group in self.groups]

    def print_table(self) -> None:
        """The median of the ratios with its 95 % interval (by resampling), and the middle half of the ratios."""
        print(f"\nwhat the audit log costs, {len(self.groups)} × 3 checks{'ratio':>14}{'95 %':>18}{'middle half':>18}")
        for kept, words in ((Kept.ENTRIES, "entries"), (Kept.ROWS_TOO, "entries and the history of rows")):
            for step in ("answered", "committed"):
                found = self.ratios(kept, lambda took, step=step: float(getattr(took, step)))  # type: ignore[misc]
                low, high = interval(found)
                first, _, third = statistics.quantiles(found, n=4)
                spread = f"{f'{low:.3f}–{high:.3f}':>18}{f'{first:.2f}–{third:.2f}':>18}"
                print(f"{f'{words}: until {step}':46}{statistics.median(found):>8.3f}{spread}")
        base = [group[Kept.NOTHING] for group in self.groups]
        answered, committed = (statistics.median(times) * 1000 for times in zip(*base, strict=True))
        print(f"beside a check with nothing kept: answered after {answered:.1f} ms, committed after {committed:.1f} ms")


def interval(found: list[float]) -> tuple[float, float]:
    """Where 95 % of the medians of resampled ratios lie."""
    dice = random.Random(6)
    medians = sorted(statistics.median(dice.choices(found, k=len(found))) for _ in range(RESAMPLED))
    return medians[round(RESAMPLED * 0.025)], medians[round(RESAMPLED * 0.975)]


class Audited:
    """The switch for a whole stack: its processes, and the triggers of its database."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        path = stack.folder / "audit-switch"
        path.write_bytes(bytes([Kept.ROWS_TOO]))
        self._switch = Switch(path)
        known = commands("127.0.0.1", stack.port)
        for name in ("worker", "web"):
            command = [INSTEAD.get(word, word) for word in known[name]]
            stack.launch(name, command, **{PATH: str(path)})
        stack.sql(_with_a_switch(ROW_CHANGED))

    def keep(self, kept: Kept) -> None:
        """From here on; sessions that are idle hear of it before their next statement."""
        self._switch.keep(kept)
        self._stack.sql(f"ALTER SYSTEM SET {OFF} = '{'on' if kept is Kept.ROWS_TOO else 'off'}'")
        self._stack.sql("SELECT pg_reload_conf()")


def _with_a_switch(function: str) -> str:
    """The trigger's function, which may leave before it has done anything."""
    head, body, _ = function.replace("%", "%%").split("$$")  # the driver takes % for a parameter
    leave = f"IF current_setting('{OFF}', true) = 'off' THEN RETURN NULL; END IF;"
    return f"{head.replace('CREATE FUNCTION', 'CREATE OR REPLACE FUNCTION')}$$ BEGIN {leave} {body.strip()}; END $$"


def measure(audited: Audited, checks: Iterable[int], job: Callable[[int], Took]) -> Costs:
    """`job(number)` does one check; numbers in a row are of patients who stand alike."""
    costs, group = Costs(), dict[Kept, Took]()
    for number in checks:
        kept = ORDERS[number // 3 % len(ORDERS)][number % 3]
        audited.keep(kept)
        group[kept] = job(number)
        if number % 3 == 2:
            costs.groups.append(group)
            group = {}
    del costs.groups[:WARM_UP]
    audited.keep(Kept.ROWS_TOO)
    return costs
