"""What the chain of acts says again before the files of old years go: the last word on what is still there.

The store is compared with the last act on each night, decision and list (`casework.record`). Where that act
stands in a file that goes, and the thing is still there, the act that tells of the removal repeats it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from screening.profile.model import Retention
from screening.protection.audit import forget, records_in
from screening.store import acts
from screening.store.current_json import nights
from screening.store.zones import Store


def forget_old_acts(store: Store, terms: Retention, *, actor: str, at: datetime) -> list[str]:
    """Remove the files of the chain whose term has ended; errors and result as `audit.forget`."""

    def carried(going: Sequence[Path]) -> list[str]:
        return last_words(store, going)

    return forget(store, at - timedelta(hours=terms.audit), actor, carried, at)


def last_words(store: Store, going: Sequence[Path]) -> list[str]:
    """Return the last seal of each night, the version of each list and the decisions that the files state."""
    seals: dict[date, str] = {}
    lists: dict[str, str] = {}
    decisions: dict[str, str] = {}
    for path in going:
        for record in records_in(path):
            objects = [str(one) for one in record["objects"]]
            for seal in (one for one in objects if one.startswith("published:")):
                seals[date.fromisoformat(seal.split(":")[1])] = seal
            for said in (one for one in objects if one.startswith("list:")):
                lists[said.split(":")[1]] = said.split(":")[2]
            for said in (one for one in objects if one.startswith("decision:")):
                decisions[said.split(":")[1]] = said
            if record["act"] in {"list.activate", "list.release"}:
                lists[objects[0]] = objects[1]
            elif record["act"] == "hit.decide" and len(objects) > 2:
                decisions[objects[2]] = f"decision:{objects[2]}:{objects[0]}:{objects[1]}"
    published = set(nights(store))
    there = set(acts.dispositions(store)["disposition_id"].to_pylist())
    return [
        *(seal for night, seal in sorted(seals.items()) if night in published),
        *(f"list:{name}:{version}" for name, version in sorted(lists.items())),
        *(said for name, said in sorted(decisions.items()) if name in there),
    ]
