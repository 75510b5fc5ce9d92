"""One page from which an administrator sets up a ward, and the pages of its beds."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from monitoring.desks.admin.ward_state import empty_rungs, parts_of
from monitoring.due.clock import now
from monitoring.escalation.ladder import DEFAULTS, Key
from monitoring.escalation.models import Contact
from tests.cast import Cast, admit_patient, on_duty, person
from tests.desks.pages import alerting_works, queries_of, read, said, signed_in, spaced
from wards.models import Bed, Group, Membership, Post, Role, Staff, Ward
from wards.rota import save_group

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

DESK = "/wards/7b/manage/"
PARTS = ("ladders", "groups", "contacts", "numbers", "limits", "displays")
BEDS = "/wards/7b/manage/beds/"
NEW_WARD = {"code": "9A", "name": "Spine ward 9A", "time_zone": "Europe/London", "phone": "4720", "surgeon_phone": ""}


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


def send(by: Staff, address: str, **sent: str) -> Response:
    return signed_in(by).post(address, sent)


def refused(answer: Response) -> str:
    assert answer.status_code == 422
    return said(answer.content.decode())


def wrong(ward: Ward) -> str:
    return " ".join(words for part in parts_of(ward, now()) for words in part.wrong)


# --- The desk --------------------------------------------------------------------------------------------------------


def test_it_leads_to_every_part_of_the_ward(cast: Cast) -> None:
    page = read(cast.adam, DESK)
    beside = ("/rota/7b/", "/rota/7b/who/", "/staff/?ward=7b")
    for address in (*beside, BEDS, *(f"/wards/7b/{name}/" for name in PARTS)):
        assert f'href="{address}"' in page, address
        assert signed_in(cast.adam).get(address).status_code == 200, address


def test_it_says_how_each_part_stands_and_what_is_to_be_mended(cast: Cast) -> None:
    page = spaced(read(cast.adam, DESK))
    assert "1 × nurse, 1 × charge nurse, 1 × surgeon, 1 × administrator" in page
    assert "6 in use, 0 of them taken" in page
    assert "Nobody is on the rota." in page
    assert "No working contact: the ward’s phone" in page or "No working contact:" in page
    assert "Screens lock after 3 min" in page
    assert "to mend before an alert comes" in page


def test_a_ward_that_is_set_up_has_less_to_mend(cast: Cast) -> None:
    person("Fred", "Fox", (cast.ward_7b, Role.ADMINISTRATOR))
    assert "There is one administrator" not in wrong(cast.ward_7b)
    for post, staff in zip(Post, (cast.alice, cast.carol, cast.sam, cast.sam), strict=True):
        on_duty(cast, post, staff, since=1)
    for purpose in Contact.Purpose:
        Contact.objects.create(
            ward=cast.ward_7b, purpose=purpose, channel="email", address="a@b.org", recorded_by=cast.adam
        )
    Ward.objects.filter(pk=cast.ward_7b.pk).update(surgeon_phone="4700")
    assert wrong(Ward.objects.get(pk=cast.ward_7b.pk)) == ""


def test_a_rung_that_would_call_nobody_now_is_counted(cast: Cast) -> None:
    before = empty_rungs(cast.ward_7b, now())
    assert 0 < before <= sum(len(DEFAULTS[key]) for key in Key)
    on_duty(cast, Post.SURGEON_ON_CALL, cast.sam)
    assert empty_rungs(cast.ward_7b, now() + timedelta(minutes=1)) < before


def test_a_group_whose_people_have_gone_is_named(cast: Cast) -> None:
    group: Group = save_group(by=cast.adam, ward=cast.ward_7b, name="spine team", members=[cast.sam])
    assert "spine team" not in wrong(cast.ward_7b)
    Membership.objects.filter(staff=cast.sam).delete()
    assert f"Nobody in the group “{group.name}” can be called any more." in wrong(cast.ward_7b)


@pytest.mark.parametrize("address", [DESK, DESK + "name/", BEDS, "/wards/7b/manage/colleague/"])
@pytest.mark.parametrize(
    ("who", "status"), [("alice", 403), ("carol", 403), ("sam", 403), ("nora", 404), ("adam", 200)]
)
def test_it_is_for_the_administrators_of_the_ward(cast: Cast, address: str, who: str, status: int) -> None:
    assert signed_in(getattr(cast, who)).get(address).status_code == status


def test_it_takes_a_bounded_number_of_queries(cast: Cast) -> None:
    client = signed_in(cast.adam)
    client.get(DESK)
    assert queries_of(lambda: client.get(DESK)) <= 60


# --- Wards -----------------------------------------------------------------------------------------------------------


def test_the_wards_are_listed_with_what_is_to_be_mended(cast: Cast) -> None:
    page = said(read(cast.adam, "/manage/"))
    assert "Ward 7B" in page
    assert "Ward 8C" in page
    assert "things to mend" in page
    assert signed_in(cast.carol).get("/manage/").status_code == 403


def test_a_ward_is_made_and_its_beds_come_next(cast: Cast) -> None:
    assert send(cast.adam, "/manage/new/", **NEW_WARD)["Location"] == "/wards/9A/manage/beds/"
    send(cast.adam, "/wards/9A/manage/beds/", labels="01, 02,03")
    assert list(Bed.objects.filter(ward__code="9A").values_list("label", flat=True)) == ["01", "02", "03"]
    assert "3 in use" in said(read(cast.adam, "/wards/9A/manage/"))


def test_a_code_that_is_taken_is_refused_and_everything_typed_is_kept(cast: Cast) -> None:
    answer = send(cast.adam, "/manage/new/", **NEW_WARD | {"code": "7B"})
    assert "There is a ward 7b already." in refused(answer)
    assert 'value="Spine ward 9A"' in answer.content.decode()


def test_a_ward_is_called_otherwise_and_a_stale_page_says_so(cast: Cast) -> None:
    fred = person("Fred", "Fox", (cast.ward_7b, Role.ADMINISTRATOR))
    seen = dict(re.findall(r'name="(seen_\w+)" value="([^"]*)"', read(cast.adam, DESK + "name/")))
    assert send(fred, DESK + "name/", **seen, name="Spine 7B", time_zone="Europe/Berlin").status_code == 302
    answer = send(cast.adam, DESK + "name/", **seen, name="Seven B", time_zone="Europe/Berlin")
    assert "Somebody has changed this ward meanwhile" in refused(answer)
    assert "Kept now: Spine 7B, Europe/Berlin." in refused(answer)


# --- Beds ------------------------------------------------------------------------------------------------------------


def bed_url(bed: Bed, step: str = "") -> str:
    return f"/beds/{bed.public_id}/{step}"


def test_a_bed_is_renamed_taken_out_of_use_and_put_back(cast: Cast) -> None:
    bed = cast.beds[0]
    send(cast.adam, bed_url(bed), label="Bay 1", seen="7B-1")
    assert "Bay 1" in said(read(cast.adam, BEDS))
    send(cast.adam, bed_url(bed, "close/"), reason="Window broken.")
    assert re.search(r"Out of use Bay 1 since .* by Adam Abbot", spaced(read(cast.adam, BEDS)))
    assert "Bay 1" not in said(read(cast.alice, "/wards/7b/"))
    send(cast.adam, bed_url(bed, "reopen/"))
    assert "Bay 1" in said(read(cast.alice, "/wards/7b/"))


def test_an_occupied_bed_is_not_offered_and_is_refused(cast: Cast) -> None:
    bed = admit_patient(cast).bed
    assert bed_url(bed, "close/") not in read(cast.adam, BEDS)
    assert "Somebody lies in bed 7B-1. Move or discharge the patient first." in refused(
        send(cast.adam, bed_url(bed, "close/"), reason="Window broken.")
    )


def test_a_closed_bed_is_not_offered_for_an_admission(cast: Cast) -> None:
    assert "7B-1<" in read(cast.alice, "/wards/7b/admit/")
    send(cast.adam, bed_url(cast.beds[0], "close/"), reason="Window broken.")
    assert "7B-1<" not in read(cast.alice, "/wards/7b/admit/")


@pytest.mark.parametrize("step", ["", "close/", "reopen/"])
def test_another_wards_bed_is_not_there(cast: Cast, step: str) -> None:
    eve = person("Eve", "Ebert", (cast.ward_7b, Role.ADMINISTRATOR))
    assert send(eve, bed_url(cast.beds_8c[0], step), reason="x", label="x").status_code == 404
    assert send(cast.carol, bed_url(cast.beds[0], step), reason="x", label="x").status_code == 403


# --- Django's own admin ----------------------------------------------------------------------------------------------


def views(resolver: URLResolver) -> list[str]:
    found = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            found.append(f"{pattern.callback.__module__} {pattern.pattern}")
        else:
            found += views(pattern)
    return found


def test_djangos_own_admin_is_not_there() -> None:
    """It would write past the actions: past their rules, their locks and their entries."""
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert not [view for view in views(get_resolver()) if "django.contrib.admin" in view]
    assert Client().get("/admin/").status_code == 404
