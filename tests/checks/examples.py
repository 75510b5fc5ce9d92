"""Short ways to say what a check found, and what a form sends."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import uuid4

from monitoring.checks import actions
from monitoring.checks.findings import CheckFindings
from monitoring.checks.models import Check, Flag, Treatment, Untested, column
from monitoring.protocol import FLAGS, MUSCLES, Muscle
from tests.cast import Cast
from wards.models import Staff, Stay

ABSENT = dict.fromkeys(FLAGS, Flag.ABSENT)


def findings(*, flags: dict[str, Flag] | None = None, **said: Any) -> CheckFindings:
    """A whole check, all 5 and both flags absent, but for what is said: `findings(l4_left=2, pain=3)`."""
    muscles: dict[Muscle, int | Untested] = {muscle: said.pop(column(muscle), 5) for muscle in MUSCLES}
    return CheckFindings(muscles=muscles, flags=ABSENT if flags is None else flags, **said)


def examine(cast: Cast, stay: Stay, *, at: datetime | None = None, by: Staff | None = None, **said: Any) -> Check:
    """Alice records a check, now unless told otherwise."""
    return actions.record_check(stay, by=by or cast.alice, at=at, findings=findings(**said), key=uuid4())


def treat(
    cast: Cast,
    stay: Stay,
    *,
    at: datetime | None = None,
    kind: Treatment.Kind = Treatment.Kind.MANNITOL,
    action: Treatment.Action = Treatment.Action.STARTED,
) -> Treatment:
    """Alice records that mannitol was started, unless told otherwise."""
    return actions.record_treatment(stay, by=cast.alice, at=at, kind=kind, action=action, dose="", key=uuid4())


def posted(**said: str) -> dict[str, str]:
    """What a browser sends for a whole check made now: all 5, both flags absent. An empty text leaves a field out."""
    whole = {
        "idempotency_key": str(uuid4()),
        **{column(muscle): "5" for muscle in MUSCLES},
        **dict.fromkeys(FLAGS, "absent"),
        "examined": "now",
        "examined_date": "",
        "examined_time": "",
        "pain": "",
        "second_examiner": "",
        "note": "",
    }
    return {name: value for name, value in (whole | said).items() if value or name not in said}
