"""`python manage.py replay`, end to end, in an environment that names neither database nor broker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
VECTORS = Path(__file__).with_name("vectors.jsonl")
EMPTY = '{"id": "e", "now": "2026-03-01T08:00:00+00:00", "events": []}'


def run(*arguments: str, standard_input: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "replay", *arguments],
        input=standard_input,
        capture_output=True,
        timeout=60,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
    )


def lines(output: bytes) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_the_vectors_from_a_file(write: Any) -> None:
    vectors = [json.loads(line) for line in VECTORS.read_text().splitlines()]
    path = write("timelines.jsonl", "\n".join(json.dumps(vector["timeline"]) for vector in vectors))
    done = run(path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines(done.stdout) == [vector["expected"] for vector in vectors]


@pytest.mark.thorough
def test_standard_input_with_settings_of_the_protocol_not_of_django(write: Any) -> None:
    vector = json.loads(VECTORS.read_text().splitlines()[3])
    assert vector["expected"]["actions"] == ["treat_and_recheck"]
    settings = write("settings.json", '{"drop_pathway": "immediate"}')
    for arguments in (("-", "--settings", settings), (f"--settings={settings}", "-")):
        done = run(*arguments, standard_input=json.dumps(vector["timeline"], indent=2).encode())
        assert (done.returncode, done.stderr) == (0, b"")
        [answer] = lines(done.stdout)
        assert (answer["actions"], answer["because"]) == (["image_and_explore"], ["drop"])


def test_a_timeline_that_is_not_valid_ends_in_status_1_after_all_have_run() -> None:
    done = run("-", standard_input=f"{EMPTY}\n\nnonsense\n{EMPTY}\n".encode())
    assert (done.returncode, done.stderr) == (1, b"")
    assert [answer["id"] for answer in lines(done.stdout)] == ["e", None, "e"]


def test_settings_that_are_not_valid_end_in_status_2_before_anything_is_printed(write: Any) -> None:
    done = run("-", "--settings", write("settings.json", '{"major_drop_grades": 0}'), standard_input=EMPTY.encode())
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == "The setting major_drop_grades must be a whole number from 1 to 5.\n"


@pytest.mark.thorough
def test_a_file_that_cannot_be_read_ends_in_status_2(tmp_path: Path) -> None:
    missing = str(tmp_path / "nothing")
    for arguments in ((missing,), ("-", "--settings", missing)):
        done = run(*arguments, standard_input=EMPTY.encode())
        assert (done.returncode, done.stdout) == (2, b"")
        assert done.stderr.decode() == f"Cannot read {missing}: No such file or directory.\n"


@pytest.mark.thorough
def test_nothing_to_replay_is_no_error() -> None:
    done = run("-")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
