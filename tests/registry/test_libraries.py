"""What is heavy is loaded when something is computed, and not before."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

from monitoring import registry
from monitoring.registry.libraries import figure, scipy_stats

PACKAGE = Path(registry.__file__).parent
HEAVY = {"scipy", "numpy", "matplotlib"}


def test_a_page_that_computes_nothing_pays_for_no_library() -> None:
    modules = [f"monitoring.registry.statistics.{path.stem}" for path in (PACKAGE / "statistics").glob("[!_]*.py")]
    code = (
        f"import sys, monitoring.registry.whole_days, monitoring.registry.libraries, {', '.join(modules)};"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PACKAGE.parents[1], capture_output=True, text=True)
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_no_module_of_the_registry_imports_one_at_its_top() -> None:
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text()).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not HEAVY & {name.partition(".")[0] for name in names}, path


def test_each_is_loaded_once() -> None:
    assert scipy_stats() is scipy_stats()
    assert figure().Figure().axes == []
