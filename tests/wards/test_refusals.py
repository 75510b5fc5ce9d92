"""Every right can be refused in words."""

from __future__ import annotations

import pytest

from wards.access import RULES, May
from wards.refusals import WHAT, WHO, refused_anywhere, refused_there


@pytest.mark.parametrize("what", May)
def test_every_right_has_its_words_and_so_has_whoever_holds_it(what: May) -> None:
    assert what in WHAT
    assert RULES[what] in WHO
    assert "%(" not in refused_there(what) + refused_anywhere(what)


def test_they_say_who_may_do_what() -> None:
    assert refused_there(May.ACCEPT_ALERT) == "Only a surgeon of this ward may accept an alert."
    assert refused_anywhere(May.VIEW_AUDIT) == "Only an administrator may read the audit log."
