"""Scientific libraries, loaded when something is first computed or drawn, once in a process.

They cost more than a second and 80 MB: a worker and the pages of a ward must not pay for what the registry alone uses.
So nothing imports them at its top; what needs one asks here.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any


@cache
def scipy_stats() -> Any:
    """The module `scipy.stats`. What it returns is numpy's: pass it through `float` or `int`."""
    return import_module("scipy.stats")


@cache
def figure() -> Any:
    """The module `matplotlib.figure`. Its `Figure` draws without a display, and keeps nothing between two pictures."""
    return import_module("matplotlib.figure")


@cache
def matplotlib() -> Any:
    """The package itself: its settings. Never pyplot, which keeps every picture."""
    return import_module("matplotlib")


@cache
def fonts() -> Any:
    """The module `matplotlib.font_manager`."""
    return import_module("matplotlib.font_manager")


@cache
def shapes() -> Any:
    """The module `matplotlib.patches`."""
    return import_module("matplotlib.patches")
