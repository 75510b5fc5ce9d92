"""Send with a limit that holds whatever the provider does: in a process of its own, killed when time is up.

Time-outs of sockets begin anew with every byte, a name look-up has none, and a thread cannot be stopped. A process can.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_noop

from monitoring.escalation.channels import CHANNELS
from monitoring.escalation.channels.contract import Message, NotSent, Receipt
from monitoring.escalation.phrases import NO_ANSWER

COMMAND = [sys.executable, "-m", "monitoring.escalation.channels"]


def send(channel_name: str, message: Message, address: str, *, until: float) -> Receipt:
    """Hand a message to a channel before `until`, an instant of `time.monotonic()`. Raises NotSent.

    Where time was up it is not known whether the provider has the message.
    """
    channel = CHANNELS.get(channel_name)
    if channel is None:
        raise NotSent(gettext_noop("this channel is no longer set up"), permanent=True)
    if not channel.outside:
        return channel.send(message, address)
    order = {"channel": channel_name, "address": address, "until": until, "message": asdict(message)}
    return _receipt(_run(json.dumps(order, default=str), until))


def _run(order: str, until: float) -> str:
    """What the process says; nothing where it broke down. Its own alarm and ours go off at the same instant."""
    try:
        done = subprocess.run(  # the order goes in by a pipe: a command line can be read by others
            COMMAND,
            input=order,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a library's words may hold an address or a secret
            text=True,
            timeout=max(0.0, until - time.monotonic()),
            cwd=settings.BASE_DIR,
            env={"DJANGO_SETTINGS_MODULE": "monitoring.settings"} | os.environ,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _time_is_up() from None
    if done.returncode == -signal.SIGALRM:
        raise _time_is_up()
    return done.stdout


def _time_is_up() -> NotSent:
    return NotSent(NO_ANSWER % {"seconds": f"{settings.SEND_SECONDS:g}"}, permanent=False)


def _receipt(answer: str) -> Receipt:
    try:
        said: dict[str, Any] = json.loads(answer)
    except json.JSONDecodeError:
        raise NotSent(gettext_noop("the sender broke down"), permanent=False) from None
    if said["sent"]:
        return Receipt(delivered=said["delivered"])
    wait = said["retry_after"]
    retry_after = None if wait is None else timedelta(seconds=wait)
    raise NotSent(said["reason"], permanent=said["permanent"], retry_after=retry_after)
