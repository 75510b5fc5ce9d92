"""A house of real processes whose mail arrives at the test, and its ward.

On 7B nurse Alice is on shift, Sam is surgeon on call and Tess second on call, each with an e-mail address. At critical
the ladder calls Alice and Sam at once, and Tess after eight minutes.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psutil
import psycopg2
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction

from monitoring.escalation.ladder import Key, Rung, Track, Whom, ladder_to_json
from monitoring.escalation.models import LadderVersion
from tests.cast import PASSWORD, Cast, on_duty, person, set_stage
from tests.escalation.conftest import by_email, well_patient
from tests.stack import Stack, wait_for
from tests.survival.post import PostOffice, post_office
from tests.survival.story import MINUTES_TO_THE_LAST, PATIENCE_SECONDS, Outcome, Story
from tools.postgres import Postgres
from tools.servers import Valkey, throw_away_folder
from tools.visitor import Visitor
from wards.models import Bed, Post, Role, Staff, Ward

RUNGS = (
    Rung(Track.NURSING, (Whom.NURSES_ON_SHIFT,), after=0),
    Rung(Track.SURGICAL, (Whom.SURGEON_ON_CALL,), after=0),
    Rung(Track.SURGICAL, (Whom.SECOND_ON_CALL,), after=MINUTES_TO_THE_LAST, repeat=60),
)


def is_alive(process: psutil.Process) -> bool:
    """Whether it can still do anything. Where nobody collects the dead, they stay in the list of processes."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@dataclass
class House:
    """The running processes, the post office, the ward's people, and the stories so far."""

    stack: Stack
    office: PostOffice
    cast: Cast
    tess: Staff
    postgres: Postgres | None = None
    nurse: Visitor = field(init=False)
    stories: list[Story] = field(default_factory=list)
    worn: set[str] = field(default_factory=set)
    """Who is to be replaced before the next test."""

    def __post_init__(self) -> None:
        self.nurse = Visitor(self.stack.url)

    def run(self, *names: str) -> None:
        """Let exactly these run: end the others, start again whoever is missing, as the supervisor would."""
        for name, process in self.stack.processes.items():
            if name not in names and process.poll() is None:
                self.kill(name)
        self.stack.start(*(name for name in names if not self.is_running(name)))

    def begin(self, *names: str) -> None:
        """Let exactly these run, none of them with something left over from the test before."""
        for name in filter(self.is_running, self.worn):
            self.kill(name)
        self.worn.clear()
        self.run(*names)

    def is_running(self, name: str) -> bool:
        return name in self.stack.processes and self.stack.processes[name].poll() is None

    def kill(self, name: str) -> None:
        """SIGKILL, with all that it started; nothing of it is left when this returns."""
        leader = psutil.Process(self.stack.processes[name].pid)
        family = [leader, *leader.children(recursive=True)]
        self.stack.kill(name)
        self.stack.processes[name].wait()
        wait_for(lambda: not any(map(is_alive, family)), PATIENCE_SECONDS, f"{name} is gone")

    def kill_valkey(self) -> None:
        """SIGKILL; it comes back on the same port, empty."""
        assert self.stack.valkey.process is not None
        self.stack.valkey.process.kill()
        self.stack.valkey.process.wait()
        self.stack.start_valkey()

    def kill_postgres(self) -> None:
        """SIGKILL to the postmaster, and a start as `make run` does it."""
        assert self.postgres is not None
        assert self.postgres.process is not None
        self.postgres.process.kill()
        self.postgres.process.wait()
        self.postgres.start()

    def kill_a_session_of_postgres(self, pid: int) -> None:
        """SIGKILL to one session: PostgreSQL ends all others too, recovers, and goes on."""
        os.kill(pid, signal.SIGKILL)
        wait_for(self.postgres_answers, PATIENCE_SECONDS, "PostgreSQL has recovered")

    def postgres_answers(self) -> bool:
        try:
            return bool(self.stack.sql("SELECT 1"))
        except psycopg2.OperationalError:
            return False

    def courier(self) -> psutil.Process:
        """The process of the attempt that is being made."""
        senders = psutil.Process(self.stack.pids["slow"]).children(recursive=True)
        (courier,) = [process for process in senders if "monitoring.escalation.channels" in process.cmdline()]
        return courier

    def end_leases(self) -> int:
        """Let time pass for the messages whose sender is dead, until their leases end; how many those were."""
        leased = "state = 'sending' AND next_attempt_at > clock_timestamp() AND person_id > 0"
        ended = f"UPDATE escalation_delivery SET next_attempt_at = clock_timestamp() WHERE {leased} RETURNING id"
        return len(self.stack.sql(ended))

    def stories_that_went_on(self) -> list[tuple[Outcome, Outcome]]:
        """Of the stories that are over: how they had ended, and how they stand now, where that is not the same."""
        known = [(story.ended, story.outcome()) for story in self.stories if story.ended is not None]
        return [(ended, stands) for ended, stands in known if ended != stands]

    def strays(self) -> set[str]:
        """Mails that belong to no message: sent, and then not written down."""
        known = {row[0] for row in self.stack.sql("SELECT public_id::text FROM escalation_delivery")}
        return {str(message) for _, message in self.office.arrived()} - known

    def new_story(self) -> Story:
        """Somebody more in a bed of 7B who is well; the nurse has filled in the form that says otherwise.

        All at once: half of this history, seen by who sweeps just then, is a check that is overdue.
        """
        with self.stack.models(), transaction.atomic():
            bed = Bed.objects.create(ward=self.cast.ward_7b, label=f"S-{len(self.stories)}")
            stay = well_patient(self.cast, bed).stay
        if not self.nurse.cookies:
            self.nurse.sign_in("alice", PASSWORD)
        story = Story(self.stack, self.office, self.nurse, stay, self.nurse.check_said(stay.public_id, l4_left="1"))
        self.stories.append(story)
        return story


def furnished(stack: Stack, office: PostOffice, postgres: Postgres | None = None) -> House:
    """Put ward, people, rota and ladder into a stack's empty database, and the post office into its environment."""
    stack.environment["EMAIL_URL"] = f"smtp://127.0.0.1:{office.port}"
    with stack.models():
        cast = set_stage()
        cast.alice.password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)  # as the web's own
        cast.alice.save(update_fields=["password"])
        tess = person("Tess", "Thorn", (cast.ward_7b, Role.SURGEON))
        for post, staff in ((Post.NURSE, cast.alice), (Post.SURGEON_ON_CALL, cast.sam), (Post.SECOND_ON_CALL, tess)):
            by_email(staff)
            on_duty(cast, post, staff)
        LadderVersion.objects.create(
            ward=cast.ward_7b, key=Key.CRITICAL, number=1, rungs=ladder_to_json(RUNGS), recorded_by=cast.carol
        )
        Ward.objects.update(retarget_at=None)
    return House(stack, office, cast, tess, postgres)


@contextmanager
def house_of_its_own(unblock: Callable[[], AbstractContextManager[Any]]) -> Iterator[House]:
    """On servers that nobody else uses, so that they can be killed. PostgreSQL keeps its promises here: what it has
    committed is there after a SIGKILL. `unblock` lifts pytest-django's guard."""
    with ExitStack() as stack:
        folder, office = stack.enter_context(throw_away_folder()), stack.enter_context(post_office())
        postgres = Postgres(folder / "postgres", folder / "socket", folder / "postgres.log")
        valkey = Valkey(folder / "valkey.log")
        for server in (postgres, valkey):
            stack.callback(server.stop)
            server.start()
        own = {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "VAR_DIR": str(folder),
            "SECRET_KEY": "for tests only",
            "SPINEWATCH_EMBEDDED": "1",
            "SECURE": "0",
        }
        running = Stack(folder, postgres.url, valkey, os.environ | own, unblock)
        stack.callback(running.close)
        for command in (["migrate"], ["collectstatic", "--noinput"]):
            running.manage(*command, "-v0")
        yield furnished(running, office, postgres)
