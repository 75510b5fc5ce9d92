"""What stands beside each other is told apart by everybody, in print and without colour."""

import math
from itertools import combinations

import pytest

from monitoring.registry.pictures import ink
from monitoring.registry.pictures.ink import TOGETHER, Look

Rgb = tuple[float, float, float]

PROTANOPIA = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTERANOPIA = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
"""Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB."""
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE_POINT = (0.9505, 1.0, 1.089)
SEEN = {"everybody": ((1, 0, 0), (0, 1, 0), (0, 0, 1)), "protanopia": PROTANOPIA, "deuteranopia": DEUTERANOPIA}

PAIRS = [pair for looks in TOGETHER for pair in combinations(looks, 2)]
ALONE = (ink.RELIEF_UNKNOWN, ink.OUTSIDE_998)
"""Dots whose shape says enough: a cross, a diamond among round and pointed ones."""
CLEARLY_APART = 25
"""CIE76. About 2 is just seen by somebody who looks for it."""


def linear(colour: str) -> Rgb:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return red, green, blue


def times(matrix: tuple[tuple[float, ...], ...], colour: Rgb) -> Rgb:
    a, b, c = (sum(m * part for m, part in zip(row, colour, strict=True)) for row in matrix)
    return a, b, c


def luminance(colour: str) -> float:
    return times(TO_XYZ, linear(colour))[1]


def contrast(one: str, other: str) -> float:
    """As the WCAG counts it."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(colour: Rgb) -> Rgb:
    red, green, blue = (min(max(part, 0.0), 1.0) for part in colour)
    xyz = zip(times(TO_XYZ, (red, green, blue)), WHITE_POINT, strict=True)
    shares = (part / white for part, white in xyz)
    fx, fy, fz = (part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116 for part in shares)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def apart(one: str, other: str, seen: str) -> float:
    a, b = (lab(times(SEEN[seen], linear(colour))) for colour in (one, other))
    return math.dist(a, b)


@pytest.mark.parametrize("seen", SEEN)
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_colours_beside_each_other_stay_apart(one: Look, other: Look, seen: str) -> None:
    assert apart(one.colour, other.colour, seen) > CLEARLY_APART


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_colour_is_never_the_only_difference(one: Look, other: Look) -> None:
    assert one.marker != other.marker
    assert (
        (one.dash, one.hatch, one.filled) != (other.dash, other.hatch, other.filled) or one in ALONE or other in ALONE
    )


def test_bars_differ_in_grey_where_their_fill_alone_tells_them_apart() -> None:
    assert contrast(ink.HERE.bar, ink.PAPER.bar) > 3
    assert (ink.HERE.hatch, ink.PAPER.hatch != "") == ("", True)
    assert ink.FEW_HATCH.strip("x") == ""
    assert ink.PAPER.hatch.strip("/") == ""


@pytest.mark.parametrize("colour", [ink.BLUE, ink.VERMILLION, ink.RULE, ink.SOFT])
def test_what_is_drawn_stands_out_from_the_white_ground(colour: str) -> None:
    assert contrast(colour, ink.WHITE) >= 3


@pytest.mark.parametrize("colour", [ink.INK, ink.SOFT])
def test_what_is_written_stands_out_from_all_that_lies_behind_it(colour: str) -> None:
    assert min(contrast(colour, ink.WHITE), contrast(colour, ink.BAND)) >= 4.5


def test_the_line_of_a_band_stands_out_from_the_band() -> None:
    assert contrast(ink.BLUE, ink.BAND) >= 3
    assert contrast(ink.BLACK, ink.BAND) >= 3
