"""Somebody at a desk without a browser: signs in, opens a form, sends it. For tests and bench, over real HTTP."""

from __future__ import annotations

import urllib.error
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

MUSCLES = tuple(f"{myotome}_{side}" for myotome in ("l2", "l3", "l4", "l5", "s1") for side in ("left", "right"))


class HiddenInputs(HTMLParser):
    """The hidden inputs of a page: the token and the idempotency key of its form."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        if tag == "input" and said.get("type") == "hidden" and said.get("name"):
            self.values[str(said["name"])] = said.get("value") or ""


class StayHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: its answer is the answer."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Visitor:
    """Cookies and all. `get` and `post` return the status and the page, redirects followed unless `follow` is False."""

    def __init__(self, url: str, *, follow: bool = True) -> None:
        self.url = url
        self.cookies = CookieJar()
        handlers = [urllib.request.HTTPCookieProcessor(self.cookies), *([] if follow else [StayHere()])]
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, path: str) -> tuple[int, str]:
        return self._open(urllib.request.Request(self.url + path))

    def post(self, path: str, said: dict[str, str]) -> tuple[int, str]:
        request = urllib.request.Request(self.url + path, data=urlencode(said).encode(), headers={"Referer": self.url})
        return self._open(request)

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self._opener.open(request, timeout=30) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode(errors="replace")

    def form(self, path: str) -> dict[str, str]:
        """What a form carries hidden; raises LookupError where the page has none."""
        status, page = self.get(path)
        inputs = HiddenInputs()
        inputs.feed(page)
        if status != 200 or "csrfmiddlewaretoken" not in inputs.values:
            raise LookupError(f"no form at {path}: {status}")
        return inputs.values

    def sign_in(self, username: str, password: str) -> None:
        """Raises LookupError where that fails."""
        hidden = self.form("/sign-in/")
        self.post("/sign-in/", {**hidden, "username": username, "password": password})
        if not any(cookie.name == "sessionid" for cookie in self.cookies):
            raise LookupError(f"{username} cannot sign in")

    def check_said(self, stay: object, **weaker: str) -> dict[str, str]:
        """A whole check of the stay, all grades 5 but for `l4_left="1"`, ready to be posted."""
        hidden = self.form(f"/stays/{stay}/checks/new/")
        flags = {"saddle_anaesthesia": "absent", "bladder_bowel": "absent"}
        return {**hidden, **dict.fromkeys(MUSCLES, "5"), **flags, "examined": "now", **weaker}

    def send_check(self, stay: object, said: dict[str, str]) -> tuple[int, str]:
        return self.post(f"/stays/{stay}/checks/new/", said)
