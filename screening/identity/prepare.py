"""Travellers made comparable: one row for each way in which a name can be read.

Readings: the name as settled; the name as sent, where titles or folds changed its tokens (MR may belong to a
name); the name written in each document, where it differs. Swapped fields and all names in one field need no
reading of their own: matching aligns tokens wherever they stand and charges for a move.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa

from screening.identity.documents import document_key, normalise_number
from screening.identity.mrz import maybe_cut
from screening.identity.names import tokens
from screening.identity.titles import is_placeholder, strip_title
from screening.tables.work import IDENTITIES

Row = Mapping[str, object]
_YEAR = re.compile(r"^((?:18|19|20)[0-9]{2})(?:-?00)?(?:-?00)?$", re.ASCII)
_MONTH = re.compile(r"^((?:18|19|20)[0-9]{2})-?(0[1-9]|1[0-2])(?:-?00)?$", re.ASCII)


def identify(travellers: pa.Table, documents: pa.Table) -> pa.Table:
    """Return the comparable readings of each traveller.

    Args:
        travellers: TRAVELLERS; names, `other_names`, `date_of_birth`, `birth_as_sent`, `sex` and
            `nationality` are used.
        documents: DOCUMENTS of these travellers.

    Returns:
        IDENTITIES; reading 0 is the name as settled. A traveller without a usable name keeps one row, marked
        `placeholder`: documents are still compared.
    """
    carried: dict[str, list[Row]] = {}
    for row in documents.sort_by([("traveller_id", "ascending"), ("ordinal", "ascending")]).to_pylist():
        carried.setdefault(row["traveller_id"], []).append(row)
    rows: list[dict[str, object]] = []
    for traveller in travellers.to_pylist():
        rows.extend(_readings(traveller, carried.get(traveller["traveller_id"], [])))
    return IDENTITIES.table(rows)


def _readings(traveller: Mapping[str, str], documents: Sequence[Row]) -> list[dict[str, object]]:
    born = _born(traveller)
    states = [traveller["nationality"], *(row["issuing_state"] for row in documents)]
    keys: set[str] = set()
    for row in documents:
        number, state = normalise_number(str(row["number"])), row["issuing_state"]
        if number:
            keys.update((document_key(number, None), document_key(number, str(state) if state else None)))
    common = {
        "traveller_id": traveller["traveller_id"],
        "flight_id": traveller["flight_id"],
        "born_from": born[0] if born else None,
        "born_to": born[1] if born else None,
        "sex": traveller["sex"] if traveller["sex"] in {"M", "F"} else None,
        "nationalities": sorted({str(state) for state in states if state}),
        "document_keys": sorted(keys),
    }
    return [
        {
            **common,
            "reading": number,
            "surname_tokens": list(surname),
            "given_tokens": list(given),
            "maybe_cut": maybe_cut(" ".join(surname), " ".join(given)),
            "placeholder": not (surname or given),
        }
        for number, (surname, given) in enumerate(_names(traveller, documents))
    ]


def _names(
    traveller: Mapping[str, str], documents: Sequence[Row]
) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return the distinct names, the settled one first; placeholder words are no name."""
    surname, _, given = str(traveller["name_as_sent"] or "").partition("/")
    written = [(traveller["surname"], traveller["given_names"])]
    written += [(str(row["surname"] or ""), str(row["given_names"] or "")) for row in documents]
    written += [(surname, given)]
    written += [
        (one, other) for one, _, other in (name.partition("/") for name in traveller["other_names"] or ())
    ]
    # The PNR reader parts titles; API should hold none, but some hosts glue them on there too (JOHNMR).
    written += [(one, strip_title(other)[0]) for one, other in written if other and strip_title(other)[1]]
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for one, other in written:
        name = _real(one), _real(other)
        if any(name) and name not in found:
            found.append(name)
    return found or [((), ())]


def _real(field: str | None) -> tuple[str, ...]:
    return () if not field or is_placeholder(field) else tokens(field)


def _born(traveller: Mapping[str, object]) -> tuple[date, date] | None:
    """Return the first and last possible day of birth; a date sent as year, or year and month, is a range."""
    day = traveller["date_of_birth"]
    if isinstance(day, date):
        return day, day
    sent = str(traveller["birth_as_sent"] or "").strip()
    year = _YEAR.match(sent)
    if year:
        return date(int(year[1]), 1, 1), date(int(year[1]), 12, 31)
    month = _MONTH.match(sent)
    if month:
        first = date(int(month[1]), int(month[2]), 1)
        return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return None
