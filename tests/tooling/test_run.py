"""`make run`: it starts, it says so, it stops, it comes back; and what stands in its way it names in one line."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.stack import ROOT, wait_for
from tools.children import end_left_over
from tools.servers import throw_away_folder
from tools.starting import free_port

STARTS_WITHIN_SECONDS = 60.0
NOT_HERS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SPINEWATCH_EMBEDDED", "SECURE")


@dataclass
class Runner:
    """`python -m tools.run` with a var/ of its own."""

    var: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def environment(self, **extra: str) -> dict[str, str]:
        bare = {name: value for name, value in os.environ.items() if name not in NOT_HERS}
        return bare | {"VAR_DIR": str(self.var), "PORT": str(self.port)} | extra

    def start(self) -> None:
        """Start it, without a terminal, and wait until it says that it is ready."""
        self.output.write_bytes(b"")
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tools.run"],
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        ended = self.process.poll
        wait_for(lambda: "is ready" in self.said or ended() is not None, STARTS_WITHIN_SECONDS, "it is ready")
        assert "is ready" in self.said, self.said

    def fails_saying(self, **extra: str) -> str:
        """Run it where it cannot run; returns the one line that it must say."""
        command = [sys.executable, "-m", "tools.run"]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(**extra), stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr

    @property
    def output(self) -> Path:
        return self.var / "output"

    @property
    def said(self) -> str:
        return self.output.read_text()

    def ours(self) -> list[psutil.Process]:
        """All living processes that belong to this var/."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                mine = process.environ().get("VAR_DIR") == str(self.var) or str(self.var) in " ".join(process.cmdline())
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def kinds(self) -> set[str]:
        """The words by which its processes are known."""
        return {Path(word).name for process in self.ours() for word in process.cmdline()}

    def stop(self, sig: int) -> None:
        assert self.process is not None
        self.process.send_signal(sig)
        self.process.wait(30)


@pytest.fixture
def runner() -> Iterator[Runner]:
    with throw_away_folder() as var:
        made = Runner(var)
        yield made
        for process in made.ours():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if made.process is not None:
            made.process.wait()


@pytest.mark.thorough
def test_it_serves_stops_and_comes_back_with_its_data(runner: Runner) -> None:
    runner.start()
    assert urllib.request.urlopen(f"http://127.0.0.1:{runner.port}/sign-in/").status == 200
    assert "alice" in runner.said
    assert {"postgres", "valkey-server", "uvicorn", "worker", "beat", "tick"} <= runner.kinds()
    assert "starting it again" not in runner.said
    runner.stop(signal.SIGTERM)
    assert runner.process is not None
    assert runner.process.returncode == 0
    assert runner.ours() == []

    before = time.monotonic()
    runner.start()
    assert time.monotonic() - before < 10
    assert runner.process is not None
    runner.process.kill()  # only the supervisor: the rest is left behind
    runner.process.wait()
    assert runner.ours() != []

    runner.start()
    assert "left behind" in runner.said
    for process in runner.ours():
        with suppress(psutil.NoSuchProcess):
            process.kill()
    runner.process.wait()

    runner.start()
    runner.stop(signal.SIGINT)
    wait_for(lambda: not runner.ours(), 5, "nothing of it is left")


def test_a_taken_port_is_named_with_one_to_take_instead(runner: Runner) -> None:
    with socket.create_server(("127.0.0.1", runner.port)):
        assert f"make run PORT={runner.port + 1}" in runner.fails_saying()


def test_a_port_that_is_no_number_is_refused(runner: Runner) -> None:
    assert "PORT=web is no port number" in runner.fails_saying(PORT="web")


def test_one_server_of_the_two_is_not_enough(runner: Runner) -> None:
    line = runner.fails_saying(DATABASE_URL="postgresql:///x")
    assert "Only DATABASE_URL is set: set both" in line


def test_an_unreachable_database_is_named_without_its_password(runner: Runner) -> None:
    url = f"postgresql://ward:hush@127.0.0.1:{free_port()}/ward"
    line = runner.fails_saying(DATABASE_URL=url, REDIS_URL="redis://127.0.0.1:1/0", SECRET_KEY="k")
    assert "cannot be reached" in line
    assert "hush" not in line


def test_a_stranger_with_a_recorded_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    record = tmp_path / "children.json"
    started = psutil.Process(stranger.pid).create_time()
    record.write_text(f'[{{"pid": {stranger.pid}, "started": {started - 100}}}]')
    assert end_left_over(record) == 0
    assert stranger.poll() is None
    record.write_text(f'[{{"pid": {stranger.pid}, "started": {started}}}]')
    assert end_left_over(record) == 1
    stranger.wait(5)
    assert stranger.stdin is not None
    stranger.stdin.close()
