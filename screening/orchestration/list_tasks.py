"""What the DAG files of alert lists call: lists come in, and held travellers are compared with what changed.

As in `tasks`: results are ids and counts, each task logs one line of counts, and no name of a person, address
or password is in any of them.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from typing import Any, TypedDict

from screening.night.settings import load_settings
from screening.orchestration import metrics
from screening.orchestration.tasks import ACTOR, check_parameters, explained

_DAYS = 3  # back from today, where nobody says otherwise
_LOG = logging.getLogger(__name__)


class ImportedList(TypedDict):
    """What an import did: list, version, whether it is new, and whether it came into use by it."""

    list: str
    version: str
    new: bool
    came_into_use: bool


class RescreenedNight(TypedDict):
    """What re-screening a night gave: numbers, the night's label, what is published now and its run."""

    night: str
    revision: int
    run: str
    late: int
    closed: int


def list_ids() -> list[str]:
    """Return the lists of the profile, each with an asset of its own."""
    profile = load_settings(any_format=True).profile  # a DAG file is parsed whatever the store is
    return [policy.id for policy in profile.lists]


def lists_to_import() -> list[dict[str, str]]:
    """Return the arguments of each mapped `import_list` task."""
    return [{"list_id": list_id} for list_id in list_ids()]


def import_list(list_id: str) -> ImportedList:
    """Fetch one list, import it as a version, and put it in use if the gate lets it pass.

    A list without a source is skipped; a version that the gate holds back fails its task, and waits for a
    named person. No other list waits for either.
    """
    from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

    from screening.list_keeping import lists
    from screening.orchestration.fetching import connection_id, fetched, place_named

    with explained():
        settings = load_settings()
        policy = settings.profile.policy(list_id)
        place = place_named(connection_id(list_id))
        if place is None and policy.path is None:
            raise AirflowSkipException(
                f"the list {list_id} has neither a connection nor a path in the profile"
            )
        own = nullcontext(settings.profile_folder / str(policy.path))
        mapping, terms = (
            settings.profile_folder / name if name else None for name in (policy.mapping, policy.terms)
        )
        with fetched(settings.store, place) if place else own as path:
            done = lists.import_list(
                settings.store,
                policy,
                policy.source,
                path,
                mapping=mapping,
                terms=terms,
                actor=ACTOR,
                at=datetime.now(UTC),
            )
    _LOG.info("import: list %s, version %s, %d alerts", done.list_id, done.version, done.alerts)
    if not done.active:
        codes = ", ".join(sorted({reason.code for reason in done.gate.reasons})) or "held back before"
        raise AirflowFailException(
            f"version {done.version} of {list_id} is held back ({codes}); the version in use stays   "
            f"screening alerts check --list {list_id} --version {done.version}   then: "
            f"screening alerts release --list {list_id} --version {done.version} --reason …"
        )
    return {
        "list": done.list_id, "version": done.version, "new": done.new, "came_into_use": done.came_into_use
    }  # fmt: skip


def waiting(context: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the arguments of each mapped `rescreen` task: nights that lists have changed since."""
    from screening.night import rescreen as stages

    with explained():
        check_parameters(context)
        days = int((context.get("params") or {}).get("days") or _DAYS)
        nights = stages.waiting(load_settings(), days, datetime.now(UTC))
    _LOG.info("waiting: %d nights of the last %d days", len(nights), days)
    return [{"night": night.isoformat()} for night in nights]


def rescreen(night: str) -> RescreenedNight:
    """Compare the travellers of one night with the alerts that were added or changed since."""
    from screening.night import rescreen as stages
    from screening.night.frozen import run_id

    with explained():
        done = stages.rescreen(
            load_settings(), date.fromisoformat(night), actor=ACTOR, told=lambda number, of: None
        )
    _LOG.info(
        "rescreen: night %s, %d travellers, %d alerts, %d late hits, %d hits closed",
        night,
        done.travellers,
        done.alerts,
        len(done.late),
        len(done.closed),
    )
    return {
        "night": night,
        "revision": done.revision,
        "run": run_id(done.night, done.revision),
        "late": len(done.late),
        "closed": len(done.closed),
    }


def late_hits(nights: Sequence[RescreenedNight]) -> int:
    """Say which nights have late hits, with the command that shows them.

    Returns:
        Their number.
    """
    for done in nights:
        if done["late"]:
            shown = f"screening hits --night {done['night']}"
            _LOG.warning("needs a person: %d late hits of night %s   %s", done["late"], done["night"], shown)
    found = sum(done["late"] for done in nights)
    metrics.tell({"rescreen.late_hits": found})
    return found
