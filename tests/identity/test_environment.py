"""What the environment says about signing in: what is meant, and what stops the start."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from monitoring.identity import environment
from wards.models import Role

PROVIDER = {
    "issuer": "https://id.hospital.example/",
    "client_id": "spinewatch",
    "client_secret": "hush",
    "role_claim": "groups",
    "roles": "spine-nurse=7b:nurse",
    "match": "username",
    "overrules_hand": False,
    "asks_second_factor": False,
}


def provider(**changes: object) -> environment.Provider | None:
    return environment.provider(**(PROVIDER | changes))  # type: ignore[arg-type]


def test_the_roles_are_those_of_the_wards() -> None:
    assert set(Role.values) == environment.ROLES


def test_a_value_stands_for_all_its_places() -> None:
    found = environment.mapping("a=7b:nurse, a=8c:charge_nurse,b=7b:surgeon")
    assert found == {"a": {("7b", "nurse"), ("8c", "charge_nurse")}, "b": {("7b", "surgeon")}}


def test_names_of_a_directory_have_commas_and_are_separated_by_semicolons() -> None:
    assert environment.mapping("CN=nurse,OU=spine=7b:nurse;CN=doc,OU=spine=7b:surgeon") == {
        "CN=nurse,OU=spine": {("7b", "nurse")},
        "CN=doc,OU=spine": {("7b", "surgeon")},
    }


@pytest.mark.parametrize("text", ["nurse", "=7b:nurse", "a=7b", "a=7b:pilot", "a=:nurse"])
def test_a_mapping_that_makes_no_sense_stops_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        environment.mapping(text)


@pytest.mark.parametrize(
    "changes",
    [{"issuer": "http://id.hospital.example"}, {"issuer": "id"}, {"client_id": ""}, {"match": "name"}],
    ids=str,
)
def test_a_provider_that_makes_no_sense_stops_the_start(changes: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured) as stopped:
        provider(**changes)
    assert "hush" not in str(stopped.value)


def test_without_an_issuer_there_is_no_provider() -> None:
    assert provider(issuer="") is None
    found = provider()
    assert found is not None
    assert found.issuer == "https://id.hospital.example"


@pytest.mark.parametrize("hours", ["0", "-1", "25", "nan", "many", ""])
def test_hours_that_make_no_sense_stop_the_start(hours: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        environment.session_length(hours)


def test_hours_zone_and_roles_are_read() -> None:
    assert environment.session_length("7.5") == timedelta(hours=7.5)
    assert environment.zone("Asia/Shanghai").key == "Asia/Shanghai"
    assert environment.second_factor_roles(["surgeon"]) == {"surgeon"}
    assert environment.second_factor_roles([]) == frozenset()
    with pytest.raises(ImproperlyConfigured):
        environment.zone("Nowhere/At-all")
    with pytest.raises(ImproperlyConfigured):
        environment.second_factor_roles(["pilot"])
