"""How long a request's body may be. A form is short; one address takes a file of past operations, which is not.

What is longer than a form fills memory before anybody knows who sends it. So only that address takes it, from a few
senders at a time, and not for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.files.uploadhandler import MemoryFileUploadHandler

MEBIBYTE: Final = 1024 * 1024
LONGEST_FILE: Final = 2 * MEBIBYTE  # some 18,000 operations: longer ones would hold a page's thread for too long
AROUND_A_FILE: Final = 64 * 1024
"""The other fields of its form, and what parts them."""

MOST_AT_ONCE: Final = 3
ARRIVES_WITHIN: Final = 120.0  # seconds from where it is longer than a form


@dataclass(frozen=True, slots=True)
class Limit:
    """`words`: what somebody is told who sends more bytes."""

    longest: int
    words: str


LONG: Final = {
    "/registry/import/": Limit(
        LONGEST_FILE + AROUND_A_FILE,
        f"This file is larger than {LONGEST_FILE // MEBIBYTE} MB. Whoever runs Spinewatch can bring it in with "
        "“manage.py import_registry”.",
    )
}
"""The addresses that take more than a form, whole."""


def limit_of(path: str) -> Limit:
    ordinary = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    assert ordinary is not None
    return LONG.get(path, Limit(ordinary, "This is longer than any form here."))


class WithinLimit(MemoryFileUploadHandler):
    """Takes files into memory, of requests that are no longer than their address allows. Others are passed over."""

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *parts: Any, **more: Any) -> None:  # noqa: N803
        super().handle_raw_input(input_data, META, content_length, *parts, **more)
        long = None if self.request is None else LONG.get(self.request.path_info)
        if long is not None:
            self.activated = content_length <= long.longest
