"""Somebody is told when a night is not published by the hour that the profile names.

Airflow writes the moment down when it makes a run, and its scheduler looks whether it has passed: so it is
told too where no worker comes, and where an earlier night keeps this one waiting. The triggerer calls us and
needs the variables, the store and the profile of the workers. Airflow drops the deadline of a green run only;
what counts here is whether the night is published, so we look into the store before we tell.

A night for which Airflow made no run has no deadline: that its scheduler runs is for monitoring to ask.
"""

import asyncio
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from airflow.sdk import (  # type: ignore[attr-defined]  # noqa: TID253  (not in its stub; only DAG files)
    AsyncCallback,
    DeadlineAlert,
    DeadlineReference,
)

from screening.night.settings import load_settings
from screening.orchestration import schedule

_LOG = logging.getLogger(__name__)


def published_by() -> DeadlineAlert | None:
    """Return the deadline of a night's run; None where the profile names none."""
    after = schedule.due_after()
    if after is None:
        return None
    return DeadlineAlert(
        reference=DeadlineReference.DAGRUN_LOGICAL_DATE,
        interval=after,
        callback=AsyncCallback(tell_late),
        name="published by",
    )


async def tell_late(context: Mapping[str, Any]) -> None:
    """Tell that a night is late; what goes wrong with telling is said in the triggerer's log."""
    await asyncio.to_thread(_tell, context)


def _tell(context: Mapping[str, Any]) -> None:
    from screening.night import notices

    with notices.harmless(_LOG.warning):
        run = _as_in_a_task(context["dag_run"])
        if not schedule.is_long_over(run, datetime.now(UTC)):
            notices.tell_late(load_settings(), schedule.night_of(run), say=_LOG.warning)


def _as_in_a_task(run: Mapping[str, Any]) -> dict[str, Any]:
    """Give what the scheduler says of a run the shape of a task's context."""
    moments = {
        name: datetime.fromisoformat(run[name]) if run.get(name) else None
        for name in ("data_interval_start", "data_interval_end", "run_after")
    }
    return moments | {
        "params": run.get("conf") or {},
        "dag_run": SimpleNamespace(run_after=moments["run_after"]),
    }
