"""Every action that the code can record has words on the audit page. The sources are read for what they record."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

from monitoring.alerts.models import AlertEvent
from monitoring.desks.admin.audit_kinds import GROUPS, Group, Kind
from monitoring.desks.admin.audit_words import action_words, actions_in, actions_of, group_of, has_words
from monitoring.proposals.models import Proposal
from wards.models import Allocation, ClinicalEntry, Duty

ROOT = Path(__file__).resolve().parents[2]
ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
WRITERS = ("monitoring.audit.actions", "monitoring.audit.openings", "monitoring.audit")

MADE_UP = {
    "alert.{kind}": {f"alert.{kind}" for kind in AlertEvent.Kind},
    "{entry._meta.model_name}.{verb}": {
        f"{model._meta.model_name}.{verb}"
        for model in apps.get_models()
        if issubclass(model, ClinicalEntry)
        for verb in ("recorded", "corrected", "retracted")
    },
    "{line._meta.model_name}.cancelled": {f"{model._meta.model_name}.cancelled" for model in (Duty, Allocation)},
    "mending.{what}": {f"mending.{what}" for what in ("proposed", "carried_out", "withdrawn", "refused")},
    "protocol.{proposal.state}": {
        f"protocol.{state}"
        for state in (Proposal.State.WITHDRAWN, Proposal.State.REFUSED)  # how a person ends one
    },
}
"""Actions that are put together: as they stand in the source, and all that can come of it."""

NO_ACTIONS = {"spinewatch.invitation", "monitoring.audit"}  # the salt of a signature, the name of a room


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """The modules that can write to the audit log."""
    for room in ("monitoring", "wards"):
        for path in sorted((ROOT / room).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            tree = ast.parse(path.read_text())
            writes = "audit" in path.parts or any(
                isinstance(node, ast.ImportFrom) and _imports_writer(node) for node in ast.walk(tree)
            )
            if writes:
                yield path, tree


def _imports_writer(node: ast.ImportFrom) -> bool:
    return node.module in WRITERS or (node.module == "monitoring" and any(one.name == "audit" for one in node.names))


def recorded() -> dict[str, str]:
    """Every action that stands in a source, with the file that it stands in."""
    labels = {model._meta.label_lower for model in apps.get_models()}
    found: dict[str, str] = {}
    for path, tree in sources():
        beside = {id(word.value) for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in beside:
                if ACTION.fullmatch(node.value) and node.value not in labels | NO_ACTIONS:
                    found[node.value] = path.name
            elif isinstance(node, ast.JoinedStr) and (made := ast.unparse(node)[2:-1]) in MADE_UP:
                found |= dict.fromkeys(MADE_UP[made], path.name)
    return found


def test_the_sources_are_found() -> None:
    found = recorded()
    assert {"check.recorded", "alert.reopened", "duty.cancelled", "held.dropped", "record.opened"} <= found.keys()
    assert len(found) > 100


def test_every_action_has_words() -> None:
    assert {action: file for action, file in recorded().items() if not has_words(action)} == {}


def test_what_is_put_together_is_known() -> None:
    """A new way to make up an action must be told in MADE_UP."""
    made = {
        ast.unparse(node.args[0])[2:-1]
        for _path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and "record" in ast.unparse(node.func).rpartition(".")[2]
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    }
    assert made <= MADE_UP.keys()


@pytest.mark.parametrize("group", list(Group))
def test_every_group_has_a_kind_and_actions(group: Group) -> None:
    assert [kind for kind, groups in GROUPS.items() if group in groups] != []
    for action in actions_in(group):
        assert group_of(action) == group
        assert "did “" not in action_words(action)


def test_each_action_is_in_one_kind() -> None:
    told = [action for kind in Kind for action in actions_of(kind)]
    assert len(told) == len(set(told))
    assert actions_of(Kind.SYSTEM) == []


def test_an_action_without_words_says_its_code() -> None:
    assert action_words("thing.undone") == "did “thing.undone”"
    assert group_of("thing.undone") is None
