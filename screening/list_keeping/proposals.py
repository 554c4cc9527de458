"""Proposals on own alerts as they lie in the store: written once, decided once, never changed.

    alerts/<list>/proposals/<id>.json           what an author wrote
    alerts/<list>/proposals/<id>.decided.json   who approved or rejected it, and the alert as it was approved

Each is a file of its own, so that authors at the same time lose nothing. Both are acts on the chain before
they are written; the act names the file's hash.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from screening.store.files import read_json, write_json
from screening.store.zones import Store
from screening.tables.codes import Zone
from screening.tables.errors import StoreError, UsageError

FOLDER = "proposals"
_DECIDED = ".decided.json"
_SHORTEST = 4


class Act(StrEnum):
    """What an author proposes."""

    NOMINATE = "nominate"
    AMEND = "amend"
    EXTEND = "extend"
    WITHDRAW = "withdraw"


class State(StrEnum):
    """How a proposal stands."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided on a proposal; `alert` is the object that was approved."""

    state: State
    by: str
    at: str
    reason: str
    alert: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an author proposes.

    Attributes:
        proposal_id: keyed pseudonym of what is said; names the file.
        batch: shared by what was written with one command.
        fields: what the author wrote, canonical.
        before: the alert's values of the fields that would change, as the author had them before.
        alert: the alert as it would be; object of the canonical model.
        decided: None while it waits.
    """

    proposal_id: str
    batch: str
    list: str
    source_id: str
    act: Act
    by: str
    at: str
    reason: str
    fields: Mapping[str, Any]
    before: Mapping[str, Any]
    alert: Mapping[str, Any]
    decided: Decided | None = None

    @property
    def state(self) -> State:
        """How it stands."""
        return self.decided.state if self.decided else State.PENDING


def document_hash(document: Mapping[str, Any]) -> str:
    """Return the hash of a proposal or decision as the chain of acts names it."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def proposal_document(proposal: Proposal) -> dict[str, Any]:
    """Return what is written of a proposal."""
    return {name: value for name, value in asdict(proposal).items() if name != "decided"}


def write_proposal(folder: Path, proposal: Proposal) -> None:
    """Write a proposal into the list's folder."""
    write_json(folder / FOLDER / f"{proposal.proposal_id}.json", proposal_document(proposal))


def write_decision(folder: Path, proposal_id: str, decided: Decided) -> None:
    """Write what was decided on a proposal."""
    write_json(folder / FOLDER / f"{proposal_id}{_DECIDED}", asdict(decided))


def proposals(store: Store, list_id: str | None = None) -> list[Proposal]:
    """Return the proposals on a list, or on all, oldest first.

    Raises:
        StoreError: one is damaged.
    """
    root = store.root / Zone.ALERTS
    paths = root.glob(f"{list_id or '*'}/{FOLDER}/*.json")
    found = [_read(path) for path in paths if not path.name.endswith(_DECIDED)]
    return sorted(found, key=lambda one: (one.at, one.proposal_id))


def documents(store: Store) -> Iterator[tuple[Path, str, str]]:
    """Give each file of a proposal or decision, the proposal's id, and its hash as an act names it."""
    for path in sorted((store.root / Zone.ALERTS).glob(f"*/{FOLDER}/*.json")):
        document = read_json(path)
        if isinstance(document, dict):
            yield path, path.name.removesuffix(".json").removesuffix(".decided"), document_hash(document)


def chosen(store: Store, prefixes: list[str]) -> list[Proposal]:
    """Return the proposals that ids, or first digits of ids or batches, name; each must name some that wait.

    Raises:
        UsageError: one names none, or several that are no batch.
    """
    known = proposals(store)
    found: dict[str, Proposal] = {}
    for prefix in prefixes:
        text = prefix.lower()
        fitting = [one for one in known if one.proposal_id.startswith(text)]
        batches = {one.batch for one in known if one.batch.startswith(text)}
        if len(fitting) + len(batches) > 1 or len(text) < _SHORTEST:
            raise _not_one(prefix, "the beginning of the id fits several proposals, or is too short")
        fitting += [one for one in known if one.batch in batches and one.state is State.PENDING]
        if not fitting:
            raise _not_one(prefix, "there is no such proposal, or nothing of its batch waits")
        found |= {one.proposal_id: one for one in fitting}
    return list(found.values())


def _not_one(prefix: str, what: str) -> UsageError:
    return UsageError(
        what,
        where=f"PROPOSAL {prefix[:32]}",
        effect="nothing was decided",
        remedy="`screening alerts pending` lists what waits, with its id",
    )


def _read(path: Path) -> Proposal:
    document = read_json(path)
    beside = path.with_name(f"{path.stem}{_DECIDED}")
    decided = read_json(beside) if beside.exists() else None
    try:
        if not isinstance(document, dict):
            raise TypeError
        made = (
            Decided(**(decided | {"state": State(decided["state"])})) if isinstance(decided, dict) else None
        )
        return Proposal(**(document | {"act": Act(document["act"])}), decided=made)
    except (TypeError, KeyError, ValueError):
        raise StoreError(
            "the file of a proposal is damaged",
            where=str(path),
            effect="nothing was proposed, decided or listed",
            remedy="restore it from the backup; the chain of acts says what was proposed",
        ) from None
