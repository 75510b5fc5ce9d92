"""Records that were opened from outside a ward, for whoever reviews them: what was done meanwhile, and the form."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from monitoring.audit.models import AuditEntry
from monitoring.breakglass.forms import ReviewForm
from monitoring.breakglass.models import BreakGlass
from monitoring.breakglass.queries import done_meanwhile
from monitoring.desks.admin.audit_words import action_words
from wards.models import Staff


@dataclass(frozen=True, slots=True)
class Opening:
    """One row, what its person did about the patient while it was open, and the form of its review."""

    row: BreakGlass
    done: Sequence[AuditEntry]
    form: ReviewForm
    own: bool
    """Whether the viewer opened it: then somebody else reviews it."""

    @property
    def deeds(self) -> Iterator[tuple[AuditEntry, str]]:
        """What was done, in words."""
        return ((entry, action_words(entry.action)) for entry in self.done)

    @property
    def is_reviewed(self) -> bool:
        return self.row.reviewed_at is not None


def openings(
    rows: Iterable[BreakGlass], viewer: Staff, refused: tuple[UUID, ReviewForm] | None = None
) -> list[Opening]:
    """One query beside that of the rows. `refused`: a form that came back, with what was typed."""
    rows = list(rows)
    done = done_meanwhile(rows)
    sent = {} if refused is None else dict([refused])
    return [
        Opening(row, done[row.pk], sent.get(row.public_id) or fresh(row), row.staff_id == viewer.pk) for row in rows
    ]


def fresh(row: BreakGlass) -> ReviewForm:
    """Each form on the page with ids of its own."""
    return ReviewForm(auto_id=f"id_{row.public_id}_%s")
