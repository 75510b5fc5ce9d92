"""A whole page that a script asks for as if it were a fragment is still answered."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.cast import Cast
from tests.desks.pages import alerting_works, signed_in


@pytest.mark.parametrize("route", ["pin", "channels", "registry-imports", "registry", "wards", "staff"])
def test_a_whole_page_is_answered_to_a_script_too(cast: Cast, route: str) -> None:
    alerting_works()
    response = signed_in(cast.adam).get(reverse(route), headers={"HX-Request": "true"})
    assert response.status_code == 200
