"""Masking of published rows, carried out: the rule, and which nights it changes."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from screening.night.row_terms import RowPlan, RowsDue, judged, parameters, terms_of
from screening.profile.model import Masking, Profile
from screening.protection.masking import KEYED_BY, Chosen, among, booked, mask_rows, tables_of
from screening.protection.rewriting import Change, NightRows
from screening.protection.terms import Terms
from screening.store.current_json import FileKey, current, nights
from screening.store.files import canonical_json, read_json, write_json
from screening.store.published import NightFiles
from screening.store.zones import Store
from screening.tables.declared import BY_NAME

_OWNERS = {"statement_documents": "statements", "documents": "travellers", "evidence": "hits"}


def mask(rows: NightRows, stated: Mapping[str, Any]) -> Change:
    """Rule `mask`: columns that tell who it is leave the tables for the sealed file, as the profile says."""
    masking = Masking.model_validate(stated["masking"])
    terms = terms_of(rows.night, rows.files, stated)
    files: dict[FileKey, pa.Table | None] = {}
    aside: dict[str, list[pa.Table]] = {name: [table] for name, table in rows.masked.items()}
    for key, chosen in _chosen(rows.files, masking, terms).items():
        made, left = mask_rows(rows.files[key], key[0], chosen, masking.elements)
        files[key] = made
        if left.num_rows:
            aside.setdefault(key[0], []).append(left)
    return Change(files, {name: _joined(name, tables) for name, tables in sorted(aside.items())})


def _joined(name: str, tables: list[pa.Table]) -> pa.Table:
    """Put masked columns together: what was masked first stays, for its row may be empty by now."""
    key = BY_NAME[name].key
    whole = pa.concat_tables(tables, promote_options="default").combine_chunks()
    seen: set[tuple[object, ...]] = set()
    first = []
    for place, row in enumerate(zip(*(whole[column].to_pylist() for column in key), strict=True)):
        if row not in seen:
            seen.add(row)
            first.append(place)
    return whole.take(pa.array(first, pa.int64())).sort_by([(column, "ascending") for column in key])


def _chosen(files: NightFiles, masking: Masking, terms: Terms) -> dict[FileKey, pa.Array]:
    """Return which rows of which files are masked by now."""
    if masking.after_hours is None:
        return {}
    asked, wanted = Chosen(masking, terms), set(tables_of(masking.elements))
    own: dict[FileKey, pa.Array] = {}
    for key in files:
        if key[0] == "statements":
            own[key] = asked.statements(files[key])
        elif key[0] == "travellers":
            own[key] = asked.travellers(files[key])
        elif key[0] == "hits":
            own[key] = asked.hits(files[key])
    found = {key: rows for key, rows in own.items() if key[0] in wanted}
    for key in files:
        if key[0] not in wanted:
            continue
        if key[0] in _OWNERS:
            column = KEYED_BY[key[0]]
            ids = [
                one
                for owner, rows in own.items()
                if owner[0] == _OWNERS[key[0]]
                for one in files[owner].filter(rows)[column].to_pylist()
            ]
            found[key] = among(files[key], column, ids)
        elif key[0] == "bookings":
            stated = ("statements", key[1])
            if stated in own:
                found[key] = booked(files[key], files[stated], own[stated])
    return {key: rows for key, rows in found.items() if rows.true_count}


def masking_due(store: Store, profile: Profile, at: datetime, *, note: bool = False) -> RowPlan:
    """Return of which nights something is to be masked by now, and the parameters of the rule.

    Args:
        store: the store.
        profile: the profile in force.
        at: the moment to judge by.
        note: write down which nights are masked whole, so that they are not read again each hour.

    Raises:
        StoreError: the store cannot be read.
    """
    masking = profile.masking
    if masking.after_hours is None:
        return RowPlan((), (), {})
    stated = parameters(profile, judged(store, at), at)
    found: list[RowsDue] = []
    for night in nights(store):
        published = current(store, night)
        files = NightFiles(store, published)
        terms = terms_of(night, files, stated)
        first = terms.clocks.began(masking.clock, None) + timedelta(hours=masking.after_hours)
        if first > at or _noted(store, night) == _state(store, night, stated):
            continue
        chosen = _chosen(files, profile.masking, terms)
        rows = {
            key: mask_rows(files[key], key[0], chosen[key], masking.elements)[1].num_rows for key in chosen
        }
        if any(rows.values()):
            found += [
                RowsDue(
                    f.path, f.sha256, night, f.table, f.cls, rows[f.table, f.cls], f.rows, 0, first, "mask"
                )
                for f in (published.files if published else ())
                if rows.get((f.table, f.cls))
            ]
        elif note and _last(terms, masking) <= at:
            write_json(_note(store, night), _state(store, night, stated))
    return RowPlan(tuple(sorted({item.night for item in found})), tuple(found), stated)


def _last(terms: Terms, masking: Masking) -> datetime:
    legs: list[str | None] = [None, *terms.clocks.departures]
    return max(terms.clocks.began(masking.clock, leg) for leg in legs) + timedelta(
        hours=masking.after_hours or 0
    )


def _note(store: Store, night: date) -> Path:
    """Where it is written that a revision is masked whole: not to read it each hour. It may be lost."""
    return store.night_folder(night) / "masked.json"


def _noted(store: Store, night: date) -> object:
    path = _note(store, night)
    return read_json(path) if path.exists() else None


def _state(store: Store, night: date, stated: Mapping[str, Any]) -> dict[str, object]:
    """Return what decides whether a night is masked whole: its revision, the profile, who is judged how."""
    now = current(store, night)
    decides = canonical_json([stated["masking"], stated["judged"]])
    return {"revision": now.revision if now else 0, "by": hashlib.sha256(decides).hexdigest()}
