"""Evaluation tables (docs/interfaces.md): travellers and alerts from anywhere, as the matcher's own tables.

A list's `doc_countries` stand beside its `doc_numbers` by place; countries that are no code give no State.
What cannot be read (a date, a code) is missing, never an error: missing is not disagreement.
"""

import json
import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache

import pyarrow as pa

from screening.identity.documents import document_key, normalise_number
from screening.identity.mrz import maybe_cut
from screening.identity.names import tokens
from screening.identity.states import state_code
from screening.identity.titles import is_placeholder, strip_surname_title, strip_title
from screening.matching.index import AlertTables
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES, ALERTS
from screening.tables.work import IDENTITIES

Rows = list[dict[str, object]]
_DATE = re.compile(r"^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$", re.ASCII)


def identities(travellers: pa.Table) -> pa.Table:
    """Return IDENTITIES of an evaluation table of travellers; `passenger_id` becomes `traveller_id`."""
    held: dict[str, list[object]] = {name: [] for name in IDENTITIES.schema.names}
    stated = ("surname", "given_names", "dob", "sex", "nationality", "doc_number", "doc_country")
    given = [
        travellers[name].to_pylist() if name in travellers.column_names else [None] * travellers.num_rows
        for name in ("passenger_id", *stated)
    ]
    for who, surname, names, dob, sex, nationality, document, country in zip(*given, strict=True):
        born = _interval(dob or "")
        issuer = _state(country)
        states = sorted({state for state in (_state(nationality), issuer) if state})
        number = normalise_number(document or "")
        keys = sorted({document_key(number, None), document_key(number, issuer)}) if number else []
        for reading, (one, other) in enumerate(_names_of(surname or "", names or "")):
            row = {
                "traveller_id": who,
                "flight_id": "evaluation",
                "reading": reading,
                "surname_tokens": one,
                "given_tokens": other,
                "maybe_cut": maybe_cut(" ".join(one), " ".join(other)),
                "placeholder": not (one or other),
                "born_from": born[0] if born else None,
                "born_to": born[1] if born else None,
                "sex": sex if sex in {"M", "F"} else None,
                "nationalities": states,
                "document_keys": keys,
            }
            for name, values in held.items():
                values.append(row[name])
    return IDENTITIES.columns_table(held)


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
    heads: Rows = []
    names: Rows = []
    dates: Rows = []
    documents: Rows = []
    facts: Rows = []
    for row in alerts.to_pylist():
        alert_id = row["entity_id"]
        heads.append(_head(alert_id, row.get("source") or "evaluation"))
        names += _numbered(alert_id, _names(row))
        dates += _numbered(alert_id, _dates(row))
        documents += _numbered(alert_id, _documents(row))
        facts += _numbered(alert_id, _facts(row))
    return AlertTables(
        ALERTS.table(heads),
        ALERT_NAMES.table(names),
        ALERT_DATES.table(dates),
        ALERT_DOCUMENTS.table(documents),
        ALERT_FACTS.table(facts),
    )


def _head(alert_id: str, source: str) -> dict[str, object]:
    return {
        "alert_id": alert_id,
        "list": source,
        "source_id": alert_id,
        "category": "inform",
        "severity": 3,
        "authority": source,
        "status": "active",
        "sufficient": True,
        "content_hash": "",
        "provenance": "evaluation table",
    }


def _numbered(alert_id: str, rows: Iterable[Mapping[str, object]]) -> Rows:
    return [
        {"alert_id": alert_id, "ordinal": at, "identity": 0, "provenance": "evaluation table", **row}
        for at, row in enumerate(rows)
    ]


def _names(row: Mapping[str, object]) -> Iterable[Mapping[str, object]]:
    seen: set[str] = set()
    primary = row.get("primary_name")
    groups = (
        ("primary", [primary] if isinstance(primary, str) else []),
        ("alias", _list(row, "aliases")),
        ("weak", _list(row, "weak_aliases")),
    )
    for kind, written in groups:
        for full in written:
            if full and full not in seen:
                seen.add(full)
                yield {"full": full, "kind": kind, "script": "Latn" if full.isascii() else "Zyyy"}


def _dates(row: Mapping[str, object]) -> Iterable[Mapping[str, object]]:
    for value, precision in zip(_list(row, "dobs"), _list(row, "dob_precisions"), strict=False):
        interval = _interval(value)
        if interval:
            yield {"value": value, "from": interval[0], "to": interval[1], "precision": precision}


def _documents(row: Mapping[str, object]) -> Iterable[Mapping[str, object]]:
    countries = _list(row, "doc_countries")
    for at, number in enumerate(_list(row, "doc_numbers")):
        if number:
            state = state_code(countries[at]) if at < len(countries) else None
            yield {"type": "other", "number": number, "issuing_state": state, "status": "valid"}


def _facts(row: Mapping[str, object]) -> Iterable[Mapping[str, object]]:
    if row.get("sex") in {"M", "F"}:
        yield {"kind": "sex", "value": row["sex"]}
    for state in sorted({code for value in _list(row, "nationalities") if (code := state_code(value))}):
        yield {"kind": "nationality", "value": state}
    born_in = row.get("birth_country")
    if isinstance(born_in, str) and (code := state_code(born_in)):
        yield {"kind": "birth_country", "value": code}


def _list(row: Mapping[str, object], field: str) -> list[str]:
    value = row.get(field)
    return [item or "" for item in value] if isinstance(value, list) else []


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
