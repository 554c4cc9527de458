"""How old records of acts go, by whole years, and what the chain says again of what is still there.

`audit/base.json` keeps sequence and hash of the last record of each year that has gone, from which the chain
is verified then, and an act on the chain names both. Whoever removes a file without such an act is seen. The
newest year always stays.

The store is compared with the last act on each night, decision and list (`casework.record`). Where that act
stands in a file that goes, and the thing is still there, the act that tells of the removal repeats it.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from pathlib import Path
from typing import Any

from screening.profile.model import Retention
from screening.protection.audit import FORGET, append
from screening.protection.audit_end import parse_or_stop
from screening.protection.audit_records import base_of, bases_in, chain_files, head_of, is_act, last_lines
from screening.protection.retention import Due
from screening.store import acts
from screening.store.current_json import nights
from screening.store.files import disk_faults, sha256_file, sync_folder, write_json
from screening.store.object_path import ObjectPath
from screening.store.zones import Store, open_zones
from screening.tables import hit_acts
from screening.tables.codes import RetentionClass, Zone

DECIDING = frozenset({"hit.decide", "hit.confirm", "hit.undo"})
"""Acts that write a disposition: hit, decision, its id, then what it confirms or undoes."""
ON_HITS = frozenset(f"hit.{word}" for word in ("propose", "withdraw", "note", "outcome", "close", "opinion"))
"""Further acts on hits: hit, id of the act, its hash."""


def forget_old_acts(store: Store, terms: Retention, *, actor: str, at: datetime) -> list[str]:
    """Remove the files of the chain whose term has ended.

    The act itself may begin the file of a new year; then the file before is the newest no more, and goes too.

    Returns:
        Names of the files removed. A removal that was killed is ended by the next.

    Raises:
        StoreError: the chain is broken in what would go, or a file cannot be removed.
    """
    gone: list[str] = []
    while files := _forget(store, at - timedelta(hours=terms.audit), actor, at):
        gone += files
    return gone


def old_acts_due(store: Store, terms: Retention, at: datetime) -> Iterator[Due]:
    """List the files of the chain whose term has ended.

    Raises:
        StoreError: the last line of one does not hold.
    """
    term = timedelta(hours=terms.audit)
    for path, last in takewhile(lambda found: found[1] + term < at, _last_acts(store)):
        relative = path.relative_to(store.root).as_posix()
        yield Due(relative, sha256_file(path), RetentionClass.AUDIT, last + term, None, None)


def _forget(store: Store, before: datetime, actor: str, at: datetime) -> list[str]:
    """Remove the files whose last record is older than a moment, up to the first that is not: no gap is made.

    Where a clock was set back, a file is older than the one before it; it goes with that one.
    """
    folder = open_zones(store, {Zone.AUDIT}).path(Zone.AUDIT)
    ended = list(takewhile(lambda found: _at(found[1]) < before, _ends_of(folder)))
    if not ended:
        return []
    going, last = [path for paths, _ in ended for path in paths], head_of(ended[-1][1])
    bases = bases_in(folder)
    bases[last.seq] = last.hash
    write_json(folder / "base.json", {str(seq): digest for seq, digest in bases.items()})
    files = [_named(paths) for paths, _ in ended]
    append(store, actor, FORGET, [base_of(last), *files, *_last_words(store, going)], "end of term", at)
    for path in going:
        with disk_faults(path, effect="the file is still there"):
            path.unlink()
    sync_folder(folder)
    return [path.name for path in going]


def _last_acts(store: Store) -> list[tuple[Path, datetime]]:
    """Return each file of the chain but those of the newest year, and when the last act of its year was."""
    return [(path, _at(record)) for paths, record in _ends_of(store.root / Zone.AUDIT) for path in paths]


def _ends_of(folder: Path) -> Iterator[tuple[list[Path], dict[str, object]]]:
    """Give the files of each year but the newest, and the last record of it."""
    files = chain_files(folder)
    acts = [path for path in files if isinstance(path, ObjectPath) and is_act(path)]
    lines = files[: len(files) - len(acts)]
    for path in lines if acts else lines[:-1]:
        for _, line in last_lines(path)[-1:]:
            yield [path], parse_or_stop(path, line)
    if not acts or _year(acts[0]) == _year(acts[-1]):  # as nearly always: the rest is not read
        return
    year: list[Path] = []
    last: dict[str, object] = {}
    for path in acts:
        record = parse_or_stop(path, path.read_bytes())
        if year and _at(record).year > _at(last).year:
            yield year, last
            year = []
        year, last = [*year, path], record


def _year(path: Path) -> int:
    return _at(parse_or_stop(path, path.read_bytes())).year


def _named(paths: Sequence[Path]) -> str:
    """Name files of the chain that go, and their bytes: many small ones together."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
    name = paths[0].name if len(paths) == 1 else f"{paths[0].name}..{paths[-1].name}"
    return f"file:{name}:{digest}"


def _at(record: Mapping[str, object]) -> datetime:
    return datetime.fromisoformat(str(record["at"]))


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


def _last_words(store: Store, going: Sequence[Path]) -> list[str]:
    """Return the last seal of each night, the version of each list and the decisions that the files state.

    What an earlier removal repeated is older than every act of the chain, whatever its place.
    """
    said, repeated = Words(), Words()
    for path in going:
        for record in _records_in(path):
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


def _records_in(path: Path) -> Iterator[Mapping[str, Any]]:
    """Read the records of one file of the chain."""
    with path.open("rb") as stream:
        for line in stream:
            yield parse_or_stop(path, line)
