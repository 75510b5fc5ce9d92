"""Alerts made ready to be shown: what stands beside them in one statement, and who is named there in one more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Model
from django.http import Http404

from monitoring.alerts.models import Alert, AlertEvent, HandOver, Milestone
from monitoring.alerts.queries import with_patients
from monitoring.checks.models import Attempt, Check
from monitoring.checks.queries import GRADED, in_order
from monitoring.desks.common.alert_card import AlertCard
from monitoring.desks.common.alert_words import people_mentioned
from monitoring.desks.common.gather import Gathering, attach, join, name_people
from monitoring.desks.common.queries import Surgery, surgeries_of
from monitoring.escalation.models import Contact, Delivery
from wards.access import May, know_reasons, learn_reasons, may_where, opened, rights_on, wards_by_right
from wards.models import Operation, Staff
from wards.reasons import names_held


class Beside:
    """What a card says beside the alert and its patient: ask for it, read the gathering, name the people, make cards.

    The people: `named` by foreign keys, `mentioned` by id in what is stored.
    """

    def __init__(self, gathering: Gathering, alerts: Sequence[Alert]) -> None:
        self.alerts = alerts
        ids, episodes = [alert.pk for alert in alerts], {alert.stay.episode_id for alert in alerts}
        self.events = gathering.ask(AlertEvent.objects.filter(alert__in=ids))
        self.milestones = gathering.ask(Milestone.objects.filter(alert__in=ids))
        self.hand_overs = gathering.ask(HandOver.objects.filter(alert__in=ids).order_by("pk"))
        self.deliveries = gathering.ask(Delivery.objects.filter(alert__in=ids).order_by("step", "pk"))
        self.contacts = gathering.ask(Contact.objects.filter(deliveries__alert__in=ids).distinct())
        self.operations = gathering.ask(
            Operation.objects.standing().filter(episode__in=episodes).order_by("ended_at", "place")
        )
        in_vain = [alert.stay for alert in alerts if alert.kind == Alert.Kind.NOT_DONE and alert.closed_at is None]
        self.attempts = gathering.ask(Attempt.objects.standing().filter(stay__in=[stay.pk for stay in in_vain]))
        self.looks = gathering.ask(
            Check.objects.standing()
            .filter(GRADED, episode__in=[stay.episode_id for stay in in_vain])
            .order_by("episode_id", "-examined_at")
            .distinct("episode_id")
        )

    @property
    def named(self) -> list[tuple[Sequence[Model], str]]:
        return [
            (self.events.rows, "by"),
            (self.milestones.rows, "recorded_by"),
            (self.hand_overs.rows, "offered_by"),
            (self.hand_overs.rows, "offered_to"),
            (self.deliveries.rows, "person"),
            (self.attempts.rows, "recorded_by"),
        ]

    @property
    def mentioned(self) -> set[int]:
        return people_mentioned(self.events.rows)

    def cards(self, *, staff: Staff, now: datetime, names: Mapping[int, Staff]) -> list[AlertCard]:
        """The alerts as cards, with what `staff` may do to each."""
        attach(self.alerts, "events", self.events.rows)
        attach(self.alerts, "milestones", self.milestones.rows)
        attach(self.alerts, "hand_overs", self.hand_overs.rows)
        join(self.deliveries.rows, "contact", {contact.pk: contact for contact in self.contacts.rows})
        told: defaultdict[int | None, list[Delivery]] = defaultdict(list)
        for delivery in self.deliveries.rows:
            told[delivery.alert_id].append(delivery)
        operated = surgeries_of(self.operations.rows)
        learn_reasons(staff, [alert.stay for alert in self.alerts])
        return [
            AlertCard(
                alert=alert,
                surgery=operated.get(alert.stay.episode_id, Surgery()),
                now=now,
                names=names,
                viewer=staff,
                rights=rights_on(staff, alert.stay),
                deliveries=told[alert.pk],
                attempts=self._tries(alert, now),
            )
            for alert in self.alerts
        ]

    def _tries(self, alert: Alert, now: datetime) -> list[Attempt]:
        """As `checks.queries.attempts_since` the last look, of an alert that a check could not be done."""
        look = next((check.examined_at for check in self.looks.rows if check.episode_id == alert.stay.episode_id), None)
        tries = [attempt for attempt in self.attempts.rows if attempt.stay_id == alert.stay_id]
        since = [one for one in tries if one.tried_at <= now and (look is None or one.tried_at > look)]
        return sorted(since, key=in_order)


def cards(alerts: Iterable[Alert], *, staff: Staff, now: datetime) -> list[AlertCard]:
    """The alerts as cards, with what `staff` may do to each: two statements beside that of the alerts, however many
    there are, and one more where some lie on no ward of theirs. A page that is only shown knows their roles (`visit`).
    """
    gathering = Gathering()
    beside = Beside(gathering, list(alerts))
    gathering.read()
    names = name_people(beside.named, beside.mentioned)
    return beside.cards(staff=staff, now=now, names=names)


def alert_within_reach(staff: Staff, public_id: UUID) -> Alert | None:
    """The alert with its patient; None for one out of reach, as for one that does not exist."""
    alerts = with_patients(Alert.objects.filter(public_id=public_id))
    alert = alerts.filter(stay__ward__in=wards_by_right(staff)[May.VIEW_ALERTS]).first()  # a short statement
    if alert is None:
        lent = alerts.filter(may_where(staff, May.VIEW_ALERTS)).annotate(reasons_held=names_held(staff, "stay_id"))
        alert = lent.first()
        if alert is None:
            return None
        know_reasons(staff, alert.stay, vars(alert)["reasons_held"])
    opened(staff, alert.stay)
    return alert


def alert_or_404(staff: Staff, public_id: UUID) -> Alert:
    """As `alert_within_reach`. Raises Http404 where that finds nothing."""
    alert = alert_within_reach(staff, public_id)
    if alert is None:
        raise Http404("No such alert on your wards.")
    return alert
