"""Play an asynchronous story in a thread of its own: the tests' own thread may have a browser's event loop running."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

ResultT = TypeVar("ResultT")


def play(story: Coroutine[Any, Any, ResultT]) -> ResultT:
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, story).result()
