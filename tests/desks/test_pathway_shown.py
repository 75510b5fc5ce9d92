"""What pages show of imaging, theatre and re-operations, with the next steps of whoever looks; without a query."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import pytest
from django.template.loader import render_to_string

from monitoring.desks.common.alert_progress import Done
from monitoring.desks.common.pathway import Pathway
from monitoring.due.clock import now
from monitoring.pathway.queries import course
from tests.alerts.conftest import Patient
from tests.cast import Cast, ago
from tests.desks.pages import queries_of, spaced
from tests.pathway.examples import again, explore, image, plan, reported_study
from wards.access import May
from wards.models import Operation, Stay
from wards.queries import standing_operations

NURSE = frozenset({May.RECORD_IMAGING, May.PLAN_THEATRE, May.RECORD_MILESTONE})
SURGEON = NURSE | {May.REPORT_IMAGING, May.RECORD_EXPLORATION}


def pathway(stay: Stay, rights: Collection[May]) -> Pathway:
    return Pathway(course(stay.episode_id), standing_operations(stay.episode_id), rights, now())


def page(patient: Patient, rights: Collection[May] = NURSE, **more: object) -> str:
    shown = pathway(patient.stay, rights)
    context = {"pathway": shown, "stay": patient.stay, "now": shown.now, **more}
    return render_to_string("surgeon/_pathway.html", context)


@pytest.fixture
def reoperation(cast: Cast, patient: Patient) -> Operation:
    return again(cast, patient.stay, ended_at=ago(hours=3))


def test_nothing_recorded_says_so_and_offers_what_one_may(patient: Patient) -> None:
    assert not pathway(patient.stay, NURSE)
    text = spaced(page(patient))
    for words in ("None recorded.", "Not planned.", "Imaging…", "Plan theatre…"):
        assert words in text
    assert "Re-operations" not in text
    text = spaced(page(patient, ()))
    assert "Imaging…" not in text
    assert "Plan theatre…" not in text


def test_a_study_shows_each_stage_and_what_it_shows(cast: Cast, patient: Patient) -> None:
    requested, done, report = reported_study(cast, patient.stay)
    source = page(patient, SURGEON)
    text = spaced(source)
    assert "MRI Epidural haematoma" in text
    for words in ("Requested", "Done", "Reported", "by Alice Ames", "by Sam Stone", "Another imaging…"):
        assert words in text
    for stage in (requested, done, report):
        assert f"/imaging/{stage.public_id}/correct/" in source
    assert f"/imaging/{report.public_id}/retract/" not in page(patient, NURSE)
    assert f"/imaging/{done.public_id}/retract/" in page(patient, NURSE)


def test_its_next_step_is_offered_to_whoever_may_take_it(cast: Cast, patient: Patient) -> None:
    requested = image(cast, patient.stay, at=ago(hours=2))
    assert "MRI done now" in page(patient)
    assert "MRI done now" not in page(patient, ())
    image(cast, patient.stay, "done", at=ago(hours=1), study=requested.study)
    assert "MRI done now" not in page(patient, SURGEON)
    assert "What the MRI shows…" in page(patient, SURGEON)
    assert "What the MRI shows…" not in page(patient, NURSE)


def test_a_plan_counts_down_and_is_changed_or_cancelled(cast: Cast, patient: Patient) -> None:
    made = plan(cast, patient.stay, now() + timedelta(minutes=40, seconds=30), note="theatre 2")
    source = page(patient)
    assert ", in 40 min · weakness or another deficit · theatre 2 by Alice Ames" in spaced(source).replace(" ,", ",")
    for step in ("change", "cancel"):
        assert f"/theatre/{made.public_id}/{step}/" in source
        assert f"/theatre/{made.public_id}/{step}/" not in page(patient, ())
    assert "Plan theatre…" not in source


def test_a_plan_whose_time_has_passed_is_said_to_wait_for_its_operation(cast: Cast, patient: Patient) -> None:
    plan(cast, patient.stay, ago(hours=1))
    assert "ago (no operation recorded yet)" in spaced(page(patient))


def test_a_re_operation_asks_a_surgeon_for_its_findings(cast: Cast, patient: Patient, reoperation: Operation) -> None:
    link = f"/operations/{reoperation.public_id}/findings/"
    assert "Findings not recorded yet." in page(patient, NURSE)
    assert link in page(patient, SURGEON)
    assert link not in page(patient, NURSE)
    found = explore(cast, reoperation, level="L2", side="right", text="clot removed")
    text = spaced(page(patient, SURGEON))
    assert "Epidural haematoma, L2, right clot removed" in text
    assert "stays out of the registry" not in text
    assert f"/findings/{found.public_id}/correct/" in page(patient, SURGEON)
    assert f"/findings/{found.public_id}/correct/" not in page(patient, NURSE)


def test_a_re_operation_for_another_reason_says_that_it_is_no_case(
    cast: Cast, patient: Patient, reoperation: Operation
) -> None:
    explore(cast, reoperation, indication="infection", finding="", level="L4")
    text = spaced(page(patient))
    assert "Wound infection, L4" in text
    assert "Not for weakness: it stays out of the registry." in text


def test_its_forms_come_back_to_the_alert_they_were_opened_from(cast: Cast, critical: Patient) -> None:
    image(cast, critical.stay)
    source = page(critical, SURGEON, alert=critical.alert)
    assert f"/stays/{critical.stay.public_id}/imaging/new/?alert={critical.alert.public_id}" in source
    assert f'name="alert" value="{critical.alert.public_id}"' in source
    assert "?alert=" not in page(critical, SURGEON)


def test_an_alert_offers_one_tap_for_each_study_that_is_not_done(cast: Cast, critical: Patient) -> None:
    first, second = image(cast, critical.stay), image(cast, critical.stay, modality="CT")
    image(cast, critical.stay, "done", modality="XRAY")
    context = {
        "one": Done("imaging_done", "imaging done", None),
        "pathway": pathway(critical.stay, NURSE),
        "alert": critical.alert,
        "stay": critical.stay,
    }
    source = render_to_string("common/_alert_milestone_ways.html", context)
    for study in (first, second):
        assert f'action="/imaging/{study.study}/done/"' in source
    text = spaced(source)
    assert "MRI done now" in text
    assert "CT done now" in text
    assert "X-ray" not in text
    assert 'id="earlier-imaging_done"' in source


def test_it_asks_the_database_nothing(cast: Cast, patient: Patient, reoperation: Operation) -> None:
    reported_study(cast, patient.stay)
    plan(cast, patient.stay)
    explore(cast, reoperation)
    shown = pathway(patient.stay, SURGEON)
    context = {"pathway": shown, "stay": patient.stay, "now": shown.now, "alert": None}
    assert queries_of(lambda: render_to_string("surgeon/_pathway.html", context)) == 0
