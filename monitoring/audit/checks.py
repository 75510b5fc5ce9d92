"""`manage.py check --deploy --database default`: is the audit log safe from whoever the application is connected as?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core import checks
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connection

from monitoring.audit.roles import powers


@checks.register(checks.Tags.database, deploy=True)
def the_log_is_out_of_reach(databases: Sequence[str] | None = None, **_: Any) -> Iterator[checks.CheckMessage]:
    """W021: triggers keep the log from everybody but the owner of its tables and superusers, who can take them off."""
    if DEFAULT_DB_ALIAS not in (databases or ()) or connection.vendor != "postgresql":
        return
    try:
        found = powers()
    except ProgrammingError:  # not migrated yet: there is no log
        return
    if found:
        words = f"The role of DATABASE_URL could change the audit log unseen: it {', '.join(found)}."
        hint = "A role of its own for the application, DATABASE_OWNER_URL for `migrate`: docs/settings.md, “Two roles”"
        yield checks.Warning(words, hint=hint, id="spinewatch.W021")
