"""A night in a few words: messages of invented travellers as the tables that the reader gives."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pytest

from screening.manifests.settle import SettledLegs, settle
from screening.tables import individual as t
from screening.tables.codes import Action, Function, Meant, Source

LEG = "QX12-20261124-FRA-IAD"


def pseudonym(purpose: str, text: str) -> str:
    return hashlib.sha256(f"{purpose}|{text}".encode()).hexdigest()[:32]


def person(name: str, born: str | None = None, doc: str | None = None, **facts: Any) -> dict[str, Any]:
    """SURNAME/GIVEN, birth date, document as NUMBER@STATE."""
    surname, _, given = name.partition("/")
    return {
        "surname": surname or None,
        "given_names": given or None,
        "name_as_sent": name,
        "date_of_birth": date.fromisoformat(born) if born else None,
        "documents": [doc] if isinstance(doc, str) else list(doc or ()),
        "role": "passenger",
        "says": "present",
        **facts,
    }


@dataclass
class Night:
    messages: list[dict[str, Any]] = field(default_factory=list)
    legs: list[dict[str, Any]] = field(default_factory=list)
    statements: list[dict[str, Any]] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)

    def say(
        self,
        source: str,
        sent: str | None,
        travellers: Sequence[dict[str, Any]],
        *,
        leg: str | Sequence[str] = LEG,
        action: str = Action.FULL,
        departure: str | None = None,
        marketing: Sequence[str] = (),
        offset: int = 100,
        file: str | None = None,
        **facts: Any,
    ) -> str:
        """Add a message; `sent` is HH:MM of the day of departure (or an ISO time)."""
        number = len(self.messages)
        file = file or f"f{number:03}"
        identifier = f"{file}:{offset}"
        time = None if sent is None else datetime.fromisoformat(sent if "T" in sent else f"2026-11-24T{sent}")
        row = {
            "message_id": identifier, "input_id": file, "offset": offset, "length": 10, "source": source,
            "type": "PAXLST" if source == Source.API else "PNRGOV", "version": "D:12B", "dialect": "un",
            "function": Function.PASSENGERS, "action": action, "sender": "QX", "sent_local": time,
            "control_reference": f"c{number:03}", "read": len(travellers), "complete": True,
            "flight_ids": [leg] if isinstance(leg, str) else list(leg), "status": "ok", "findings": [],
        } | facts  # fmt: skip
        self.messages.append(row)
        for place, flight_id in enumerate(row["flight_ids"]):
            designator, day, origin, destination = flight_id.split("-")
            self.legs.append({
                "message_id": identifier, "flight_id": flight_id, "ordinal": place, "carrier": designator[:2],
                "number": designator[2:], "marketing": list(marketing), "origin": origin,
                "destination": destination,
                "departure_local": datetime.fromisoformat(departure or f"{day[:4]}-{day[4:6]}-{day[6:]}T12:00"),
            })  # fmt: skip
        for ordinal, given in enumerate(travellers):
            facts_ = {key: value for key, value in given.items() if key not in {"documents", "legs"}}
            base = {"statement_id": f"{identifier}:{ordinal}", "message_id": identifier, "source": source,
                    "sent_local": time, "findings": []}  # fmt: skip
            for flight_id in given.get("legs", row["flight_ids"]):
                self.statements.append(base | {"flight_id": flight_id} | facts_)
            for place, document in enumerate(given["documents"]):
                paper = {"type": "passport", "check_digit": "none"}
                if isinstance(document, str):
                    number_, _, state = document.partition("@")
                    paper |= {"number": number_, "issuing_state": state or None}
                else:
                    paper |= document
                self.documents.append({"statement_id": base["statement_id"], "ordinal": place} | paper)
        return identifier

    def api(self, sent: str | None, *travellers: dict[str, Any], **facts: Any) -> str:
        return self.say(Source.API, sent, travellers, **facts)

    def pnr(self, sent: str | None, *travellers: dict[str, Any], **facts: Any) -> str:
        return self.say(Source.PNR, sent, travellers, **facts)

    def tables(self) -> tuple[pa.Table, pa.Table, pa.Table, pa.Table]:
        return (
            t.MESSAGES.table(self.messages),
            t.MESSAGE_LEGS.table(self.legs),
            t.STATEMENTS.table(self.statements),
            t.STATEMENT_DOCUMENTS.table(self.documents),
        )

    def ordered(self) -> Any:
        """What is stated, made ready for settling."""
        from screening.manifests.statements import gather, in_order

        messages, _, statements, documents = self.tables()
        legs = sorted({row["flight_id"] for row in self.legs})
        return gather(in_order(messages), statements, documents, {}, legs)

    def settle(
        self, *scope: str, earlier: pa.Table | None = None, meant: dict[str, Meant] | None = None
    ) -> SettledLegs:
        legs = scope or tuple(sorted({row["flight_id"] for row in self.legs}))
        held = t.TRAVELLERS.empty() if earlier is None else earlier
        return settle(*self.tables(), scope=legs, earlier=held, pseudonym=pseudonym, meant=meant)


def names(settled: SettledLegs, leg: str | None = None) -> list[str]:
    """Names on the manifest, sorted."""
    rows = settled.travellers.to_pylist()
    return sorted(
        f"{row['surname'] or ''}/{row['given_names'] or ''}"
        for row in rows
        if leg in {None, row["flight_id"]}
    )


def counted(settled: SettledLegs, leg: str | None = None) -> list[str]:
    """Names of those who are part of the estimate of who flew, sorted."""
    rows = settled.travellers.filter(settled.travellers["counted"])
    return names(replace(settled, travellers=rows), leg)


def standings(settled: SettledLegs) -> dict[str, str]:
    """Given names -> standing, with the reason where there is one."""
    return {
        row["given_names"]: " ".join(filter(None, (row["standing"], row["standing_reason"])))
        for row in settled.travellers.to_pylist()
    }


def codes(settled: SettledLegs, leg: str = LEG) -> list[str]:
    rows = settled.flights.to_pylist()
    return sorted(finding["code"] for row in rows if row["flight_id"] == leg for finding in row["findings"])


def ledger(settled: SettledLegs, leg: str = LEG) -> dict[str, int]:
    rows = [row for row in settled.ledger.to_pylist() if row["unit"] == leg]
    assert sum(row["received"] for row in rows) == sum(row["passed"] + row["set_aside"] for row in rows)
    return {row["as"]: row["passed"] + row["set_aside"] for row in rows}


@dataclass(frozen=True)
class Kit:
    """What the tests of this room share."""

    leg = LEG
    Night = Night
    person = staticmethod(person)
    names = staticmethod(names)
    counted = staticmethod(counted)
    standings = staticmethod(standings)
    codes = staticmethod(codes)
    ledger = staticmethod(ledger)
    pseudonym = staticmethod(pseudonym)


@pytest.fixture(scope="session")
def kit() -> Kit:
    return Kit()
