"""The note on Airflow's page of a run: written where a connection says by whom, and never in the way."""

import json
import logging
import os
from types import SimpleNamespace

import pytest

from screening.orchestration.run_notes import write_note
from tests.dags.conftest import PASSWORD

RUN = "backfill__2026-11-24T00:00:00+00:00/x"
CONTEXT = {"dag_run": SimpleNamespace(dag_id="nightly_screening", run_id=RUN)}


def never() -> str:
    raise AssertionError("nobody wanted a note")


def test_the_note_reaches_the_run_whatever_signs_its_id_has(airflow_api):
    write_note(CONTEXT, lambda: "night 2026-11-23, in order")
    write_note(CONTEXT, lambda: "x" * 1001)  # Airflow takes 1000
    assert airflow_api.notes == [
        ("nightly_screening", RUN, "night 2026-11-23, in order"),
        ("nightly_screening", RUN, "x" * 1000),
    ]


def test_without_the_connection_nobody_is_asked(airflow_api, monkeypatch, caplog):
    monkeypatch.delenv("AIRFLOW_CONN_SCREENING_AIRFLOW")
    write_note(CONTEXT, never)
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"password": "wrong"}, "/base/auth/token answered 401"),
        ({"port": 1}, "ConnectError"),
        ({"host": None}, "UsageError"),
        ({"host": "", "extra": "[]"}, "UsageError"),
    ],
    ids=["not-let-in", "no-answer", "no-host", "not-understood"],
)
def test_a_note_that_cannot_be_written_is_logged_and_changes_nothing(
    airflow_api, monkeypatch, caplog, changed, told
):

    given = json.loads(os.environ["AIRFLOW_CONN_SCREENING_AIRFLOW"]) | changed
    monkeypatch.setenv("AIRFLOW_CONN_SCREENING_AIRFLOW", json.dumps(given))
    with caplog.at_level(logging.WARNING):
        write_note(CONTEXT, lambda: "a note")
    assert f"no note on the run (connection screening_airflow: {told})" in caplog.text
    assert PASSWORD not in caplog.text


def test_a_user_who_may_not_edit_runs_is_told_with_the_run(airflow_api, monkeypatch, caplog):
    monkeypatch.setattr(airflow_api, "status", 403)
    with caplog.at_level(logging.WARNING):
        write_note(CONTEXT, lambda: "a note")
    assert "answered 403" in caplog.text
