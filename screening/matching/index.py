"""The alert side of matching, made ready once: names as tokens, facts as columns, documents by key.

What belongs to one identity stays with it: the date of a false passport is not combined with the person's
true name. A *unit* is one identity of one alert with all that belongs to it; where an identity above 0 lacks
a kind of fact (dates, sex, nationality), the person's own (identity 0) counts. Documents of an identity that
has no names of its own go with all names of the alert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.identity.significant import Significant
from screening.matching.evidence import document
from screening.matching.evidence.date_of_birth import PRECISION, Dates, columns
from screening.matching.model import Model
from screening.matching.names import Names, parted, whole
from screening.matching.names import columns as name_columns
from screening.matching.rarity import token_weights
from screening.tables.codes import FactKind, NameKind

Ints = npt.NDArray[np.int64]
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class AlertTables:
    """Five tables of alerts (screening.tables.alerts), several lists one after another."""

    alerts: pa.Table
    names: pa.Table
    dates: pa.Table
    documents: pa.Table
    facts: pa.Table


@dataclass(frozen=True, slots=True)
class Listed:
    """One listed document."""

    alert: int
    identity: int
    number: str
    state: str | None


@dataclass(frozen=True, slots=True)
class ListedName:
    """One listed name, tokenised."""

    alert: int
    ordinal: int
    identity: int
    weak: bool
    row: list[tuple[Significant, int]]
    full: str


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What a unit says besides names and documents."""

    sexes: tuple[str, ...]
    nationalities: tuple[str, ...]
    born_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Index:
    """Alerts ready to be matched.

    Attributes:
        alert_ids: ids of alerts, sorted.
        lists: list of each alert.
        names: listed names in columns, sorted by alert and ordinal; `name_text` as published.
        name_alert, name_unit, name_ordinal: alert, unit and ordinal of each name.
        name_weak: does the list call the name weak?
        unit_alert, unit_identity: alert and identity of each unit.
        facts: facts of each unit.
        dates: all dates of all units; those of unit u are `date_from[u]` to `date_from[u + 1]`.
        documents: listed documents; `document_keys` finds them.
        unit_of: unit of an alert's identity.
        names_of: names of each alert: `names_from[a]` to `names_from[a + 1]`.
        single_weights, pair_weights: weights of the listed tokens by kind.
    """

    alert_ids: tuple[str, ...]
    lists: tuple[str, ...]
    names: Names
    name_text: tuple[str, ...]
    name_alert: Ints
    name_unit: Ints
    name_ordinal: Ints
    name_weak: npt.NDArray[np.bool_]
    names_from: Ints
    unit_alert: Ints
    unit_identity: Ints
    facts: tuple[AlertFacts, ...]
    dates: Dates
    date_from: Ints
    date_text: tuple[str, ...]
    documents: tuple[Listed, ...]
    document_keys: Mapping[str, tuple[int, ...]]
    unit_of: Mapping[tuple[int, int], int]
    single_weights: npt.NDArray[np.int32]
    pair_weights: npt.NDArray[np.int32]


def build_index(alerts: AlertTables, model: Model) -> Index:
    """Make alerts ready to be matched.

    Args:
        alerts: ALERTS, ALERT_NAMES, ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS.
        model: weights; the index belongs to this model.

    Returns:
        The index; the same whatever the order of the tables' rows.
    """
    rows = sorted(zip(*(alerts.alerts[name].to_pylist() for name in ("alert_id", "list")), strict=True))
    ids = tuple(alert_id for alert_id, _ in rows)
    number = {alert_id: at for at, alert_id in enumerate(ids)}
    listed = _names(alerts.names, number)
    units, dates = _units(alerts, number, listed)
    unit_of = {unit: at for at, unit in enumerate(units)}
    names = name_columns((name.row for name in listed), around=False)
    documents = _documents(alerts.documents, number)
    return Index(
        alert_ids=ids,
        lists=tuple(of for _, of in rows),
        names=names,
        name_text=tuple(name.full for name in listed),
        name_alert=np.array([name.alert for name in listed], np.int64),
        name_unit=np.array([unit_of[name.alert, name.identity] for name in listed], np.int64),
        name_ordinal=np.array([name.ordinal for name in listed], np.int64),
        name_weak=np.array([name.weak for name in listed], np.bool_),
        names_from=np.searchsorted(
            np.array([name.alert for name in listed], np.int64), np.arange(len(ids) + 1)
        ),
        unit_alert=np.array([alert for alert, _ in units], np.int64),
        unit_identity=np.array([identity for _, identity in units], np.int64),
        facts=_facts(alerts.facts, number, units),
        dates=dates[0],
        date_from=dates[1],
        date_text=dates[2],
        documents=documents,
        document_keys=_keys(documents),
        unit_of=unit_of,
        single_weights=token_weights(names.singles, model),
        pair_weights=token_weights(names.pairs, model),
    )


def _names(table: pa.Table, number: Mapping[str, int]) -> list[ListedName]:
    wanted = ("alert_id", "ordinal", "identity", "kind", "full", "surname", "given_names")
    found = []
    for alert_id, ordinal, identity, kind, full, surname, given in zip(
        *(table[name].to_pylist() for name in wanted), strict=True
    ):
        row = parted(tokens(surname), tokens(given)) if surname and given else whole(full)
        if row and alert_id in number:
            weak = kind == NameKind.WEAK
            found.append(ListedName(number[alert_id], ordinal, identity, weak, row, full))
    return sorted(found, key=lambda name: (name.alert, name.ordinal))


def _units(
    alerts: AlertTables, number: Mapping[str, int], listed: Sequence[ListedName]
) -> tuple[list[tuple[int, int]], tuple[Dates, Ints, tuple[str, ...]]]:
    """Return the units, and their dates in the order of the units."""
    own: dict[tuple[int, int], list[tuple[int, int, int, str]]] = {}
    wanted = ("alert_id", "identity", "from", "to", "precision", "value")
    for alert_id, identity, first, last, precision, value in zip(
        *(alerts.dates[name].to_pylist() for name in wanted), strict=True
    ):
        if alert_id in number and first is not None and last is not None:
            row = (
                (first - _EPOCH).days,
                (last - _EPOCH).days,
                PRECISION[precision],
                value or first.isoformat(),
            )
            own.setdefault((number[alert_id], identity), []).append(row)
    units = sorted(
        {(name.alert, name.identity) for name in listed} | {(alert, 0) for alert in number.values()}
    )
    rows: list[tuple[int, int, int, str]] = []
    begins = [0]
    for alert, identity in units:
        rows.extend(sorted(set(own.get((alert, identity)) or own.get((alert, 0), []))))
        begins.append(len(rows))
    first_day, last_day, exactness = (
        np.array([row[at] for row in rows], np.int64).reshape(len(rows)) for at in (0, 1, 2)
    )
    return units, (columns(first_day, last_day, exactness), np.array(begins), tuple(row[3] for row in rows))


def _facts(
    table: pa.Table, number: Mapping[str, int], units: Sequence[tuple[int, int]]
) -> tuple[AlertFacts, ...]:
    own: dict[tuple[int, int, str], set[str]] = {}
    wanted = ("alert_id", "identity", "kind", "value")
    for alert_id, identity, kind, value in zip(*(table[name].to_pylist() for name in wanted), strict=True):
        if alert_id in number:
            own.setdefault((number[alert_id], identity, kind), set()).add(value)

    def said(alert: int, identity: int, kind: FactKind) -> tuple[str, ...]:
        return tuple(sorted(own.get((alert, identity, kind)) or own.get((alert, 0, kind)) or set()))

    return tuple(
        AlertFacts(
            said(alert, identity, FactKind.SEX),
            said(alert, identity, FactKind.NATIONALITY),
            said(alert, identity, FactKind.BIRTH_COUNTRY),
        )
        for alert, identity in units
    )


def _documents(table: pa.Table, number: Mapping[str, int]) -> tuple[Listed, ...]:
    wanted = ("alert_id", "identity", "number", "issuing_state")
    found = {
        Listed(number[alert_id], identity, normalise_number(written), state)
        for alert_id, identity, written, state in zip(
            *(table[name].to_pylist() for name in wanted), strict=True
        )
        if alert_id in number
    }
    return tuple(sorted(found, key=lambda one: (one.alert, one.identity, one.number, one.state or "")))


def _keys(documents: Sequence[Listed]) -> dict[str, tuple[int, ...]]:
    found: dict[str, tuple[int, ...]] = {}
    for at, one in enumerate(documents):
        for key in document.keys(one.number, one.state):
            found[key] = (*found.get(key, ()), at)
    return found
