"""What carrying a mending out would do to each stay, in words: made of its rehearsal. No queries but for names."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from django.utils.translation import gettext as _

from monitoring.alerts.models import Alert
from monitoring.alerts.rehearsal import Rehearsal as OfOneStay
from monitoring.alerts.rehearsal import Standing
from monitoring.desks.admin.mending_words import bed_words
from monitoring.desks.common import presentation as say
from monitoring.desks.common.effect import DEFICIT, Effect, effect_of
from monitoring.mending.rehearsing import Effect as Rehearsed
from monitoring.mending.rehearsing import Rehearsal
from wards.models import Stay


@dataclass(frozen=True, slots=True)
class Outcome:
    """One stay: what becomes of it, of its alerts, and of what they are told by. `where`: its ward and bed."""

    stay: Stay
    where: str
    number_before: str
    ends: bool
    alerts: Sequence[str]
    effect: Effect


def outcomes_of(rehearsal: Rehearsal) -> list[Outcome]:
    """By stay, those that end last."""
    found = [_outcome(rehearsal, one) for one in rehearsal.effects]
    return sorted(found, key=lambda outcome: outcome.ends)


def digest_of(outcomes: Sequence[Outcome]) -> str:
    """Names what was shown: whoever confirms it confirms this, and nothing that came between."""
    said = [
        (one.stay.pk, one.ends, list(one.alerts), one.effect.level_before, one.effect.level, asdict(one.effect)["new"])
        for one in outcomes
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _outcome(rehearsal: Rehearsal, one: Rehearsed) -> Outcome:
    closed, elsewhere, here = _gone(rehearsal, one), _went_on(rehearsal, one), _came(rehearsal, one)
    merged = [alert for alert in closed if alert.merged_into_id is not None]
    kept = {kind: alert for kind, alert in one.before.alerts.items() if alert.pk not in {a.pk for a in closed}}
    before = replace(one.before, alerts=kept | {alert.kind: alert for alert in here})
    effect = effect_of(OfOneStay(before, _as_it_is(one.after, one.ends, before), closed=[]))
    alerts = [*_lines(rehearsal, closed, merged, elsewhere, here), *_taken_over(rehearsal, one)]
    alerts += [] if one.ends else effect.alerts
    return Outcome(one.stay, bed_words(one.stay), one.stay.patient.record_number, one.ends, alerts, effect)


def _as_it_is(after: Standing, ends: bool, before: Standing) -> Standing:
    """Nobody watches a stay that ended: it has no level of its own any more."""
    return before if ends else after


def _gone(rehearsal: Rehearsal, one: Rehearsed) -> list[Alert]:
    """The stay's alerts that are open before and nowhere afterwards; of merged ones as they are afterwards."""
    still_open = {alert.pk for each in rehearsal.effects for alert in each.after.alerts.values()}
    merged = {alert.pk: alert for alert in rehearsal.merged}
    return [merged.get(alert.pk, alert) for alert in one.before.alerts.values() if alert.pk not in still_open]


def _went_on(rehearsal: Rehearsal, one: Rehearsed) -> list[tuple[Alert, Stay]]:
    """The stay's alerts that go on on another one, and on which."""
    own = {alert.pk for alert in one.before.alerts.values()}
    others = (each for each in rehearsal.effects if each.stay.pk != one.stay.pk)
    return [(alert, each.stay) for each in others for alert in each.after.alerts.values() if alert.pk in own]


def _came(rehearsal: Rehearsal, one: Rehearsed) -> list[Alert]:
    """Alerts of other stays that go on on this one, as they were there."""
    now_here = {alert.pk for alert in one.after.alerts.values()}
    others = (each for each in rehearsal.effects if each.stay.pk != one.stay.pk)
    return [alert for each in others for alert in each.before.alerts.values() if alert.pk in now_here]


def _taken_over(rehearsal: Rehearsal, one: Rehearsed) -> Iterator[str]:
    """The other record's alert goes on in this stay's own."""
    own = {alert.pk for alert in one.after.alerts.values()}
    for alert in rehearsal.merged:
        if alert.merged_into_id in own:
            yield _("Its alert takes over what the alert of the other record tells: %(what)s.") % {"what": _told(alert)}


def _lines(
    rehearsal: Rehearsal,
    closed: Sequence[Alert],
    merged: Sequence[Alert],
    elsewhere: Sequence[tuple[Alert, Stay]],
    here: Sequence[Alert],
) -> Iterator[str]:
    wheres = {alert.pk: bed_words(each.stay) for each in rehearsal.effects for alert in each.after.alerts.values()}
    for alert in merged:
        said = {"what": _told(alert), "where": wheres.get(alert.merged_into_id or 0, _("the other record"))}
        yield _("The alert “%(what)s” goes on in the alert of %(where)s, at the higher level of the two.") % said
    for alert, stay in elsewhere:
        yield _("The alert “%(what)s” goes on at %(where)s.") % {"what": _told(alert), "where": bed_words(stay)}
    for alert in here:
        yield _("The alert “%(what)s” of the other record goes on here: people are called again.") % {
            "what": _told(alert)
        }
    for alert in closed:
        if alert not in merged:
            yield _("The alert “%(what)s” ends: it opens again where it still holds.") % {"what": _told(alert)}


def _told(alert: Alert) -> str:
    """An alert by its level, or by its kind."""
    return say.level_words(alert.level) if alert.kind == DEFICIT else str(alert.get_kind_display())
