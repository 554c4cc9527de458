"""Hands figures to Airflow's own metrics: StatsD, Datadog or OpenTelemetry, as the agency has set it up.

Where nothing is set up Airflow drops them. They carry no tags: names and numbers are all that leaves.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime

from screening.night.settings import Settings

_LOG = logging.getLogger(__name__)
_PREFIX = "screening"  # Airflow puts its own before it, `airflow` by default


def tell_inbox(settings: Settings) -> None:
    """Tell what waits in the inbox."""
    from screening.night.monitoring import inbox_figures

    _tell(lambda: inbox_figures(settings, datetime.now(UTC)))


def tell_night(settings: Settings, night: date) -> None:
    """Tell how a published night stands."""
    from screening.night.monitoring import night_figures

    _tell(lambda: night_figures(settings.store, night))


def tell(figures: Mapping[str, int]) -> None:
    """Tell figures by their names in `monitoring.METRICS`."""
    _tell(lambda: figures)


def _tell(made: Callable[[], Mapping[str, int]]) -> None:
    from airflow.sdk.observability import stats

    try:
        for name, number in made().items():
            stats.gauge(f"{_PREFIX}.{name}", number)
    except Exception as fault:  # noqa: BLE001  (whatever it is, the night is more than its metrics)
        _LOG.warning("metrics could not be told (%s); the task is not affected", type(fault).__name__)
