"""The catalogues of words: taken out of the sources, kept as .po files, compiled to .mo. By Babel, no system gettext.

Two for each language, as Django has them: `django` for what the server says, `djangojs` for what scripts say.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import to_locale
from django.utils.translation.template import templatize

DOMAINS = ("django", "djangojs")
SOURCE_LANGUAGE = "en-gb"
HOUSES = ("monitoring", "wards")
KEYWORDS = DEFAULT_KEYWORDS | {f"{name}_lazy": spec for name, spec in DEFAULT_KEYWORDS.items() if name.endswith("text")}
KEYWORDS |= {"lazy": None, "gettext_noop": None}
COMMENT_TAGS = ("Translators:",)
HEADER = "# What Spinewatch says in PROJECT. `make words` takes new words out of the sources.\n"
LINE_LENGTH = 110

Found = tuple[str, str | tuple[str, ...], list[str], str | None]
"""Where (a path), the message or its singular and plural, comments for the translator, the context."""


def languages() -> list[str]:
    """Those that need a catalogue: all but the language of the sources."""
    return [code for code, _ in settings.LANGUAGES if code != SOURCE_LANGUAGE]


def po_path(language: str, domain: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / to_locale(language) / "LC_MESSAGES" / f"{domain}.po"


def sources(domain: str) -> Iterator[Path]:
    """The files that speak. The clinical rules do not: they name things by codes."""
    base = Path(settings.BASE_DIR)
    if domain == "djangojs":
        yield from sorted(base.glob("monitoring/**/static/**/*.js"))
        return
    yield from sorted(base.glob("templates/**/*.html"))
    for house in HOUSES:
        yield from (path for path in sorted(base.glob(f"{house}/**/*.py")) if "migrations" not in path.parts)


def as_python(template: str, origin: str) -> str:
    """A template as Babel's tokenizer can read it: the calls of gettext in place, all else blotted out."""
    return "\n".join(line.strip() for line in templatize(template, origin=origin).splitlines())


def found_in(path: Path) -> Iterator[Found]:
    """Every marked message of one file."""
    where = path.relative_to(settings.BASE_DIR).as_posix()
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = as_python(text, where)
    method = "javascript" if path.suffix == ".js" else "python"
    options = {"encoding": "utf-8", "template_string": True} if method == "javascript" else {"encoding": "utf-8"}
    for _, message, comments, context in extract(
        method, BytesIO(text.encode()), KEYWORDS, COMMENT_TAGS, options, strip_comment_tags=True
    ):
        yield where, message, list(comments), context


def extracted(domain: str) -> Catalog:
    """What the sources say, without any translation."""
    catalogue = Catalog(domain=domain, charset="utf-8")
    for path in sources(domain):
        for where, message, comments, context in found_in(path):
            catalogue.add(message, None, [(where, 0)], auto_comments=comments, context=context)
    return catalogue


def read(language: str, domain: str) -> Catalog:
    """The catalogue as it is kept; an empty one where there is none yet."""
    path = po_path(language, domain)
    if not path.exists():
        return Catalog(locale=to_locale(language), domain=domain, charset="utf-8")
    with path.open("rb") as kept:
        return read_po(kept, locale=to_locale(language), domain=domain)


def renewed(language: str, domain: str) -> Catalog:
    """The kept catalogue with what is new in the sources, untranslated, and without what is gone. No guesses."""
    catalogue = read(language, domain)
    catalogue.update(extracted(domain), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def write(language: str, domain: str, catalogue: Catalog) -> None:
    """Keep it: sorted, without dates, so that two people's words merge."""
    path = po_path(language, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.fuzzy = False
    catalogue.header_comment = HEADER.replace("PROJECT", language)
    written = BytesIO()
    write_po(
        written,
        catalogue,
        width=LINE_LENGTH,
        sort_output=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    lines = written.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By')
    path.write_text("".join(line for line in lines if not line.startswith(dated)), encoding="utf-8")


def compile_catalogue(language: str, domain: str) -> bool:
    """Write the .mo beside its .po unless it is younger; whether there was anything to do. Safe side by side."""
    source = po_path(language, domain)
    target = source.with_suffix(".mo")
    if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
        return False
    half = target.with_suffix(f".{os.getpid()}")
    with half.open("wb") as out:
        write_mo(out, read(language, domain))
    half.replace(target)
    return True


def compile_all() -> int:
    """Compile what is out of date; how many catalogues that were."""
    return sum(compile_catalogue(language, domain) for language in languages() for domain in DOMAINS)
