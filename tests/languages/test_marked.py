"""No word on a page stands there in one language only."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from tests.languages.bare_words import bare_words

TEMPLATES = Path(settings.BASE_DIR) / "templates"


@pytest.mark.parametrize(
    "source",
    [
        "<p>Ward phone</p>",
        '<p aria-label="Ward phone"></p>',
        '{% if ward %}<p class="{{ x }}">Ward phone</p>{% endif %}',
        "<p>{{ ward }} phone</p>",
        '<p>{{ ward|default:"none" }}</p>',
        "<p>{{ n }}{{ n|pluralize }}</p>",
        '{% include "x.html" with title="Ward phone" %}',
    ],
)
def test_a_bare_word_is_found(source: str) -> None:
    assert len(bare_words(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        '<p>{% translate "Ward phone" %}</p>',
        "<p>{% blocktranslate trimmed with n=ward.phone %}Ward phone {{ n }}{% endblocktranslate %}</p>",
        '<p class="wide" id="ward" data-sort="name">{{ ward }}: 48/50 · NT</p>',
        "{# Ward phone #}<script>const ward = 1</script>",
        '{% block width %}narrow{% endblock %}{{ ward|default:_("none") }}',
        '{% include "x.html" with title=_("Ward phone") here="ladders" %}',
    ],
)
def test_what_is_marked_or_no_word_is_left_alone(source: str) -> None:
    assert bare_words(source) == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_has_no_bare_words(path: Path) -> None:
    assert bare_words(path.read_text()) == []
