"""The connection: every statement that writes says first which request it is for, in the same round trip.

The triggers that keep the history of rows (`audit.triggers`) read it as the setting `spinewatch.request`. It holds for
raw SQL too, because it is done where Django hands a statement to the driver, and it ends with the transaction, because
it is set for that alone: a connection that goes on to the next request carries nothing over.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db.backends.postgresql import base
from psycopg2.sql import SQL, Composable

from monitoring.audit.context import current_origin

VERBS = "INSERT|UPDATE|DELETE|MERGE"
WRITES = re.compile(rf"\s*(?:{VERBS}|WITH\b.*\b(?:{VERBS}))\b", re.IGNORECASE | re.DOTALL)


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute_wrappers.append(name_the_request)


def name_the_request(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Before every write and not once a transaction: a rolled back savepoint takes the setting back with it.

    The driver sends both as one text and gives the answer to the last, so this costs no journey. A statement with many
    sets of parameters sends it with each.
    """
    request_id = current_origin().request_id
    text = sql.as_string(context["cursor"].cursor) if isinstance(sql, Composable) else sql
    if not request_id.isalnum() or not WRITES.match(text):
        return execute(sql, params, many, context)
    first = f"SELECT set_config('spinewatch.request', '{request_id}', true); "
    return execute(SQL(first) + sql if isinstance(sql, Composable) else first + sql, params, many, context)
