"""Where the watchdog's messages end: all is accepted, and nothing leaves the house. For synthetic people only."""

from __future__ import annotations

from monitoring.escalation.channels.contract import Message, Receipt

NAME = "probe"


class Probe:
    name = NAME
    label = "Watchdog's probe"
    hint = ""
    outside = False
    offered = False
    addresses: tuple[str, ...] | None = None

    def validate(self, address: str) -> str:
        return address

    def send(self, message: Message, address: str) -> Receipt:  # noqa: ARG002 (the contract's)
        return Receipt(delivered=True)
