"""Run a command with throw-away servers: `python -m tools.with_servers pytest -n 2`.

The command sees DATABASE_URL and REDIS_URL of a PostgreSQL and a Valkey that are made for it and gone afterwards,
also when it fails or is interrupted. Its exit code is ours.
"""

import os
import signal
import subprocess
import sys
from types import FrameType

from tools.servers import throw_away_servers
from tools.starting import CannotStart


def interrupt(number: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM into an exception, so that `with` blocks clean up."""
    raise SystemExit(128 + number)


def run(command: list[str]) -> int:
    """Run the command between start and stop of the servers. Returns its exit code."""
    with throw_away_servers() as (postgres, valkey):
        own = {
            "DATABASE_URL": postgres.url,
            "DATABASE_OWNER_URL": "",
            "REDIS_URL": valkey.url,
            "SECRET_KEY": "for tests only",
            "SPINEWATCH_EMBEDDED": "1",
            "SECURE": "0",
            "PYTHONDONTWRITEBYTECODE": "",  # hundreds of processes are started: they do not all read the sources anew
        }
        child = subprocess.Popen(command, env=os.environ | own)
        try:
            return child.wait()
        except KeyboardInterrupt:  # the terminal sent it to the command as well: let it finish its own clean-up
            return child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait()


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        sys.exit(run(sys.argv[1:]))
    except CannotStart as problem:
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
