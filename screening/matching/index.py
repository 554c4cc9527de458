"""The alert side of matching, made ready once: names as tokens, facts as columns, documents by key.

What belongs to one identity stays with it: the date of a false passport is not combined with the person's
true name. A *unit* is one identity of one alert with all that belongs to it; where an identity above 0 lacks
a kind of fact (dates, sex, nationality), the person's own (identity 0) counts. Documents of an identity that
has no names of its own go with all names of the alert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from screening.identity.documents import normalise_number
from screening.identity.names import tokens
from screening.identity.significant import Significant
from screening.matching.evidence import document
from screening.matching.evidence.date_of_birth import PRECISION, columns
from screening.matching.listed import count_listed
from screening.matching.loops import (
    FIRST_YEAR,
    LAST_YEAR,
    NO_DAY,
    SOME_DAYS,
    Days,
    Posting,
    Sections,
    Side,
)
from screening.matching.loops import Listed as ListedNames
from screening.matching.model import Model, Traffic
from screening.matching.names import Names, parted, side, whole
from screening.matching.names import columns as name_columns
from screening.matching.rarity import Rarity, joined_weights, rarity
from screening.matching.wholes import Wholes, whole_names
from screening.tables.codes import FactKind, NameKind
from screening.tables.collector import collector_paused

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
    row: list[tuple[Significant, int]]
    full: str
    weak: bool


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
        model: weights and shares that the index was made with, the names of its lists counted.
        alert_ids: ids of alerts, sorted.
        lists: list of each alert.
        names: listed names in columns, sorted by alert and ordinal; `name_text` as published.
        name_alert, name_unit, name_ordinal: alert, unit and ordinal of each name.
        unit_alert, unit_identity: alert and identity of each unit.
        facts: facts of each unit.
        dates: all dates of all units; those of unit u are `date_from[u]` to `date_from[u + 1]`.
        documents: listed documents; `document_keys` finds them.
        unit_of: unit of an alert's identity.
        names_of: names of each alert: `names_from[a]` to `names_from[a + 1]`.
        rarity: shares of the listed tokens, and their weights for travellers of a State.
        joined_weights: weights of tokens written as one.
        theirs, listed: the same for the loops.
        wholes: names to be found where they are written as one.
    """

    model: Model
    alert_ids: tuple[str, ...]
    lists: tuple[str, ...]
    names: Names
    name_text: tuple[str, ...]
    name_alert: Ints
    name_unit: Ints
    name_ordinal: Ints
    names_from: Ints
    unit_alert: Ints
    unit_identity: Ints
    facts: tuple[AlertFacts, ...]
    dates: Days
    date_from: Ints
    date_text: tuple[str, ...]
    documents: tuple[Listed, ...]
    document_keys: Mapping[str, tuple[int, ...]]
    unit_of: Mapping[tuple[int, int], int]
    rarity: Rarity
    joined_weights: npt.NDArray[np.int32]
    theirs: Side
    listed: ListedNames
    wholes: Wholes

    def names_of_unit(self, unit: int) -> list[int]:
        """Return the names of a unit."""
        alert = int(self.unit_alert[unit])
        begin, end = int(self.names_from[alert]), int(self.names_from[alert + 1])
        return [name for name in range(begin, end) if self.name_unit[name] == unit]


@collector_paused()
def build_index(alerts: AlertTables, model: Model, *, among: AlertTables | None = None) -> Index:
    """Make alerts ready to be matched.

    Args:
        alerts: ALERTS, ALERT_NAMES, ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS.
        model: weights; the index belongs to this model.
        among: all lists in use, where `alerts` are only some of them: their names are counted.

    Returns:
        The index; the same whatever the order of the tables' rows.
    """
    rows = sorted(zip(*(alerts.alerts[name].to_pylist() for name in ("alert_id", "list")), strict=True))
    ids = tuple(alert_id for alert_id, _ in rows)
    number = {alert_id: at for at, alert_id in enumerate(ids)}
    listed = _names(alerts.names, number)
    model = replace(model, listed=_count(alerts, listed) if among is None else count_names(among))
    units, dates = _units(alerts, number, listed)
    unit_of = {unit: at for at, unit in enumerate(units)}
    names = name_columns((name.row for name in listed), around=False)
    documents = _documents(alerts.documents, number)
    facts = _facts(alerts.facts, number, units)
    shares = rarity(names.singles, model)
    name_unit = np.array([unit_of[name.alert, name.identity] for name in listed], np.int64)
    name_alert = np.array([name.alert for name in listed], np.int64)
    lists = tuple(of for _, of in rows)
    list_of = numbered(lists)[0]
    return Index(
        model=model,
        alert_ids=ids,
        lists=lists,
        names=names,
        name_text=tuple(name.full for name in listed),
        name_alert=name_alert,
        name_unit=name_unit,
        name_ordinal=np.array([name.ordinal for name in listed], np.int64),
        names_from=np.searchsorted(name_alert, np.arange(len(ids) + 1)),
        unit_alert=np.array([alert for alert, _ in units], np.int64),
        unit_identity=np.array([identity for _, identity in units], np.int64),
        facts=facts,
        dates=dates[0],
        date_from=dates[1],
        date_text=dates[2],
        documents=documents,
        document_keys=_keys(documents),
        unit_of=unit_of,
        rarity=shares,
        joined_weights=joined_weights(names.joined, shares),
        theirs=side(names),
        listed=_listed(names, listed, list_of[name_alert], name_unit, facts, dates),
        wholes=whole_names(names, [name.full for name in listed]),
    )


def _listed(
    names: Names,
    listed: Sequence[ListedName],
    lists: Ints,
    unit: Ints,
    facts: Sequence[AlertFacts],
    dates: tuple[Days, Ints, tuple[str, ...]],
) -> ListedNames:
    """Lay out for the loops what belongs to each name, and the names that hold each token."""
    nations, sexes = listed_states(facts), listed_sexes(facts)
    nation = np.array([nations[one.nationalities, one.born_in] for one in facts], np.int32)
    section, sections = _sections(names, lists, unit, dates)
    return ListedNames(
        unit=unit,
        alert=np.array([name.alert for name in listed], np.int64),
        weak=np.array([name.weak for name in listed], np.bool_),
        cards=np.column_stack(
            [section, nation[unit], names.count, (names.spelt >= 0).any(axis=1), names.single]
        ).astype(np.int32),
        dates_from=dates[1].astype(np.int64),
        nation=nation.astype(np.int64),
        sex=np.array([sexes[one.sexes] for one in facts], np.int64),
        sections=sections,
        single=_posting([names.single, names.spelt], section, len(names.singles.tokens)),
        joined=_posting([names.two, names.three], section, len(names.joined)),
        joined_cover=np.where(names.joined[:, 2] < 0, 2, 3).astype(np.int8),
    )


def _sections(
    names: Names, lists: Ints, unit: Ints, dates: tuple[Days, Ints, tuple[str, ...]]
) -> tuple[Ints, Sections]:
    """Return the section of each name, and the sections."""
    days, begin, end = dates[0], dates[1][unit], dates[1][unit + 1]
    kind = np.where(begin == end, NO_DAY, SOME_DAYS)
    first, last = np.zeros_like(kind), np.zeros_like(kind)
    one = np.flatnonzero(end == begin + 1)
    year, last_year, precision = (
        column[begin[one]] for column in (days.year, days.last_year, days.precision)
    )
    last_year = np.where(precision == PRECISION["day"], year, last_year)
    known = (year >= FIRST_YEAR) & (year <= last_year) & (last_year <= LAST_YEAR)
    of = one[known]
    kind[of], first[of], last[of] = precision[known], year[known], last_year[known]
    columns_ = (lists, names.initials.astype(np.int64), kind, first, last)
    code = np.zeros(len(unit), np.int64)
    for column in columns_:
        code = code * (int(column.max(initial=0)) + 1) + column
    _, place, section = np.unique(code, return_index=True, return_inverse=True)
    found = [column[place].astype(np.int32) for column in columns_]
    return section.astype(np.int64), Sections(found[0], found[1], np.column_stack(found[2:]))


def _posting(parts: Sequence[npt.NDArray[np.int32]], section: Ints, tokens: int) -> Posting:
    """Return the names that hold each token, by section."""
    places = [np.nonzero(rows >= 0) for rows in parts]
    token = np.concatenate([rows[at] for rows, at in zip(parts, places, strict=True)])
    name = np.concatenate([at[0] for at in places])
    order = np.lexsort((name, section[name], token))
    token, name = token[order], name[order]
    of = section[name]
    new = np.ones(len(token), np.bool_)
    new[1:] = (token[1:] != token[:-1]) | (of[1:] != of[:-1])
    begin = np.flatnonzero(new)
    return Posting(
        runs=np.searchsorted(token[begin], np.arange(tokens + 1)).astype(np.int32),
        section=of[begin].astype(np.int32),
        begin=np.append(begin, len(token)).astype(np.int32),
        names=name.astype(np.int32),
    )


def numbered(lists: Sequence[str]) -> tuple[Ints, tuple[str, ...]]:
    """Return the number of each alert's list, and the lists."""
    known = tuple(sorted(set(lists)))
    places = {of: at for at, of in enumerate(known)}
    return np.array([places[of] for of in lists], np.int64), known


def listed_states(facts: Sequence[AlertFacts]) -> dict[tuple[tuple[str, ...], tuple[str, ...]], int]:
    """Number the distinct sets of nationalities and States of birth."""
    return {said: at for at, said in enumerate(sorted({(one.nationalities, one.born_in) for one in facts}))}


def listed_sexes(facts: Sequence[AlertFacts]) -> dict[tuple[str, ...], int]:
    """Number the distinct sets of sexes."""
    return {said: at for at, said in enumerate(sorted({one.sexes for one in facts}))}


def count_names(alerts: AlertTables) -> Traffic | None:
    """Count the names of lists by State (`listed`)."""
    ids = sorted(alerts.alerts["alert_id"].to_pylist())
    return _count(alerts, _names(alerts.names, {alert_id: at for at, alert_id in enumerate(ids)}))


def _count(alerts: AlertTables, listed: Sequence[ListedName]) -> Traffic | None:
    ids = sorted(alerts.alerts["alert_id"].to_pylist())
    tokens: list[set[str]] = [set() for _ in ids]
    for name in listed:
        tokens[name.alert].update(token.token for token, _ in name.row)
    said: dict[str, dict[str, set[str]]] = {FactKind.NATIONALITY: {}, FactKind.BIRTH_COUNTRY: {}}
    for alert_id, kind, value in zip(
        *(alerts.facts[name].to_pylist() for name in ("alert_id", "kind", "value")), strict=True
    ):
        if kind in said:
            said[kind].setdefault(alert_id, set()).add(value)
    national, born = said[FactKind.NATIONALITY], said[FactKind.BIRTH_COUNTRY]
    return count_listed(
        (frozenset(held), tuple(sorted(national.get(alert_id) or born.get(alert_id) or set())))
        for alert_id, held in zip(ids, tokens, strict=True)
        if held
    )


def _names(table: pa.Table, number: Mapping[str, int]) -> list[ListedName]:
    wanted = ("alert_id", "ordinal", "identity", "full", "surname", "given_names", "kind")
    found = []
    for alert_id, ordinal, identity, full, surname, given, kind in zip(
        *(table[name].to_pylist() for name in wanted), strict=True
    ):
        row = parted(tokens(surname), tokens(given)) if surname and given else whole(full)
        if row and alert_id in number:
            found.append(ListedName(number[alert_id], ordinal, identity, row, full, kind == NameKind.WEAK))
    return sorted(found, key=lambda name: (name.alert, name.ordinal))


def _units(
    alerts: AlertTables, number: Mapping[str, int], listed: Sequence[ListedName]
) -> tuple[list[tuple[int, int]], tuple[Days, Ints, tuple[str, ...]]]:
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
