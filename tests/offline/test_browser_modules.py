"""seal.js and vault.js in a real browser: the server opens what the one seals, the PIN opens what the other keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from monitoring.offline import seal
from tests.offline.modules import open_modules

pytestmark = pytest.mark.browser
KEY = seal.encoded(bytes(range(32)))


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A device of its own: nothing lies on it."""
    context = chromium.new_context()
    yield open_modules(context)
    context.close()


def run(page: Page, script: str, *arguments: object) -> object:
    """Run a script with the vault's names at hand, and the arguments as `given`."""
    return page.evaluate(
        f"""async given => {{ const vault = await import("/vault.js"); const {{ all }} = await import("/store.js");
        {script} }}""",
        list(arguments),
    )


def keep_kit(page: Page) -> None:
    kit = {
        "ward": {"code": "7b", "name": "7B", "zone": "UTC"},
        "phones": {"ward": "1700"},
        "stays": [{"stay": "s", "name": "DOE"}],
    }
    script = 'await vault.take("alice", given[0]); await vault.keepKit(given[1], "e", {asOf: 1, offset: 2, kitAt: 3});'
    run(page, script, KEY, kit)


def test_the_server_opens_what_a_browser_seals(page: Page) -> None:
    content = {"note": "grüße 李", "grades": [0, 5]}
    sealed = page.evaluate(
        """async ([key, content]) => (await import("/seal.js")).seal(key, content)""", [seal.public_key(), content]
    )
    assert json.loads(seal.unseal(sealed)) == content


def test_nothing_of_a_patient_lies_open_on_the_device(page: Page) -> None:
    keep_kit(page)
    lying = run(
        page, 'const kits = await all("kits"); return JSON.stringify(kits) + new TextDecoder().decode(kits[0].box);'
    )
    assert "DOE" not in str(lying)
    assert "1700" in str(lying)  # the phone is wanted on a locked device


def test_the_key_opens_it_in_the_tab(page: Page) -> None:
    keep_kit(page)
    assert run(page, 'return (await vault.openKit("7b")).stays[0].name') == "DOE"


def test_after_a_restart_the_pin_opens_it_and_a_wrong_one_does_not(page: Page) -> None:
    keep_kit(page)
    run(page, 'await vault.keepUnderPin("4711"); sessionStorage.clear();')
    assert run(page, 'return await vault.openKit("7b")') is None
    assert run(page, 'return await vault.openWithPin("4712")') is False
    assert run(page, 'return await vault.openKit("7b")') is None
    assert run(page, 'return await vault.openWithPin("4711")') is True
    assert run(page, 'return (await vault.openKit("7b")).stays[0].name') == "DOE"


def test_five_wrong_pins_and_the_device_forgets(page: Page) -> None:
    keep_kit(page)
    run(page, 'await vault.keepUnderPin("4711"); sessionStorage.clear();')
    for _ in range(5):
        assert run(page, 'return await vault.openWithPin("0000")') is False
    assert run(page, 'return await vault.openWithPin("4711")') is False
    assert run(page, 'return (await all("kits")).length') == 0


def test_without_a_pin_a_restart_closes_it_for_good(page: Page) -> None:
    keep_kit(page)
    run(page, "sessionStorage.clear();")
    assert run(page, "return await vault.hasPin()") is False
    assert run(page, 'return await vault.openKit("7b")') is None


def test_another_person_finds_nothing(page: Page) -> None:
    keep_kit(page)
    run(page, 'await vault.keepUnderPin("4711"); await vault.take("carol", given[0]);', seal.encoded(bytes(32)))
    assert run(page, 'return (await all("kits")).length') == 0
    assert run(page, 'return await vault.openWithPin("4711")') is False


def test_the_queue_stays_when_the_rest_is_forgotten(page: Page) -> None:
    keep_kit(page)
    run(page, 'await (await import("/queue.js")).add({sealed: "x", bed: "1"}); await vault.forget();')
    assert run(page, 'return (await all("queue")).length') == 1
