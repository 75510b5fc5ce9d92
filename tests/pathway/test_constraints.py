"""What the database itself refuses of a study, a plan, findings or a drain, whoever writes it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, models, transaction

from monitoring.due.clock import now
from monitoring.pathway.models import MOST_ML, DrainEntry, Exploration, Imaging, TheatrePlan
from monitoring.pathway.vocabulary import Finding, Indication
from monitoring.watchdog.cast import NURSE, ensure_cast
from tests.cast import Cast
from wards.models import Operation, Stay

STUDY: dict[str, Any] = {"stage": "requested", "modality": "CT"}
REPORT: dict[str, Any] = {"stage": "reported", "modality": "MRI", "finding": "none_found"}
PLACED: dict[str, Any] = {"stage": "placed", "label": "left", "suction": False}
READ: dict[str, Any] = {"stage": "read", "volume_ml": 0}
REMOVED: dict[str, Any] = {"stage": "removed"}


def save(model: type[models.Model], cast: Cast, stay: Stay, **columns: Any) -> None:
    """Past all actions and rules. `at` fills the time of its kind."""
    about = {"stay": stay, "episode": stay.episode, "recorded_by": cast.sam, "idempotency_key": uuid4()}
    if model is not Exploration:
        about["planned_at" if model is TheatrePlan else "happened_at"] = now()
    with transaction.atomic():
        model._default_manager.create(**(about | columns))


def refused(name: str, model: type[models.Model], cast: Cast, stay: Stay, **columns: Any) -> None:
    with pytest.raises(IntegrityError, match=name):
        save(model, cast, stay, **columns)
    assert not model._default_manager.exists()


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("imaging_stage_known", STUDY | {"stage": "lost"}),
        ("imaging_modality_known", STUDY | {"modality": "PET"}),
        ("imaging_report_has_a_finding", REPORT | {"finding": ""}),
        ("imaging_report_has_a_finding", REPORT | {"finding": "bad luck"}),
        ("imaging_report_has_a_finding", STUDY | {"finding": "none_found"}),
        ("imaging_report_has_a_finding", STUDY | {"stage": "done", "side": "left"}),
        ("imaging_report_has_a_finding", STUDY | {"stage": "done", "level": "L4"}),
        ("imaging_correction_has_a_reason", STUDY | {"correction_reason": "corrects nothing"}),
    ],
)
def test_the_database_refuses_a_study_that_contradicts_itself(
    cast: Cast, stay: Stay, name: str, columns: dict[str, Any]
) -> None:
    refused(name, Imaging, cast, stay, **columns)


def test_the_database_takes_every_stage_modality_and_finding(cast: Cast, stay: Stay) -> None:
    for modality in Imaging.Modality.values:
        for stage in ("requested", "done"):
            save(Imaging, cast, stay, stage=stage, modality=modality)
    for finding in Finding.values:
        save(Imaging, cast, stay, **REPORT | {"finding": finding, "side": "both", "level": "L4"})
    assert Imaging.objects.count() == 6 + len(Finding.values)


def test_the_database_refuses_a_plan_for_no_known_reason(cast: Cast, stay: Stay) -> None:
    refused("plan_indication_known", TheatrePlan, cast, stay, indication="curiosity")
    for indication in Indication.values:
        save(TheatrePlan, cast, stay, indication=indication)


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("exploration_of_a_deficit_has_a_finding", {"indication": "deficit", "finding": ""}),
        ("exploration_of_a_deficit_has_a_finding", {"indication": "deficit", "finding": "bad luck"}),
        ("exploration_of_a_deficit_has_a_finding", {"indication": "infection", "finding": "none_found"}),
        ("exploration_of_a_deficit_has_a_finding", {"indication": "curiosity"}),
        ("exploration_for_another_reason_says_which", {"indication": "other", "text": ""}),
    ],
)
def test_the_database_refuses_findings_that_contradict_their_indication(
    cast: Cast, reoperation: Operation, name: str, columns: dict[str, Any]
) -> None:
    whose = {"operation": reoperation, "operation_place": reoperation.place}
    refused(name, Exploration, cast, reoperation.stay, **whose, **columns)


def test_the_database_takes_findings_of_a_deficit_and_words_of_the_rest(cast: Cast, reoperation: Operation) -> None:
    whose = {"operation": reoperation, "operation_place": reoperation.place}
    for finding in Finding.values:
        save(Exploration, cast, reoperation.stay, **whose, indication="deficit", finding=finding)
    for indication in ("exudation", "infection", "foreign_body"):
        save(Exploration, cast, reoperation.stay, **whose, indication=indication)
    save(Exploration, cast, reoperation.stay, **whose, indication="other", text="a broken drain")


@pytest.mark.parametrize(
    "columns",
    [
        PLACED | {"label": ""},
        PLACED | {"suction": None},
        PLACED | {"volume_ml": 0},
        READ | {"volume_ml": None},
        READ | {"volume_ml": -1},
        READ | {"volume_ml": MOST_ML + 1},
        READ | {"label": "left"},
        READ | {"suction": True},
        REMOVED | {"volume_ml": 0},
        REMOVED | {"label": "left"},
        REMOVED | {"suction": False},
        REMOVED | {"stage": "lost"},
    ],
    ids=str,
)
def test_the_database_refuses_a_drain_line_that_says_too_much_or_too_little(
    cast: Cast, stay: Stay, columns: dict[str, Any]
) -> None:
    refused("drain_line_says_what_its_stage_asks|volume_ml_check", DrainEntry, cast, stay, **columns)


@pytest.mark.parametrize("columns", [PLACED, READ, READ | {"volume_ml": MOST_ML}, REMOVED], ids=str)
def test_the_database_takes_a_drain_line_of_each_stage(cast: Cast, stay: Stay, columns: dict[str, Any]) -> None:
    save(DrainEntry, cast, stay, **columns)


@pytest.mark.parametrize(
    ("model", "columns"),
    [(Imaging, STUDY), (TheatrePlan, {"indication": "deficit"}), (DrainEntry, PLACED)],
    ids=lambda one: one.__name__ if isinstance(one, type) else "",
)
def test_the_watchdogs_people_sign_nothing_about_a_real_patient(
    cast: Cast, stay: Stay, model: type[models.Model], columns: dict[str, Any]
) -> None:
    ensure_cast()
    refused("is_all_synthetic_or_not", model, cast, stay, recorded_by_id=NURSE, **columns)


@pytest.mark.parametrize("kind", ["imaging", "theatreplan", "exploration", "drainentry"])
def test_the_database_holds_the_signs_and_the_keys_together(db: None, kind: str) -> None:
    def defined(contype: str) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = %s"
                " AND convalidated",
                [f"pathway_{kind}", contype],
            )
            return [definition for (definition,) in cursor.fetchall()]

    assert {"UNIQUE (idempotency_key)", "UNIQUE (supersedes_id)", "UNIQUE (public_id)"} <= set(defined("u"))
    assert any("stay_id < 0" in check and "recorded_by_id < 0" in check for check in defined("c"))
