"""The Celery application. Loaded by manage.py, wsgi and asgi, never by `monitoring/__init__`: that would pull
Django in with `monitoring.protocol`."""

import os
from typing import Any

from celery import Celery, Task
from celery.app.amqp import AMQP
from celery.signals import setup_logging, task_prerun, worker_process_shutdown
from django.db import close_old_connections
from kombu import Connection

from monitoring.audit.context import CAUSE, Origin, coming_from
from monitoring.due.pool import slow_pool

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")


class ForgetfulConnection(Connection):
    """A connection that, once given up, forgets its channel.

    Celery gives a lost connection up and then closes it as well; kombu then tries to put the tasks in hand back by a
    connection that it has just forgotten, and the whole worker ends with an AttributeError (measured: Valkey killed
    while a task runs). What it could not put back comes again after the visibility time-out; the sweep is there before.
    """

    def collect(self, socket_timeout: float | None = None) -> None:
        super().collect(socket_timeout=socket_timeout)
        self._default_channel = None


class ForgetfulBroker(AMQP):
    Connection = ForgetfulConnection


class CausedTask(Task):  # type: ignore[type-arg]  # at run time it takes none
    """A task that knows which request it goes back to (`due.nudge`), for the audit log."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        sent_with = self.request.headers or {}  # a worker spreads what came with the message over the request itself
        with coming_from(Origin(cause=str(sent_with.get(CAUSE) or self.request.get(CAUSE) or ""))):
            return super().__call__(*args, **kwargs)


class PatientReader(Celery):
    """Celery, with half a second for whoever sends a task and no limit for the worker that takes one.

    A worker whose acknowledgement times out logs "Couldn't ack" and never gives that task's place free again: after
    as many as it has places it hears nothing more (measured: Valkey frozen for 3 s, two tasks in hand, deaf for ever).
    A peer that is really gone is noticed by TCP keep-alive.
    """

    task_cls = "monitoring.celery:CausedTask"
    amqp_cls = ForgetfulBroker  # type: ignore[assignment]  # a class does as well as its name

    def connection_for_read(self, url: str | None = None, **options: Any) -> Any:
        """The worker's connection to the broker."""
        patient = {"socket_timeout": None, "socket_keepalive": True}
        return super().connection_for_read(url, **options | {"transport_options": patient})


app = PatientReader("spinewatch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery's current app is a thread's own: without this line a task sent from any thread but the first goes to an
# unconfigured app, and so to a broker that does not exist.
app.set_default()


@setup_logging.connect
def leave_the_logs_alone(**_: Any) -> None:
    """Celery's own set-up would write the text of an error, and with it a patient's row (monitoring/logs.py)."""


@task_prerun.connect
def look_at_the_connection(**_: Any) -> None:
    """As Django does before a request: without it a worker that keeps its connection fails after every restart of
    PostgreSQL, for as many tasks as CELERY_DB_REUSE_MAX."""
    close_old_connections()


@worker_process_shutdown.connect
def finish_what_is_in_hand(**_: Any) -> None:
    """A worker that is told to end lets its threads finish what they are sending."""
    slow_pool.end(seconds=15)
