from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monitoring.alerts.models import Alert
from monitoring.checks.models import Check
from monitoring.demo import play as room
from monitoring.demo.actions import load
from monitoring.due import nudge
from wards.models import Stay

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def demo() -> None:
    """The demo, committed."""
    assert load()


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nobody works for the web process: it assesses by itself, and does not try the broker again meanwhile."""
    monkeypatch.setattr(nudge.broker, "reset_timeout", 3600)
    nudge.broker.open()
    yield
    nudge.broker.close()


def play() -> str:
    out = StringIO()
    call_command("demo", "--play", "--seconds", "0.1", stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("demo", "no_broker")
def test_a_stable_patient_falls_to_grade_1_and_raises_one_alert() -> None:
    known = set(Alert.objects.values_list("pk", flat=True))
    told = play()
    alert = Alert.objects.exclude(pk__in=known).get()
    assert (alert.level, alert.actions, alert.because) == ("critical", ["image_and_explore"], ["fall"])
    assert alert.muscles["L4 left"]["latest"] == 1
    grades = Check.objects.filter(stay=alert.stay, note=room.NOTE).order_by("examined_at")
    assert list(grades.values_list("l4_left", flat=True)) == [5, 4, 3, 1]
    for said in (f"Bed {alert.stay.bed}", "grade 4: watch", "grade 3: concern", "grade 1: critical", "/inbox/"):
        assert said in told


@pytest.mark.usefixtures("demo", "no_broker")
@pytest.mark.thorough
def test_it_plays_on_another_patient_each_time_and_over_again_when_nobody_is_stable() -> None:
    stable = 0
    while room._stable_stay() is not None:
        play()
        stable += 1
    assert stable >= 5
    known = set(Alert.objects.values_list("pk", flat=True))
    told = play()
    assert "full strength again" in told
    alert = Alert.objects.exclude(pk__in=known).get()
    assert (alert.level, alert.because) == ("critical", ["fall"])
    assert Alert.objects.filter(stay=alert.stay, outcome=Alert.Outcome.OTHER, outcome_text=room.OVER).count() == 1


@pytest.mark.usefixtures("demo")
def test_it_says_so_when_nobody_assesses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(nudge, "_send_or_run", lambda *_: None)
    with pytest.raises(CommandError, match="is `make run` running"):
        play()


@pytest.mark.usefixtures("demo", "no_broker")
def test_it_says_so_when_there_is_nobody_to_play_on() -> None:
    Stay.objects.filter(discharged_at=None).update(discharged_at="2100-01-01T00:00Z", departure=Stay.Departure.HOME)
    with pytest.raises(CommandError, match="No watched, stable patient"):
        play()
