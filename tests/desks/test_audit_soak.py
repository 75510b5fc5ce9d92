"""The audit pages on ten million entries: each filter is answered from an index, and so is a page far down.

Prints what was measured. `make soak ARGS='-s tests/desks/test_audit_soak.py'`; takes some minutes and some gigabytes.
"""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import md5
from itertools import count
from typing import Any
from typing import cast as as_type

import pytest
from django.db import connection
from django.http import StreamingHttpResponse
from django.test.utils import CaptureQueriesContext

from monitoring.desks.admin.audit_filter import Spot
from monitoring.desks.admin.audit_kinds import Group, Kind
from monitoring.desks.admin.audit_words import actions_of
from tests.cast import Cast, person, set_stage
from tests.desks.pages import alerting_works, signed_in
from wards.models import Bed, Episode, Patient, Role, Staff, Stay, Ward

pytestmark = [pytest.mark.soak, pytest.mark.django_db(transaction=True)]

ENTRIES, CHANGES = 10_000_000, 2_000_000
WARDS, PEOPLE, PATIENTS = 30, 300, 4000
BEGAN = datetime(2025, 11, 1, tzinfo=UTC)
APART = timedelta(seconds=3)
SLOWEST = 1.0  # seconds of the database's for a page, on a machine that does other things too
WEIGHTS = {Kind.OPENINGS: 45, Kind.WRITES: 35, Kind.SIGN_INS: 12, Kind.SETTINGS: 7, Kind.EXPORTS: 1}
COLUMNS = (
    "at, actor_id, acting_role, action, subject_type, subject_id, patient_id, ward_id, data, reason, request_id, "
    "address, device, agent, session, cause, xact"
)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The stage, thirty wards with their people and patients, and the log of a year."""
    alerting_works()
    cast = set_stage()
    wards = [cast.ward_7b, cast.ward_8c]
    wards += [Ward.objects.create(code=f"w{number}", name=f"Ward {number}") for number in range(WARDS - len(wards))]
    people = [Staff(username=f"person{number}", last_name=f"Person{number}") for number in range(PEOPLE)]
    Staff.objects.bulk_create(people)
    patients = admitted(wards)
    fill([ward.pk for ward in wards], [one.pk for one in people], patients)
    return cast


def admitted(wards: list[Ward]) -> list[int]:
    """Patients who have each stayed on a ward."""
    beds = Bed.objects.bulk_create(Bed(ward=ward, label="soak") for ward in wards)
    born, numbers = date(1955, 3, 7), count()
    patients = Patient.objects.bulk_create(
        Patient(record_number=f"SOAK-{next(numbers)}", family_name="Soak", date_of_birth=born) for _ in range(PATIENTS)
    )
    episodes = Episode.objects.bulk_create(Episode(patient=patient) for patient in patients)
    Stay.objects.bulk_create(
        Stay(
            patient=episode.patient,
            episode=episode,
            ward=(bed := beds[number % len(beds)]).ward,
            bed=bed,
            admitted_at=BEGAN,
            discharged_at=BEGAN + timedelta(days=9),
            departure="home",
        )
        for number, episode in enumerate(episodes)
    )
    return [patient.pk for patient in patients]


def fill(wards: list[int], people: list[int], patients: list[int]) -> None:
    """The log, without its indexes at first: they are built when it is there."""
    of_kinds = {kind: actions_of(kind) for kind in WEIGHTS}
    actions = [
        of_kinds[kind][number % len(of_kinds[kind])]
        for kind, weight in WEIGHTS.items()
        for number in range(weight * 10)
    ]
    values: dict[str, Any] = {
        "wards": wards,
        "people": people,
        "patients": patients,
        "actions": actions,
        "began": BEGAN,
        "apart": APART,
    }
    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SELECT indexdef, indexname FROM pg_indexes WHERE tablename = 'audit_auditentry'")
        indexes = [(made, name) for made, name in cursor.fetchall() if "UNIQUE" not in made]
        for _made, name in indexes:
            cursor.execute(f"DROP INDEX {name}")
        cursor.execute(
            f"""
            INSERT INTO audit_auditentry ({COLUMNS})
            SELECT %(began)s + n * %(apart)s,
                CASE WHEN random() > 0.15 THEN (%(people)s::bigint[])[1 + floor(random() * {len(people)})::int] END,
                'nurse', (%(actions)s::text[])[1 + floor(random() * {len(actions)})::int], 'wards.stay', n::text,
                CASE WHEN random() > 0.25 THEN (%(patients)s::bigint[])[1 + floor(random() * {len(patients)})::int] END,
                CASE WHEN random() > 0.15 THEN (%(wards)s::bigint[])[1 + floor(random() * {len(wards)})::int] END,
                '{{"stay": 1}}', '', md5((n / 4)::text), '10.0.0.7', substr(md5((n %% 900)::text), 1, 16),
                'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
                substr(md5((n / 900)::text), 1, 16), '', n / 2
            FROM generate_series(1, {ENTRIES}) AS n
            """,
            values,
        )
        for made, _name in indexes:
            cursor.execute(made)
        cursor.execute(
            f"""
            INSERT INTO audit_rowchange (at, "table", row_id, operation, before, after, request_id, database_user, xact)
            SELECT %(began)s + n * 5 * %(apart)s, 'alerts_alert', n::text, 'UPDATE', '{{"level": "watch"}}',
                '{{"level": "critical"}}', CASE WHEN n %% 400000 = 0 THEN '' ELSE md5(n::text) END, 'app',
                CASE WHEN n %% 400000 = 0 THEN -n ELSE n * 5 / 2 END
            FROM generate_series(1, {CHANGES}) AS n
            """,
            values,
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("ANALYZE audit_auditentry, audit_rowchange, wards_stay, wards_patient, wards_staff")
        cursor.execute(
            "SELECT pg_size_pretty(pg_table_size('audit_auditentry')), "
            "pg_size_pretty(pg_indexes_size('audit_auditentry'))"
        )
        table, index = cursor.fetchone()
    print(f"\n{ENTRIES:,} entries filled in {time.perf_counter() - began:.0f} s: table {table}, indexes {index}")


def pages(cast: Cast) -> dict[str, str]:
    """Each filter's page by name, alone and with what narrows it most, the newest and far down."""
    who, patient = Staff.objects.get(username="person7"), Patient.objects.get(record_number="SOAK-7")
    middle = Spot(BEGAN + ENTRIES // 2 * APART, 10**9)
    night = BEGAN + timedelta(days=100)
    told = {
        "everything": "",
        "who": f"who={who.public_id}",
        "patient": f"patient={patient.public_id}",
        "ward": "ward=7b",
    }
    told |= {f"kind {kind}": f"kind={kind.value}" for kind in Kind}
    told |= {f"group {group}": f"group={group.value}" for group in (Group.CHECKS, Group.EXPORTS, Group.BREAK_GLASS)}
    told |= {
        "a night": f"since={night:%Y-%m-%dT22:00}&until={night + timedelta(days=1):%Y-%m-%dT06:00}",
        "request": f"request={md5(b'1000').hexdigest()}",
        "who, exports": f"who={who.public_id}&kind=exports",
        "who, a ward, drawn from all": f"who={who.public_id}&ward=8c&kind=sign-ins",
        "patient, break-glass": f"patient={patient.public_id}&group=break-glass",
        "ward, exports": "ward=8c&kind=exports",
        "ward, writes": "ward=8c&kind=writes",
    }
    deep = {f"{name}, deep": f"{query}&after={middle}" for name, query in told.items() if name != "request"}
    return told | deep


@pytest.fixture
def ada(cast: Cast) -> Staff:
    """She administers one ward of the thirty."""
    return person("Ada", "Alder", (cast.ward_7b, Role.ADMINISTRATOR))


@pytest.fixture
def adam(cast: Cast) -> Staff:
    """He administers all."""
    for ward in Ward.objects.exclude(memberships__staff=cast.adam):
        ward.memberships.create(staff=cast.adam, role=Role.ADMINISTRATOR)
    return cast.adam


def test_every_page_is_quick_and_comes_from_an_index(cast: Cast, adam: Staff, ada: Staff) -> None:
    slow: list[str] = []
    for staff, whose in ((adam, "all wards"), (ada, "one ward")):
        client = signed_in(staff)
        client.get("/audit/")  # templates and words are read once
        for name, query in pages(cast).items():
            if whose == "one ward" and ("ward=8c" in query or "who=" in query or "patient=" in query):
                continue  # out of her reach
            with CaptureQueriesContext(connection) as captured:
                began = time.perf_counter()
                response = client.get(f"/audit/?{query}")
                took = time.perf_counter() - began
            assert response.status_code == 200
            read = [one["sql"] for one in captured.captured_queries if "audit_" in one["sql"]]
            plans = {scan for sql in read if "INSERT INTO" not in sql for scan in scans(sql)}
            asked = sum(float(one["time"]) for one in captured.captured_queries)
            figures = f"{took * 1000:6.0f} ms, of it {asked * 1000:5.0f} ms the database's"
            print(f"{whose:10} {name:34} {figures}  {', '.join(sorted(plans))}")
            if asked > SLOWEST or any(scan.startswith("Seq Scan") for scan in plans):
                slow.append(f"{whose}: {name}: {asked:.2f} s, {plans}")
    assert slow == []
    stories(client=signed_in(adam))
    export(adam)


def stories(client: Any) -> None:
    """One patient's whole story, and one user's day."""
    who, patient = Staff.objects.get(username="person7"), Patient.objects.get(record_number="SOAK-7")
    day = (BEGAN + timedelta(days=100)).date().isoformat()
    for url in (f"/audit/patients/{patient.public_id}/", f"/audit/staff/{who.public_id}/{day}/", "/audit/past/"):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        asked = sum(float(one["time"]) for one in captured.captured_queries)
        print(f"{'':10} {url.split('/')[2]:34} {asked * 1000:6.0f} ms the database's")
        assert asked < SLOWEST


def export(adam: Staff) -> None:
    """One ward's log as a file: the first bytes come at once, and memory does not grow with it."""
    began = time.perf_counter()
    response = signed_in(adam).post("/audit/export/?ward=7b", {"form": "csv", "why": "To see how long it takes"})
    pieces = as_type(Iterator[bytes], as_type(StreamingHttpResponse, response).streaming_content)
    first = next(pieces)
    began_to_flow, lines = time.perf_counter() - began, first.count(b"\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    lines += sum(piece.count(b"\n") for piece in pieces)
    took, more = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"{'':10} export of {lines:,} lines: first after {began_to_flow:.2f} s, all after {took:.1f} s, {more} KiB more"
    )
    assert lines > ENTRIES / WARDS / 2
    assert began_to_flow < 5
    assert more < 50 * 1024


def scans(sql: str) -> Iterator[str]:
    """How PostgreSQL reads the log's tables for a statement: each kind of scan with the index that it uses."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql.replace('%', '%%')}")
        (found,) = cursor.fetchone()
    plan = found if isinstance(found, list) else json.loads(found)
    yield from _scans(plan[0]["Plan"])


def _scans(node: dict[str, Any]) -> Iterator[str]:
    if node.get("Relation Name") in {"audit_auditentry", "audit_rowchange"} or "Bitmap Index" in node["Node Type"]:
        yield f"{node['Node Type']} {node.get('Index Name', '')}".strip()
    for inner in node.get("Plans", ()):
        yield from _scans(inner)
