"""Upper rooms can refuse a discharge."""

import pytest
from django.core.exceptions import ValidationError

from tests.cast import Cast, admit_patient, ago, allocate
from wards import actions, leaving
from wards.models import Stay
from wards.rota_queries import patients_nurse


@pytest.fixture(autouse=True)
def _own_guards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "_guards", [])


def test_a_guard_refuses_and_nothing_is_written(cast: Cast) -> None:
    asked = []

    def refuse(stay: Stay, departure: str) -> None:
        asked.append((stay, departure))
        raise ValidationError("Not yet.")

    leaving.register(refuse)
    leaving.register(refuse)
    stay = admit_patient(cast)
    allocate(cast, stay, cast.alice)
    with pytest.raises(ValidationError, match="Not yet"):
        actions.discharge(stay, by=cast.alice, at=None, departure="home")
    assert asked == [(stay, "home")]
    assert Stay.objects.get(pk=stay.pk).is_open
    assert patients_nurse(stay.pk, ago(minutes=-1)) == cast.alice


def test_every_guard_is_asked_and_the_same_discharge_again_asks_nobody(cast: Cast) -> None:
    asked: list[str] = []
    leaving.register(lambda stay, departure: asked.append("one"))
    leaving.register(lambda stay, departure: asked.append("two"))
    stay = admit_patient(cast)
    for _ in range(2):
        actions.discharge(stay, by=cast.alice, at=None, departure="home")
    assert asked == ["one", "two"]
