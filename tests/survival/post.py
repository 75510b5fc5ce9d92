"""The mail server of the house, which can be told to stand still in the middle of a session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from uuid import UUID

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.escalation.delivery.providers import MailServer, listening


class Moment(Enum):
    """Of a session, where the server stands still."""

    ADDRESSED = auto()
    """The sender has said for whom; nothing of the message has left it."""
    TAKEN = auto()
    """The server has the message; its sender does not know that yet."""


@dataclass
class PostOffice(MailServer):
    """Keeps what it is sent. `stand` lets it stop once, at a mail to one address, until `go_on`."""

    _at: Moment | None = None
    _whose: str = ""
    is_standing: bool = False

    def stand(self, at: Moment, whose: str) -> None:
        self._at, self._whose = at, whose

    def go_on(self) -> None:
        self._at, self.is_standing = None, False

    async def _perhaps_stand(self, moment: Moment, addresses: list[str]) -> None:
        if self._at is moment and self._whose in addresses:
            self._at, self.is_standing = None, True
            while self.is_standing:
                await asyncio.sleep(0.02)

    async def handle_RCPT(  # noqa: N802 (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await self._perhaps_stand(Moment.ADDRESSED, [address])
        return await super().handle_RCPT(server, session, envelope, address, options)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        await self._perhaps_stand(Moment.TAKEN, [str(address) for address in envelope.rcpt_tos])
        return answer

    def arrived(self) -> list[tuple[str, UUID]]:
        """Whom each mail was for, and the id of the message, in the order in which they came."""
        return [(str(mail["To"]), UUID(str(mail["Message-ID"])[1:].partition("@")[0])) for mail in list(self.mails)]


@contextmanager
def post_office() -> Iterator[PostOffice]:
    office = PostOffice()
    with listening(office):
        yield office
        office.go_on()
