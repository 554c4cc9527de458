"""`python -m screening.matching`: compile the loops, so that no night waits.

`make setup` runs it.
"""

from datetime import date

from screening.matching.index import AlertTables, build_index
from screening.matching.match import match
from screening.matching.model import load_model
from screening.tables.alerts import ALERT_DATES, ALERT_DOCUMENTS, ALERT_FACTS, ALERT_NAMES, ALERTS
from screening.tables.work import IDENTITIES


def main() -> None:
    """Match one invented traveller with one invented alert, which calls every loop."""
    born = date(1971, 4, 9)
    own = {"alert_id": "own:1", "ordinal": 0, "identity": 0, "provenance": "invented"}
    alerts = AlertTables(
        ALERTS.table(
            [
                {
                    "alert_id": "own:1",
                    "list": "own",
                    "source_id": "1",
                    "category": "inform",
                    "severity": 3,
                    "authority": "invented",
                    "status": "active",
                    "sufficient": True,
                    "content_hash": "",
                    "provenance": "invented",
                }
            ]
        ),
        ALERT_NAMES.table([{**own, "full": "QUENZEBRAND, Otho Maria", "kind": "primary", "script": "Latn"}]),
        ALERT_DATES.table([{**own, "from": born, "to": born, "precision": "day"}]),
        ALERT_DOCUMENTS.table(
            [{**own, "type": "passport", "number": "X1234567", "issuing_state": "DE", "status": "valid"}]
        ),
        ALERT_FACTS.table([{**own, "kind": "nationality", "value": "DE"}]),
    )
    traveller = {
        "traveller_id": "t",
        "flight_id": "f",
        "reading": 0,
        "surname_tokens": ["QUENZEBRANT"],
        "given_tokens": ["OTHOMARIA"],
        "maybe_cut": False,
        "placeholder": False,
        "born_from": born,
        "born_to": born,
        "sex": "M",
        "nationalities": ["DE"],
        "document_keys": ["X1234567@", "X1234567@DE"],
    }
    found = match(IDENTITIES.table([traveller]), build_index(alerts, load_model()), floor=0)
    if found.num_rows != 1:
        raise RuntimeError("screening.matching: the loops do not find what they must; report this as a fault")


if __name__ == "__main__":
    main()
