"""The processes that send, as they run in a hospital: the worker that is told, the loop that needs no broker, and one
that is frozen while it sends."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from monitoring.due.clock import now
from monitoring.escalation.models import Contact, Delivery
from tests.cast import set_stage
from tests.escalation.delivery.providers import MailServer, Receiver
from tests.escalation.delivery.test_channels import SECRET
from tests.stack import Stack, wait_for

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 20.0  # seconds: a worker has to start first
WHOLE = "SELECT state, attempts, accepted_at, error FROM escalation_delivery WHERE purpose = 'test'"
Stacks = Callable[..., Stack]


def write_message(stack: Stack, channel: str, address: str) -> str:
    """A message that is due, on the stack's database; its public id."""
    with stack.models():
        sam = set_stage().sam
        contact = Contact.objects.create(staff=sam, channel=channel, address=address)
        row = Delivery.objects.create(
            purpose="test", person=sam, contact=contact, channel=channel, next_attempt_at=now()
        )
        return str(row.public_id)


def state(stack: Stack) -> tuple[str, int]:
    (found,) = stack.sql("SELECT state, attempts FROM escalation_delivery WHERE purpose = 'test'")
    return found


@pytest.mark.parametrize(
    "names",
    [pytest.param(("slow", "beat"), marks=pytest.mark.soak), ("sweep",)],
    ids=["by the worker", "by the loop, without a broker"],
)
@pytest.mark.thorough
def test_a_message_goes_out(stack: Stacks, mails: MailServer, names: tuple[str, ...]) -> None:
    running = stack()
    running.environment |= {"EMAIL_URL": f"smtp://127.0.0.1:{mails.port}"}
    public_id = write_message(running, "email", "sam@hospital.example")
    if "beat" not in names:
        running.stop_valkey()
    running.start(*names)
    wait_for(lambda: mails.mails, SOON, f"an e-mail; {running.log(names[0])}")
    assert public_id in mails.mails[0]["Message-ID"]
    wait_for(lambda: state(running) == ("accepted", 1), SOON, "the row says so")


@pytest.mark.soak  # tests/survival/test_senders.py does the same with a shorter lease
def test_a_sender_frozen_beyond_its_lease_overwrites_nothing(stack: Stacks, receiver: Receiver) -> None:
    """The loop freezes while it sends. Another sends again, with the same id; then the first one wakes up."""
    running = stack()
    hook = {"url": receiver.url, "secret": SECRET}
    running.environment |= {"WEBHOOKS": json.dumps({"pager": hook}), "SEND_SECONDS": "3"}
    public_id = write_message(running, "webhook", "pager")
    receiver.delay = 2.0
    running.start("sweep")
    with ExitStack() as thaw:
        wait_for(lambda: receiver.requests, SOON, f"a first attempt; {running.log('sweep')}")
        running.kill("sweep", signal.SIGSTOP)
        thaw.callback(running.kill, "sweep", signal.SIGCONT)
        receiver.delay, receiver.status = 0.0, 200
        running.start("slow", "beat")
        wait_for(lambda: state(running) == ("accepted", 2), SOON + 15, f"a second attempt; {running.log('slow')}")
    before = running.sql(WHOLE)
    wait_for(lambda: "came too late" in running.log("sweep"), SOON, f"the first wakes up; {running.log('sweep')}")
    assert running.sql(WHOLE) == before
    assert {headers["webhook-id"] for _, headers, _ in receiver.requests} == {public_id}
    assert len(receiver.requests) == 2
