"""The note on Airflow's page of a run: which night it is, and how that night stands.

A task of Airflow 3.3 has no way to write one; Airflow's own API has, for a user. The connection
`screening_airflow` says where that API answers (type http or https; host, port, schema) and who writes
(login, password): a user who may edit runs. Without it there is no note, and nothing else changes.

A note holds night, state, counts and the next command, as a notice does.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from screening.orchestration.fetching import Place, place_named

CONNECTION = "screening_airflow"
_LOG = logging.getLogger(__name__)
_SECONDS = 10.0
_LONGEST = 1000  # signs that Airflow takes


def write_note(context: Mapping[str, Any], text: Callable[[], str]) -> None:
    """Write the note of the run that this task is of, if there is the connection.

    Whatever goes wrong is logged and changes nothing: a night is more than its note.

    Args:
        context: Airflow's, of the task.
        text: makes the note; asked only where it is written.
    """
    import httpx

    try:
        place = place_named(CONNECTION)
        if place is not None:
            _write(place, context["dag_run"], text()[:_LONGEST])
    except httpx.HTTPStatusError as fault:
        _tell(f"{fault.request.url.path} answered {fault.response.status_code}")
    except Exception as fault:  # noqa: BLE001  (as above)
        _tell(type(fault).__name__)


def _tell(why: str) -> None:
    _LOG.warning("no note on the run (connection %s: %s); nothing else is affected", CONNECTION, why)


def _write(place: Place, run: Any, text: str) -> None:  # noqa: ANN401  (Airflow's own)
    import httpx

    name, password = place.login or ("", "")
    page = f"/api/v2/dags/{quote(run.dag_id, safe='')}/dagRuns/{quote(run.run_id, safe='')}"
    with httpx.Client(base_url=place.addresses[0], timeout=_SECONDS) as client:
        known = client.post("/auth/token", json={"username": name, "password": password}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {known.json()['access_token']}"
        client.patch(page, json={"note": text}).raise_for_status()
