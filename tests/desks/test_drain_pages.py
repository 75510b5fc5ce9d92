"""Drains: placed, read, removed, corrected and taken back through their pages, and what these say of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.test import Client

from monitoring.desks.common.drain_words import Clock, drain_notes, summary_words
from monitoring.due.clock import now
from monitoring.pathway.actions.drains import record_drain
from monitoring.pathway.drains import Drain, RemovalRule
from monitoring.pathway.facts import DrainFacts
from monitoring.pathway.models import DrainEntry
from monitoring.pathway.queries import course
from tests.alerts.conftest import Patient
from tests.cast import Cast, admit_patient, ago
from tests.desks.pages import acts, alerting_works, queries_of, read, signed_in, spaced
from tests.desks.test_operation_and_treatment_pages import BERLIN, refused, wall
from wards.models import Ward
from wards.times import zone_of

Stage = DrainEntry.Stage


@pytest.fixture(autouse=True)
def _alive(db: None) -> None:
    alerting_works()


@pytest.fixture
def alice(cast: Cast) -> Client:
    return signed_in(cast.alice)


def url(patient: Patient, step: str = "") -> str:
    return f"/stays/{patient.stay.public_id}/drains/{step}"


def line(patient: Patient, drain: DrainEntry | None, stage: Stage, hours_ago: float, **said: object) -> DrainEntry:
    """A line by Alice, so many hours ago; the first line of a drain places it."""
    named = DrainFacts(drain=drain.drain if drain else uuid4(), stage=stage, **said)  # type: ignore[arg-type]
    return record_drain(patient.stay, by=patient.cast.alice, at=ago(hours=hours_ago), facts=named, key=uuid4())


def placed(patient: Patient, hours_ago: float, label: str = "Drain 1", *, suction: bool = True) -> DrainEntry:
    return line(patient, None, Stage.PLACED, hours_ago, label=label, suction=suction)


def gave(patient: Patient, drain: DrainEntry, hours_ago: float, ml: int) -> DrainEntry:
    return line(patient, drain, Stage.READ, hours_ago, volume_ml=ml)


def typed(at: datetime, prefix: str = "") -> dict[str, str]:
    date, time = wall(at).split("T")
    named = {"happened": "earlier", "happened_date": date, "happened_time": time}
    return {f"{prefix}{name}": value for name, value in named.items()}


def placing(**changes: str) -> dict[str, str]:
    said = {"idempotency_key": str(uuid4()), "label": "Drain 1", "suction": "yes", "happened": "now", "note": ""}
    return {name: value for name, value in (said | changes).items() if value}


def reading(drain: DrainEntry, ml: str, **changes: str) -> dict[str, str]:
    """What the quick form of a drain sends: its fields are named after the drain."""
    said = {"idempotency_key": str(uuid4()), "volume_ml": ml, "happened": "now", "note": ""} | changes
    prefix = f"drain-{drain.drain.hex[:12]}-"
    return {"drain": str(drain.drain)} | {f"{prefix}{name}": value for name, value in said.items()}


def removal(**changes: str) -> dict[str, str]:
    return {"idempotency_key": str(uuid4()), "happened": "now", "note": ""} | changes


def text_of(cast: Cast, patient: Patient) -> str:
    return spaced(read(cast.alice, url(patient)))


def only(patient: Patient) -> Drain:
    (drain,) = course(patient.stay.episode_id).drains
    return drain


def test_a_drain_is_placed_read_and_removed(cast: Cast, alice: Client, patient: Patient) -> None:
    at = ago(hours=6)
    answer = alice.post(url(patient, "new/"), placing(**typed(at), note="under the fascia"))
    assert answer.headers["Location"] == url(patient)
    drain = DrainEntry.objects.get()
    assert (drain.label, drain.suction, drain.happened_at, drain.note) == ("Drain 1", True, at, "under the fascia")
    assert alice.post(url(patient), reading(drain, "120")).status_code == 302
    stored = DrainEntry.objects.get(stage=Stage.READ)
    assert (stored.drain, stored.volume_ml, stored.recorded_by) == (drain.drain, 120, cast.alice)
    assert "Drain 1 on suction" in text_of(cast, patient)
    assert alice.post(url(patient, f"{drain.drain}/remove/"), removal(note="dry")).status_code == 302
    assert only(patient).removed is not None
    text = text_of(cast, patient)
    assert "Removed" in text
    assert "Not ready for removal" not in text


def test_the_volume_is_not_filled_in_and_0_is_one(alice: Client, patient: Patient) -> None:
    drain = placed(patient, 6)
    page = alice.get(url(patient)).content.decode()
    field = re.search(r"<input[^>]*volume_ml[^>]*>", page)
    assert field
    assert "value=" not in field.group()
    assert 'inputmode="numeric"' in field.group()
    assert "ml since the last reading (emptied then)" in page
    assert alice.post(url(patient), reading(drain, "0")).status_code == 302
    assert DrainEntry.objects.get(stage=Stage.READ).volume_ml == 0


@pytest.mark.parametrize("ml", ["", "12.5", "a lot", "-1", "5001", "9" * 30])
def test_a_volume_that_is_none_is_refused_with_what_was_typed(alice: Client, patient: Patient, ml: str) -> None:
    drain = placed(patient, 6)
    text = refused(alice, url(patient), reading(drain, ml, note="clotted"))
    assert "whole number" in text
    page = alice.post(url(patient), reading(drain, ml, note="clotted")).content.decode()
    assert 'value="clotted"' in page
    assert ml == "" or f'value="{ml}"' in page
    assert not DrainEntry.objects.filter(stage=Stage.READ).exists()


def test_the_refused_form_is_that_of_the_drain_that_was_read(alice: Client, patient: Patient) -> None:
    first, second = placed(patient, 6), placed(patient, 6, "Drain 2")
    page = alice.post(url(patient), reading(second, "12.5")).content.decode()
    one, other = page.split(f'id="drain-{second.drain}"')
    assert f'id="drain-{first.drain}"' in one
    assert "errorlist" not in one.split("</section>")[-2]
    assert 'value="12.5"' in other


def future(patient: Patient, drain: DrainEntry) -> dict[str, str]:
    return typed(ago(minutes=-10))


def before_it_lay(patient: Patient, drain: DrainEntry) -> dict[str, str]:
    return typed(ago(hours=7))


def read_before(patient: Patient, drain: DrainEntry) -> dict[str, str]:
    return typed(gave(patient, drain, 2, 30).happened_at)


def after_it_was_removed(patient: Patient, drain: DrainEntry) -> dict[str, str]:
    line(patient, drain, Stage.REMOVED, 2)
    return typed(ago(hours=1))


@pytest.mark.parametrize(
    ("when", "words"),
    [
        (future, "This is in the future"),
        (before_it_lay, "It was placed at"),
        (read_before, "A reading of this drain at this time is recorded already."),
        (after_it_was_removed, "It is recorded as removed at"),
    ],
)
def test_a_reading_at_a_time_that_cannot_be_is_refused_beside_its_time(
    alice: Client, patient: Patient, when: Callable[[Patient, DrainEntry], dict[str, str]], words: str
) -> None:
    drain = placed(patient, 6)
    times = when(patient, drain)
    before = DrainEntry.objects.count()
    text = refused(alice, url(patient), reading(drain, "44", **times))
    assert words in text
    assert DrainEntry.objects.count() == before


def test_a_reading_from_before_the_removal_can_still_be_entered(alice: Client, patient: Patient) -> None:
    drain = placed(patient, 6)
    line(patient, drain, Stage.REMOVED, 1)
    assert alice.post(url(patient), reading(drain, "44", **typed(ago(hours=2)))).status_code == 302
    assert only(patient).total_ml == 44


def test_a_drain_that_was_taken_back_meanwhile_keeps_what_was_typed(alice: Client, patient: Patient) -> None:
    drain = placed(patient, 6)
    alice.post(f"/drain-lines/{drain.public_id}/retract/", {"reason": "another patient’s"})
    text = refused(alice, url(patient), reading(drain, "44"))
    assert "This drain no longer stands in the record." in text
    assert 'value="44"' in alice.post(url(patient), reading(drain, "44")).content.decode()


@pytest.mark.parametrize("name", ["", "nothing", "00000000-0000-4000-8000-000000000000"])
def test_a_reading_of_no_drain_of_this_patient_is_not_found(alice: Client, patient: Patient, name: str) -> None:
    drain = placed(patient, 6)
    assert alice.post(url(patient), reading(drain, "44") | {"drain": name}).status_code == 404
    assert alice.post(url(patient, f"{uuid4()}/remove/"), removal()).status_code == 404


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"label": ""}, "Name the drain, so that nobody reads the wrong one."),
        ({"suction": ""}, "Say whether it is on suction."),
        ({"happened": ""}, "Say when."),
        ({"label": "drain 1"}, "A drain of this name lies already."),
        ({"label": "x" * 25}, "at most 24 characters"),
    ],
)
def test_a_drain_without_a_name_of_its_own_or_half_described_is_refused(
    alice: Client, patient: Patient, changes: dict[str, str], words: str
) -> None:
    placed(patient, 6)
    assert words in refused(alice, url(patient, "new/"), placing(note="left side") | changes)
    assert 'value="left side"' in alice.post(url(patient, "new/"), placing(note="left side") | changes).content.decode()
    assert DrainEntry.objects.count() == 1


def test_not_on_suction_is_an_answer(cast: Cast, alice: Client, patient: Patient) -> None:
    assert alice.post(url(patient, "new/"), placing(suction="no")).status_code == 302
    assert DrainEntry.objects.get().suction is False
    assert "Drain 1 not on suction" in text_of(cast, patient)


def test_a_removal_before_a_reading_or_of_a_removed_drain_is_refused(alice: Client, patient: Patient) -> None:
    drain = placed(patient, 6)
    gave(patient, drain, 1, 10)
    address = url(patient, f"{drain.drain}/remove/")
    assert "It was read at" in refused(alice, address, removal(**typed(ago(hours=2))))
    line(patient, drain, Stage.REMOVED, 0.5)
    assert "It is recorded as removed at" in refused(alice, address, removal())


def test_a_form_sent_twice_is_stored_once(alice: Client, patient: Patient) -> None:
    form = placing(**typed(ago(hours=2)))
    assert {alice.post(url(patient, "new/"), form).status_code for _ in range(2)} == {302}
    drain = DrainEntry.objects.get()
    read_form, gone = reading(drain, "0"), removal()
    assert {alice.post(url(patient), read_form).status_code for _ in range(3)} == {302}
    address = url(patient, f"{drain.drain}/remove/")
    assert {alice.post(address, gone).status_code for _ in range(2)} == {302}
    assert DrainEntry.objects.count() == 3
    assert "already saved" in refused(
        alice, url(patient), read_form | {next(k for k in read_form if "volume" in k): "9"}
    )


def test_a_reading_is_corrected_with_a_reason_and_the_old_one_stays_struck(
    cast: Cast, alice: Client, patient: Patient
) -> None:
    drain = placed(patient, 6)
    wrong = gave(patient, drain, 2, 400)
    address = f"/drain-lines/{wrong.public_id}/correct/"
    assert 'value="400"' in alice.get(address).content.decode()
    form = {"idempotency_key": str(uuid4()), "volume_ml": "40", "happened": "same", "note": "", "reason": ""}
    assert "Say why it is corrected." in refused(alice, address, form)
    for _ in range(2):
        assert alice.post(address, form | {"reason": "one nought too many"}).status_code == 302
    new = DrainEntry.objects.get(supersedes=wrong)
    assert (new.volume_ml, new.happened_at, new.drain) == (40, wrong.happened_at, drain.drain)
    text = text_of(cast, patient)
    assert "400 ml" in text
    assert "by Alice Ames: one nought too many" in text
    assert only(patient).total_ml == 40
    assert "corrected this entry at" in refused(
        alice, address, form | {"idempotency_key": str(uuid4()), "reason": "again"}
    )


def test_the_name_and_suction_of_a_drain_are_corrected(cast: Cast, alice: Client, patient: Patient) -> None:
    drain = placed(patient, 6)
    gave(patient, drain, 2, 30)
    form = placing(label="Drain 2", suction="no", happened="same", reason="mixed up")
    assert alice.post(f"/drain-lines/{drain.public_id}/correct/", form).status_code == 302
    assert (only(patient).label, only(patient).placed.suction, only(patient).total_ml) == ("Drain 2", False, 30)
    late = placing(label="Drain 2", reason="mixed up", **typed(ago(hours=1)))
    newest = DrainEntry.objects.latest("pk")
    assert "It was read or removed at" in refused(alice, f"/drain-lines/{newest.public_id}/correct/", late)


def test_a_reading_is_retracted_and_a_drain_only_once_it_has_none(cast: Cast, alice: Client, patient: Patient) -> None:
    drain = placed(patient, 6)
    wrong = gave(patient, drain, 2, 400)
    assert "Readings of this drain rest on this." in refused(
        alice, f"/drain-lines/{drain.public_id}/retract/", {"reason": "never placed"}
    )
    assert "Say why it is retracted." in refused(alice, f"/drain-lines/{wrong.public_id}/retract/", {"reason": " "})
    for entry, reason in ((wrong, "the other drain’s"), (drain, "never placed")):
        assert alice.post(f"/drain-lines/{entry.public_id}/retract/", {"reason": reason}).status_code == 302
    text = text_of(cast, patient)
    assert "No drain recorded" in text
    assert "Taken back" in text
    assert "by Alice Ames: the other drain’s" in text
    assert "by Alice Ames: never placed" in text


def test_each_reading_stands_with_its_volume_rate_and_who(cast: Cast, patient: Patient) -> None:
    drain = placed(patient, 6)
    gave(patient, drain, 4, 100)
    gave(patient, drain, 1, 30)
    text = text_of(cast, patient)
    assert "30 ml by Alice Ames Correct Retract 10.0 ml/h" in text
    assert "100 ml by Alice Ames Correct Retract 50.0 ml/h" in text
    assert "130 ml in 5 h 00" in text


def test_the_days_are_counted_back_from_the_last_reading_and_a_short_time_says_so(cast: Cast, patient: Patient) -> None:
    drain = placed(patient, 49)
    gave(patient, drain, 25, 22)
    gave(patient, drain, 1, 38)
    text = text_of(cast, patient)
    assert "38 ml · 22 ml · not yet 3 days" in text
    assert "Not ready for removal by the rule: its readings cover 48 h" not in text
    assert "its readings cover 2 d 0 h: not yet 3 days" in text
    assert "38 ml in 24 h" in text


def days_of(patient: Patient, *volumes: int, last: float = 1) -> DrainEntry:
    """A drain that gave so much a day, the last day first, read once a day, last so many hours ago."""
    drain = placed(patient, last + 24 * len(volumes))
    for number, volume in reversed(list(enumerate(volumes))):
        gave(patient, drain, last + 24 * number, volume)
    return drain


@pytest.fixture
def long_there(cast: Cast) -> Patient:
    """Somebody admitted eleven days ago."""
    return Patient(cast, admit_patient(cast, at=ago(days=11)))


def test_under_the_limit_on_three_days_it_is_ready_as_information(cast: Cast, long_there: Patient) -> None:
    days_of(long_there, 49, 0, 49)
    text = text_of(cast, long_there)
    assert "READY FOR REMOVAL by the rule : under 50 ml a day on 3 consecutive days" in text
    assert "That is information; whether it comes out, a surgeon decides." in text


def test_a_day_over_the_limit_is_named(cast: Cast, long_there: Patient) -> None:
    days_of(long_there, 10, 50, 30)
    text = text_of(cast, long_there)
    assert re.search(r"Not ready for removal by the rule: 50 ml in the 24 h until yesterday \d\d:\d\d", text)
    assert "50 ml, not under 50" in text
    assert "READY" not in text


def test_a_drain_that_nobody_read_for_a_day_is_not_called_dry(cast: Cast, long_there: Patient) -> None:
    days_of(long_there, 0, 0, 0, last=30)
    text = text_of(cast, long_there)
    assert "Not ready for removal by the rule: last read 30 h 0" in text


def test_a_drain_that_was_never_read_says_so(cast: Cast, patient: Patient) -> None:
    placed(patient, 30)
    assert "Not ready for removal by the rule: nobody has read it yet" in text_of(cast, patient)


def test_the_wards_own_limit_counts(cast: Cast, long_there: Patient) -> None:
    days_of(long_there, 60, 60)
    Ward.objects.filter(pk=cast.ward_7b.pk).update(drain_limit_ml=80, drain_days=2)
    assert "READY FOR REMOVAL by the rule : under 80 ml a day on 2 consecutive days" in text_of(cast, long_there)
    Ward.objects.filter(pk=cast.ward_7b.pk).update(drain_limit_ml=60, drain_days=1)
    assert "READY" not in text_of(cast, long_there)


def test_what_is_just_under_the_limit_is_never_shown_as_the_limit(cast: Cast, long_there: Patient) -> None:
    drain = placed(long_there, 26)
    gave(long_there, drain, 12, 27)  # 27 ml in 14 h, of which 13 h are within the last day
    gave(long_there, drain, 1, 24)
    Ward.objects.filter(pk=cast.ward_7b.pk).update(drain_days=1)
    text = text_of(cast, long_there)
    assert "READY" in text
    assert "49 ml in 24 h" in text


def clock(patient: Patient) -> Clock:
    return Clock(now(), zone_of(patient.stay.ward))


def stopped_drain(patient: Patient) -> DrainEntry:
    drain = placed(patient, 10)
    gave(patient, drain, 6, 160)
    gave(patient, drain, 2, 0)
    return drain


def notes(patient: Patient) -> list[str]:
    drains = course(patient.stay.episode_id).drains
    return drain_notes(drains, patient.alert, patient.watch.assessment, clock(patient))


def test_a_drain_that_stops_together_with_a_drop_is_pointed_out(patient: Patient) -> None:
    stopped_drain(patient)
    patient.checked(10, L4_left=2)
    since, until = (at.astimezone(BERLIN) for at in (ago(hours=6), ago(hours=2)))
    (note,) = notes(patient)
    assert note.startswith("Drain 1 gave 0 ml from ")
    assert f"{since:%H:%M}" in note
    assert f"{until:%H:%M}" in note
    assert note.endswith("40 ml an hour before. A blocked drain and a haematoma look like this.")


def test_a_drop_by_one_grade_is_enough(patient: Patient) -> None:
    stopped_drain(patient)
    patient.checked(10, L4_left=4, S1_right=4, L5_left=4)
    assert len(notes(patient)) == 1


def test_without_a_drop_and_once_the_alert_is_closed_nothing_is_pointed_out(patient: Patient) -> None:
    stopped_drain(patient)
    patient.checked(10, flag="bladder_bowel")
    assert notes(patient) == []
    patient.checked(5, flag="bladder_bowel", L4_left=4)
    assert len(notes(patient)) == 1
    alert = patient.alert
    alert.closed_at = now()
    drains = course(patient.stay.episode_id).drains
    assert drain_notes(drains, alert, patient.watch.assessment, clock(patient)) == []


def test_a_drain_that_goes_on_or_was_removed_is_not_pointed_out(patient: Patient) -> None:
    drain = stopped_drain(patient)
    patient.checked(10, L4_left=2)
    gave(patient, drain, 0.5, 60)
    assert notes(patient) == []
    line(patient, drain, Stage.REMOVED, 0.2)
    assert notes(patient) == []


def test_the_summary_is_a_line_a_drain_that_lies(patient: Patient) -> None:
    def summary(rule: RemovalRule | None = None) -> list[str]:
        return summary_words(course(patient.stay.episode_id).drains, clock(patient), rule)

    assert summary() == ["no drain recorded"]
    drain = placed(patient, 25, "1")
    assert re.fullmatch(r"Drain 1: on suction, placed yesterday \d\d:\d\d, not read yet", summary()[0])
    read_at = gave(patient, drain, 1, 48).happened_at.astimezone(BERLIN)
    said = clock(patient).said(read_at)
    assert summary() == [f"Drain 1: 48 ml in 24 h, on suction, read {said}"]
    assert summary(RemovalRule(50, 1)) == [
        f"Drain 1: 48 ml in 24 h, on suction, read {said}; ready for removal by the rule"
    ]
    line(patient, drain, Stage.REMOVED, 0.5)
    assert summary()[0].startswith("no drain in place; the last was removed ")


def test_the_stays_page_leads_to_the_drains_and_says_what_they_gave(cast: Cast, patient: Patient) -> None:
    stay_page = f"/stays/{patient.stay.public_id}/"
    assert "no drain recorded" in read(cast.alice, stay_page)
    drain = placed(patient, 6)
    gave(patient, drain, 1, 48)
    page = read(cast.alice, stay_page)
    assert "Drain 1: 48 ml in 5 h 00, on suction" in spaced(page)
    assert f'href="{url(patient)}"' in page


def test_the_hand_over_sheet_tells_of_drains_that_lie(cast: Cast, patient: Patient) -> None:
    sheet = "/wards/7b/sheet/"
    drain = placed(patient, 6)
    gave(patient, drain, 1, 48)
    assert "Drain 1: 48 ml in 5 h 00, on suction, read" in spaced(read(cast.alice, sheet))
    patient.checked(10, L4_left=2)
    assert "Drains, outcome Drain 1: 48 ml in 5 h 00" in spaced(read(cast.alice, sheet))
    line(patient, drain, Stage.REMOVED, 0.5)
    assert "Drain 1" not in spaced(read(cast.alice, sheet))


def test_an_administrator_reads_and_writes_nothing_and_another_ward_finds_nothing(cast: Cast, patient: Patient) -> None:
    drain = placed(patient, 6)
    forms = {
        url(patient): reading(drain, "10"),
        url(patient, "new/"): placing(label="Drain 2"),
        url(patient, f"{drain.drain}/remove/"): removal(),
        f"/drain-lines/{drain.public_id}/correct/": placing(happened="same", reason="x"),
        f"/drain-lines/{drain.public_id}/retract/": {"reason": "x"},
    }
    before = acts()
    for address, form in forms.items():
        assert signed_in(cast.adam).post(address, form).status_code == 403
        assert signed_in(cast.nora).post(address, form).status_code == 404
        assert signed_in(cast.nora).get(address).status_code == 404
    page = read(cast.adam, url(patient))
    assert "Drain 1" in page
    assert "volume_ml" not in page
    assert "/drain-lines/" not in page
    assert "/drains/new/" not in page
    assert acts() == before


@pytest.mark.parametrize("who", ["alice", "carol", "sam"])
def test_whoever_works_on_the_ward_may_read_a_drain(cast: Cast, patient: Patient, who: str) -> None:
    drain = placed(patient, 6)
    assert signed_in(getattr(cast, who)).post(url(patient), reading(drain, "10")).status_code == 302
    assert DrainEntry.objects.get(stage=Stage.READ).recorded_by == getattr(cast, who)


def test_the_page_asks_as_many_queries_for_many_drains_and_readings_as_for_two(
    cast: Cast, alice: Client, patient: Patient
) -> None:
    first = placed(patient, 20)
    gave(patient, first, 18, 40)
    gave(patient, placed(patient, 20, "Drain 2"), 17, 40)
    few = queries_of(lambda: alice.get(url(patient)))
    for number in range(3, 6):
        drain = placed(patient, 20, f"Drain {number}")
        for hours in range(1, 8):
            gave(patient, drain, hours, 5 * hours)
    assert queries_of(lambda: alice.get(url(patient))) == few <= 12


def test_no_style_stands_in_the_page(cast: Cast, patient: Patient) -> None:
    drain = placed(patient, 26)
    gave(patient, drain, 1, 170)
    page = read(cast.alice, url(patient))
    assert "<rect" in page
    assert " style=" not in page
