"""One server, one port, two ways in: streams under /live/ are served by Django's ASGI side, pages by its WSGI side.

A stream holds its connection for hours and must not hold a thread; a page wants a thread that keeps its database
connection (Django cannot keep one under ASGI). So pages go to a fixed pool of threads, as many as PAGE_THREADS.

A page's request is read whole before a thread is taken. A slow sender holds no thread then, and a form that broke off
half-way never arrives as a shorter one ("pain=10" as "pain=1"): it does not arrive at all.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.utils.module_loading import import_string

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


class TooLarge(Exception):
    """A request longer than any form of ours."""


async def read_whole(receive: Receive) -> bytes | None:
    """The whole body of a request; None when the client broke off. Raises TooLarge past the settings' limit."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLarge
        if not message.get("more_body", False):
            return bytes(body)


async def refuse(send: Send) -> None:
    """Answer 413 and close: the rest of the request is not waited for."""
    said = of_a_bare_answer() | {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"}
    headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"This is longer than any form here."})


async def serve_page(scope: Message, receive: Receive, send: Send) -> None:
    """Read the request, then have a thread of the pool answer it."""
    try:
        body = await read_whole(receive)
    except TooLarge:
        await refuse(send)
        return
    if body is None:
        return
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
