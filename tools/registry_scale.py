"""The registry of a large hospital, measured: `make scale`.

On throw-away servers: 100,000 stays with their operations and checks, whose lines the sweep puts together; 100,000
operations more from a file. Then every page a second time, each picture, and the export with the memory that it took.
Each time stands beside one bare page of the same process, because absolute ones on a shared machine mean little.
"""

from __future__ import annotations

import io
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import django
import psutil

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_databases, setup_test_environment  # noqa: E402
from django.urls import reverse  # noqa: E402

from monitoring.desks.registry.drawing import DRAWINGS  # noqa: E402
from monitoring.registry.actions import lines  # noqa: E402
from monitoring.registry.actions.importing import import_lines  # noqa: E402
from monitoring.registry.freshness import waiting  # noqa: E402
from monitoring.registry.models import Line  # noqa: E402
from tests.cast import Cast, set_stage  # noqa: E402
from tests.desks.pages import alerting_works, signed_in  # noqa: E402
from tests.registry.many import ordinary_operations  # noqa: E402
from tools.synthetic_hospital import large_hospital, write  # noqa: E402

STAYS = int(os.environ.get("SPINEWATCH_REGISTRY_STAYS", "100000"))
AT_ONCE = 5000
CHECKS = 5
TIMES = 5
PAGES = ("", "times/", "definition/", "planning/", "import/", "export/", "export/report/", "?ward=7b&segments=2")
MIB = 1024 * 1024


def resident() -> float:
    """MiB that this process holds."""
    return float(psutil.Process().memory_info().rss) / MIB


@contextmanager
def timed(what: str) -> Iterator[None]:
    before, began = resident(), time.perf_counter()
    yield
    print(f"{what:58}{time.perf_counter() - began:9.1f} s   memory {resident() - before:+7.1f} MiB", flush=True)


def fill(cast: Cast) -> None:
    """The record, its lines, and the file."""
    with timed(f"{STAYS} stays with {CHECKS} checks each, written"):
        for _ in range(STAYS // AT_ONCE):
            ordinary_operations(cast, AT_ONCE, checks=CHECKS)
    with timed("their lines, put together by the sweep"):
        while due := lines.due(1):
            lines.make_due(due[0])
    print(f"{'lines that count':58}{Line.objects.filter(counts=True).count():9}   waiting {waiting().episodes}")
    text = io.StringIO()
    write(large_hospital(STAYS, ("7b", "8c")), text)
    file = io.BytesIO(text.getvalue().encode())
    print(f"{'a file of as many':58}{len(file.getvalue()) / MIB:9.1f} MiB")
    with timed("tried: nothing is stored"):
        import_lines(file, by=cast.adam, source="made up", dry_run=True)
    file.seek(0)
    with timed("imported"):
        report = import_lines(file, by=cast.adam, source="made up")
    assert report.problems == 0
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def median_of(ask: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the first, and the median of those after it."""
    took = []
    for _ in range(TIMES + 1):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return took[0], statistics.median(took[1:])


def pages(client: Client) -> None:
    """Every page, and every picture, of all lines."""
    _, bare = median_of(lambda: _ask(client, reverse("pin")))
    print(f"\n{'a page':58}{'first':>9}{'then':>9}{'ratio to a bare page':>24}   (a bare page: {bare * 1000:.0f} ms)")
    for address in PAGES:
        _told(f"/registry/{address}", client, bare)
    for name in DRAWINGS:
        _told(f"/registry/pictures/{name}.svg", client, bare)


def _told(address: str, client: Client, bare: float) -> None:
    first, then = median_of(lambda: _ask(client, address))
    print(f"{address:58}{first:8.2f} s{then:8.2f} s{then / bare:20.1f}", flush=True)


def _ask(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200, address


def export(client: Client) -> None:
    """All lines as a file: how long, and how much memory more at the most."""
    before, most, size, began = resident(), 0.0, 0, time.perf_counter()
    response = client.post("/registry/export/", {"why": "To measure it."})
    for piece in response.streaming_content:  # type: ignore[attr-defined]
        size += len(piece)
        most = max(most, resident() - before)
    took = time.perf_counter() - began
    print(f"\n{'export':58}{took:9.1f} s   {size / MIB:.1f} MiB sent, memory {most:+.1f} MiB at the most")


def main() -> int:
    call_command("collectstatic", interactive=False, verbosity=0)
    setup_test_environment()
    setup_databases(verbosity=0, interactive=False)
    cast = set_stage()
    alerting_works()
    fill(cast)
    client = signed_in(cast.adam)
    pages(client)
    export(client)
    return 0


if __name__ == "__main__":
    sys.exit(main())
