"""What the profile did not let be processed, leg by leg: how many messages and travellers, and why."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from screening.tables.codes import Outcome, OutsideReason

OUTSIDE_WORDS: Mapping[str, str] = {
    OutsideReason.DIRECTION: "the profile leaves flights of this direction out",
    OutsideReason.NOT_SELECTED: "no decision selects the flight",
    OutsideReason.SELECTION_ENDED: "the decision that selects the flight does not hold on its date",
    OutsideReason.SOURCE: "the profile leaves such messages out",
    OutsideReason.CREW: "the profile leaves crew out",
    OutsideReason.NOT_KEPT: "the texts were not kept under the profile of their first night",
}


def outside_by_leg(outside: pa.Table) -> list[dict[str, Any]]:
    """Add up what is outside the mandate.

    Args:
        outside: OUTSIDE_MANDATE.

    Returns:
        One row a leg, source, reason and decision, sorted: flight_id, source, reason, decision, messages,
        travellers (as named in messages: who is named in two counts twice), says.
    """
    sums: dict[tuple[str, str, str, str], tuple[int, int]] = {}
    for row in outside.to_pylist():
        key = (row["flight_id"], row["source"], row["reason"], row["decision"] or "")
        messages, people = sums.get(key, (0, 0))
        sums[key] = (messages + 1, people + row["travellers"])
    return [
        {
            "flight_id": leg,
            "source": source,
            "reason": reason,
            "decision": decision or None,
            "messages": messages,
            "travellers": people,
            "says": f"{people} traveller{'s' * (people != 1)} named in {messages} {source.upper()} "
            f"message{'s' * (messages != 1)}: {OUTSIDE_WORDS[reason]}"
            f"{f' (decision {decision})' if decision else ''}",
        }
        for (leg, source, reason, decision), (messages, people) in sorted(sums.items())
    ]


def outcomes_outside(outside: pa.Table) -> dict[str, dict[str, object]]:
    """Return outcome, reason and remedy of each leg of which something is outside.

    They hold where nothing of the leg was settled.
    """
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in outside_by_leg(outside):
        found[row["flight_id"]].append(row)
    return {
        leg: {
            "outcome": Outcome.OUTSIDE_MANDATE,
            "reason_code": rows[0]["reason"],
            "reason": f"outside the mandate, not stored: {'; '.join(row['says'] for row in rows)}",
            "mend": None,
        }
        for leg, rows in found.items()
    }
