"""Choosing a language: for a person, for a device; and what is written in it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from monitoring.audit.models import AuditEntry
from monitoring.desks.common import presentation as say
from monitoring.desks.common.language import words_in, words_url
from tests.cast import Cast
from tests.desks.pages import signed_in
from wards.names import identifying_name, spoken_name

CHINESE = "zh-hans"


def switch(client: Client, language: str = CHINESE, **said: str) -> Any:
    return client.post("/language/", {"language": language, **said})


def language_of(client: Client, url: str = "/look/") -> str:
    """As the page itself says it."""
    page = client.get(url, follow=True).content.decode()
    return page.split('<html lang="', 1)[1].split('"', 1)[0]


def test_a_person_keeps_the_language_on_every_device(cast: Cast) -> None:
    switch(signed_in(cast.alice))
    assert language_of(signed_in(cast.alice)) == CHINESE


def test_on_a_shared_tablet_each_reads_their_own(cast: Cast) -> None:
    switch(signed_in(cast.carol), "en-gb")
    tablet = Client()
    switch(tablet)
    assert language_of(tablet, "/sign-in/") == CHINESE
    tablet.force_login(cast.carol)
    assert language_of(tablet) == "en-gb"
    tablet.logout()
    switch(tablet)
    tablet.force_login(cast.alice)  # who has chosen none
    assert language_of(tablet) == CHINESE


def test_without_a_choice_it_is_what_the_browser_asks_for(cast: Cast) -> None:
    assert language_of(Client(headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.1"}), "/sign-in/") == CHINESE
    assert language_of(Client(headers={"Accept-Language": "fr"}), "/sign-in/") == "en-gb"


def test_the_switch_leads_back_to_the_page_and_never_to_another_site(cast: Cast) -> None:
    client = signed_in(cast.alice)
    assert switch(client, next="/me/channels/?x=1").url == "/me/channels/?x=1"
    assert switch(client, next="https://elsewhere.example/").url == "/"


def test_a_language_that_we_do_not_have_is_refused_and_not_stored(cast: Cast) -> None:
    assert switch(signed_in(cast.alice), "tlh").status_code == 400
    cast.alice.refresh_from_db()
    assert cast.alice.language == ""


def test_a_choice_is_written_down_once(cast: Cast) -> None:
    client = signed_in(cast.alice)
    switch(client)
    switch(client)
    chosen = AuditEntry.objects.get(action="language.chosen")
    assert chosen.actor_id == cast.alice.pk
    assert chosen.data == {"before": "", "after": CHINESE}


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES])
def test_scripts_get_their_words_once_for_all_pages(client: Client, language: str) -> None:
    response = client.get(words_url(language))
    assert b"gettext" in response.content
    assert "immutable" in response["Cache-Control"]
    assert len(words_in(language).source) < 60_000


def test_an_old_address_of_the_words_is_not_kept(client: Client) -> None:
    assert client.get("/words/en-gb/0000/")["Cache-Control"] == "no-cache"
    assert client.get("/words/tlh/0000/").status_code == 404


def test_a_birthday_cannot_be_misread_in_either_language() -> None:
    born = date(1963, 3, 7)
    assert say.day_words(born) == "07-Mar-1963"
    with translation.override(CHINESE):
        assert say.day_words(born) == "1963年3月7日"


def test_left_stays_the_patients_left_in_either_language() -> None:
    assert say.muscle_words("L4 left") == "L4 left"
    with translation.override(CHINESE):
        assert say.muscle_words("L4 left") != say.muscle_words("L4 right")
        assert "L4" in say.muscle_words("L4 left")


@pytest.mark.parametrize(
    ("family", "given", "identifying", "spoken"),
    [
        ("Okonkwo", "Alice", "OKONKWO, Alice", "Alice Okonkwo"),
        ("李", "建国", "李建国", "李建国"),
        ("欧阳", "娜", "欧阳娜", "欧阳娜"),
        ("王 (Wang)", "秀英 (Xiuying)", "王 (WANG), 秀英 (Xiuying)", "秀英 (Xiuying) 王 (Wang)"),
        ("Li", "建国", "LI, 建国", "建国 Li"),
        ("Suharto", "", "SUHARTO", "Suharto"),
    ],
)
def test_the_family_name_is_never_taken_for_the_first_name(
    family: str, given: str, identifying: str, spoken: str
) -> None:
    assert identifying_name(family, given) == identifying
    assert spoken_name(family, given) == spoken
