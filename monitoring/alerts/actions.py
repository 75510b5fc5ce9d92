"""Assessment: it opens, raises, marks and closes a stay's alerts (protocol §10). What people do is in `steps`.

`assess_stay` is the heart. It is a function of the stay's rows and the database's clock, under the stay's lock, so that
it may be lost, doubled or run in parallel: the rows come out the same.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from monitoring.alerts import latch
from monitoring.alerts.history import History, read_history
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.live import topics
from monitoring.live.actions import publish
from monitoring.protocol import next_change
from wards.locks import lock_stays, same_stay
from wards.models import Stay

LONGEST_BACK_OFF = 30  # seconds


def assess_stay(stay_id: int) -> None:
    """Assess a stay if that is due: update its Watch, and open, raise, mark or close its alerts.

    Everything from the earliest event changed since the last assessment until now is looked at, so nothing passes
    unseen. Leaves quietly where the assessment is no longer due.
    """
    with transaction.atomic():
        stay, watch = locked(stay_id)
        if _is_due(watch):
            _assess(stay, watch)


def locked(stay_id: int) -> tuple[Stay, Watch]:
    """The stay and its watch, locked in the order that everybody keeps: Stay → Watch → Alert.

    With it the episode's other stays: they share its history, and what was known at a closing of their alerts.
    """
    stay = Stay.objects.only("episode").get(pk=stay_id)
    stay = same_stay(stay, lock_stays(stay.episode_id))
    return stay, Watch.objects.select_for_update(no_key=True).get(stay_id=stay_id)


def up_to_date(stay: Stay, watch: Watch) -> History:
    """The history of a stay, locked, assessed first if that is due: nobody decides on what they have not seen."""
    return _assess(stay, watch) if _is_due(watch) else read_history(stay, watch)


def _is_due(watch: Watch) -> bool:
    return watch.assess_at is not None and watch.assess_at <= now()


def _assess(stay: Stay, watch: Watch) -> History:
    history = read_history(stay, watch)
    latch.deficit(history)
    latch.overdue(history)
    latch.not_done(history)
    _update_watch(watch, history)
    publish(topics.ward(stay.ward_id))
    return history


def _update_watch(watch: Watch, history: History) -> None:
    """Keep the assessment where the pages read it, and say when the next one is due."""
    current = history.current
    watch.assessment = history.as_json()
    watch.level = current.level.label
    watch.assessed_at = history.until
    watch.protocol_version = history.version
    watch.assess_at = next_change(history.timeline, history.settings, history.until) if history.stay.is_open else None
    watch.check_due_at = current.next_check_due if history.stay.is_open else None
    watch.changed_since, watch.changes = None, []
    watch.failures, watch.failing_since, watch.last_error = 0, None, ""
    watch.save()


def back_off(stay_id: int, error: Exception) -> None:
    """Note that the stay's assessment raised `error`; try again in a while, and show it until then."""
    with transaction.atomic():
        stay, watch = locked(stay_id)
        watch.failures += 1
        watch.failing_since = watch.failing_since or now()
        watch.last_error = type(error).__name__  # its text may hold patient data
        watch.assess_at = now() + timedelta(seconds=min(2**watch.failures, LONGEST_BACK_OFF))
        watch.save(update_fields=["failures", "failing_since", "last_error", "assess_at"])
        publish(topics.ward(stay.ward_id))
