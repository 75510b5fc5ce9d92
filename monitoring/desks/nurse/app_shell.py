"""The app as a device keeps it: one page without any patient, and every file that it is made of.

Which files those are is read off the page itself and off the scripts' own imports, so that no list can be forgotten.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language

from monitoring.checks.forms import CheckForm
from monitoring.desks.nurse.check_fields import check_fields
from wards.models import Staff, Ward

FILES = re.compile(r'(?:src|href)="(/[^"?#]+\.(?:js|css|svg|png|webmanifest)|/words/[^"]*)"')
IMPORTS = re.compile(r'(?:from|import) "\./([\w-]+\.js)"')
MODULES = "spinewatch"  # the folder of our own scripts


def shell() -> str:
    """The page, in the language of the moment; it changes with the software alone."""
    return _shell(get_language() or settings.LANGUAGE_CODE)


@cache
def _shell(_language: str) -> str:
    """Rendered for nobody, so that no name can be in it."""
    form = CheckForm(ward=Ward(pk=0, time_zone="UTC"), by=Staff(pk=0))
    form.fields["second_examiner"].queryset = Staff.objects.none()  # type: ignore[attr-defined]
    return render_to_string("nurse/offline/shell.html", check_fields(form) | {"shell": True})


def files(page: str) -> list[str]:
    """The addresses of all that the page loads, and of the modules that its scripts import."""
    found = dict.fromkeys(FILES.findall(page))
    scripts = [name for name in found if name.endswith(".js")]
    return [*found, *(static(f"{MODULES}/{name}") for name in sorted(_imported(scripts)))]


def version(page: str) -> str:
    """Names the page and its files: another one when any of them has changed."""
    return hashlib.sha256((page + _fingerprint()).encode()).hexdigest()[:16]


def address() -> str:
    return reverse("offline")


def _imported(scripts: list[str]) -> set[str]:
    """The modules of ours that these scripts import, and those import in turn."""
    known: set[str] = set()
    waiting = {_plain(script) for script in scripts}
    while waiting:
        name = waiting.pop()
        fresh = set(IMPORTS.findall(_text(name))) - known
        known |= fresh
        waiting |= fresh
    return known


def _plain(address: str) -> str:
    """A script's own name: `check.js` of /static/spinewatch/check.0123456789ab.js."""
    return re.sub(r"\.[0-9a-f]{12}\.js$", ".js", address.rsplit("/", 1)[-1])


def _text(name: str) -> str:
    path = finders.find(f"{MODULES}/{name}")
    return Path(path).read_text() if isinstance(path, str) else ""


@cache
def _fingerprint() -> str:
    """Of all our static files; they do not change while a server runs."""
    folder = finders.find(MODULES)
    assert isinstance(folder, str)
    names = sorted(path.name for path in Path(folder).iterdir() if path.is_file())
    seen = [staticfiles_storage.url(f"{MODULES}/{name}") + _digest(Path(folder, name)) for name in names]
    return " ".join(seen)


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
