"""An invented night of any number of hits for the tests of reports."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from screening.aggregates.cells import cells
from screening.aggregates.counts import count
from screening.aggregates.protecting import protect_date
from screening.reports.night_view import ListState, NightFigures, NightTables, build
from screening.tables import aggregate, alerts, analyst, individual

NIGHT = date(2026, 11, 23)


def published(counts):
    exact = cells(counts, day=NIGHT, country="DE")
    return protect_date(exact, period=NIGHT.isoformat(), country="DE", threshold=5).published


ROUTES = (("FRA", "IAD"), ("LHR", "JFK"), ("IST", "FRA"), ("DXB", "LHR"), ("CDG", "YUL"), ("MAD", "EZE"))
ZONES = {
    "FRA": "Europe/Berlin", "IAD": "America/New_York", "LHR": "Europe/London", "JFK": "America/New_York",
    "IST": "Europe/Istanbul", "DXB": "Asia/Dubai", "CDG": "Europe/Paris", "YUL": "America/Toronto",
    "MAD": "Europe/Madrid", "EZE": "America/Argentina/Buenos_Aires",
}  # fmt: skip
NAMES = (
    ("SAYYEDZADE", "MIRVASH ALIREZO", "Seyyed-Zadeh", "Mirvash Alireza"),
    ("CHTCHERBENKO", "IOURI", "Shcherbenko", "Yuri"),
    ("VAN DER HOLT", "PIETERNELLA", "van der Holt", "Pieternel"),
    ("OKONKWARA", "CHIDUBEM", "Okonkwara", "Chidubem Emmanuel"),
    ("LIANGWEI", "XIU", "Liang", "Wei Xiu"),
)


def leg(ordinal):
    origin, destination = ROUTES[ordinal % len(ROUTES)]
    departure = datetime.combine(NIGHT, time(5 + ordinal % 18, 10))
    carrier = f"Q{ordinal % 7}"
    return {
        "flight_id": f"{carrier}{100 + ordinal}-{NIGHT:%Y%m%d}-{origin}-{destination}",
        "carrier": carrier,
        "number": str(100 + ordinal),
        "marketing": [],
        "origin": origin,
        "destination": destination,
        "departure_local": departure,
        "arrival_local": departure + timedelta(hours=3),
        "origin_zone": ZONES[origin],
        "destination_zone": ZONES[destination],
        "service_date": NIGHT,
        "api_status": "final",
        "pnr_status": "incomplete",
        "stated": 30,
        "travellers": 30,
        "findings": [
            {"code": "join_ambiguous", "level": "warning", "segment": None, "offset": 0, "text": "two"}
        ]
        if ordinal % 4 == 0
        else [],
    }


def person(ordinal, flight_id):
    surname, given, _, _ = NAMES[ordinal % len(NAMES)]
    return {
        "traveller_id": f"t{ordinal:05d}",
        "flight_id": flight_id,
        "statement_ids": ["s"],
        "current": 1,
        "sources": ["api"],
        "person_key": f"p{ordinal}",
        "role": "passenger" if ordinal % 15 else "crew",
        "surname": surname,
        "given_names": given,
        "name_as_sent": f"{surname}/{given}",
        "date_of_birth": date(1950 + ordinal % 60, 1 + ordinal % 12, 1 + ordinal % 28),
        "sex": "MF"[ordinal % 2],
        "nationality": ["FR", "DE", "TR", "IR", "NG", "CN", "IS"][ordinal % 7],
        "locator": f"LOC{ordinal // 3:03d}",
    }


def pieces(ordinal):
    surname, given, listed_surname, listed_given = NAMES[ordinal % len(NAMES)]
    rows = [("prior", None, None, "one of 10,000 names", -1660)]
    for ours, theirs in zip((surname, *given.split()), (listed_surname, *listed_given.split()), strict=False):
        same = ours.casefold() == theirs.casefold()
        rows.append(("name", ours, theirs, "same" if same else "transliteration", 950 if same else 720))
    rows.append(("date_of_birth", "1980-02-01", "1980-01-02", "day and month swapped", 1000 + ordinal % 300))
    rows.append(("sex", "M", "M", "same", 30))
    rows.append(("nationality", "IR", "FR", "other State", -230))
    rows.append(("document", None, None, "not given", 0))
    return rows


def hit(ordinal, person_row, score):
    _, _, listed_surname, listed_given = NAMES[ordinal % len(NAMES)]
    decided = ordinal % 9 == 4
    return {
        "hit_id": f"{ordinal:032x}",
        **{name: person_row[name] for name in ("traveller_id", "flight_id", "person_key", "surname", "given_names", "date_of_birth", "sex", "nationality", "locator")},
        "seat": "12A",
        "documents": [{"type": "passport", "number": f"P{ordinal:07d}", "issuing_state": "FR", "expiry": date(2030, 1, 1)}],
        "alert_id": f"own:{ordinal}",
        "alert_ids": [f"own:{ordinal}", f"un:{ordinal}"] if ordinal % 5 == 0 else [f"own:{ordinal}"],
        "alert_name": f"{listed_given} {listed_surname}",
        "list": "own",
        "list_versions": ["own=0123456789abcdef"],
        "category": "wanted" if ordinal % 3 else "inform",
        "severity": 1 + ordinal % 5,
        "score": score,
        "threshold": 400,
        "false_alerts_per_1000": 0.2,
        "evidence_hash": "e",
        "first_night": NIGHT - timedelta(days=ordinal % 2),
        "late": ordinal % 11 == 0,
        "disposition_id": f"d{ordinal}" if decided else None,
        "decision": "inconclusive" if decided else None,
        "message_ids": [],
        "near_miss": {3: "other_day", 9: "other_given_names"}.get(ordinal % 15),
    }  # fmt: skip


def listed(ordinal):
    _, _, surname, given = NAMES[ordinal % len(NAMES)]
    alert = f"own:{ordinal}"
    return {
        "alert": {
            "alert_id": alert, "list": "own", "source_id": str(ordinal), "category": "wanted", "severity": 1 + ordinal % 5,
            "authority": "Office of Invented Affairs", "legal_basis": "Order 12/2026",
            "caveat": "A namesake was cleared in 2025." if ordinal % 4 == 0 else None,
            "instructions": "Hold at the gate, call the duty officer." if ordinal % 2 == 0 else None,
            "status": "active", "sufficient": True, "content_hash": "c", "provenance": "own.csv:1",
        },
        "names": [
            {"alert_id": alert, "ordinal": 0, "identity": 0, "full": f"{given} {surname}", "kind": "primary", "script": "Latn", "provenance": "own.csv:1"},
            {"alert_id": alert, "ordinal": 1, "identity": 0, "full": "سید زاده", "kind": "original_script", "script": "Arab", "provenance": "own.csv:1"},
        ],
        "date": {"alert_id": alert, "ordinal": 0, "identity": 0, "value": "1980-01-02", "precision": "day", "provenance": "own.csv:1"},
        "fact": {"alert_id": alert, "ordinal": 0, "identity": 0, "kind": "nationality", "value": "FR", "provenance": "own.csv:1"},
        "document": {"alert_id": alert, "ordinal": 0, "identity": 0, "type": "passport", "number": f"X{ordinal}", "issuing_state": "FR", "status": "valid", "provenance": "own.csv:1"},
    }  # fmt: skip


def outcomes(legs, hits):
    rows = [
        {
            "flight_id": row["flight_id"],
            "outcome": "screened_with_findings" if row["findings"] else "screened",
            "frozen": "f",
            "travellers": 30,
            "quarantined": 0,
            "hits": sum(h["flight_id"] == row["flight_id"] for h in hits),
            "flight": f"{row['carrier']}{row['number']}",
        }
        for row in legs
    ]
    if rows:
        rows[0] |= {"outcome": "failed", "reason_code": "internal", "reason": "an unforeseen error", "travellers": 0, "quarantined": 30,
                    "mend": f"screening rerun --night {NIGHT} --flight {rows[0]['flight_id']}"}  # fmt: skip
        rows[-1] |= {
            "outcome": "quarantined",
            "reason_code": "no_leg",
            "reason": "no leg with a date",
            "quarantined": 4,
        }
    return individual.OUTCOMES.table(rows)


def tables(hit_count=12, legs=24, hit_facts=None, **replaced):
    """Tables of an invented night; `hit_facts` overrides columns of every hit."""
    flights = [leg(n) for n in range(legs)]
    people = (
        [person(n, flights[n % legs]["flight_id"]) for n in range(max(legs * 30, hit_count))] if legs else []
    )
    evidence, hits = [], []
    for n in range(hit_count):
        rows = pieces(n)
        hits.append(hit(n, people[n], sum(row[-1] for row in rows)) | (hit_facts or {}))
        keys = ("kind", "traveller_value", "alert_value", "relation", "weight")
        evidence += [
            {
                "hit_id": hits[-1]["hit_id"],
                "alert_id": alert,
                "ordinal": place,
                **dict(zip(keys, row, strict=True)),
            }
            for alert in hits[-1]["alert_ids"]
            for place, row in enumerate(rows)
        ]
    sides = [listed(n) for n in range(hit_count)]
    flight_table, traveller_table = individual.FLIGHTS.table(flights), individual.TRAVELLERS.table(people)
    counts = count(flight_table, traveller_table)
    made = {
        "flights": flight_table,
        "travellers": traveller_table,
        "outcomes": outcomes(flights, hits),
        "hits": analyst.HITS.table(hits),
        "evidence": analyst.EVIDENCE.table(evidence),
        "published": published(counts) if counts.num_rows else aggregate.PUBLISHED.empty(),
        "carrier_quality": aggregate.CARRIER_QUALITY.table(
            {"carrier": f"Q{n}", "night": NIGHT, "measure": measure, "value": value, "unit": "share"}
            for n in range(7)
            for measure, value in (("date_of_birth", 0.98), ("late_manifests", 0.125), ("finding:x", 3.0))
        ),
        "quarantine": individual.QUARANTINE.table(
            {
                "quarantine_id": f"i:{n}", "input_id": "i", "unit": "traveller", "flight_id": flights[-1]["flight_id"],
                "offset": n, "length": 1, "class": "api", "codes": ["message_cut_off"], "reason": "the message ends inside it", "people": 1,
            }
            for n in range(4)
            if flights
        ),
        "dispositions": analyst.DISPOSITIONS.table(
            {
                "disposition_id": row["disposition_id"], "hit_id": "earlier", "person_key": "p", "alert_id": "a",
                "decision": "inconclusive", "reason": "photograph asked for", "analyst": "duty-1",
                "decided_at": datetime(2026, 11, 22, 6, 12, tzinfo=UTC), "evidence_hash": "e",
            }
            for row in hits
            if row["disposition_id"]
        ),
        "alerts": alerts.ALERTS.table(side["alert"] for side in sides),
        "alert_names": alerts.ALERT_NAMES.table(name for side in sides for name in side["names"]),
        "alert_dates": alerts.ALERT_DATES.table(side["date"] for side in sides),
        "alert_facts": alerts.ALERT_FACTS.table(side["fact"] for side in sides),
        "alert_documents": alerts.ALERT_DOCUMENTS.table(side["document"] for side in sides),
    }  # fmt: skip
    return NightTables(**(made | replaced))


def view(night_tables, **more):
    settings = {
        "night": NIGHT,
        "revision": 2,
        "agency": "Example agency",
        "lists": [ListState("own", "0123456789abcdef0123", 1200, date(2026, 11, 20)), ListState("un", "ff" * 16, 900)],
        "history": [NightFigures(NIGHT - timedelta(days=30 - n), 40, 4000 + 37 * n, n % 3, 10 + n % 7) for n in range(30)],
        "gates": [{"gate": "manifests", "about": "travellers.surname", "observed": "99.80 % given", "bound": "at least 98 % given", "severity": "critical", "passed": True, "why": "names"}],
        "notes": ["Demonstration keys: pseudonyms of this store protect nobody."],
    }  # fmt: skip
    return build(night_tables, **(settings | more))


@pytest.fixture(scope="session")
def night_tables():
    return tables


@pytest.fixture(scope="session")
def night_view():
    """Make the view of an invented night from its tables."""
    return view
