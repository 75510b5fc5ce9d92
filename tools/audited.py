"""Web and worker with a switch on the audit log, for `tools.audit_cost` alone: nothing else starts them.

uvicorn tools.audited:application
celery -A tools.audited worker
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitoring.asgi import application
from monitoring.audit.models import AuditEntry
from monitoring.audit.postgresql import base
from monitoring.celery import app
from tools.audit_switch import PATH, Kept, Switch

__all__ = ["app", "application"]


def unless_off(switch: Switch, write: Callable[..., Any]) -> Callable[..., Any]:
    def may_write(*args: Any, **kwargs: Any) -> Any:
        return None if switch.kept is Kept.NOTHING else write(*args, **kwargs)

    return may_write


def as_it_is(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    return execute(sql, params, many, context)


def install(switch: Switch) -> None:
    """An entry is not made, and not sent; and a statement does not say whose request it is for."""
    name_the_request = base.name_the_request

    def if_rows_are_kept(
        execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        send = name_the_request if switch.kept is Kept.ROWS_TOO else as_it_is
        return send(execute, sql, params, many, context)

    manager: Any = AuditEntry.objects
    manager.create, manager.bulk_create = (unless_off(switch, write) for write in (manager.create, manager.bulk_create))
    base.name_the_request = if_rows_are_kept


install(Switch(Path(os.environ[PATH])))
