"""Travellers made comparable: one row for each way in which a name can be read, or a fact is stated.

Readings: the name as settled; the name as sent, where titles or folds changed its tokens (MR may belong to a
name); the name written in each document, where it differs. Swapped fields and all names in one field need no
reading of their own: matching aligns tokens wherever they stand and charges for a move. A date of birth or a
sex that is stated twice, differently, makes readings with each: the best counts, as with names. Nationalities
are compared as a set.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from itertools import product

import pyarrow as pa

from screening.identity.birth_dates import span
from screening.identity.documents import document_key, normalise_number
from screening.identity.mrz import maybe_cut
from screening.identity.names import tokens
from screening.identity.titles import is_placeholder, strip_title
from screening.tables.work import IDENTITIES

Row = Mapping[str, object]
_PART = re.compile(r"((?:18|19|20)[0-9]{2})(?:-?(0[1-9]|1[0-2]))?(?:-?00){0,2}", re.ASCII)


def identify(travellers: pa.Table, documents: pa.Table) -> pa.Table:
    """Return the comparable readings of each traveller.

    Args:
        travellers: TRAVELLERS; names, date of birth (`birth_part`, and `birth_as_sent` of older nights), sex,
            nationality and the further values of each are used.
        documents: DOCUMENTS of these travellers.

    Returns:
        IDENTITIES; reading 0 is the traveller as settled. One without a usable name is marked `placeholder`:
        documents are still compared.
    """
    carried: dict[str, list[Row]] = {}
    for row in documents.sort_by([("traveller_id", "ascending"), ("ordinal", "ascending")]).to_pylist():
        carried.setdefault(row["traveller_id"], []).append(row)
    rows: list[dict[str, object]] = []
    for traveller in travellers.to_pylist():
        rows.extend(_readings(traveller, carried.get(traveller["traveller_id"], [])))
    return IDENTITIES.table(rows)


def _readings(traveller: Mapping[str, str], documents: Sequence[Row]) -> list[dict[str, object]]:
    births = _births(traveller)
    sexes = _sexes(traveller)
    states = [traveller["nationality"], *(row["issuing_state"] for row in documents)]
    states += traveller["other_nationalities"] or ()
    keys: set[str] = set()
    for row in documents:
        number, state = normalise_number(str(row["number"])), row["issuing_state"]
        if number:
            keys.update((document_key(number, None), document_key(number, str(state) if state else None)))
    common = {
        "traveller_id": traveller["traveller_id"],
        "flight_id": traveller["flight_id"],
        "nationalities": sorted({str(state) for state in states if state}),
        "document_keys": sorted(keys),
    }
    return [
        {
            **common,
            "reading": number,
            "born_from": born[0] if born else None,
            "born_to": born[1] if born else None,
            "sex": sex,
            "surname_tokens": list(surname),
            "given_tokens": list(given),
            "maybe_cut": maybe_cut(" ".join(surname), " ".join(given)),
            "placeholder": not (surname or given),
        }
        for number, (born, sex, (surname, given)) in enumerate(
            product(births, sexes, _names(traveller, documents))
        )
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
    # A name of one field, or the same in both, may have its title there (NGUYENTHILINHMS).
    alone = [one for one, other in written if one and (one == other or not _real(other))]
    written += [(strip_title(one)[0], "") for one in alone if strip_title(one)[1]]
    found: list[tuple[tuple[str, ...], tuple[str, ...]]] = []
    for one, other in written:
        name = _real(one), _real(other)
        if any(name) and name not in found:
            found.append(name)
    return found or [((), ())]


def _real(field: str | None) -> tuple[str, ...]:
    return () if not field or is_placeholder(field) else tokens(field)


def _births(traveller: Mapping[str, object]) -> Sequence[tuple[date, date] | None]:
    """Return the first and last possible day of each date of birth, the settled one first."""
    day, part = traveller["date_of_birth"], traveller["birth_part"]
    own: tuple[date, date] | None = None
    if isinstance(day, date):
        own = day, day
    elif part:
        own = span(str(part))
    elif sent := _PART.fullmatch(str(traveller["birth_as_sent"] or "").strip()):
        own = span("-".join(filter(None, sent.groups())))
    others = traveller["other_births"]
    return [own, *map(span, others)] if isinstance(others, list) and others else [own]


def _sexes(traveller: Mapping[str, object]) -> Sequence[str | None]:
    """Return the sexes that can be compared; X and unknown are None."""
    stated = [traveller["sex"], *(others if isinstance(others := traveller["other_sexes"], list) else ())]
    return list(dict.fromkeys(str(sex) if sex in {"M", "F"} else None for sex in stated))
