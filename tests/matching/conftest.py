"""Small worlds for matching: rows in, tables out."""

import datetime as dt

import pyarrow as pa
import pytest

from screening.identity.documents import document_key
from screening.identity.names import tokens
from screening.matching.index import AlertTables, build_index
from screening.matching.model import load_model
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES, ALERTS
from screening.tables.work import IDENTITIES


def alert_tables(alerts):
    """alerts: {alert_id: {kind of the names: primary, names: [(full, identity)], dates: [(from, to, precision, identity)], …}}."""
    heads, names, dates, documents, facts = [], [], [], [], []
    for alert_id, said in alerts.items():
        heads.append(
            {
                "alert_id": alert_id, "list": said.get("list", "own"), "source_id": alert_id, "category": "inform",
                "severity": 3, "authority": "test", "status": "active", "sufficient": True, "content_hash": "c",
                "provenance": "test",
            }
        )  # fmt: skip
        common = {"alert_id": alert_id, "provenance": "test"}
        names += [
            {
                **common,
                "ordinal": at,
                "identity": of,
                "full": full,
                "kind": said.get("kind", "primary"),
                "script": "Latn",
            }
            for at, (full, of) in enumerate(said.get("names", []))
        ]
        dates += [
            {**common, "ordinal": at, "identity": of, "from": a, "to": b, "precision": p}
            for at, (a, b, p, of) in enumerate(said.get("dates", []))
        ]
        documents += [
            {
                **common,
                "ordinal": at,
                "identity": of,
                "type": "passport",
                "number": number,
                "issuing_state": state,
                "status": "valid",
            }
            for at, (number, state, of) in enumerate(said.get("documents", []))
        ]
        facts += [
            {**common, "ordinal": at, "identity": 0, "kind": kind, "value": value}
            for at, (kind, value) in enumerate(said.get("facts", []))
        ]
    return AlertTables(
        ALERTS.table(heads), ALERT_NAMES.table(names), ALERT_DATES.table(dates), ALERT_DOCUMENTS.table(documents),
        ALERT_FACTS.table(facts),
    )  # fmt: skip


def identity_rows(travellers):
    """travellers: {id: (surname, given, born, sex, state, [(number, state)])}."""
    rows = []
    for key, (surname, given, born, sex, state, documents) in travellers.items():
        day = dt.date.fromisoformat(born) if born else None
        keys = {document_key(n, s) for n, st in documents for s in (st, None)}
        rows.append(
            {
                "traveller_id": key, "flight_id": "XX1-20261123-AAA-BBB", "reading": 0,
                "surname_tokens": list(tokens(surname)), "given_tokens": list(tokens(given)), "maybe_cut": False,
                "placeholder": not (surname or given), "born_from": day, "born_to": day, "sex": sex,
                "nationalities": [state] if state else [], "document_keys": sorted(keys),
            }
        )  # fmt: skip
    return IDENTITIES.table(rows)


@pytest.fixture(scope="session")
def model():
    return load_model()


@pytest.fixture(scope="session")
def identities():
    return identity_rows


@pytest.fixture(scope="session")
def listed_tables():
    return alert_tables


@pytest.fixture(scope="session")
def make_index(model):
    def make(alerts, other=model) -> object:
        return build_index(alert_tables(alerts), other)

    return make


@pytest.fixture(scope="session")
def exact_day():
    def make(text, identity=0):
        day = dt.date.fromisoformat(text)
        return (day, day, "day", identity)

    return make


@pytest.fixture(scope="session")
def rows_of():
    def make(table: pa.Table):
        return {(row["traveller_id"], row["alert_id"]): row for row in table.to_pylist()}

    return make
