"""A ward of real processes with one watched patient, and its nurse at a form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from pytest_django import DjangoDbBlocker

from tests.alerts.conftest import watched_patient
from tests.cast import PASSWORD, set_stage
from tests.stack import Stack, wait_for
from tests.survival.house import House, house_of_its_own
from tools.visitor import Visitor

FORM_SECONDS = 2.0
ALERT_SECONDS = 5.0


@dataclass
class RealWard:
    stack: Stack
    stay: str
    """The public id of the patient's stay."""
    stay_id: int
    nurse: Visitor

    def alerts(self) -> list[tuple[str, int]]:
        """Level and number of timeline events of the stay's deficit alerts."""
        return self.stack.sql(
            "SELECT level, (SELECT count(*) FROM alerts_alertevent e WHERE e.alert_id = a.id AND e.kind = 'opened') "
            "FROM alerts_alert a WHERE stay_id = %s AND kind = 'deficit'",
            [self.stay_id],
        )

    def alert_is_there_once(self, seconds: float = ALERT_SECONDS) -> None:
        """Within the time, and still only once when the sweeps have come by again."""
        wait_for(self.alerts, seconds, f"an alert; the web's log: {self.stack.log('web')}")
        wait_for(lambda: self.watch()[0] is None, seconds, "the assessment is done")
        assert self.alerts() == [("critical", 1)]

    def watch(self) -> tuple[object, int]:
        """What changed and is not assessed yet, and how often assessing failed."""
        ((changed_since, failures),) = self.stack.sql(
            "SELECT changed_since, failures FROM due_watch WHERE stay_id = %s", [self.stay_id]
        )
        return changed_since, failures


@pytest.fixture
def real_ward(stack: Callable[..., Stack], transactional_db: None) -> Callable[..., RealWard]:
    """`real_ward("web", "worker", …)`: those processes, and a patient who was normal five hours ago."""

    def start(*names: str) -> RealWard:
        running = stack(*names)
        with running.models():
            cast = set_stage()
            cast.alice.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)  # as the web's own
            cast.alice.save(update_fields=["password"])
            stay = watched_patient(cast).stay
        nurse = Visitor(running.url)
        nurse.sign_in("alice", PASSWORD)
        return RealWard(running, str(stay.public_id), stay.pk, nurse)

    return start


@pytest.fixture(scope="module")
def house(django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """One for a file's tests, each with a patient of its own: what a crash leaves behind must not harm the next."""
    with house_of_its_own(django_db_blocker.unblock) as made:
        yield made
