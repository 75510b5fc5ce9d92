"""Whoever changes, removes, re-signs or cuts seals is found out too; copies outside show what the house cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from monitoring.seals.chain import digest_of, header, line_of
from monitoring.seals.findings import What
from monitoring.seals.keys import SIGNED_AS, encoded, key_id, sign
from monitoring.seals.models import Seal, SealDispatch
from monitoring.seals.outside_copies import read_copies
from monitoring.seals.verification import verify
from tests.seals.ledger import execute, found, past_the_triggers, seal_everything, tamper, write_entries

FORGERS = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)


def rewrite(number: int, *, by: Ed25519PrivateKey | None = None, **changes: Any) -> None:
    """Change a seal as somebody would who has read the code: its hash and signature fit again. `by`: not our key."""
    seal = Seal.objects.get(pk=number)
    for name, value in changes.items():
        setattr(seal, name, value)
    if by is not None:
        seal.key = key_id(by.public_key().public_bytes_raw())
    digest = digest_of(header(seal))
    seal.hash = digest.hex()
    seal.signature = sign(digest)[1] if by is None else encoded(by.sign(SIGNED_AS + digest))
    with past_the_triggers():
        seal.save(force_update=True)


def remove(*numbers: int) -> None:
    tamper("DELETE FROM seals_seal WHERE number = ANY(%s)", [list(numbers)])


def last() -> int:
    return Seal.objects.order_by("-number").values_list("number", flat=True)[0]


@pytest.mark.parametrize(
    "statement", ["UPDATE seals_seal SET note = '{}'", "DELETE FROM seals_seal", "TRUNCATE seals_seal"]
)
def test_a_seal_is_never_changed_or_removed(sealed_log: None, statement: str) -> None:
    connection.check_constraints()
    with pytest.raises(IntegrityError, match="seals_seal is refused"), transaction.atomic():
        execute(statement)


def test_the_chain_has_one_end(sealed_log: None) -> None:
    seal = Seal.objects.get(pk=last())
    seal.number += 1
    with pytest.raises(IntegrityError, match="previous"), transaction.atomic():
        seal.save(force_insert=True)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "at + interval '1 s'"),
        ("kind", "'pruned'"),
        ("log", "'changes'"),
        ("format", "2"),
        ("ids_from", "5"),
        ("from_xact", "from_xact + 1"),
        ("from_id", "from_id - 1"),
        ("upto_xact", "upto_xact + 1"),
        ("upto_id", "upto_id - 1"),
        ("count", "count - 1"),
        ("leaves", "substr(leaves, 1, 480)"),
        ("note", "'{\"a\": 1}'"),
        ("previous", "repeat('1', 64)"),
        ("key", "repeat('1', 16)"),
        ("hash", "repeat('1', 64)"),
    ],
)
def test_a_changed_seal_is_named_whatever_was_changed(sealed_log: None, column: str, value: str) -> None:
    tamper(f"UPDATE seals_seal SET {column} = {value} WHERE number = 3")
    assert found(verify()) == [(What.SEAL_CHANGED, 3)]


def test_every_column_of_a_seal_is_in_its_hash(sealed_log: None) -> None:
    seal = Seal.objects.get(pk=3)
    said = header(seal)
    columns = {field.column for field in Seal._meta.concrete_fields} - {"hash", "signature"}
    pairs = {"from": {"from_xact", "from_id"}, "upto": {"upto_xact", "upto_id"}}
    assert columns == {column for name in said for column in pairs.get(name, {name})}


def test_one_that_was_signed_by_somebody_else_is_named(sealed_log: None) -> None:
    rewrite(3, by=FORGERS, count=49)
    assert found(verify()) == [(What.SEAL_UNKNOWN_KEY, 3)]


def test_one_that_claims_our_key_and_is_not_signed_by_it_is_named(sealed_log: None) -> None:
    tamper("UPDATE seals_seal SET signature = (SELECT signature FROM seals_seal WHERE number = 4) WHERE number = 3")
    assert found(verify()) == [(What.SEAL_NOT_SIGNED, 3)]


def test_a_row_and_its_seal_changed_together_break_the_chain_behind_it_even_with_our_key(sealed_log: None) -> None:
    tamper("DELETE FROM audit_auditentry WHERE id = 20")
    seal = Seal.objects.filter(log="entries").earliest("number")
    leaves = bytes(seal.leaves)
    place = 48 * 19
    rewrite(seal.number, leaves=leaves[:place] + leaves[place + 48 :], count=seal.count - 1)
    assert found(verify()) == [(What.SEAL_OUT_OF_CHAIN, seal.number + 1)]


def test_removed_seals_are_named(sealed_log: None) -> None:
    remove(3, 4)
    (finding,) = verify().findings
    assert (finding.what, finding.seal, finding.upto) == (What.SEAL_MISSING, 3, 4)
    assert finding.words == "SEAL REMOVED: seals 3 to 4 are gone"


def test_the_first_seal_removed_is_named(sealed_log: None) -> None:
    remove(1)
    (finding,) = verify().findings
    assert finding.words == "SEAL REMOVED: seal 1 is gone"


def test_rows_are_looked_at_behind_a_seal_that_is_not_sound(sealed_log: None) -> None:
    remove(1)
    tamper("UPDATE seals_seal SET note = '{\"a\": 1}' WHERE number = 3")
    tamper("DELETE FROM audit_auditentry WHERE id = 310")
    assert [what for what, _ in found(verify())] == [What.SEAL_MISSING, What.SEAL_CHANGED, What.DELETED]


def copies_of(*numbers: int) -> list[str]:
    return [line_of(seal) for seal in Seal.objects.filter(pk__in=numbers).order_by("number")]


def test_a_chain_cut_at_its_end_is_whole_by_itself_and_cut_against_a_copy(sealed_log: None) -> None:
    end = last()
    lines = copies_of(2, end)
    remove(end - 1, end)
    assert verify().is_sound
    (finding,) = verify(copies=read_copies(lines)).findings
    assert (finding.what, finding.seal, finding.upto) == (What.CUT, end - 2, end)


def test_a_chain_cut_and_sealed_anew_is_not_the_one_outside(sealed_log: None) -> None:
    end = last()
    lines = copies_of(end)
    remove(end)
    tamper("DELETE FROM audit_rowchange WHERE id = 320")
    seal_everything()
    assert verify().is_sound
    assert found(verify(copies=read_copies(lines))) == [(What.OUTSIDE_DIFFERS, end)]


def test_what_was_sent_out_is_remembered_inside_as_well(sealed_log: None) -> None:
    end = last()
    SealDispatch.objects.create(channel="webhook", sent_number=end)
    remove(end)
    assert found(verify()) == [(What.CUT, end - 1)]


def test_a_copy_that_was_tampered_with_is_no_witness(sealed_log: None) -> None:
    told = json.loads(copies_of(2)[0])
    told["seal"]["count"] += 1
    lines = ["", json.dumps(told), "not json", "[1]"]
    assert [(one.what, one.line) for one in verify(copies=read_copies(lines)).findings] == [
        (What.OUTSIDE_UNREADABLE, line) for line in (2, 3, 4)
    ]


def test_the_command_reads_copies_from_a_file(sealed_log: None, tmp_path: Path) -> None:
    kept = tmp_path / "seals.jsonl"
    kept.write_text("\n".join(copies_of(1, 2, last())) + "\n")
    call_command("verify_audit", "--against", str(kept))
    remove(last())
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--against", str(kept))
    assert ended.value.code == 1
    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--against", str(tmp_path / "nothing"))
    assert ended.value.code == 2


def test_since_a_seal_only_what_follows_is_looked_at(sealed_log: None) -> None:
    tamper("UPDATE audit_auditentry SET reason = 'x' WHERE id IN (1, 310)")
    changed = Seal.objects.filter(log="entries").order_by("-number")[0]
    assert found(verify(since=changed.number)) == [(What.CHANGED, 310)]
    assert found(verify()) == [(What.CHANGED, 1), (What.CHANGED, 310)]


def test_a_seal_made_by_a_later_version_is_said_and_not_guessed_at(sealed_log: None) -> None:
    write_entries(1, first=5000)
    rewrite(last(), format=9)
    assert found(verify()) == [(What.SEAL_UNKNOWN_FORMAT, last())]
