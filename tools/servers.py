"""Both servers, thrown away afterwards: what tests and measurements stand on."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tools.postgres import Postgres
from tools.valkey import Valkey

__all__ = ["Postgres", "Valkey", "throw_away_folder", "throw_away_servers"]


@contextmanager
def throw_away_folder() -> Iterator[Path]:
    """A folder under /tmp that PostgreSQL's user may pass through, removed at the end. Its path is always short."""
    folder = Path(tempfile.mkdtemp(prefix="spinewatch-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def throw_away_servers() -> Iterator[tuple[Postgres, Valkey]]:
    """Both servers, fast and forgetful, for tests and measurements; gone at the end whatever happens."""
    with ExitStack() as stack:
        folder = stack.enter_context(throw_away_folder())
        postgres = Postgres(folder / "postgres", folder / "socket", folder / "postgres.log", durable=False)
        valkey = Valkey(folder / "valkey.log")
        for server in (postgres, valkey):
            stack.callback(server.stop)
            server.start()
        yield postgres, valkey
