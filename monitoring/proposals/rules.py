"""What refuses a step of a proposal, each with the sentence that is shown. Asked under the proposal's lock."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from monitoring.proposals.models import Draft, Proposal, Replay
from monitoring.proposals.queries import number_in_force, replay_of
from monitoring.protocol import InvalidSettings, Settings
from wards.models import Staff, Ward
from wards.queries import protocol_version_of

REPLAY_LASTS = timedelta(days=7)
"""So long may a replay be approved on (local default): after a week a ward has other patients."""
FURTHEST_AHEAD = timedelta(days=90)


def require_settings(values: dict[str, object], ward: Ward) -> Settings:
    """The settings of these values, by the protocol's own rules (protocol §9), if they would change something.

    Raises ValidationError by the names of the settings that the protocol does not allow.
    """
    errors = {name: [sentence(name)] for name, value in values.items() if not _is_allowed(name, value)}
    if errors:
        raise ValidationError(errors)
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.version == protocol_version_of(ward)[1].version:
        raise ValidationError(_("These are the settings in force: nothing would change."))
    return settings


def _is_allowed(name: str, value: object) -> bool:
    """Whether the protocol allows this value, whatever the others are: no rule of it is about two settings."""
    try:
        Settings(**{name: value})  # type: ignore[arg-type]
    except InvalidSettings:
        return False
    return True


def sentence(name: str) -> str:
    """What the protocol asks of a setting (protocol §9)."""
    if name == "major_drop_grades":
        return _("A whole number of grades, from 1 to 5.")
    if name == "schedule":
        return _("The hours must be above 0 and rise from row to row; the minutes whole, 1 or more.")
    return _("Choose one of these.") if name.endswith("_pathway") else _("A whole number of minutes, 0 or more.")


def require_seen(proposal: Proposal, revision: int) -> None:
    """Raises ValidationError where the page shows the proposal as it was before."""
    if proposal.revision != revision:
        raise ValidationError(_("Somebody has changed this proposal meanwhile. Look at it again, then decide."))


def require_open(proposal: Proposal) -> None:
    if proposal.state != Proposal.State.OPEN:
        words = _("This proposal is %(state)s: it can no longer be changed or approved.")
        raise ValidationError(words % {"state": proposal.get_state_display()})


def require_pending(proposal: Proposal) -> None:
    if not proposal.is_pending:
        words = _("This proposal is %(state)s already.")
        raise ValidationError(words % {"state": proposal.get_state_display()})


def is_author(staff: Staff, proposal: Proposal) -> bool:
    """Whether they wrote any of it: then somebody else approves."""
    return proposal.drafts.filter(written_by=staff).exists()


def require_second_person(by: Staff, proposal: Proposal) -> None:
    if is_author(by, proposal):
        raise ValidationError(_("You wrote this proposal, or a part of it: another administrator approves it."))


def require_current(draft: Draft, proposal: Proposal) -> None:
    """Raises ValidationError where another version has come in force since the draft was written."""
    if draft.replaces != number_in_force(proposal.ward_id):
        raise ValidationError(_("Another version has come in force since this was written. Change the proposal first."))


def require_replay(proposal: Proposal, shown: UUID, now: datetime) -> Replay:
    """The finished replay that the approver was shown. Raises ValidationError where there is a newer one, or none that
    may still be approved on."""
    replay = replay_of(proposal)
    if replay is None or replay.finished_at is None:
        raise ValidationError(_("The replay of what this proposal says now is not finished. Wait for it, and look."))
    if replay.public_id != shown:
        raise ValidationError(_("It was replayed again meanwhile. Look at the difference first."))
    if is_too_old(replay, now):
        days = REPLAY_LASTS.days
        words = ngettext(
            "The replay is more than %(days)d day old. Replay it again, and look at the difference.",
            "The replay is more than %(days)d days old. Replay it again, and look at the difference.",
            days,
        )
        raise ValidationError(words % {"days": days})
    return replay


def is_too_old(replay: Replay, now: datetime) -> bool:
    """Whether too much may have been recorded since to approve on it."""
    return now - replay.at > REPLAY_LASTS


def require_when(at: datetime | None, now: datetime) -> datetime:
    """From when it is to be in force; None is at once. Raises ValidationError for a time that is past or too far."""
    if at is None:
        return now
    if at <= now:
        raise ValidationError({"at": [_("This time is past. Choose “at once”, or a later time.")]})
    if at > now + FURTHEST_AHEAD:
        words = _("That is more than %(days)d days away: approve it nearer to the day.")
        raise ValidationError({"at": [words % {"days": FURTHEST_AHEAD.days}]})
    return at
