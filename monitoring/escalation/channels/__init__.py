"""The channels: a folder for each, and this registry of all that there are."""

from __future__ import annotations

from django.conf import settings

from monitoring.escalation.channels.contract import Channel
from monitoring.escalation.channels.email import Email
from monitoring.escalation.channels.in_app import InApp
from monitoring.escalation.channels.probe import Probe
from monitoring.escalation.channels.service import Service
from monitoring.escalation.channels.webhook import Webhook

_ALL: tuple[Channel, ...] = (
    InApp(),
    Email(),
    *(Service(name) for name in settings.APPRISE_SERVICES),
    Webhook(),
    Probe(),
)

CHANNELS: dict[str, Channel] = {channel.name: channel for channel in _ALL}
"""By name. The services (SMS, pager, chat, push) are those that the environment names."""


def offered() -> list[Channel]:
    """The channels that people may choose here."""
    return [channel for channel in CHANNELS.values() if channel.offered]


def label_of(name: str) -> str:
    """The channel's name for people; also of one that is no longer configured."""
    channel = CHANNELS.get(name)
    return name if channel is None else channel.label
