"""What `nurse/_check_fields.html` shows of a check form. It needs no patient: an empty form of a ward will do."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from monitoring.checks.forms import CheckForm
from monitoring.checks.models import column
from monitoring.desks.common.options import question
from monitoring.desks.common.presentation import GRADE_WORDS
from monitoring.desks.nurse.muscle_grid import muscle_words, rows
from monitoring.protocol import MUSCLES


def flag_questions() -> dict[str, str]:
    """How each red flag is asked for at the bedside."""
    return {"saddle_anaesthesia": _("Saddle numbness?"), "bladder_bowel": _("New bladder or bowel trouble?")}


def field_words() -> dict[str, str]:
    """What the page calls its fields where that is not their label."""
    return flag_questions() | {column(muscle): muscle_words(muscle) for muscle in MUSCLES}


def check_fields(form: CheckForm) -> dict[str, Any]:
    """The muscles as rows, the questions as large buttons, the MRC definitions. The form's values alone are asked."""
    return {
        "form": form,
        "rows": rows(form),
        "questions": [question(form[flag], words) for flag, words in flag_questions().items()],
        "examined": question(form["examined"], _("Examined at")),
        "fold": form["examined_fold"] if form.asks_which_hour else None,
        "pain": question(form["pain"], _("Pain")),
        "definitions": list(enumerate(GRADE_WORDS)),
    }
