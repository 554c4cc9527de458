"""Masking of published rows, carried out: the rule, and which nights it changes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import pyarrow as pa

from screening.night.row_terms import judged, parameters, terms_of
from screening.profile.model import Masking, Profile
from screening.protection.masking import KEYED_BY, Chosen, among, booked, mask_rows, tables_of
from screening.protection.rewriting import Change, NightRows
from screening.protection.terms import Terms
from screening.store.revisions import FileKey, NightFiles, current, nights
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


def masking_due(store: Store, profile: Profile, at: datetime) -> tuple[tuple[date, ...], dict[str, Any]]:
    """Return the nights of which something is to be masked by now, and the parameters of the rule.

    Raises:
        StoreError: the store cannot be read.
    """
    if profile.masking.after_hours is None:
        return (), {}
    stated = parameters(profile, judged(store, at), at)
    found = []
    for night in nights(store):
        files = NightFiles(store, current(store, night))
        terms = terms_of(night, files, stated)
        chosen = _chosen(files, profile.masking, terms)
        if any(
            mask_rows(files[key], key[0], rows, profile.masking.elements)[1].num_rows
            for key, rows in chosen.items()
        ):
            found.append(night)
    return tuple(found), stated
