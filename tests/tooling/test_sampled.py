"""What is left to `make thorough` and what is not are files and rooms that there are."""

from __future__ import annotations

from tests import sampled


def test_each_name_is_a_file_or_a_room_of_the_tests() -> None:
    assert [name for name in (*sampled.WHOLE, *sampled.SAMPLED) if not (sampled.TESTS / name).exists()] == []
    assert all(name.startswith(sampled.SAMPLED) for name in sampled.WHOLE)


def test_what_detects_is_never_sampled() -> None:
    for room in ("protocol", "wards", "checks", "alerts", "due", "audit", "seals", "pathway", "survival"):
        files = list((sampled.TESTS / room).glob("test_*.py"))
        assert files
        assert not any(sampled.is_sampled(file.relative_to(sampled.TESTS).as_posix()) for file in files)
