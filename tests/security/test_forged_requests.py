"""What others send in somebody's name, or have them send: a form of another site, a session of their own choosing, a
way on to another site, another name of this host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from monitoring.escalation.links import link_for
from monitoring.escalation.models import Delivery
from tests.cast import PASSWORD
from tests.security.answers import ROWS, Ward, hushed, is_html, text_of
from tests.security.forms import forms_on
from tests.security.pages import is_ours
from tests.security.scene import Scene
from tests.security.test_crawl import written
from tests.security.visitors import Visitor

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response

EVIL = "evil.example"
ELSEWHERE = (
    f"https://{EVIL}/",
    f"//{EVIL}/",
    f"///{EVIL}",
    f"/\\{EVIL}",
    f"\\\\{EVIL}",
    f"https:{EVIL}",
    f"http:///{EVIL}",
    f" //{EVIL}",
    f"/\t/{EVIL}",
    f"https://testserver@{EVIL}/",
    f"https://testserver.{EVIL}/",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
)
WAYS = ("next", "back", "return", "url", "redirect", "way", "way_back", "alert", "to", "continue")


@pytest.fixture(autouse=True)
def _hush() -> Iterator[None]:
    with hushed():
        yield


# --- Cross-site request forgery --------------------------------------------------------------------------------------


def test_no_form_is_taken_without_the_token_of_its_page(scene: Scene) -> None:
    """Every address that takes a POST, as somebody who may send it there."""
    before, ward, tried = written(), Ward(scene, checks_csrf=True), 0
    for row, visitor, url in ward.may("post"):
        response = visitor.ask("post", url, {"csrfmiddlewaretoken": "made up"})
        assert response.status_code == 403, row.route
        assert "too old" in text_of(response), row.route
        tried += 1
    assert tried == len([row for row in ROWS if ward.who(row, "post") is not None]) > 80
    assert written() == before


def test_nor_with_the_token_from_another_site(scene: Scene) -> None:
    """Over https the browser says where a form comes from."""
    nurse = Visitor(scene.own.people["N"], checks_csrf=True)
    page = nurse.ask("get", scene.own.url("away"), secure=True)
    (form,) = [form for form in forms_on(text_of(page), scene.own.url("away")) if "place" in form.fields][:1]
    cookies = nurse.client.cookies
    for headers in ({"origin": f"https://{EVIL}"}, {"referer": f"https://{EVIL}/"}, {}):
        client = Client(enforce_csrf_checks=True)
        client.cookies = cookies
        response = client.post(form.action, form.filled("theatre"), secure=True, headers=headers)
        assert response.status_code == 403


@pytest.mark.thorough
def test_looking_changes_nothing(scene: Scene) -> None:
    """What a mere link or picture elsewhere can ask for. Calls are marked as seen, and a link in a message as read."""
    before = written()
    for route, _url, response in Ward(scene).pages():
        assert response.status_code < 500 or route == "health"
    assert written() == before


# --- Session fixation ------------------------------------------------------------------------------------------------


def sign_in(client: Client, scene: Scene, **more: str) -> Response:
    account = {"username": scene.own.people["C"].username, "password": PASSWORD}
    return client.post(reverse("sign-in"), account | more)


def is_signed_in(cookies: dict[str, str]) -> bool:
    client = Client()
    for name, value in cookies.items():
        client.cookies[name] = value
    return client.get(reverse("wards")).status_code == 200


@pytest.mark.parametrize("planted", ["0" * 32, "made-up", "abcdefghijklmnopqrstuvwxyz012345"])
def test_a_session_that_was_planted_is_not_the_one_of_whoever_signs_in(scene: Scene, planted: str) -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    sign_in(client, scene)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert is_signed_in({settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value})
    assert not is_signed_in({settings.SESSION_COOKIE_NAME: planted})


def test_a_session_that_the_attacker_began_himself_is_not_either(scene: Scene) -> None:
    attacker, victim = Client(), Client()
    session = attacker.session
    session["mine"] = "attacker"
    session.save()
    key = session.session_key
    victim.cookies[settings.SESSION_COOKIE_NAME] = str(key)
    sign_in(victim, scene)
    assert victim.cookies[settings.SESSION_COOKIE_NAME].value != key
    assert is_signed_in({settings.SESSION_COOKIE_NAME: victim.cookies[settings.SESSION_COOKIE_NAME].value})
    assert not is_signed_in({settings.SESSION_COOKIE_NAME: str(key)})


def test_who_signs_in_over_somebody_elses_session_keeps_nothing_of_it(scene: Scene) -> None:
    client = Client()
    client.force_login(scene.own.people["S"])
    session = client.session
    session["kept"] = "the surgeon's"
    session.save()
    before = session.session_key
    sign_in(client, scene)
    assert client.session.session_key != before
    assert "kept" not in client.session
    assert client.session["_auth_user_id"] == str(scene.own.people["C"].pk)


def test_signing_out_ends_the_session_itself(scene: Scene) -> None:
    client = Client()
    sign_in(client, scene)
    kept = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    assert is_signed_in(kept)
    client.post(reverse("sign-out"))
    assert not is_signed_in(kept)


# --- Open redirects --------------------------------------------------------------------------------------------------


def leads_away(response: Response) -> list[str]:
    """Where an answer would take a browser to, if that is not here."""
    here = "http://testserver/x/"
    ways = [response.headers.get(name, "") for name in ("Location", "HX-Redirect", "HX-Location", "Refresh")]
    if str(response.get("Content-Type", "")).startswith("application/json"):
        said = response.json()
        ways += [str(said[name]) for name in ("next", "url") if isinstance(said, dict) and name in said]
    if is_html(response):
        ways += [
            field.value
            for form in forms_on(text_of(response), "/")
            for field in form.fields.values()
            if field.name in WAYS
        ]
    found = [way for way in ways if way and EVIL in urlsplit(urljoin(here, way.replace("\\", "/").strip())).netloc]
    return found + [way for way in ways if way and not is_ours(way) and urlsplit(way).netloc != "testserver"]


@pytest.mark.thorough
def test_no_parameter_leads_to_another_site(scene: Scene) -> None:
    """Every address, every name that such a parameter ever has, by GET and by POST; by header too."""
    found, ward = [], Ward(scene)
    for method in ("get", "post"):
        for number, (row, visitor, url) in enumerate(ward.may(method)):
            evil = ELSEWHERE[number % 3]
            headers = {"referer": f"https://{EVIL}/", "hx-current-url": f"https://{EVIL}/"}
            response = visitor.tries(method, url, dict.fromkeys(WAYS, evil), headers=headers)
            found += [f"{method} {row.route}: {way}" for way in leads_away(response)]
    assert found == []


@pytest.mark.parametrize("evil", ELSEWHERE)
def test_nor_does_any_spelling_where_there_is_such_a_parameter(scene: Scene, evil: str) -> None:
    nurse, stranger = Visitor(scene.own.people["N"]), Visitor()
    account = {"username": scene.own.people["C"].username, "password": PASSWORD}
    answers = [
        stranger.tries("post", reverse("sign-in"), account | {"next": evil}),
        stranger.tries("post", f"{reverse('sign-in')}?next={evil}", account),
        stranger.tries("get", reverse("sign-in"), {"next": evil}),
        nurse.tries("get", reverse("locked"), {"next": evil}),
        nurse.tries("post", reverse("locked"), {"next": evil}),
        nurse.tries("post", reverse("lock"), {"next": evil}),
        nurse.tries("post", reverse("language"), {"next": evil, "language": "en-gb"}),
        nurse.tries("get", reverse("confirm"), {"next": evil}),
        nurse.tries("post", reverse("confirm"), {"next": evil, "password": PASSWORD}),
    ]
    assert [leads_away(answer) for answer in answers] == [[]] * len(answers)
    assert answers[0].status_code == 302


# --- The host header -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host", [EVIL, f"testserver.{EVIL}", f"testserver@{EVIL}", "testserver:80@evil", f"{EVIL}:80", ""]
)
def test_another_name_of_this_host_is_refused_on_every_address(scene: Scene, host: str) -> None:
    nurse = Visitor(scene.own.people["N"])
    for route in ("sign-in", "wards", "board", "stay", "kit", "language", "health"):
        assert nurse.tries("get", scene.own.url(route), headers={"host": host}).status_code in {400, 405}, route


@pytest.mark.thorough
def test_what_a_proxy_is_said_to_have_forwarded_is_not_believed(scene: Scene) -> None:
    headers = {
        "x-forwarded-host": EVIL,
        "forwarded": f"host={EVIL}",
        "x-forwarded-server": EVIL,
        "x-original-url": "/audit/",
    }
    for row, visitor, url in Ward(scene).may("get"):
        response = visitor.tries("get", url, headers=headers)
        assert EVIL not in text_of(response) + str(response.headers), row.route
        assert response.status_code != 403 or row.route == "metrics", row.route


def test_links_in_messages_are_made_of_the_setting(scene: Scene) -> None:
    delivery = Delivery.objects.latest("pk")
    assert link_for(delivery).startswith(settings.BASE_URL + "/m/")
