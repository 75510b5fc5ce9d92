"""The clinical rules stand alone: standard library only, no clock, no input or output."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from monitoring import protocol

PACKAGE = Path(protocol.__file__).parent
ROOT = PACKAGE.parents[1]
MODULES = sorted(PACKAGE.glob("*.py"))
FORBIDDEN_NAMES = {"open", "print", "input", "exec", "eval", "__import__", "now", "utcnow", "today", "time", "sleep"}
FORBIDDEN_MODULES = {"os", "sys", "io", "pathlib", "time", "random", "socket", "subprocess", "logging", "threading"}
ALLOWED_OF_SYS = "float_info"


def imported(module: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(str(node.module))
    return names


def test_importing_it_brings_in_nothing_of_the_web() -> None:
    code = (
        "import sys, monitoring.protocol, monitoring.protocol.replay;"
        "print([name for name in sys.modules if name.split('.')[0] not in sys.stdlib_module_names"
        " and not name.startswith(('monitoring', '__'))])"
    )
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, env={})
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_it_imports_the_standard_library_and_itself_alone(module: Path) -> None:
    for name in imported(module):
        assert name.startswith("monitoring.protocol.") or name.split(".")[0] in sys.stdlib_module_names
        assert name.split(".")[0] not in FORBIDDEN_MODULES - {"sys"}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_it_reads_no_clock_and_touches_no_file(module: Path) -> None:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in FORBIDDEN_NAMES, f"{module.name}:{node.lineno} calls {called}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
            assert node.attr == ALLOWED_OF_SYS


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_a_file_holds_one_idea_and_says_which(module: Path) -> None:
    text = module.read_text()
    assert len(text.splitlines()) < 250
    assert ast.get_docstring(ast.parse(text))
