"""What became of each flight of a night, and of each night: the rows of `screening status` and `nights`."""

from collections.abc import Collection
from datetime import date, timedelta

from screening.night.attention import headline_of, left_lying
from screening.night.quarantine_entries import published_nights, row_of_input, settled
from screening.night.receive import published
from screening.night.reporting import held_back
from screening.night.settings import Settings
from screening.reports.headline import IN_ORDER, after_acts, people_aside
from screening.store.current_json import current
from screening.store.locks import under_way
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables.analyst import HITS
from screening.tables.codes import Outcome
from screening.tables.errors import UsageError
from screening.tables.individual import OUTCOMES, QUARANTINE
from screening.tables.landing import INPUTS
from screening.tables.model import rows_of
from screening.tables.rows import OutcomeRow

NIGHTS = (
    *("night", "revision", "state", "flights", "travellers", "not_screened", "uncounted", "hits", "headline"),
)
COLUMNS = (
    *("flight_id", "outcome", "travellers", "quarantined", "unconfirmed", "withdrawn", "hits"),
    *("reason_code", "reason", "mend", "file"),
)


def latest(store: Store) -> date:
    """Return the latest published night.

    Raises:
        UsageError: no night was ever published.
    """
    known = published_nights(store)
    if not known:
        raise UsageError(
            "no night was ever published",
            where=str(store.root),
            effect="nothing was shown",
            remedy="`screening run --night DATE --inbox DIR` publishes one",
        )
    return known[-1]


def flights_of(store: Store, night: date) -> list[dict[str, object]]:
    """Return one row a flight, those that need a person first; what people have settled names no remedy.

    Raises:
        UsageError: the night was never published.
    """
    published(store, night)
    words = ("failed", "quarantined", "expected", "screened_with_findings", "screened", "outside_mandate")
    order = {word: place for place, word in enumerate(words)}
    stated = rows_of(read_current(store, night, OUTCOMES), OutcomeRow)
    rows = after_acts(stated, settled(store, night))
    rows.sort(key=lambda row: (row["mend"] is None, order[row["outcome"]], row["flight_id"]))
    named = _files(store, night)
    return [
        {column: value for column, value in row.items() if column in COLUMNS}
        | {"file": named.get(row["flight_id"])}
        for row in rows
    ]


def _files(store: Store, night: date) -> dict[str, str]:
    """Names of inputs by their row, from landing: they may name people, so outcomes hold ids only."""
    rows = read_current(store, night, INPUTS).select(["input_id", "name"]).to_pylist()
    named: dict[str, list[str]] = {}
    for row in rows:
        named.setdefault(row_of_input(row["input_id"]), []).append(row["name"])
    return {row: ", ".join(sorted(set(names))) for row, names in named.items()}


def nights_of(store: Store) -> list[dict[str, object]]:
    """Return one row a night, the latest first.

    `not_screened` are people as far as counted, `uncounted` the flights and files of which nobody knows how
    many they hold. A night that was begun and never published has failed, unless a process runs it now.
    """
    running = under_way(store)
    return [_night(store, found, running) for found in sorted(_begun(store), reverse=True)]


def where_it_stands(settings: Settings) -> tuple[list[str], bool]:
    """Say in lines how the latest night stands, and the command that comes next.

    Returns:
        The lines, and whether a person is needed.
    """
    store = settings.store
    begun = sorted(_begun(store))
    if not begun:
        return ["No night was run in this store yet.", _next("run --night DATE --inbox DIR")], False
    night = begun[-1]
    now = current(store, night)
    running = night.isoformat() in under_way(store)
    if now is None and running:
        return [f"Night {night}: running now, not published yet.", _next("nights", "all nights")], False
    if now is None:
        lines = [f"Night {night}: begun and never published.", _next(f"run --night {night} --inbox DIR")]
        return lines + [f"Before it: night {label}" for label in published_nights(store)[-1:]], True
    line = headline_of(store, night)
    lines = [f"Night {night}, revision {now.revision}: {line.text}"]
    lines += ["! A run of this night is going on: this is what it had published before."] if running else []
    left = left_lying(settings, night + timedelta(days=1))
    lines += [f"! {note}" for note in (*held_back(store, night), *left)]
    if line.state != IN_ORDER:
        lines.append(_next("status", "every flight, and the command that mends it"))
    elif sum(file.rows for file in now.files if file.table == HITS.name):
        lines.append(_next("hits", "the hits of the night, best first"))
    else:
        lines.append(_next("nights", "all nights"))
    return lines, bool(left) or (bool(line.phrases) and line.calls)


def _next(command: str, what: str = "") -> str:
    return f"Next: screening {command}{f'   ({what})' if what else ''}"


def _begun(store: Store) -> set[date]:
    """Every night of which anything is there, published or not."""
    folders = {found for found in (_label(path.name) for path in store.nights_folder.glob("*")) if found}
    return folders | set(published_nights(store))


def _night(store: Store, night: date, running: Collection[str]) -> dict[str, object]:
    now = current(store, night)
    if now is None and night.isoformat() in running:
        return dict.fromkeys(NIGHTS) | {"night": night, "state": "running", "headline": "not published yet"}
    if now is None:
        return dict.fromkeys(NIGHTS) | {"night": night, "state": "failed", "headline": "never published"}
    done, line = settled(store, night), headline_of(store, night)
    rows = after_acts(rows_of(read_current(store, night, OUTCOMES), OutcomeRow), done)
    return {
        "night": night,
        "revision": now.revision,
        "state": line.state,
        "flights": sum(row["outcome"] != Outcome.EXPECTED for row in rows),
        "travellers": sum(row["travellers"] for row in rows),
        "not_screened": people_aside(read_current(store, night, QUARANTINE), rows, done),
        "uncounted": sum(row["quarantined"] is None and row["outcome"] != Outcome.EXPECTED for row in rows),
        "hits": sum(row["hits"] for row in rows),
        "headline": line.text,
    }


def _label(name: str) -> date | None:
    try:
        return date.fromisoformat(name)
    except ValueError:  # a folder that somebody put beside the nights
        return None
