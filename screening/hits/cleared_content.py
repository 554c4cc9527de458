"""What of an alert a clearance binds to: the compared identity, what the alert asks for, how urgently.

Rule: a person who clears a pair has said that this traveller is not that person. So the clearance holds while
that identity of the alert (its names, dates of birth, documents, facts) and the alert's category and severity
are the same. Another review date, instruction or authority changes nothing of it; nor does a further identity
that is put beside this one, as when two alerts are merged.

An alert may be the successor of others: its provenance names them, by alert id in `merged_from`, or by source
id of the same list in `referents` (OpenSanctions). What was cleared under their ids holds for it as well.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.tables.rows import AlertRow

_NAME = ("kind", "full", "surname", "given_names", "quality")
_DATE = ("value", "precision", "calendar", "note")
_DOCUMENT = ("type", "number", "issuing_state", "status", "from", "to", "note")
_FACT = ("kind", "value")


class Contents:
    """Contents of the identities of some alerts.

    Args:
        names: ALERT_NAMES.
        dates: ALERT_DATES.
        documents: ALERT_DOCUMENTS.
        facts: ALERT_FACTS.
        among: ids of the alerts that are asked for.
    """

    def __init__(
        self, names: pa.Table, dates: pa.Table, documents: pa.Table, facts: pa.Table, among: Iterable[str]
    ) -> None:
        """Read the rows of the alerts that are asked for."""
        ids = pa.array(sorted(set(among)), pa.string())
        self._held: dict[tuple[str, int], list[list[Any]]] = defaultdict(list)
        self._named: dict[tuple[str, str], list[int]] = defaultdict(list)
        for table, columns in ((names, _NAME), (dates, _DATE), (documents, _DOCUMENT), (facts, _FACT)):
            for row in table.filter(pc.is_in(table["alert_id"], ids)).to_pylist():
                held = [columns[0], *(row[column] for column in columns)]
                self._held[row["alert_id"], row["identity"]].append(held)
                if columns is _NAME:
                    self._named[row["alert_id"], row["full"]].append(row["identity"])

    def compared(self, alert: AlertRow, name: str | None) -> list[str]:
        """Return the hashes of an alert's identities that bear a name; a clearance keeps the first.

        Args:
            alert: the alert.
            name: the listed name that fitted best; None stands for the person's own identity.
        """
        key = alert["alert_id"]
        bearing = self._named.get((key, name), []) if name is not None else []
        return [self._hash(alert, identity) for identity in dict.fromkeys(bearing or [0])]

    def all_of(self, alert: AlertRow) -> list[str]:
        """Return the hashes of all identities of an alert."""
        own = sorted(identity for key, identity in self._held if key == alert["alert_id"])
        return [self._hash(alert, identity) for identity in own]

    def _hash(self, alert: AlertRow, identity: int) -> str:
        lines = sorted(
            json.dumps(held, ensure_ascii=False, default=str)
            for held in self._held.get((alert["alert_id"], identity), [])
        )
        content = json.dumps([alert["category"], alert["severity"], lines], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()


def earlier_ids(alert: AlertRow) -> frozenset[str]:
    """Return the ids of alerts whose successor this one is.

    >>> told = '{"remarks": {"merged_from": ["own:7"], "referents": ["NK-1"]}}'
    >>> sorted(earlier_ids({"alert_id": "os:Q1", "list": "os", "provenance": told}))
    ['os:NK-1', 'own:7']
    """
    if "merged_from" not in alert["provenance"] and "referents" not in alert["provenance"]:
        return frozenset()
    told = remarks(alert)
    same_list = (f"{alert['list']}:{one}" for one in told.get("referents", ()))
    return frozenset({*told.get("merged_from", ()), *same_list}) - {alert["alert_id"]}


def remarks(alert: AlertRow) -> Mapping[str, list[str]]:
    """Return what else the source says of an alert, by field."""
    told = json.loads(alert["provenance"])
    found = told.get("remarks") if isinstance(told, dict) else None
    return found if isinstance(found, dict) else {}
