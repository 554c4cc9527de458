"""Carry out the terms: what is due now, and its removal with a proof (rules: `protection.retention`)."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from screening.list_keeping.copies import Reduced, reduce_copies
from screening.list_keeping.folding import fold
from screening.night.frozen import published_frozen
from screening.night.reporting import write_report
from screening.night.row_masking import masking_due
from screening.night.row_rules import RULES
from screening.night.row_terms import RowsDue, rows_due
from screening.night.settings import Settings
from screening.protection.audit_terms import forget_old_acts, old_acts_due
from screening.protection.keys import load_keys
from screening.protection.retention import Due, Proof, due, night_end, purge
from screening.protection.rewriting import Rewriting, RewritingProof, carry_out, take_up
from screening.protection.zone_terms import clear_machine
from screening.store.current_json import current, nights
from screening.store.locks import purging
from screening.store.object_path import ObjectPath
from screening.store.published import read_current
from screening.store.review_rows import forget_drafts
from screening.store.zones import Store, open_zones
from screening.tables.analyst import HITS
from screening.tables.codes import Zone
from screening.tables.individual import TRAVELLERS

_HELD = ("statements", "hits")


@dataclass(frozen=True)
class Purged:
    """What a purge did: whole files, rows of published nights, copies of lists reduced to alerts of hits."""

    files: tuple[Proof, ...]
    rows: tuple[RewritingProof, ...]
    copies: tuple[Reduced, ...] = ()


def due_now(settings: Settings, now: datetime) -> tuple[Due | RowsDue, ...]:
    """List the files and the rows of published files whose term has ended by the profile in force.

    Raises:
        StoreError: the store cannot be read.
    """
    rows = rows_due(settings.store, settings.profile, now).due
    masked = masking_due(settings.store, settings.profile, now).due
    record = old_acts_due(settings.store, settings.profile.retention, now)
    return (
        *_files_due(settings, now),
        *record,
        *sorted((*rows, *masked), key=lambda item: (item.path, item.act)),
    )


def _files_due(settings: Settings, now: datetime) -> tuple[Due, ...]:
    profile = settings.profile

    def ends(night: date) -> datetime:
        return night_end(night, profile.schedule, profile.agency)

    pinned = _pinned(settings.store)
    terms, masking = profile.retention, profile.masking
    return due(settings.store, terms, ends=ends, now=now, pinned=pinned, masking=masking, lists=profile.lists)


def _pinned(store: Store) -> dict[tuple[str, str], set[str]]:
    """Return the list versions that nights with travellers or hits need, and the alerts of their hits."""
    found: dict[tuple[str, str], set[str]] = {}
    for night in nights(store):
        now = current(store, night)
        if now is None or not (now.of(HITS) or now.of(TRAVELLERS)):
            continue
        frozen = published_frozen(store, night, now.revision)
        for pair in frozen.pins.lists.items() if frozen else ():
            found.setdefault(pair, set())
        hits = read_current(store, night, HITS).select(["list_versions", "alert_ids"]).to_pylist()
        for hit in hits:
            for text in hit["list_versions"]:
                list_id, _, version = text.partition("=")
                found.setdefault((list_id, version), set()).update(hit["alert_ids"])
    return found


def purge_now(settings: Settings, now: datetime, actor: str) -> Purged:
    """Remove them and keep the proof; a purge that was killed is ended first.

    Rows go before whole files: what was settled anew from what remains is published by then.

    Raises:
        BusyError: a run works with the store.
        StoreError: a file cannot be removed; start again, it goes on where it stood.
    """
    store = settings.store
    open_zones(store, list(Zone))
    with purging(store):
        rows = [*take_up(store, RULES), *_change_rows(settings, now, actor)]
        copies = reduce_copies(store, settings.profile, _pinned(store), now, actor)
        files = purge(store, _files_due(settings, now), actor=actor, at=now)
        terms, lists = settings.profile.retention, settings.profile.lists
        if isinstance(store.root, ObjectPath):
            clear_machine(store, terms, pinned=_pinned(store), lists=lists, now=now)
        fold(store)
        for night in _without_report(store, files, rows):
            write_report(store, night)
        forget_old_acts(store, terms, actor=actor, at=now)
        forget_drafts(store, now)
    return Purged(files, tuple(rows), copies)


def _change_rows(settings: Settings, now: datetime, actor: str) -> Iterator[RewritingProof]:
    """End the rows whose term is over, then mask what is left and due for it."""
    store, profile = settings.store, settings.profile
    yield from _end_rows(settings, now, actor)
    plan = masking_due(store, profile, now, note=True)
    if plan.nights:
        load_keys(
            profile.agency.production, store_root=store.root
        )  # in production never the key that all know
        pages = reports_of(store, plan.nights)
        act = Rewriting("retention.mask", "mask", plan.parameters, plan.nights, "masking", remove=pages)
        yield carry_out(store, act, RULES, actor=actor, at=now)
        yield from _end_rows(settings, now, actor)  # masked so late that the term of the masked is over too


def _end_rows(settings: Settings, now: datetime, actor: str) -> Iterator[RewritingProof]:
    store = settings.store
    plan = rows_due(store, settings.profile, now)
    if plan.nights:
        pages = reports_of(store, plan.nights)
        act = Rewriting(
            "retention.rows",
            "terms",
            plan.parameters,
            plan.nights,
            "end of term",
            objects=tuple(f"held:{kind}:{len(plan.parameters['judged'][f'held_{kind}'])}" for kind in _HELD),
            remove=pages,
        )
        yield carry_out(store, act, RULES, actor=actor, at=now)


def reports_of(store: Store, nights: Iterable[date]) -> tuple[str, ...]:
    """Return the pages of the nights' reports: they show rows, so they go when these change."""
    folder = store.root / Zone.ANALYST / "reports"
    pages = (path for night in nights for path in folder.glob(f"night={night.isoformat()}/*.html"))
    return tuple(sorted(path.relative_to(store.root).as_posix() for path in pages))


def _without_report(store: Store, files: Sequence[Proof], rows: Collection[RewritingProof]) -> list[date]:
    """Nights whose report has gone with what it showed, and whose hits are still there."""
    gone = [item.path for proof in files for item in proof.files]
    gone += [path for proof in rows for path in proof.document["remove"]]
    folders = {path.rpartition("/")[0] for path in gone if path.startswith(f"{Zone.ANALYST}/reports/")}
    labels = (date.fromisoformat(folder.rpartition("night=")[2]) for folder in folders)
    return sorted(night for night in labels if (now := current(store, night)) and now.of(HITS))
