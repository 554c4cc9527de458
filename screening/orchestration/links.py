"""A link from a task of Airflow to the night's report: one button less to look for on a red run."""

from datetime import date
from typing import Any

from airflow.sdk import BaseOperatorLink  # noqa: TID253  (only DAG files import this)

from screening.night.settings import Settings, load_settings


def report_address(settings: Settings, night: date) -> str:
    """Return where a person opens the report of a night.

    Below the profile's `schedule.reports_at`, where the agency serves the folder of reports; else the file
    itself, which a browser on this machine opens when the address is pasted.
    """
    from screening.night.reporting import report_path

    at = settings.profile.schedule.reports_at
    path = report_path(settings.store, night)
    return f"{at.rstrip('/')}/{path.parent.name}/{path.name}" if at else path.as_uri()


class ReportLink(BaseOperatorLink):
    """The button *Report* on the page of a task; nothing where the night was not published."""

    name = "Report"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:  # noqa: ANN401  (Airflow's own)
        """Return the address; Airflow asks for it once, in the worker, when the task has ended."""
        del operator
        published = ti_key.xcom_pull("publish")
        return report_address(load_settings(), date.fromisoformat(published["night"])) if published else ""
