"""The cohort: which operations belong to the study, and which of them are cases. Defined here and nowhere else.

Included is every stay with an index posterior lumbar fusion. A **case** is a secondary operation for a deficit that met
the protocol's severe findings (§4, 1 and 2). As in the paper no case is a deficit that conservative treatment
ameliorated, nor a re-operation for wound exudation, infection or a foreign body; they stay in the denominator, as its
4078 operations do. Two groups are out of it, because nobody can know yet, or any more, what the paper counts until
day 9: operations of less than nine days ago, whatever happened since, and patients of whom nothing is known that long.

Each line has one standing, the first that fits in the order of `STANDINGS`. `VERSION` is printed on all that the
registry gives out; whoever changes the definition raises it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Case, CharField, Q, QuerySet, TextChoices, Value, When
from django.utils.translation import gettext_lazy as _

from monitoring.registry.models import Line
from monitoring.registry.vocabulary import Deficit, Ended, Reoperation
from wards.models import Level, Stay, Ward

VERSION: Final = 1
FOLLOWED_DAYS: Final = 9
"""The last day on which the paper saw a weakness begin."""

LEVELS: Final = tuple(level.value for level in Level)


class Standing(TextChoices):
    """What a line is to the study."""

    TOO_RECENT = "too_recent", _("operated less than 9 days ago")
    CASE = "case", _("cases: operated again for a severe deficit")
    BELOW_SEVERE = "below_severe", _("operated again for a deficit below the severe findings")
    EXUDATION = "exudation", _("operated again for wound exudation")
    INFECTION = "infection", _("operated again for wound infection")
    FOREIGN_BODY = "foreign_body", _("operated again for a foreign body")
    OTHER_REASON = "other_reason", _("operated again for another reason")
    REASON_UNKNOWN = "reason_unknown", _("operated again, nobody recorded why")
    AMELIORATED = "ameliorated", _("severe deficit, ameliorated by conservative treatment")
    NOT_OPERATED = "not_operated", _("severe deficit, not operated again for another reason, or not yet")
    INCOMPLETE = "incomplete", _("follow-up incomplete: left or died before day 9, or nobody knows")
    NO_EVENT = "no_event", _("neither a severe deficit nor a re-operation")


OUTSIDE: Final = frozenset({Standing.TOO_RECENT, Standing.INCOMPLETE})
"""Not in the denominator."""

NOT_CASES: Final = tuple(one for one in Standing if one not in OUTSIDE | {Standing.CASE, Standing.NO_EVENT})
"""What looks like a case and is none: the exclusions of the flow diagram, in its order."""

LEFT_BEFORE: Final = Q(departure__in=[Stay.Departure.OTHER_HOSPITAL, Stay.Departure.DIED]) & (
    Q(departure_days__isnull=True) | Q(departure_days__lt=FOLLOWED_DAYS)
)
UNKNOWN_END: Final = Q(brought_by__isnull=False, departure="")
"""Of what was recorded here, no departure means that the patient is still in a bed, and watched."""


def standings(today: date) -> Mapping[Standing, Q]:
    """By standing the lines that have it, unless an earlier one fits: `today` is the day of asking."""
    return {
        Standing.TOO_RECENT: Q(operated_on__gt=today - timedelta(days=FOLLOWED_DAYS)),
        Standing.CASE: Q(reoperation=Reoperation.DEFICIT, deficit=Deficit.SEVERE),
        Standing.BELOW_SEVERE: Q(reoperation=Reoperation.DEFICIT),
        Standing.EXUDATION: Q(reoperation=Reoperation.EXUDATION),
        Standing.INFECTION: Q(reoperation=Reoperation.INFECTION),
        Standing.FOREIGN_BODY: Q(reoperation=Reoperation.FOREIGN_BODY),
        Standing.OTHER_REASON: Q(reoperation=Reoperation.OTHER),
        Standing.REASON_UNKNOWN: Q(reoperation=Reoperation.UNKNOWN),
        Standing.AMELIORATED: Q(deficit=Deficit.SEVERE, ended=Ended.AMELIORATED),
        Standing.NOT_OPERATED: Q(deficit=Deficit.SEVERE),
        Standing.INCOMPLETE: LEFT_BEFORE | UNKNOWN_END,
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines a page is about: of these wards, operated from `since` to `until`, both included (None: any day).

    Empty strings ask for all. `segments` is a number as `SEGMENTS` names it; `level` a vertebra that the fusion spans.
    """

    wards: Sequence[Ward]
    today: date
    since: date | None = None
    until: date | None = None
    procedure: str = ""
    diagnosis: str = ""
    segments: str = ""
    level: str = ""
    ward: Ward | None = field(default=None)

    @property
    def shown_wards(self) -> Sequence[Ward]:
        return self.wards if self.ward is None else [self.ward]


SEGMENTS: Final = ("1", "2", "3", "4", "5", ">5")
"""As the paper's Table 1 counts them, which has no fusion of one segment."""

MOST_NAMED: Final = 5


def segments_name(segments: int) -> str:
    """One of `SEGMENTS`."""
    return str(segments) if segments <= MOST_NAMED else f">{MOST_NAMED}"


def asked_for(asked: Asked) -> Q:
    """The lines that somebody asks for, whatever their standing."""
    found = Q(counts=True, ward__in=[ward.pk for ward in asked.shown_wards])
    for name, value in (
        ("operated_on__gte", asked.since),
        ("operated_on__lte", asked.until),
        ("procedure", asked.procedure),
        ("diagnosis", asked.diagnosis),
    ):
        if value:
            found &= Q(**{name: value})
    if asked.segments:
        found &= Q(segments__gt=MOST_NAMED) if asked.segments == SEGMENTS[-1] else Q(segments=int(asked.segments))
    if asked.level:
        here = LEVELS.index(asked.level)
        found &= Q(level_upper__in=LEVELS[: here + 1], level_lower__in=LEVELS[here:])
    return found


def lines(asked: Asked) -> QuerySet[Any]:
    """The lines asked for (`Line`), each with its `standing`, which types do not know of."""
    cases = [When(condition, then=Value(standing)) for standing, condition in standings(asked.today).items()]
    standing = Case(*cases, default=Value(Standing.NO_EVENT), output_field=CharField())
    return Line.objects.filter(asked_for(asked)).annotate(standing=standing)
