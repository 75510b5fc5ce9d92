from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth import authenticate

from monitoring.alerts.models import Alert
from monitoring.checks.models import Check
from monitoring.checks.queries import timeline
from monitoring.demo.actions import load
from monitoring.demo.patients import PAPER_FIG_2, PAPER_FIG_3, PAPER_FIG_4, PATIENTS, DemoPatient
from monitoring.demo.people import PASSWORD, STAFF
from monitoring.due.clock import now
from monitoring.due.models import Watch
from monitoring.pathway.models import TheatrePlan
from monitoring.protocol import Settings, assess
from wards.access import stays_within_reach
from wards.models import ClinicalEntry, Staff, Stay, Ward


def stay_of(patient: DemoPatient) -> Stay:
    stays = Stay.objects.select_related("watch", "patient", "bed")
    return stays.get(patient__record_number=patient.record_number, discharged_at=None)


def in_bed(label: str) -> dict[str, Any]:
    """The assessment of who lies there, with the level as the board's column has it."""
    watch = Watch.objects.get(stay__ward__code="7B", stay__bed__label=label, stay__discharged_at=None)
    assert watch.assessment is not None
    assert watch.level == watch.assessment["level"]
    return dict(watch.assessment)


@pytest.mark.usefixtures("demo")
def test_loading_it_again_changes_nothing() -> None:
    def rows() -> dict[str, int]:
        return {model._meta.label: model._base_manager.count() for model in apps.get_models()}

    before = rows()
    assert not load()
    assert rows() == before
    assert before["wards.Ward"] == 2
    assert before["wards.Patient"] == len(PATIENTS)


@pytest.mark.usefixtures("demo")
def test_every_state_that_the_board_knows_is_on_it() -> None:
    beds = Stay.objects.filter(ward__code="7B", discharged_at=None).values_list("bed__label", flat=True)
    board = {label: in_bed(label) for label in beds}
    assert len(board) == 14
    assert {seen["level"] for seen in board.values()} == {"stable", "watch", "concern", "critical"}
    assert board["05"]["overdue"]
    assert not board["06"]["has_operation"]
    assert not board["07"]["has_baseline"]
    assert board["07"]["has_operation"]
    assert board["08"]["lems"] == "40/40, 2 NT"
    assert "L4 left" not in board["09"]["latest"]
    assert board["10"]["level"] == "watch"
    assert board["11"]["level"] == "concern"
    assert board["02"]["treatment_running_since"] is not None


@pytest.mark.usefixtures("demo")
def test_nothing_is_overdue_but_the_check_that_was_missed() -> None:
    overdue = Alert.objects.filter(kind=Alert.Kind.OVERDUE)
    assert [alert.stay.bed.label for alert in overdue] == ["05"]


@pytest.mark.usefixtures("demo")
def test_everybody_is_assessed_and_nothing_waits_but_for_the_clock() -> None:
    assert not Watch.objects.filter(assessment=None).exists()
    assert not Watch.objects.filter(assess_at__lte=now()).exists()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(("patient", "vector"), [(PAPER_FIG_2, "v-03"), (PAPER_FIG_3, "v-04"), (PAPER_FIG_4, "v-07")])
def test_a_case_of_the_paper_is_judged_as_its_vector_says(
    patient: DemoPatient, vector: str, expected: dict[str, dict[str, Any]]
) -> None:
    stay = stay_of(patient)
    fell = min(check.examined_at for check in Check.objects.filter(stay=stay).exclude(second_examiner=None))
    seen = assess(timeline(stay), Settings(), fell).to_json(None)
    for said in ("level", "actions", "because", "findings"):
        assert seen[said] == expected[vector][said], said


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(("patient", "vector"), [(PAPER_FIG_2, "v-03"), (PAPER_FIG_3, "v-04"), (PAPER_FIG_4, "v-07")])
def test_the_alert_of_a_case_of_the_paper_says_what_its_vector_says(
    patient: DemoPatient, vector: str, expected: dict[str, dict[str, Any]]
) -> None:
    alert = Alert.objects.get(stay=stay_of(patient))
    assert alert.level == expected[vector]["level"]
    assert alert.actions == expected[vector]["actions"]
    assert alert.because == expected[vector]["because"]
    assert expected[vector]["findings"][0]["rule"] in alert.rules


@pytest.mark.usefixtures("demo")
def test_the_second_and_third_case_of_the_paper_wait_for_people_and_the_fourth_is_recovering() -> None:
    told, treated, operated = (stay_of(patient) for patient in (PAPER_FIG_2, PAPER_FIG_3, PAPER_FIG_4))
    assert Alert.objects.get(stay=told).acknowledged_at is None
    assert str(Alert.objects.get(stay=treated).acknowledged_by) == "Ben Lindqvist"
    assert str(Alert.objects.get(stay=treated).accepted_by) == "Samuel Adler"
    assert treated.watch.assessment is not None
    assert treated.watch.assessment["reassess_due"] > now().isoformat()
    assert operated.watch.level == "stable"
    assert Alert.objects.get(stay=operated).outcome == Alert.Outcome.EXPLORED


@pytest.mark.usefixtures("demo")
def test_no_row_of_a_history_is_dated_ahead_or_before_what_it_tells_of() -> None:
    present = now()
    for model in apps.get_models():
        if issubclass(model, ClinicalEntry):
            for entry in model._default_manager.all():
                assert entry.recorded_at <= present
                assert entry.at <= entry.recorded_at or isinstance(entry, TheatrePlan)  # which tells of what is to come


@pytest.mark.usefixtures("demo")
def test_a_readmission_continues_its_episode() -> None:
    first, second = Stay.objects.filter(patient__family_name="Adeyemi").order_by("admitted_at")
    assert first.episode == second.episode
    assert first.discharged_at is not None
    assert first.discharged_at < second.admitted_at
    assert second.watch.assessment is not None
    assert second.watch.assessment["has_baseline"]


@pytest.mark.usefixtures("demo")
def test_a_slip_of_the_keyboard_stands_corrected_and_alerts_nobody() -> None:
    correction = Check.objects.exclude(supersedes=None).select_related("stay").get()
    mistyped = Check.objects.get(superseded_by=correction)
    assert (mistyped.s1_left, correction.s1_left) == (0, 5)
    assert correction.place == mistyped.place
    assert not Alert.objects.filter(stay=correction.stay).exists()


@pytest.mark.usefixtures("demo")
def test_a_chinese_name_is_written_so_that_it_cannot_be_misread() -> None:
    assert stay_of(PATIENTS[3]).patient.display_name == "王 (WANG), 秀英 (Xiuying)"


@pytest.mark.usefixtures("demo")
def test_the_other_wards_patients_are_out_of_a_nurses_reach() -> None:
    within = stays_within_reach(Staff.objects.get(username="alice"))
    assert {stay.ward.code for stay in within} == {"7B"}
    assert Ward.objects.get(code="8C").stays.count() == 2


@pytest.mark.usefixtures("demo")
def test_everybody_can_sign_in_with_the_password_that_is_printed() -> None:
    for person in STAFF:
        assert authenticate(username=person.username, password=PASSWORD) is not None
