"""Mutation testing of monitoring/protocol: change the code in one small place, and see whether a test notices.

    python -m tools.mutate_protocol [module …]

Prints every mutant that no test noticed, and the score. Each mutant lives in a forked process and in memory alone.
"""

import ast
import copy
import os
import signal
import sys
import time
from collections.abc import Iterator
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "monitoring" / "protocol"
TESTS = ROOT / "tests" / "protocol"
NOT_MUTATED = {"__init__"}
LEFT_OUT = {"test_replay_command", "test_purity", "test_cost"}
SLOW = {"test_properties", "test_brute_force"}
PYTEST = ["-x", "-q", "-m", "not soak", "-W", "ignore", "-c", os.devnull]
PYTEST += ["--noconftest", "--import-mode=importlib", f"--rootdir={ROOT}"]
PYTEST += ["-p", "no:django", "-p", "no:cacheprovider", "-p", "no:xdist"]
SECONDS_FOR_ONE = 240
NOTICED, SURVIVED = 0, 1

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.BitOr: ast.BitAnd,
}
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutant(NamedTuple):
    """A changed module: where, what was there, and what stands there now."""

    line: int
    before: str
    after: str
    code: CodeType


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of one node, one small change each."""
    match node:
        case ast.Compare():
            for index, operator in enumerate(node.ops):
                if type(operator) in COMPARISONS:
                    changed = copy.deepcopy(node)
                    changed.ops[index] = COMPARISONS[type(operator)]()
                    yield changed
        case ast.BoolOp():
            yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
            for index in range(len(node.values)):
                rest = [value for number, value in enumerate(node.values) if number != index]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.UnaryOp(op=ast.USub()):
            yield node.operand
        case ast.BinOp() if type(node.op) in OPERATORS:
            yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        case ast.IfExp():
            yield node.body
            yield node.orelse
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float() as number):
            yield ast.Constant(number + 1)
        case ast.Call(func=ast.Name(id=name)) if name in CALLS:
            yield ast.Call(ast.Name(CALLS[name], ast.Load()), node.args, node.keywords)
        case ast.Assign(targets=[ast.Attribute(), *_]) | ast.AugAssign() | ast.Expr(value=ast.Call() | ast.YieldFrom()):
            yield ast.Pass()


def skipped(tree: ast.Module) -> set[int]:
    """The ids of nodes that say nothing at run time: annotations, and what the dataclass decorators are told."""
    found: set[int] = set()
    for node in ast.walk(tree):
        silent: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            silent += [node.returns, *node.decorator_list]
        elif isinstance(node, ast.ClassDef):
            silent += node.decorator_list
        elif isinstance(node, ast.arg | ast.AnnAssign):
            silent.append(node.annotation)
        found |= {id(inner) for top in silent if top is not None for inner in ast.walk(top)}
    return found


def mutants(path: Path) -> Iterator[Mutant]:
    """Every mutant of one module."""
    tree = ast.parse(path.read_text())
    silent = skipped(tree)
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            places = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
            for index, node in places:
                if isinstance(node, ast.AST) and id(node) not in silent:
                    for changed in changes(node):
                        _put(parent, name, index, changed)
                        code = compile(ast.fix_missing_locations(tree), str(path), "exec")
                        _put(parent, name, index, node)
                        line = getattr(node, "lineno", 0)
                        yield Mutant(line, ast.unparse(node), ast.unparse(changed), code)


def _put(parent: ast.AST, name: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, name, node)
    else:
        getattr(parent, name)[index] = node


class MutantFinder(MetaPathFinder, Loader):
    """Imports one module from a mutant's code."""

    def __init__(self, module: str, code: CodeType) -> None:
        self.module, self.code = module, code

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname == self.module else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)  # noqa: S102 - running the mutant is the point


def test_files() -> list[str]:
    """The tests that a mutant meets, the quick ones first."""
    files = [path for path in TESTS.glob("test_*.py") if path.stem not in LEFT_OUT]
    return [str(path) for path in sorted(files, key=lambda path: (path.stem in SLOW, path.stem))]


def is_noticed(module: str, mutant: Mutant) -> bool:
    """Whether the tests fail, or never end, on the mutant."""
    child = os.fork()
    if child == 0:
        _silence()
        signal.alarm(SECONDS_FOR_ONE)
        sys.meta_path.insert(0, MutantFinder(module, mutant.code))
        result = pytest.main([*PYTEST, *test_files()])
        os._exit(SURVIVED if result == pytest.ExitCode.OK else NOTICED)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) != SURVIVED


def _silence() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def main(names: list[str]) -> int:
    began = time.monotonic()
    total = noticed = 0
    for path in sorted(PACKAGE.glob("*.py")):
        if path.stem in NOT_MUTATED or (names and path.stem not in names):
            continue
        for mutant in mutants(path):
            total += 1
            if is_noticed(f"monitoring.protocol.{path.stem}", mutant):
                noticed += 1
            else:
                print(f"{path.name}:{mutant.line}: survived: {mutant.before}  →  {mutant.after}", flush=True)
        print(f"{path.name}: {noticed} of {total} so far, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{noticed} of {total} mutants noticed ({100 * noticed / max(total, 1):.1f} %)")
    return 0 if noticed == total else 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main(sys.argv[1:]))
