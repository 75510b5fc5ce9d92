"""The process of one attempt: an order on standard input, the outcome on standard output, and no way to outlive it."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop

from monitoring.escalation.channels import CHANNELS
from monitoring.escalation.channels.contract import Message, NotSent

FAILED = gettext_noop("the sender failed")


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, which waits for what is being sent
    answer_to = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints is no answer
    order = json.load(sys.stdin)
    _die_at(order["until"])
    os.write(answer_to, json.dumps(outcome(order)).encode())
    os._exit(0)  # no thread that a library has left behind is waited for


def _die_at(until: float) -> None:
    """Let the kernel end this process then, even if its parent is gone, or it was frozen itself meanwhile."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    left = until - time.monotonic()
    if left <= 0:
        signal.raise_signal(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, left)


def outcome(order: dict[str, Any]) -> dict[str, Any]:
    message = Message(**order["message"] | {"id": UUID(order["message"]["id"])})
    try:
        receipt = CHANNELS[order["channel"]].send(message, order["address"])
    except NotSent as failure:
        wait = None if failure.retry_after is None else failure.retry_after.total_seconds()
        return {"sent": False, "reason": failure.reason, "permanent": failure.permanent, "retry_after": wait}
    except Exception as error:  # noqa: BLE001 (a fault of ours or of a library: its text could hold a secret)
        reason = f"{FAILED} ({type(error).__name__})"
        return {"sent": False, "reason": reason, "permanent": False, "retry_after": None}
    return {"sent": True, "delivered": receipt.delivered}


if __name__ == "__main__":
    main()
