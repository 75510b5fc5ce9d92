"""Child processes that are watched: restarted when they die, remembered on disk, ended together.

What a killed supervisor left behind is found by the recorded process id *and* start time, so that no process of
somebody else is ever touched because it happens to have an old number.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tools.starting import CannotStart, tell_all

LONGEST_PAUSE_SECONDS = 30.0
CALM_SECONDS = 60.0
PATIENCE_SECONDS = 8.0
SAME_START_SECONDS = 2.0


@dataclass
class Child:
    """One process: how to start it, and how its restarts have gone. `start` gives the running process."""

    name: str
    launch: Callable[[], subprocess.Popen[bytes]]
    stop_signal: int = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    failures: int = 0
    started_at: float = 0.0
    next_start_at: float = 0.0

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        """Raises CannotStart, or OSError when there is nothing to execute."""
        self.process = self.launch()
        self.started_at = time.monotonic()

    def plan_restart(self) -> float:
        """Note a death; returns the seconds until the next start: 1, 2, 4 … 30, from 1 again after a calm minute."""
        if time.monotonic() - self.started_at > CALM_SECONDS:
            self.failures = 0
        pause = min(2.0**self.failures, LONGEST_PAUSE_SECONDS)
        self.failures += 1
        self.next_start_at = time.monotonic() + pause
        return pause


@dataclass
class Family:
    """The children of one `make run`, in the order in which they were started."""

    record: Path
    children: list[Child] = field(default_factory=list)

    def start(self, child: Child) -> None:
        """Start a child and remember it on disk."""
        child.start()
        self.children.append(child)
        self.remember()

    def remember(self) -> None:
        """Write down who runs, for a later run that must end what this one could not."""
        known = [
            describe(child.process.pid) for child in self.children if child.process is not None and child.is_running
        ]
        draft = self.record.with_suffix(".new")
        draft.write_text(json.dumps([entry for entry in known if entry is not None]))
        draft.replace(self.record)

    def tend(self, say: Callable[[str], None]) -> None:
        """Restart whoever has died, after a pause that doubles; says so each time."""
        for child in self.children:
            if child.is_running:
                continue
            if child.process is not None:
                code, child.process = child.process.returncode, None
                pause = child.plan_restart()
                say(f"{child.name} ended ({exit_words(code)}); starting it again in {pause:.0f} s.")
            elif time.monotonic() >= child.next_start_at:
                try:
                    child.start()
                except (CannotStart, OSError) as problem:
                    say(f"{child.name}: {problem} Next try in {child.plan_restart():.0f} s.")
                else:
                    self.remember()

    def stop(self, *, last: Iterable[str] = ()) -> None:
        """End all children: first those that are not named in `last`, together; then these, the newest first."""
        names_last = set(last)
        end_groups([child for child in self.children if child.name not in names_last])
        for child in reversed(self.children):
            if child.name in names_last:
                end_groups([child])
        self.record.unlink(missing_ok=True)


def exit_words(code: int) -> str:
    """An exit code in words: "exit 1", "signal 9"."""
    return f"signal {-code}" if code < 0 else f"exit {code}"


def end_groups(children: Iterable[Child]) -> None:
    """Ask each child to stop, wait for all of them, and kill the process groups of those that do not."""
    running = [(child, child.process) for child in children if child.process is not None and child.is_running]
    for child, process in running:
        process.send_signal(child.stop_signal)
        process.send_signal(signal.SIGCONT)  # a frozen process takes no other signal
    deadline = time.monotonic() + PATIENCE_SECONDS
    for _, process in running:
        try:
            process.wait(max(0.05, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            tell_all(process.pid, signal.SIGKILL)
            process.wait()


def describe(pid: int) -> dict[str, float] | None:
    """What tells this process from any later one with its number; None if it is gone."""
    try:
        return {"pid": pid, "started": psutil.Process(pid).create_time()}
    except psutil.NoSuchProcess:
        return None


def end_left_over(record: Path) -> int:
    """End what an earlier run recorded and could not end itself. Returns how many processes that were."""
    try:
        entries = json.loads(record.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return 0
    found = [process for entry in entries if (process := same_process(int(entry["pid"]), float(entry["started"])))]
    for process in found:
        tell_all(process.pid, signal.SIGINT)  # of all polite signals the one that PostgreSQL takes for "at once"
        tell_all(process.pid, signal.SIGCONT)
    _, stubborn = psutil.wait_procs(found, timeout=PATIENCE_SECONDS)
    for process in stubborn:
        tell_all(process.pid, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=PATIENCE_SECONDS)
    record.unlink(missing_ok=True)
    return len(found)


def same_process(pid: int, started: float) -> psutil.Process | None:
    """The process with this number, if it is still the one that was recorded and leads its own group."""
    try:
        process = psutil.Process(pid)
        same = abs(process.create_time() - started) < SAME_START_SECONDS and os.getpgid(pid) == pid
        gone = process.status() == psutil.STATUS_ZOMBIE  # ended, only not yet collected by its new parent
    except (psutil.NoSuchProcess, ProcessLookupError):
        return None
    return process if same and not gone else None
