"""What the DAG files call: the functions of `screening.night.run` with Airflow's context around them.

Results are ids and counts: XCom, logs and map names hold nothing else. An error that waiting will not mend
(wrong profile, counts that nobody can trace) fails its task without retries; a fault of the store may be
tried again (`schedule.TASK_DEFAULTS`). Rooms are imported inside the functions, so that the scheduler parses
DAG files quickly.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from screening.night.settings import load_settings
from screening.orchestration.schedule import night_of
from screening.tables.errors import ScreeningError, StoreError

if TYPE_CHECKING:
    from screening.night.run import Run

ACTOR = "airflow"


def receive(context: Mapping[str, Any]) -> str:
    """Receive the night; skip the rest where nothing is new.

    Returns:
        The run's id.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from screening.night.receive import receive as begin

    night = night_of(context)
    with _explained():
        receipt = begin(load_settings(), night, chosen=None, actor=ACTOR, now=datetime.now(UTC))
    if receipt.frozen is None:
        raise AirflowSkipException(f"night {night}: nothing is new")
    return receipt.frozen.run


def receive_again(context: Mapping[str, Any]) -> str:
    """Receive the re-run of the flights named in `params.flights`, or of all failed ones.

    Returns:
        The run's id.
    """
    from airflow.sdk.exceptions import AirflowSkipException

    from screening.night.rerun import receive_again as begin

    params = context["params"]
    flights = [str(flight) for flight in params.get("flights") or []]
    night = night_of(context)
    with _explained():
        again = begin(
            load_settings(),
            night,
            flights=flights,
            failed=bool(params.get("all_failed")) or not flights,
            actor=ACTOR,
            now=datetime.now(UTC),
        )
    if again.receipt.frozen is None:
        raise AirflowSkipException(f"night {night}: no flight has to be run again")
    return again.receipt.frozen.run


def read(run: str) -> str:
    """Read and scrub the inputs."""
    from screening.night import run as night

    with _explained():
        night.read(_open(run))
    return run


def settle(run: str) -> str:
    """Settle the legs."""
    from screening.night import run as night

    with _explained():
        night.settle(_open(run))
    return run


def plan(run: str) -> list[dict[str, str]]:
    """Return the arguments of each mapped `screen` task."""
    from screening.night import run as night

    with _explained():
        return [{"run": run, **batch} for batch in night.plan(_open(run))]


def screen(run: str, unit: str) -> None:
    """Screen one batch."""
    from screening.night import run as night

    with _explained():
        night.screen(_open(run), unit)


def publish(run: str) -> str:
    """Publish the night.

    Returns:
        The night's label.
    """
    from screening.night import run as night

    with _explained():
        return night.publish(_open(run), actor=ACTOR).night.isoformat()


def report(night: str) -> str:
    """Write the night's report.

    Returns:
        The night's label.
    """
    from screening.night.reporting import write_report

    with _explained():
        write_report(load_settings().store, date.fromisoformat(night))
    return night


def attention(night: str) -> None:
    """Fail, so that the run shows red, where something needs a person."""
    from airflow.sdk.exceptions import AirflowFailException

    from screening.night.attention import needs_attention

    with _explained():
        reasons = needs_attention(load_settings().store, date.fromisoformat(night))
    if reasons:
        raise AirflowFailException(f"{'; '.join(reasons)}: screening status --night {night}")


def purge() -> int:
    """Remove what has come to the end of its term.

    Returns:
        Number of files removed.
    """
    from screening.night.purge import purge_now

    with _explained():
        proofs = purge_now(load_settings(), datetime.now(UTC), ACTOR)
    return sum(len(proof.files) for proof in proofs)


def _open(run: str) -> "Run":
    from screening.night.run import open_run

    return open_run(load_settings(), run)


@contextmanager
def _explained() -> Iterator[None]:
    """Raise our four-part errors as Airflow's; only a fault of the store is worth another try."""
    from airflow.sdk.exceptions import AirflowException, AirflowFailException

    from screening.night.exceptions import place_of

    try:
        yield
    except StoreError:
        raise
    except ScreeningError as fault:
        raise AirflowFailException(str(fault)) from None
    except AirflowException:
        raise
    except Exception as fault:  # noqa: BLE001  (Airflow logs the text of exceptions, which may hold a name)
        raise AirflowFailException(f"unforeseen: {place_of(fault)}") from None
