"""Finding a patient: by number or name within reach, by both identifiers among all others, and in an index."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection

from monitoring.audit.models import AuditEntry
from monitoring.breakglass.actions import break_glass, search, search_elsewhere
from monitoring.breakglass.search import MOST, Asked, find, matching
from tests.cast import Cast, admit_patient, ago, new_patient, person
from wards import actions
from wards.access import Forbidden
from wards.models import Bed, Patient, Role, Stay

BORN = date(1955, 3, 7)


def admitted(cast: Cast, family: str, given: str, *, bed: Bed | None = None, number: str = "") -> Stay:
    facts = {"family_name": family, "given_name": given} | ({"record_number": number} if number else {})
    return admit_patient(cast, bed=bed, patient=new_patient(**facts))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("müller", ("Müller", "Anna-Lena")),
        ("MULLER", ("Müller", "Anna-Lena")),
        ("Mül", ("Müller", "Anna-Lena")),
        ("anna", ("Müller", "Anna-Lena")),
        ("annalena", ("Müller", "Anna-Lena")),
        ("Anna Lena Mül", ("Müller", "Anna-Lena")),
        ("Müller, Anna", ("Müller", "Anna-Lena")),
        ("mul ann", ("Müller", "Anna-Lena")),
        ("ann mul", ("Müller", "Anna-Lena")),
        ("nguyen", ("Nguyễn", "Thị")),
        ("O'Brien", ("O’Brien", "Siân")),
        ("obrien sian", ("O’Brien", "Siân")),
        ("van der b", ("van der Berg", "Joost")),
        ("Vanderberg", ("van der Berg", "Joost")),
        ("joost van der", ("van der Berg", "Joost")),
        ("søren", ("Sorensen", "Søren")),
        ("soren", ("Sorensen", "Søren")),
        ("strasse", ("Straße", "Lea")),
        ("Mueller", ("Müller", "Anna-Lena")),
        ("mue", ("Müller", "Anna-Lena")),
        ("mueller ann", ("Müller", "Anna-Lena")),
        ("Mueller", ("Muller", "Max")),
        ("Müller", ("Mueller", "Max")),
        ("muller", ("Mueller", "Max")),
        ("Jose", ("García", "José")),
        ("josé garcia", ("Garcia", "Jose")),
        ("Weiss", ("Weiß", "Jörg")),
        ("Weiß Joerg", ("Weiss", "Jorg")),
        ("soeren", ("Sorensen", "Søren")),
        ("Saether", ("Sæther", "Åse")),
        ("Rosa Ev", ("Rosa", "Eva")),
        ("michae", ("Frank", "Michael")),
        ("李", ("李", "建国")),
        ("李建国", ("李", "建国")),
        ("建国", ("李", "建国")),
        ("mrn-77", ("Any", "Body")),
    ],
)
def test_a_name_is_found_by_how_it_begins_without_case_or_accents(
    cast: Cast, typed: str, name: tuple[str, str]
) -> None:
    admit_patient(cast, bed=cast.beds[1], patient=new_patient(family_name="Zzz", given_name="Yyy"))
    stay = admitted(cast, *name, number="MRN-77" if typed == "mrn-77" else "")
    assert list(find(cast.alice, Asked(typed)).stays) == [stay]


@pytest.mark.parametrize("typed", ["uller", "lena", "mul anx", "anna xx", "%", "_uller", "MRN-7", "mrn-777", "\\"])
def test_nothing_else_is_found(cast: Cast, typed: str) -> None:
    admitted(cast, "Müller", "Anna-Lena", number="MRN-77")
    assert not find(cast.alice, Asked(typed)).stays


def test_the_beginning_of_a_name_is_the_beginning_of_what_it_is_folded_to(db: None) -> None:
    names = [
        "Müller",
        "Mueller",
        "Aeeoue",
        "Michael",
        "Œuvrard",
        "Rosa",
        "Noëlle",
        "Que'en",
        "Straße",
        "AE",
        "eeaeoeue",
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, number FROM unnest(%s) AS name, generate_series(1, length(name)) AS number WHERE NOT"
            " starts_with(spinewatch_folded(name), spinewatch_folded(left(name, number)))",
            [names],
        )
        assert cursor.fetchall() == []


def test_the_date_of_birth_narrows_it(cast: Cast) -> None:
    stay = admitted(cast, "Müller", "Anna")
    assert list(find(cast.alice, Asked("müller", BORN)).stays) == [stay]
    assert not find(cast.alice, Asked("müller", date(1955, 3, 8))).stays


def test_another_wards_patient_is_not_found(cast: Cast) -> None:
    stay = admitted(cast, "Müller", "Anna")
    assert not find(cast.nora, Asked("müller")).stays
    assert not find(cast.nora, Asked(stay.patient.record_number)).stays


def test_a_patient_moved_away_is_found_where_they_are(cast: Cast) -> None:
    stay = admitted(cast, "Müller", "Anna")
    actions.move(stay, by=cast.alice, at=None, to_bed=cast.beds_8c[0], responsible_surgeon=cast.sue)
    assert not find(cast.alice, Asked("müller")).stays
    assert list(find(cast.nora, Asked("müller")).stays) == [stay]


def test_past_stays_are_found_after_the_present_one(cast: Cast) -> None:
    first = admit_patient(cast, at=ago(days=5))
    actions.discharge(first, by=cast.alice, at=ago(days=2), departure="home")
    again = admit_patient(cast, bed=cast.beds[1], at=ago(days=1), patient=first.patient, episode=first.episode)
    assert list(find(cast.alice, Asked(first.patient.record_number)).stays) == [again, first]


def test_of_a_readmission_elsewhere_only_the_own_stay_is_found(cast: Cast) -> None:
    first = admit_patient(cast, at=ago(days=5))
    actions.discharge(first, by=cast.alice, at=ago(days=2), departure="home")
    admit_patient(cast, bed=cast.beds_8c[0], at=ago(days=1), patient=first.patient, episode=first.episode)
    assert list(find(cast.alice, Asked(first.patient.record_number)).stays) == [first]


def test_a_patient_whose_record_was_opened_is_found_meanwhile(cast: Cast) -> None:
    stay = admitted(cast, "Müller", "Anna")
    break_glass(stay, by=cast.nora, reason="Fell in the corridor")
    assert list(find(cast.nora, Asked("müller")).stays) == [stay]


def test_twenty_at_most_and_it_says_that_there_are_more(cast: Cast) -> None:
    for number in range(MOST + 1):
        bed = Bed.objects.create(ward=cast.ward_7b, label=f"X-{number}")
        admitted(cast, "Müller", f"Anna {number}", bed=bed)
    found = find(cast.alice, Asked("müller"))
    assert (len(found.stays), found.more) == (MOST, True)
    assert not find(cast.alice, Asked("müller anna 1")).more


def test_a_search_is_logged_with_who_was_shown_and_without_what_was_typed(cast: Cast) -> None:
    stay = admitted(cast, "Müller", "Anna")
    search(Asked("müller", BORN), by=cast.alice)
    entry = AuditEntry.objects.get(action="patients.searched")
    assert (entry.actor, entry.patient) == (cast.alice, stay.patient)
    assert entry.data == {"with_birth_date": True, "patients": [stay.patient_id], "more": False}


def test_somebody_of_no_ward_does_not_search(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        search(Asked("müller"), by=person("No", "Body"))


# --- Elsewhere -------------------------------------------------------------------------------------------------------


def test_both_identifiers_find_a_patient_of_another_ward(cast: Cast) -> None:
    stay = admitted(cast, "Müller", "Anna")
    number = stay.patient.record_number
    assert search_elsewhere(by=cast.nora, record_number=number, born=BORN) == stay
    entry = AuditEntry.objects.get(action="patients.searched")
    assert (entry.patient, entry.data) == (stay.patient, {"elsewhere": True})
    for wrong in ((number, date(1955, 3, 8)), (number.lower(), BORN), (number[:-1], BORN)):
        assert search_elsewhere(by=cast.nora, record_number=wrong[0], born=wrong[1]) is None
    assert AuditEntry.objects.filter(action="patients.searched", patient=None).count() == 3


def test_one_within_reach_is_not_elsewhere(cast: Cast) -> None:
    patient = admitted(cast, "Müller", "Anna").patient
    assert search_elsewhere(by=cast.alice, record_number=patient.record_number, born=BORN) is None


def test_an_administrator_does_not_look_elsewhere(cast: Cast) -> None:
    far = person("Ada", "Far", (cast.ward_8c, Role.ADMINISTRATOR))
    with pytest.raises(Forbidden):
        search_elsewhere(by=far, record_number="MRN-1", born=BORN)


# --- What it costs ---------------------------------------------------------------------------------------------------


def test_it_is_one_query_that_uses_the_indexes(cast: Cast, django_assert_num_queries: object) -> None:
    Patient.objects.bulk_create(
        Patient(record_number=f"N-{n}", family_name=f"Name{n:05}", given_name="Pat", date_of_birth=BORN, sex="F")
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE wards_patient")
    with django_assert_num_queries(2):  # type: ignore[operator]  # one for Alice's roles, which a page knows already
        find(cast.alice, Asked("Name00017 Pat"))
    plan = matching(Asked("Name00017 Pat")).explain()
    assert "patients_by_family_name" in plan
    assert "patients_by_given_name" in plan
    assert "Seq Scan" not in plan
