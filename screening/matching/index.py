"""The alert side of matching, made ready once: names as tokens, facts as columns, documents by key.

What belongs to one identity stays with it: the date of a false passport is not combined with the person's
true name. A *unit* is one identity of one alert with all that belongs to it; where an identity above 0 lacks
a kind of fact (dates, sex, nationality), the person's own (identity 0) counts. Documents of an identity that
has no names of its own go with all names of the alert.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.documents import normalise_number
from screening.matching.evidence import document
from screening.matching.evidence.date_of_birth import PRECISION, columns
from screening.matching.joins import Beside, beside
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
from screening.matching.names import Names, published, side
from screening.matching.rarity import Rarity, joined_weights, rarity
from screening.matching.wholes import Wholes, whole_names
from screening.tables.codes import FactKind, NameKind
from screening.tables.collector import collector_paused

Ints = npt.NDArray[np.int64]
_IDENTITIES = 1 << 20
"""A unit is numbered by its alert times this, and its identity."""


@dataclass(frozen=True, slots=True)
class AlertTables:
    """Five tables of alerts (screening.tables.alerts), several lists one after another."""

    alerts: pa.Table
    names: pa.Table
    dates: pa.Table
    documents: pa.Table
    facts: pa.Table


class Documents(NamedTuple):
    """Listed documents in columns, and the keys under which they are found.

    Attributes:
        alert, identity: whose each is.
        number, state: normalised; '' for no State.
        hashes: hashes of the keys (`document.keys`), ascending; unlike keys may have one.
        at: document of each key.
    """

    alert: Ints
    identity: Ints
    number: pa.StringArray
    state: pa.StringArray
    hashes: npt.NDArray[np.uint32]
    at: Ints

    def alike(self, keys: Sequence[str]) -> tuple[Ints, Ints]:
        """Return places among the keys and documents that may stand under them."""
        wanted = hashes(keys)
        begin, end = (np.searchsorted(self.hashes, wanted, side=side) for side in ("left", "right"))
        count = end - begin
        offset = np.arange(int(count.sum())) - np.repeat(np.cumsum(count) - count, count)
        return np.repeat(np.arange(len(keys)), count), self.at[np.repeat(begin, count) + offset]


@dataclass(frozen=True, slots=True)
class _Listed:
    """Listed names in columns: alert, ordinal, identity, as published, weak."""

    alert: Ints
    ordinal: Ints
    identity: Ints
    full: pa.StringArray
    weak: npt.NDArray[np.bool_]


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
        lists: the lists, sorted.
        list_of: list of each alert, a place in `lists`.
        names: listed names in columns, sorted by alert and ordinal; `name_text` as published.
        name_alert, name_unit, name_ordinal: alert, unit and ordinal of each name.
        unit_alert, unit_identity: alert and identity of each unit.
        nations: distinct nationalities and States of birth, which `listed.nation` numbers.
        sexes: distinct sexes, which `listed.sex` numbers.
        dates: all dates of all units; those of unit u are `date_from[u]` to `date_from[u + 1]`.
        documents: listed documents.
        names_of: names of each alert: `names_from[a]` to `names_from[a + 1]`.
        rarity: shares of the listed tokens, and their weights for travellers of a State.
        joined_weights: weights of tokens written as one.
        beside: which listed tokens stand side by side.
        theirs, listed: the same for the loops.
        wholes: names to be found where they are written as one.
    """

    model: Model
    alert_ids: pa.StringArray
    lists: tuple[str, ...]
    list_of: Ints
    names: Names
    name_text: pa.StringArray
    name_alert: Ints
    name_unit: Ints
    name_ordinal: Ints
    names_from: Ints
    unit_alert: Ints
    unit_identity: Ints
    nations: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]
    sexes: tuple[tuple[str, ...], ...]
    dates: Days
    date_from: Ints
    date_text: pa.StringArray
    documents: Documents
    rarity: Rarity
    joined_weights: npt.NDArray[np.int32]
    beside: Beside
    theirs: Side
    listed: ListedNames
    wholes: Wholes

    def facts(self, unit: int) -> AlertFacts:
        """Return what a unit says besides names and documents."""
        nationalities, born_in = self.nations[self.listed.nation[unit]]
        return AlertFacts(self.sexes[self.listed.sex[unit]], nationalities, born_in)

    def text(self, name: int) -> str:
        """Return a name as published."""
        return str(self.name_text[name])

    def unit(self, alert: int, identity: int) -> int | None:
        """Return the unit of an alert's identity; None where it has no names and no facts of its own."""
        begin, end = np.searchsorted(self.unit_alert, [alert, alert + 1])
        found = begin + np.flatnonzero(self.unit_identity[begin:end] == identity)
        return int(found[0]) if len(found) else None

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
    order = pc.sort_indices(alerts.alerts, sort_keys=[("alert_id", "ascending"), ("list", "ascending")])
    heads = alerts.alerts.select(["alert_id", "list"]).take(order).combine_chunks()
    ids = heads["alert_id"].combine_chunks()
    list_of, lists = numbered(heads["list"])
    listed, names = _names(alerts.names, ids)
    counted = _count(alerts.facts, ids, listed.alert, names) if among is None else count_names(among)
    units = _units(listed, len(ids))
    unit_alert, unit_identity = np.divmod(units, _IDENTITIES)
    days, date_from, date_text = _dates(alerts.dates, ids, units)
    said, facts = _facts(alerts.facts, ids, units)
    shares = rarity(names.singles, replace(model, listed=counted))
    nations, sexes = listed_states(said), listed_sexes(said)
    number = np.array([nations[one.nationalities, one.born_in] for one in said], np.int64)
    of_sex = np.array([sexes[one.sexes] for one in said], np.int64)
    name_unit = np.searchsorted(units, listed.alert * _IDENTITIES + listed.identity).astype(np.int64)
    return Index(
        model=model,
        alert_ids=ids,
        lists=lists,
        list_of=list_of,
        names=names,
        name_text=listed.full,
        name_alert=listed.alert,
        name_unit=name_unit,
        name_ordinal=listed.ordinal,
        names_from=np.searchsorted(listed.alert, np.arange(len(ids) + 1)),
        unit_alert=unit_alert,
        unit_identity=unit_identity,
        nations=tuple(nations),
        sexes=tuple(sexes),
        dates=days,
        date_from=date_from,
        date_text=date_text,
        documents=_documents(alerts.documents, ids),
        rarity=shares,
        joined_weights=joined_weights(names.joined, shares),
        beside=beside(names.joined),
        theirs=side(names),
        listed=_listed(names, listed, list_of, name_unit, number[facts], of_sex[facts], (days, date_from)),
        wholes=whole_names(names, listed.full),
    )


def _listed(
    names: Names,
    listed: _Listed,
    lists: Ints,
    unit: Ints,
    nation: Ints,
    sex: Ints,
    dates: tuple[Days, Ints],
) -> ListedNames:
    """Lay out for the loops what belongs to each name, and the names that hold each token."""
    section, sections = _sections(names, lists[listed.alert], unit, dates)
    return ListedNames(
        unit=unit,
        alert=listed.alert,
        weak=listed.weak,
        cards=np.column_stack(
            [section, nation[unit], names.count, (names.spelt >= 0).any(axis=1), names.single]
        ).astype(np.int32),
        dates_from=dates[1].astype(np.int64),
        nation=nation,
        sex=sex,
        sections=sections,
        single=_posting([names.single, names.spelt], section, len(names.singles.tokens)),
        joined=_posting([names.two, names.three], section, len(names.joined)),
        joined_cover=np.where(names.joined[:, 2] < 0, 2, 3).astype(np.int8),
    )


def _sections(names: Names, lists: Ints, unit: Ints, dates: tuple[Days, Ints]) -> tuple[Ints, Sections]:
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


def numbered(lists: pa.ChunkedArray) -> tuple[Ints, tuple[str, ...]]:
    """Return the number of each alert's list, and the lists."""
    known = pc.unique(lists).sort()
    return _numbers(lists, known), tuple(known.to_pylist())


def listed_states(facts: Sequence[AlertFacts]) -> dict[tuple[tuple[str, ...], tuple[str, ...]], int]:
    """Number the distinct sets of nationalities and States of birth."""
    return {said: at for at, said in enumerate(sorted({(one.nationalities, one.born_in) for one in facts}))}


def listed_sexes(facts: Sequence[AlertFacts]) -> dict[tuple[str, ...], int]:
    """Number the distinct sets of sexes."""
    return {said: at for at, said in enumerate(sorted({one.sexes for one in facts}))}


def count_names(alerts: AlertTables) -> Traffic | None:
    """Count the names of lists by State (`listed`)."""
    ids = alerts.alerts["alert_id"].combine_chunks().sort()
    listed, names = _names(alerts.names, ids)
    return _count(alerts.facts, ids, listed.alert, names)


def _count(facts: pa.Table, ids: pa.Array, alert: Ints, names: Names) -> Traffic | None:
    states: dict[FactKind, Ints] = {}
    code = facts["value"].combine_chunks().dictionary_encode()
    known = code.dictionary.to_pylist()
    whose, value = _numbers(facts["alert_id"], ids), code.indices.to_numpy().astype(np.int64)
    for kind in (FactKind.NATIONALITY, FactKind.BIRTH_COUNTRY):
        of = np.flatnonzero((whose >= 0) & _equal(facts["kind"], str(kind)))
        states[kind] = np.unique(whose[of] * max(len(known), 1) + value[of])
    born = states[FactKind.BIRTH_COUNTRY]
    width = max(len(known), 1)
    born = born[~np.isin(born // width, states[FactKind.NATIONALITY] // width)]
    of, state = np.divmod(np.concatenate([states[FactKind.NATIONALITY], born]), width)
    row, place = np.nonzero(names.single >= 0)
    token = names.single[row, place].astype(np.int64)
    return count_listed(alert[row], row, token, names.singles.tokens, of, state, known)


def _numbers(column: pa.ChunkedArray, ids: pa.Array) -> Ints:
    """Return the number of each alert; -1 for those that are not there."""
    found: Ints = pc.fill_null(pc.index_in(column.combine_chunks(), ids), -1).to_numpy().astype(np.int64)
    return found


def _equal(column: pa.ChunkedArray, text: str) -> npt.NDArray[np.bool_]:
    found: npt.NDArray[np.bool_] = (
        pc.fill_null(pc.equal(column, text), False).combine_chunks().to_numpy(zero_copy_only=False)
    )
    return found


def _names(table: pa.Table, ids: pa.Array) -> tuple[_Listed, Names]:
    """Return the names in the order of alert and ordinal, without those of no letters, and their tokens."""
    alert, ordinal = _numbers(table["alert_id"], ids), table["ordinal"].to_numpy().astype(np.int64)
    order = np.lexsort((ordinal, alert))
    order = order[alert[order] >= 0]
    wanted = table.select(["full", "surname", "given_names", "kind"]).take(pa.array(order)).combine_chunks()
    full, surname, given = (
        pc.fill_null(wanted[name], "").combine_chunks() for name in ("full", "surname", "given_names")
    )
    names = published(full, surname, given)
    kept = np.flatnonzero(names.count > 0)
    if len(kept) < len(order):
        names, full = names.take(kept), full.take(pa.array(kept))
    rows = order[kept]
    identity = table["identity"].to_numpy().astype(np.int64)[rows]
    weak = _equal(wanted["kind"], str(NameKind.WEAK))[kept]
    return _Listed(alert[rows], ordinal[rows], identity, full, weak), names


def _units(listed: _Listed, alerts: int) -> Ints:
    """Return the units: each alert, and each further identity that has names."""
    found: Ints = np.unique(
        np.concatenate(
            [listed.alert * _IDENTITIES + listed.identity, np.arange(alerts, dtype=np.int64) * _IDENTITIES]
        )
    )
    return found


def _own(units: Ints, having: Ints) -> Ints:
    """Return the place in `having` (units, ascending) of each unit, else of its alert's own; -1 for none."""
    found = np.full(len(units), -1, np.int64)
    if len(having):
        for wanted in (units // _IDENTITIES * _IDENTITIES, units):
            at = np.minimum(np.searchsorted(having, wanted), len(having) - 1)
            found = np.where(having[at] == wanted, at, found)
    return found


def _dates(table: pa.Table, ids: pa.Array, units: Ints) -> tuple[Days, Ints, pa.StringArray]:
    """Return the dates by unit, where those of each unit begin, and how they are written."""
    alert = _numbers(table["alert_id"], ids)
    given = pc.and_(table["from"].is_valid(), table["to"].is_valid()).to_numpy()
    rows = np.flatnonzero((alert >= 0) & given)
    table = table.take(pa.array(rows)).combine_chunks()
    code = alert[rows] * _IDENTITIES + table["identity"].to_numpy().astype(np.int64)
    first, last = (table[name].cast(pa.int32()).to_numpy().astype(np.int64) for name in ("from", "to"))
    kinds = table["precision"].combine_chunks().dictionary_encode()
    exact = np.array([PRECISION[kind] for kind in kinds.dictionary.to_pylist()], np.int64)
    precision = exact[kinds.indices.to_numpy()] if len(rows) else np.zeros(0, np.int64)
    value = pc.fill_null(table["value"], "")
    value = pc.if_else(pc.equal(value, ""), table["from"].cast(pa.string()), value).combine_chunks()
    coded = value.dictionary_encode()
    texts = coded.dictionary.to_pylist()
    rank = np.argsort(np.array(sorted(range(len(texts)), key=texts.__getitem__), np.int64))
    text = rank[coded.indices.to_numpy()] if len(rows) else np.zeros(0, np.int64)
    order = np.lexsort((text, precision, last, first, code))
    columns_ = [column[order] for column in (code, first, last, precision, text)]
    new = np.ones(len(order), np.bool_)
    new[1:] = np.any([column[1:] != column[:-1] for column in columns_], axis=0)
    code, first, last, precision, text = (column[new] for column in columns_)
    having, begin, count = np.unique(code, return_index=True, return_counts=True)
    own = _own(units, having)
    count = np.where(own >= 0, np.append(count, 0)[own], 0)
    begin = np.append(begin, 0)[own]
    at = np.repeat(begin - np.cumsum(count) + count, count) + np.arange(int(count.sum()))
    texts = sorted(texts)
    return (
        columns(first[at], last[at], precision[at]),
        np.concatenate([[0], np.cumsum(count)]),
        pa.array(texts, pa.string()).take(pa.array(text[at])),
    )


def _facts(table: pa.Table, ids: pa.Array, units: Ints) -> tuple[list[AlertFacts], Ints]:
    """Return the distinct facts, and those of each unit."""
    alert = _numbers(table["alert_id"], ids)
    code = alert * _IDENTITIES + table["identity"].to_numpy().astype(np.int64)
    coded = table["value"].combine_chunks().dictionary_encode()
    texts = coded.dictionary.to_pylist()
    value = coded.indices.to_numpy().astype(np.int64)
    sets: list[list[tuple[str, ...]]] = []
    numbers = []
    for kind in (FactKind.SEX, FactKind.NATIONALITY, FactKind.BIRTH_COUNTRY):
        rows = np.flatnonzero((alert >= 0) & _equal(table["kind"], str(kind)))
        width = max(len(texts), 1)
        whose, what = np.divmod(np.unique(code[rows] * width + value[rows]), width)
        having, begin = np.unique(whose, return_index=True)
        known: dict[tuple[int, ...], int] = {(): 0}
        held = what.tolist()
        ends = [*begin.tolist()[1:], len(held)] if len(having) else []
        number = [
            known.setdefault(tuple(held[start:end]), len(known))
            for start, end in zip(begin.tolist(), ends, strict=True)
        ]
        own = _own(units, having)
        numbers.append(np.append(np.array(number, np.int64), 0)[own])
        sets.append([tuple(sorted(texts[one] for one in of)) for of in known])
    distinct, of_unit = np.unique(np.column_stack(numbers), axis=0, return_inverse=True)
    said = [
        AlertFacts(sets[0][sex], sets[1][national], sets[2][born])
        for sex, national, born in distinct.tolist()
    ]
    return said, of_unit.reshape(len(units)).astype(np.int64)


def _documents(table: pa.Table, ids: pa.Array) -> Documents:
    alert = _numbers(table["alert_id"], ids)
    columns_ = [table[name].to_pylist() for name in ("identity", "number", "issuing_state")]
    found = sorted(
        {
            (of, identity, normalise_number(written), state or "")
            for of, identity, written, state in zip(alert.tolist(), *columns_, strict=True)
            if of >= 0
        }
    )
    keys = [(key, at) for at, one in enumerate(found) for key in document.keys(one[2], one[3] or None)]
    hashed, at = hashes([key for key, _ in keys]), np.array([at for _, at in keys], np.int64)
    order = np.lexsort((at, hashed))
    return Documents(
        alert=np.array([one[0] for one in found], np.int64),
        identity=np.array([one[1] for one in found], np.int64),
        number=pa.array([one[2] for one in found], pa.string()),
        state=pa.array([one[3] for one in found], pa.string()),
        hashes=hashed[order],
        at=at[order],
    )


def hashes(keys: Sequence[str]) -> npt.NDArray[np.uint32]:
    """Return a hash of each key, the same in every process."""
    return np.array([crc32(key.encode()) for key in keys], np.uint32)
