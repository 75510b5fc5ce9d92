"""Where a process is held from outside, without a hook in it: inside a transaction, or at the mail server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from tests.survival.house import House
from tests.survival.post import Moment
from tests.survival.story import Story

# Whoever is named on the sign stands still until it is taken away. It sleeps in small bits: a process that sweeps waits
# for no lock longer than half a second.
SET_UP = """
    CREATE TABLE IF NOT EXISTS stop_sign (process text);
    CREATE OR REPLACE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        WHILE EXISTS (SELECT FROM stop_sign WHERE process = current_setting('application_name')) LOOP
            PERFORM pg_sleep(0.02);
        END LOOP;
        RETURN NULL;
    END $$
"""
STANDING = """
    SELECT pid FROM pg_stat_activity
    WHERE application_name = %s AND wait_event = 'PgSleep' AND (query = 'COMMIT') = %s
"""


class Write(Enum):
    """The write that one transaction alone makes, late in it: a table, and which of its updates."""

    CHECK = "due_watch", "NEW.stay_id = {stay} AND NEW.changes <> OLD.changes"
    ALERT = "due_watch", "NEW.stay_id = {stay} AND NEW.assessed_at IS DISTINCT FROM OLD.assessed_at"
    CALLS = "alerts_alert", "NEW.stay_id = {stay} AND NEW.next_step_at IS DISTINCT FROM OLD.next_step_at"
    CLAIM = "escalation_delivery", "NEW.person_id = {sam} AND NEW.state = 'sending' AND OLD.state <> 'sending'"
    MARK = "escalation_delivery", "NEW.person_id = {sam} AND NEW.state = 'accepted' AND OLD.state = 'sending'"
    PULSE = "due_pulse", "NEW.name = 'beat'"


class Hold(Protocol):
    """A place where a process is stopped and seen."""

    def held(self, house: House, story: Story) -> AbstractContextManager[None]:
        """Inside, whoever comes to this place in the patient's story stands still."""

    def is_reached(self, house: House) -> bool:
        """Whether somebody stands there."""


@dataclass(frozen=True)
class InTransaction:
    """A process has made a write and not yet committed. `committing`: PostgreSQL is at its COMMIT, which comes through
    whatever becomes of the process; so that it dies right after the commit, before it does anything else."""

    process: str
    write: Write
    committing: bool = False

    @contextmanager
    def held(self, house: House, story: Story) -> Iterator[None]:
        table, when = self.write.value
        kind, deferred = ("CONSTRAINT TRIGGER", "DEFERRABLE INITIALLY DEFERRED") if self.committing else ("TRIGGER", "")
        condition = when.format(stay=story.stay.pk, sam=house.cast.sam.pk)
        sql = house.stack.sql
        sql(SET_UP)
        sql("INSERT INTO stop_sign VALUES (%s)", [self.process])
        sql(
            f"CREATE {kind} stand_still AFTER UPDATE ON {table} {deferred} FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION stand_still()"
        )
        try:
            yield
        finally:
            sql("DELETE FROM stop_sign")
            sql(f"DROP TRIGGER stand_still ON {table}")

    def is_reached(self, house: House) -> bool:
        return bool(self.standing(house))

    def standing(self, house: House) -> list[int]:
        """The sessions that stand there."""
        return [int(str(pid)) for (pid,) in house.stack.sql(STANDING, [self.process, self.committing])]


@dataclass(frozen=True)
class AtTheMailServer:
    """Sam's message is being handed to the mail server, which stands still."""

    moment: Moment

    @contextmanager
    def held(self, house: House, story: Story) -> Iterator[None]:
        house.office.stand(self.moment, f"{house.cast.sam.username}@example.org")
        try:
            yield
        finally:
            house.office.go_on()

    def is_reached(self, house: House) -> bool:
        return house.office.is_standing
