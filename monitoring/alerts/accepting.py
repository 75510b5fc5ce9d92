"""A surgeon accepts what is left as the new reference, and may close the open alert with that (protocol §3, §10).

`checks.actions` stores any acceptance; here it is one of what is found now, so that nobody accepts what they have not
seen. Both raise Forbidden, and ValidationError by form field where a muscle was examined again meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from monitoring.alerts import steps
from monitoring.alerts.actions import locked, up_to_date
from monitoring.alerts.footing import as_seen
from monitoring.alerts.models import Alert
from monitoring.checks import actions
from monitoring.checks.models import Acceptance
from monitoring.due.models import Watch
from monitoring.protocol import Assessment, Level, Muscle, Rule
from wards.access import May, require
from wards.locks import current_stay, lock_stays
from wards.models import Staff, Stay


@transaction.atomic
def accept_reference(
    stay: Stay,
    *,
    by: Staff,
    at: datetime | None,
    muscles: Mapping[Muscle, int],
    flags: Collection[str],
    reason: str,
    key: UUID,
    closing: int | None = None,
) -> Acceptance:
    """Store that `by` accepts the latest grade of muscles below their reference, and red flags that hold as known.

    `closing`: the revision of the open deficit alert that is closed with it, as it was seen; raises ValidationError
    where that is stale, or where something above watch is left.
    """
    stay, watch = locked(stay.pk)
    require(by, May.ACCEPT_REFERENCE, stay)
    sent_before = _is_stored(key)
    if not sent_before:
        _require_found(stay, watch, muscles, flags)
    alert = None if sent_before or closing is None else _open_alert(stay, closing)
    accepted = actions.accept_reference(stay, by=by, at=at, muscles=muscles, flags=flags, reason=reason, key=key)
    if alert is not None:
        _close(alert, by)
    return accepted


@transaction.atomic
def correct_acceptance(
    acceptance: Acceptance,
    *,
    by: Staff,
    at: datetime | None,
    muscles: Mapping[Muscle, int],
    flags: Collection[str],
    reason: str,
    correction_reason: str,
    key: UUID,
) -> Acceptance:
    """Store an acceptance in place of one that was wrong. What it names beyond that one must be found now."""
    stay, watch = locked(current_stay(lock_stays(acceptance.episode_id)).pk)
    require(by, May.ACCEPT_REFERENCE, stay)
    if not _is_stored(key):
        more = {muscle: grade for muscle, grade in muscles.items() if acceptance.muscles.get(str(muscle)) != grade}
        _require_found(stay, watch, more, set(flags) - set(acceptance.flags))
    return actions.correct_acceptance(
        acceptance,
        by=by,
        at=at,
        muscles=muscles,
        flags=flags,
        reason=reason,
        correction_reason=correction_reason,
        key=key,
    )


def below_reference(assessment: Assessment) -> dict[Muscle, int]:
    """The muscles with a drop (protocol §3), each with its latest grade: what there is to accept."""
    held, latest = assessment.references, assessment.latest
    return {muscle: grade for muscle, grade in latest.items() if grade < held[muscle].grade}


def raised_flags(assessment: Assessment) -> frozenset[str]:
    """The red flags that are neither old nor accepted (protocol §4, finding 4)."""
    return frozenset(flag for finding in assessment.findings if finding.rule is Rule.RED_FLAG for flag in finding.flags)


def _is_stored(key: UUID) -> bool:
    """Whether this form was sent before: what was found when it was stored is not judged again."""
    return Acceptance.objects.filter(idempotency_key=key).exists()


def _require_found(stay: Stay, watch: Watch, muscles: Mapping[Muscle, int], flags: Collection[str]) -> None:
    """Raises ValidationError unless each muscle is below its reference at just this grade, and each flag holds."""
    if not muscles and not flags:
        return
    if watch.failing_since is not None:
        raise ValidationError(_("What holds now cannot be worked out: the assessment of this patient fails."))
    current = up_to_date(stay, watch).current
    errors: dict[str, list[str]] = {}
    if not muscles.items() <= below_reference(current).items():
        errors["muscles"] = [_("A muscle is not as it was shown here: it was examined or accepted meanwhile.")]
    if not set(flags) <= raised_flags(current):
        errors["flags"] = [_("A red flag is not as it was shown here: it was looked at or accepted meanwhile.")]
    if errors:
        raise ValidationError(errors)


def _open_alert(stay: Stay, revision: int) -> Alert:
    """The stay's open deficit alert, locked, if it is what the person saw."""
    alert = Alert.objects.filter(stay=stay, kind=Alert.Kind.DEFICIT, closed_at__isnull=True).first()
    if alert is None:
        raise ValidationError(_("The alert was closed meanwhile. Look again."))
    return as_seen(alert, stay, revision)


def _close(alert: Alert, by: Staff) -> None:
    """Close it after the acceptance, which is assessed first; the software may have closed it by that."""
    stay, watch = locked(alert.stay_id)
    if up_to_date(stay, watch).current.level > Level.WATCH:
        raise ValidationError(_("The alert cannot be closed with this: something above watch is left."))
    alert.refresh_from_db()
    if alert.closed_at is None:
        steps.close(alert, by=by, revision=alert.revision, outcome=Alert.Outcome.REFERENCE_ACCEPTED)
