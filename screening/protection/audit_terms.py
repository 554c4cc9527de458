"""What the chain of acts says again before the files of old years go: the last word on what is still there.

The store is compared with the last act on each night, decision and list (`casework.record`). Where that act
stands in a file that goes, and the thing is still there, the act that tells of the removal repeats it.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from screening.profile.model import Retention
from screening.protection.audit import FORGET, forget, last_acts, records_in
from screening.protection.retention import Due
from screening.store import acts
from screening.store.current_json import nights
from screening.store.files import sha256_file
from screening.store.zones import Store
from screening.tables import hit_acts
from screening.tables.codes import RetentionClass

DECIDING = frozenset({"hit.decide", "hit.confirm", "hit.undo"})
"""Acts that write a disposition: hit, decision, its id, then what it confirms or undoes."""
ON_HITS = frozenset(f"hit.{word}" for word in ("propose", "withdraw", "note", "outcome", "close", "opinion"))
"""Further acts on hits: hit, id of the act, its hash."""


def forget_old_acts(store: Store, terms: Retention, *, actor: str, at: datetime) -> list[str]:
    """Remove the files of the chain whose term has ended; errors and result as `audit.forget`.

    The act itself may begin the file of a new year; then the file before is the newest no more, and goes too.
    """

    def carried(going: Sequence[Path]) -> list[str]:
        return last_words(store, going)

    gone: list[str] = []
    while files := forget(store, at - timedelta(hours=terms.audit), actor, carried, at):
        gone += files
    return gone


def old_acts_due(store: Store, terms: Retention, at: datetime) -> Iterator[Due]:
    """List the files of the chain whose term has ended.

    Raises:
        StoreError: the last line of one does not hold.
    """
    for path, last in last_acts(store):
        ended = last + timedelta(hours=terms.audit)
        if ended < at:
            relative = path.relative_to(store.root).as_posix()
            yield Due(relative, sha256_file(path), RetentionClass.AUDIT, ended, None, None)


@dataclass
class Words:
    """The last word of acts on each night, list and decision, as text that an act can repeat."""

    seals: dict[str, str] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)
    on_hits: dict[str, str] = field(default_factory=dict)

    def over(self, earlier: "Words") -> "Words":
        """Return these words, and the earlier ones where these say nothing."""
        return Words(
            earlier.seals | self.seals,
            earlier.lists | self.lists,
            earlier.decisions | self.decisions,
            earlier.on_hits | self.on_hits,
        )

    def take(self, objects: Iterable[str]) -> None:
        """Take what an act repeats.

        `published:NIGHT:…`, `list:ID:VERSION`, `decision:ID:HIT:DECISION`, `act:ID:HASH`.
        """
        for text in objects:
            kind, _, rest = text.partition(":")
            held = {
                "published": self.seals,
                "list": self.lists,
                "decision": self.decisions,
                "act": self.on_hits,
            }.get(kind)
            if held is not None:
                held[rest.partition(":")[0]] = text


def last_words(store: Store, going: Sequence[Path]) -> list[str]:
    """Return the last seal of each night, the version of each list and the decisions that the files state.

    What an earlier removal repeated is older than every act of the chain, whatever its place.
    """
    said, repeated = Words(), Words()
    for path in going:
        for record in records_in(path):
            objects = [str(one) for one in record["objects"]]
            if record["act"] == FORGET:
                repeated.take(objects)
                continue
            said.take(one for one in objects if one.startswith("published:"))
            if record["act"] in {"list.activate", "list.release"}:
                said.take([f"list:{objects[0]}:{objects[1]}"])
            elif record["act"] in DECIDING and len(objects) > 2:
                said.take([f"decision:{objects[2]}:{objects[0]}:{objects[1]}"])
            elif record["act"] in ON_HITS:
                said.take([f"act:{objects[1]}:{objects[2]}"])
    whole = said.over(repeated)
    published = {night.isoformat() for night in nights(store)}
    there = set(acts.dispositions(store)["disposition_id"].to_pylist())
    for spec in hit_acts.TABLES:
        there.update(acts.acts_on_hits(store, spec)["act_id"].to_pylist())
    return [
        *(seal for night, seal in sorted(whole.seals.items()) if night in published),
        *(text for _, text in sorted(whole.lists.items())),
        *(text for name, text in sorted(whole.decisions.items()) if name in there),
        *(text for name, text in sorted(whole.on_hits.items()) if name in there),
    ]
