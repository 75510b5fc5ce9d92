"""The registry's pages with something on them: the paper's hospital, made up, on a ward of the demo."""

from __future__ import annotations

import io

from monitoring.registry.actions.importing import import_lines
from tools.synthetic_hospital import paper_hospital, write
from wards.models import Staff, Ward


def bring_the_papers_hospital(ward: Ward, *, by: Staff) -> None:
    """4078 operations that never were, thirty of them cases."""
    text = io.StringIO()
    write(paper_hospital((ward.code,)), text)
    report = import_lines(io.BytesIO(text.getvalue().encode()), by=by, source="Theatre book 2009–2018, made up")
    assert report.brought is not None, report.shown
