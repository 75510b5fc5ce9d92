"""What every channel keeps to: send, or raise NotSent that says whether trying again makes sense."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Message:
    """What is said. `id` is the delivery's, the same at every attempt, so that a receiver can tell a repeat.

    `title` can stand alone, on a pager. `footer` ends a letter. All three are in the recipient's language. `at` is when
    the message was written (ISO 8601), not when it is sent.
    """

    id: UUID
    title: str
    body: str
    link: str
    at: str
    urgent: bool
    footer: str = ""

    @property
    def short_id(self) -> str:
        """What a person can compare: two messages with the same one are one message sent twice."""
        return self.id.hex[:8]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider has taken the message over. `delivered`: and it is known to have arrived."""

    delivered: bool = False


class NotSent(Exception):
    """The message was not sent, or it is not known whether it was.

    `reason` is ours, in English (`escalation.phrases`): never an address, a secret or a provider's own text.
    `permanent`: trying this address again is of no use. `retry_after`: the provider asks to be left alone for so long.
    """

    def __init__(self, reason: str, *, permanent: bool, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.retry_after = retry_after


class Channel(Protocol):
    """One way to send. `name` is stored with contacts and deliveries; `label` and `hint` (what to type) are for pages.

    `outside`: it talks to somebody else's machine, so that it is sent in a process of its own (`courier`).
    """

    name: str
    outside: bool

    @property
    def label(self) -> str: ...

    @property
    def hint(self) -> str: ...

    @property
    def offered(self) -> bool:
        """Whether this installation has it, so that people can choose it."""
        ...

    @property
    def addresses(self) -> tuple[str, ...] | None:
        """The addresses to choose from; None where one is typed."""
        ...

    def validate(self, address: str) -> str:
        """The address as it is stored. Raises ValidationError where it is none of this channel's."""
        ...

    def send(self, message: Message, address: str) -> Receipt:
        """Hand the message over. Raises NotSent."""
        ...
