"""Every picture of the registry can be read, and comes out the same each time."""

import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from itertools import combinations

import pytest
from matplotlib.figure import Figure

from monitoring.registry.pictures.letters import width_of
from monitoring.registry.pictures.render import DOTS_PER_INCH, Kind, render
from monitoring.registry.pictures.sheet import LOCK, WIDTH
from tests.registry.drawings import EXAMPLES
from tests.registry.reading import PICTURES, PNGS, SVG, boxes, drawn, drawn_once, root, said

# Readable


@pytest.mark.parametrize("name", EXAMPLES)
def test_words_lie_on_the_sheet_and_not_on_each_other(name: str) -> None:
    picture = root(name)
    _, _, width, height = map(float, picture.get("viewBox", "").split())
    written = boxes(picture)
    for words_, (left, upper, right, lower) in written:
        assert min(left, upper, width - right, height - lower) >= 0, words_
    for (one, a), (other, b) in combinations(written, 2):
        across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        assert across <= 0 or down <= 0, (one, other)


def test_words_are_as_wide_as_they_are_reckoned() -> None:
    """Layout goes by `width_of`; a PNG's letters are set by matplotlib."""
    figure = Figure(dpi=DOTS_PER_INCH)
    written = figure.text(0, 0, "Insufficient decompression 36.7 %", size=9, family="DejaVu Sans")
    figure.draw_without_rendering()
    wide = written.get_window_extent().width / DOTS_PER_INCH * 72
    assert width_of("Insufficient decompression 36.7 %", 9) == pytest.approx(wide, rel=0.01)


@pytest.mark.parametrize("name", EXAMPLES)
def test_letters_are_of_8_or_9_points_on_a_sheet_120_mm_wide(name: str) -> None:
    picture = root(name)
    assert picture.get("width") == f"{WIDTH:g}pt"
    assert round(WIDTH / 72 * 25.4) == 120
    assert {element.get("font-size") for element in picture.iter(f"{SVG}text")} <= {"8px", "9px"}


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_svg_keeps_its_text_and_needs_no_style(name: str) -> None:
    """A page's content security policy lets no style of a file through."""
    picture = root(name)
    assert picture[0].tag == f"{SVG}title"
    assert (picture[0].text or "-") in said(picture)
    assert not [element.tag for element in picture.iter() if "style" in element.attrib or element.tag == f"{SVG}style"]
    ids = Counter(element.get("id") for element in picture.iter() if element.get("id"))
    assert [one for one, number in ids.items() if number > 1] == []


@pytest.mark.parametrize("name", PNGS)
def test_a_png_has_300_dots_an_inch(name: str) -> None:
    png = drawn_once(name, "png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    place = png.index(b"pHYs") + 4
    dots_per_metre = struct.unpack(">II", png[place : place + 8])
    assert (width, dots_per_metre) == (int(WIDTH / 72 * 300), (11811, 11811))
    assert height > 300


# The same each time


@pytest.mark.parametrize(("name", "kind"), [*((name, "svg") for name in PICTURES), *((name, "png") for name in PNGS)])
def test_a_picture_drawn_again_has_the_same_bytes(name: str, kind: Kind) -> None:
    assert drawn(name, kind) == drawn_once(name, kind)


@pytest.mark.parametrize("name", PICTURES)
def test_no_file_tells_when_or_by_what_it_was_made(name: str) -> None:
    assert b"metadata" not in drawn_once(name, "svg")
    assert b"atplotlib v" not in drawn_once(name, "svg")
    assert name not in PNGS or b"Software" not in drawn_once(name, "png")


def test_two_threads_draw_at_once_what_one_draws_alone() -> None:
    jobs: list[tuple[str, Kind]] = [("onset", "svg"), ("funnel", "svg"), ("incidence", "png"), ("times", "svg")] * 2
    alone = [drawn_once(*job) for job in jobs]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda job: drawn(*job), jobs)) == alone


@pytest.mark.parametrize("job", [lambda: drawn("incidence"), lambda: render(Figure(), "svg")], ids=["draw", "render"])
def test_nobody_draws_while_another_does(job: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        with LOCK:
            waiting = pool.submit(job)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.2)
        assert waiting.result(timeout=30)


ELSEWHERE = """
import sys
from functools import cache
from hashlib import sha256
from tests.registry.drawings import EXAMPLES
from monitoring.registry.pictures.render import render
assert "matplotlib" not in sys.modules, "loaded before anything is drawn"
for name in sys.argv[1:]:
    print(*(sha256(render(EXAMPLES[name].draw(EXAMPLES[name].data), kind)).hexdigest() for kind in ("svg", "png")))
assert "matplotlib.pyplot" not in sys.modules
"""


@pytest.mark.thorough
def test_another_process_draws_the_same_bytes_and_loads_matplotlib_only_when_it_draws() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", ELSEWHERE, *PICTURES], capture_output=True, text=True, check=True
    )
    here = [" ".join(sha256(drawn(name, kind)).hexdigest() for kind in ("svg", "png")) for name in PICTURES]
    assert done.stdout.splitlines() == here
