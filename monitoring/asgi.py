"""One server, one port, two ways in: streams under /live/ are served by Django's ASGI side, pages by its WSGI side.

A stream holds its connection for hours and must not hold a thread; a page wants a thread that keeps its database
connection (Django cannot keep one under ASGI). So pages go to a fixed pool of threads, as many as PAGE_THREADS.

A page's request is read whole before a thread is taken. A slow sender holds no thread then, and a form that broke off
half-way never arrives as a shorter one ("pain=10" as "pain=1"): it does not arrive at all. What is longer than a form
(`bodies`) is read from a few senders at a time.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

from monitoring import bodies
from monitoring.celery import app
from monitoring.headers import of_a_bare_answer
from monitoring.wsgi import application as wsgi_application

__all__ = ["app", "application"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")

STREAMS = "/live/"
SEND_QUEUE = 100  # pieces of an answer that wait for a slow reader before they hold up a thread
streams: Any = get_asgi_application()
look_after_pages: Any = import_string("monitoring.desks.common.stream.look_after_pages")  # Django is set up by now
handler: Any = wsgi_application  # typed by django-stubs as a little less than a WSGI application
pages: Any = WSGIMiddleware(handler, workers=int(os.environ.get("PAGE_THREADS", "8")), send_queue_size=SEND_QUEUE)


class Refused(Exception):
    """A request that is not read to its end, with the status and the words of the answer."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status, self.words = status, words


class Reading:
    """One request's body. `is_long`: it is longer than a form, and one of a few (`bodies.MOST_AT_ONCE`) until done."""

    long_ones = 0

    def __init__(self, receive: Receive, limit: bodies.Limit) -> None:
        self.receive, self.limit = receive, limit
        self.body = bytearray()
        self.is_long = False

    async def whole(self) -> bytes | None:
        """None when the client broke off. Raises Refused past the limit of the address, or where there is no place."""
        deadline = None
        while True:
            message = await self._next(deadline)
            if message["type"] == "http.disconnect":
                return None
            self.body += message.get("body", b"")
            if len(self.body) > self.limit.longest:
                raise Refused(413, self.limit.words)
            if not self.is_long and len(self.body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
                self._take_place()
                deadline = asyncio.get_running_loop().time() + bodies.ARRIVES_WITHIN
            if not message.get("more_body", False):
                return bytes(self.body)

    async def _next(self, deadline: float | None) -> Message:
        try:
            async with asyncio.timeout_at(deadline):
                return await self.receive()
        except TimeoutError:
            raise Refused(408, "This took too long to arrive. Nothing of it was kept.") from None

    def _take_place(self) -> None:
        if Reading.long_ones >= bodies.MOST_AT_ONCE:
            raise Refused(503, "Other large files are being read. Try again in a minute.")
        Reading.long_ones += 1
        self.is_long = True

    def done(self) -> None:
        """Give the place up, if it took one."""
        Reading.long_ones -= self.is_long
        self.is_long = False


async def refuse(send: Send, status: int = 413, words: str = "This is longer than any form here.") -> None:
    """Answer and close: the rest of the request is not waited for."""
    said = of_a_bare_answer() | {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"}
    headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": words.encode()})


async def serve_page(scope: Message, receive: Receive, send: Send) -> None:
    """Read the request, then have a thread of the pool answer it."""
    reading = Reading(receive, bodies.limit_of(scope["path"]))
    try:
        body = await reading.whole()
        if body is not None:
            await answer(scope, body, receive, send)
    except Refused as refused:
        await refuse(send, refused.status, refused.words)
    finally:
        reading.done()


async def answer(scope: Message, body: bytes, receive: Receive, send: Send) -> None:
    """Hand a request that was read to the threads."""
    parts: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_read() -> Message:
        return parts.pop() if parts else await receive()

    await pages(scope, receive_read, send)


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """Hand a request to its side by its path; the server's start and stop (lifespan) are a2wsgi's to answer."""
    if scope["type"] == "lifespan":
        look_after_pages()
    if scope["type"] != "http":
        await pages(scope, receive, send)
    elif scope["path"].startswith(STREAMS):
        await streams(scope, receive, send)
    else:
        await serve_page(scope, receive, send)
