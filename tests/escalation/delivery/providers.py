"""Providers of the tests' own: a real SMTP server, a real HTTP receiver, and one that only breathes."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """What the SMTP server is told to answer, and what it took. "" at `data` drops the line after the message."""

    rcpt: str = "250 OK"
    data: str = "250 OK"
    delay: float = 0.0
    quit_delay: float = 0.0
    port: int = 0
    mails: list[Mail] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 (the name is aiosmtpd's)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay)
        if self.data.startswith("250") or not self.data:
            assert isinstance(envelope.content, bytes)
            self.mails.append(message_from_bytes(envelope.content))
        if not self.data:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return self.data or "250 OK"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.quit_delay)
        return "221 Bye"


class _OnAnyPort(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """`options` are aiosmtpd's: `ssl_context` for TLS from the start, `tls_context` for STARTTLS."""
    told = MailServer()
    with listening(told, **options):
        yield told


@contextmanager
def listening(told: MailServer, **options: Any) -> Iterator[None]:
    """The SMTP server of `told`, on a port that it then knows."""
    controller = _OnAnyPort(told, hostname="127.0.0.1", port=0, **options)
    controller.start()
    told.port = controller.port
    try:
        yield
    finally:
        controller.stop()


@dataclass
class Receiver:
    """What the HTTP receiver is told to answer, and what it was sent."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    promised: int = 0
    """How many bytes of a body it says will follow. None ever does."""
    delay: float = 0.0
    port: int = 0
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def http_receiver() -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            told.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(told.delay)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(told.promised))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def breather(every: float | None) -> Iterator[int]:
    """A port that takes every connection and answers a byte `every` so many seconds, or nothing, for ever."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def breathe(peer: socket.socket) -> None:
        with peer:
            while not over.wait(every or 0.2):
                try:
                    peer.sendall(b"H" if every else b"")
                except OSError:
                    return

    def accept() -> None:
        while not over.is_set():
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=breathe, args=[peer], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def took(work: Callable[[], object]) -> float:
    """How many seconds it takes."""
    began = time.monotonic()
    work()
    return time.monotonic() - began
