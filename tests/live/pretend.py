"""A server that does what a test tells it to: a page with `live.js`, a fragment, and a stream that may fall silent."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import django_htmx

from monitoring.desks.common.language import words_in

LIVE_JS = Path(__file__).parents[2] / "monitoring/desks/common/static/spinewatch/live.js"
HTMX_JS = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'"
PAGE = """<!doctype html><html lang="en"><head><title>Board</title><link rel="icon" href="data:,">
<meta name="htmx-config" content='{"includeIndicatorStyles": false, "allowEval": false, "historyCacheSize": 0}'>
<script src="/words.js" defer></script><script src="/htmx.js" defer></script>
<script src="/live.js" defer></script></head>
<body data-live="/live/" data-now="2026-03-01T02:00:00+00:00">
<p id="alive" class="alive" data-state="ok" data-zone="Europe/Berlin" data-ward-phone="1700"><span class="alive-text"
role="status">Alerting checked</span> <span>1 s ago</span></p>
<main><div id="board" hx-get="/board/" hx-trigger="live:changed from:body">%s</div></main></body></html>"""
FRAGMENT = '<div data-now="2026-03-01T02:10:00+00:00">board %d</div>'
FINE = {"checked_seconds_ago": 1.0, "failing": 0, "late": 0, "as_of": "2026-03-01T02:14:07.123456+00:00"}


@dataclass
class Pretend:
    """What the server does: its stream's status, whether it greets, how a refresh is answered; and what it saw."""

    stream_status: int = 200
    greets: bool = True
    board_status: int = 200
    boards: int = 0
    streams: list[Queue[bytes | None]] = field(default_factory=list)
    server: ThreadingHTTPServer = field(init=False)

    def __enter__(self) -> Pretend:
        pretend = self

        class Handler(Answers):
            world = pretend

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.drop()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def say(self, name: str, **data: Any) -> None:
        """Tell every open stream something."""
        for stream in list(self.streams):
            stream.put(f"event: {name}\ndata: {json.dumps(data)}\n\n".encode())

    def pulse(self, **changes: Any) -> None:
        self.say("pulse", **(FINE | changes))

    def drop(self) -> None:
        """End every open stream, as a server that is restarted does."""
        for stream in list(self.streams):
            stream.put(None)

    def wait_for_streams(self, number: int, seconds: float = 5) -> None:
        deadline = time.monotonic() + seconds
        while len(self.streams) != number:
            assert time.monotonic() < deadline, f"{len(self.streams)} streams are open, not {number}"
            time.sleep(0.02)


class Answers(BaseHTTPRequestHandler):
    world: Pretend

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_HEAD(self) -> None:
        self.answer(self.world.stream_status, "text/event-stream", b"")

    def do_GET(self) -> None:
        match self.path:
            case "/":
                self.answer(200, "text/html; charset=utf-8", (PAGE % (FRAGMENT % 0)).encode())
            case "/live.js":
                self.answer(200, "text/javascript", LIVE_JS.read_bytes())
            case "/words.js":
                self.answer(200, "text/javascript", words_in("en-gb").source)
            case "/htmx.js":
                self.answer(200, "text/javascript", HTMX_JS.read_bytes())
            case "/board/":
                self.board()
            case "/live/":
                self.stream()
            case _:
                self.answer(200, "text/html", b"<title>Sign in</title><h1>Sign in</h1>")

    def answer(self, status: int, kind: str, body: bytes, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def board(self) -> None:
        self.world.boards += 1
        if self.world.board_status == 302:
            self.answer(302, "text/plain", b"", Location="/sign-in/")
        else:
            self.answer(self.world.board_status, "text/html", (FRAGMENT % self.world.boards).encode())

    def stream(self) -> None:
        if self.world.stream_status != 200:
            self.answer(self.world.stream_status, "text/plain", b"")
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        frames: Queue[bytes | None] = Queue()
        if self.world.greets:
            frames.put(b"event: hello\ndata: {}\n\n")
        self.world.streams.append(frames)
        try:
            self.pass_on(frames)
        except OSError:
            pass
        finally:
            self.world.streams.remove(frames)

    def pass_on(self, frames: Queue[bytes | None]) -> None:
        """Write what is said; a comment now and then finds out whether the page has gone."""
        while True:
            try:
                frame = frames.get(timeout=0.1)
            except Empty:
                frame = b":\n\n"
            if frame is None:
                return
            self.wfile.write(frame)
            self.wfile.flush()
