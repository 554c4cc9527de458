"""Evaluation tables (docs/interfaces.md): travellers and alerts from anywhere, as the matcher's own tables.

A list's `doc_countries` stand beside its `doc_numbers` by place; countries that are no code give no State.
What cannot be read (a date, a code) is missing, never an error: missing is not disagreement.
"""

import json
import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.documents import document_key, normalise_number
from screening.identity.mrz import maybe_cut
from screening.identity.names import tokens
from screening.identity.states import state_code
from screening.identity.titles import is_placeholder, strip_surname_title, strip_title
from screening.matching.index import AlertTables
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES, ALERTS
from screening.tables.collector import collector_paused
from screening.tables.model import TableSpec
from screening.tables.work import IDENTITIES

Ints = npt.NDArray[np.int64]
_DATE = re.compile(r"^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$", re.ASCII)


@collector_paused()
def identities(travellers: pa.Table) -> pa.Table:
    """Return IDENTITIES of an evaluation table of travellers; `passenger_id` becomes `traveller_id`."""
    given = {
        name: travellers[name].to_pylist()
        if name in travellers.column_names
        else [None] * travellers.num_rows
        for name in ("surname", "given_names", "dob", "sex", "nationality", "doc_number", "doc_country")
    }
    surnames: list[tuple[str, ...]] = []
    others: list[tuple[str, ...]] = []
    readings: list[int] = []
    row: list[int] = []
    for at, (surname, names) in enumerate(zip(given["surname"], given["given_names"], strict=True)):
        for reading, (one, other) in enumerate(_names_of(surname or "", names or "")):
            surnames.append(one)
            others.append(other)
            readings.append(reading)
            row.append(at)
    born = [_interval(dob or "") or (None, None) for dob in given["dob"]]
    papers = zip(*(given[name] for name in ("nationality", "doc_number", "doc_country")), strict=True)
    states, keys = zip(*(_papers(*one) for one in papers), strict=True) if row else ((), ())
    rows = pa.array(row, pa.int64())
    of_traveller = {
        "traveller_id": pc.cast(travellers["passenger_id"], pa.string()),
        "born_from": pa.array([first for first, _ in born], pa.date32()),
        "born_to": pa.array([last for _, last in born], pa.date32()),
        "sex": pa.array([sex if sex in {"M", "F"} else None for sex in given["sex"]], pa.string()),
        "nationalities": pa.array(states, pa.list_(pa.string())),
        "document_keys": pa.array(keys, pa.list_(pa.string())),
    }
    return IDENTITIES.columns_table(
        {name: column.take(rows) for name, column in of_traveller.items()}
        | {
            "flight_id": pa.repeat("evaluation", len(row)),
            "reading": readings,
            "surname_tokens": surnames,
            "given_tokens": others,
            "maybe_cut": [
                maybe_cut(" ".join(one), " ".join(other)) for one, other in zip(surnames, others, strict=True)
            ],
            "placeholder": [not (one or other) for one, other in zip(surnames, others, strict=True)],
        }
    )


def _papers(
    nationality: str | None, document: str | None, country: str | None
) -> tuple[list[str], list[str]]:
    """Return the States of a traveller and the keys of their document."""
    issuer, number = _state(country), normalise_number(document or "")
    states = sorted({state for state in (_state(nationality), issuer) if state})
    return states, sorted({document_key(number, None), document_key(number, issuer)}) if number else []


@lru_cache(maxsize=1000)
def _state(code: str | None) -> str | None:
    return state_code(code)


def _names_of(surname: str, given: str) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the readings of a name: without its titles, and as it stands."""
    alone = not given or given == surname  # a name of one field may have its title there
    bare = strip_title(surname) if alone else strip_surname_title(surname, given=True)
    without = _name(bare[0]), _name(strip_title(given)[0])
    found = [without, (_name(surname), _name(given))]
    return found[:1] if found[0] == found[1] else [name for name in found if any(name)] or found[:1]


@lru_cache(maxsize=200_000)
def _name(field: str | None) -> tuple[str, ...]:
    return () if not field or is_placeholder(field) else tokens(field)


@lru_cache(maxsize=100_000)
def _interval(written: str) -> tuple[date, date] | None:
    """Return first and last day of YYYY-MM-DD, YYYY-MM, YYYY or YYYY..YYYY."""
    begin, _, end = written.strip().partition("..")
    first, last = _part(begin), _part(end or begin)
    return (first[0], last[1]) if first and last and first[0] <= last[1] else None


def _part(written: str) -> tuple[date, date] | None:
    read = _DATE.match(written.strip())
    if not read:
        return None
    year, month, day = int(read[1]), int(read[2] or 0), int(read[3] or 0)
    try:
        if day:
            return date(year, month, day), date(year, month, day)
        if month:
            return date(year, month, 1), date(year, month, monthrange(year, month)[1])
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError:
        return None


def alert_tables(alerts: pa.Table) -> AlertTables:
    """Return the five alert tables of an evaluation table of alerts; `entity_id` becomes `alert_id`."""
    ids = pc.cast(alerts["entity_id"], pa.string()).combine_chunks()
    source = _texts(alerts, "source")
    source = pc.if_else(pc.equal(source, ""), "evaluation", source)
    said = {
        "category": "inform",
        "severity": 3,
        "status": "active",
        "sufficient": True,
        "content_hash": "",
        "provenance": "evaluation table",
    }
    heads = {name: pa.repeat(value, len(ids)) for name, value in said.items()}
    heads |= {"alert_id": ids, "list": source, "source_id": ids, "authority": source}
    return AlertTables(
        _filled(ALERTS, heads),
        _filled(ALERT_NAMES, _numbered(ids, *_names(alerts))),
        _filled(ALERT_DATES, _numbered(ids, *_dates(alerts))),
        _filled(ALERT_DOCUMENTS, _numbered(ids, *_documents(alerts))),
        _filled(ALERT_FACTS, _numbered(ids, *_facts(alerts))),
    )


def _filled(spec: TableSpec, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Return a table; columns that are not given are null."""
    number = len(columns["alert_id"])
    return spec.columns_table(
        {field.name: columns.get(field.name, pa.nulls(number, field.type)) for field in spec.schema}
    )


def _numbered(ids: pa.Array, row: Ints, columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """Number what belongs to each alert; `row` is ascending."""
    begin = np.searchsorted(row, row)
    return {
        "alert_id": ids.take(pa.array(row)),
        "ordinal": pa.array(np.arange(len(row)) - begin, pa.int32()),
        "identity": pa.repeat(pa.scalar(0, pa.int32()), len(row)),
        "provenance": pa.repeat("evaluation table", len(row)),
        **columns,
    }


def _texts(alerts: pa.Table, field: str) -> pa.Array:
    """Return a column of texts; '' where there is none."""
    if field not in alerts.column_names or not pa.types.is_string(alerts.schema.field(field).type):
        return pa.repeat("", alerts.num_rows)
    return pc.fill_null(alerts[field], "").combine_chunks()


def _items(alerts: pa.Table, field: str) -> tuple[Ints, Ints, pa.Array]:
    """Return row, place and text of each item of a column of lists; '' for null."""
    if field not in alerts.column_names or not pa.types.is_list(alerts.schema.field(field).type):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), pa.array([], pa.string())
    column = alerts[field].combine_chunks()
    row = pc.list_parent_indices(column).to_numpy().astype(np.int64)
    return row, np.arange(len(row)) - np.searchsorted(row, row), pc.fill_null(pc.list_flatten(column), "")


def _coded(texts: pa.Array) -> tuple[Ints, list[str]]:
    """Return the number of each text, and the distinct ones."""
    coded = texts.dictionary_encode()
    return coded.indices.to_numpy().astype(np.int64), coded.dictionary.to_pylist()


def _names(alerts: pa.Table) -> tuple[Ints, dict[str, pa.Array]]:
    primary = _texts(alerts, "primary_name")
    none = np.zeros(alerts.num_rows, np.int64)
    groups = (
        (np.arange(alerts.num_rows), none, primary),
        _items(alerts, "aliases"),
        _items(alerts, "weak_aliases"),
    )
    row, place = (np.concatenate([group[at] for group in groups]) for at in (0, 1))
    kind = np.repeat(np.arange(3), [len(group[0]) for group in groups])
    full = pa.concat_arrays([group[2] for group in groups])
    order = np.lexsort((place, kind, row))
    order = order[pc.not_equal(full, "").to_numpy(zero_copy_only=False)[order]]
    code, texts = _coded(full)
    _, first = np.unique(row[order] * len(texts) + code[order], return_index=True)
    order = order[np.sort(first)]
    full = full.take(pa.array(order))
    kinds = pa.array(["primary", "alias", "weak"]).take(pa.array(kind[order]))
    script = pc.if_else(pc.string_is_ascii(full), "Latn", "Zyyy")
    return row[order], {"full": full, "kind": kinds, "script": script}


def _dates(alerts: pa.Table) -> tuple[Ints, dict[str, pa.Array]]:
    row, place, value = _items(alerts, "dobs")
    precision = _beside(row, place, _items(alerts, "dob_precisions"))
    code, texts = _coded(value)
    read = [_interval(text) or (None, None) for text in texts]
    first, last = (pa.array([days[at] for days in read], pa.date32()).take(pa.array(code)) for at in (0, 1))
    kept = pc.and_(first.is_valid(), precision.is_valid())
    chosen = np.flatnonzero(kept.to_numpy(zero_copy_only=False))
    columns = {"value": value, "from": first, "to": last, "precision": precision}
    return row[chosen], {name: column.take(pa.array(chosen)) for name, column in columns.items()}


def _beside(row: Ints, place: Ints, other: tuple[Ints, Ints, pa.Array]) -> pa.Array:
    """Return the text that stands at the same place of another list; null where it is shorter."""
    width = 1 + max(place.max(initial=0), other[1].max(initial=0))
    wanted, known = row * width + place, other[0] * width + other[1]
    at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
    found = known[at] == wanted if len(known) else np.zeros(len(wanted), np.bool_)
    return other[2].take(pa.array(at, mask=~found))


def _documents(alerts: pa.Table) -> tuple[Ints, dict[str, pa.Array]]:
    row, place, number = _items(alerts, "doc_numbers")
    state = _states(_beside(row, place, _items(alerts, "doc_countries")))
    chosen = np.flatnonzero(pc.not_equal(number, "").to_numpy(zero_copy_only=False))
    columns = {
        "type": pa.repeat("other", len(row)),
        "number": number,
        "issuing_state": state,
        "status": pa.repeat("valid", len(row)),
    }
    return row[chosen], {name: column.take(pa.array(chosen)) for name, column in columns.items()}


def _states(written: pa.Array) -> pa.Array:
    """Return the code of each State; null where it is none."""
    code, texts = _coded(pc.fill_null(written, ""))
    return pa.array([state_code(text) for text in texts], pa.string()).take(pa.array(code))


def _facts(alerts: pa.Table) -> tuple[Ints, dict[str, pa.Array]]:
    sex, everybody = _texts(alerts, "sex"), np.arange(alerts.num_rows)
    sex = pc.if_else(pc.is_in(sex, pa.array(["M", "F"])), sex, None)
    national = _items(alerts, "nationalities")
    groups = (
        (everybody, sex),
        (national[0], _states(national[2])),
        (everybody, _states(_texts(alerts, "birth_country"))),
    )
    row = np.concatenate([group[0] for group in groups])
    kind = np.repeat(np.arange(3), [len(group[0]) for group in groups])
    value = pa.concat_arrays([group[1] for group in groups])
    said = np.flatnonzero(value.is_valid().to_numpy(zero_copy_only=False))
    code, texts = _coded(value.take(pa.array(said)))
    rank = np.argsort(np.argsort(texts))[code] if texts else code
    wide = (row[said] * 3 + kind[said]) * max(len(texts), 1) + rank
    chosen = said[np.unique(wide, return_index=True)[1]]
    kinds = pa.array(["sex", "nationality", "birth_country"]).take(pa.array(kind[chosen]))
    return row[chosen], {"kind": kinds, "value": value.take(pa.array(chosen))}


def hits(scored: pa.Table) -> pa.Table:
    """Return the evaluation table of hits: `score` in bits, `explanation` as a JSON string."""
    return pa.table(
        {
            "passenger_id": scored["traveller_id"],
            "entity_id": scored["alert_id"],
            "score": pa.array([score / 100 for score in scored["score"].to_pylist()], pa.float64()),
            "explanation": pa.array(
                [json.dumps(pieces, ensure_ascii=False) for pieces in scored["evidence"].to_pylist()],
                pa.string(),
            ),
        }
    )
