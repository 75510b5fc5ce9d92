"""The Celery application. Loaded by manage.py, wsgi and asgi, never by `monitoring/__init__`: that would pull
Django in with `monitoring.protocol`."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_prerun
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "monitoring.settings")

app = Celery("spinewatch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Celery's current app is a thread's own: without this line a task sent from any thread but the first goes to an
# unconfigured app, and so to a broker that does not exist.
app.set_default()


@task_prerun.connect
def look_at_the_connection(**_: Any) -> None:
    """As Django does before a request: without it a worker that keeps its connection fails after every restart of
    PostgreSQL, for as many tasks as CELERY_DB_REUSE_MAX."""
    close_old_connections()
