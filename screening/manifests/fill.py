"""Columns of settled travellers: each from the first of their statements that says it.

Those in force come first, API before PNR, later before earlier; for birth, sex and nationality then those
that were replaced, the latest first: a later message that leaves a fact out does not wipe it. What belongs
together is taken from one statement: surname, given names and name as sent; birth date and how it was sent.
Names that their other statements give, replaced ones too, stand in `other_names`, and other dates of birth,
sexes and nationalities beside the settled ones, so that they are screened: a later message may correct a
name, shorten it, or give the document of one twin to the other.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from screening.identity.states import UNSPECIFIED_STATE
from screening.manifests.other_facts import others_of
from screening.manifests.settled import SettledTraveller
from screening.manifests.statements import OrderedStatements
from screening.tables import individual as t

Places = npt.NDArray[np.int64]
_SINGLE = (
    "residence",
    "seat",
    "locator",
    "traveller_reference",
    "embarkation",
    "debarkation",
)


def travellers(ordered: OrderedStatements, settled: Sequence[SettledTraveller]) -> pa.Table:
    """Return TRAVELLERS of travellers who have id and key."""
    statements = ordered.table
    spelt = _spellings(statements)
    owner = np.repeat(np.arange(len(settled)), [len(traveller.rows) for traveller in settled])
    row = np.fromiter((row for traveller in settled for row in traveller.rows), np.int64, len(owner))
    named = pc.or_(_given(statements["surname"]), _given(statements["given_names"]))
    name = _first(owner, row, named, len(settled))
    number = len(settled)
    every = [traveller.stated(ordered) for traveller in settled]
    whose = np.repeat(np.arange(number), [len(rows) for rows in every])
    said = np.fromiter((row for rows in every for row in rows), np.int64, len(whose))
    born = _first(whose, said, pc.is_valid(statements["date_of_birth"]), number)
    partly = _first(whose, said, pc.is_valid(statements["birth_part"]), number)
    written = _first(whose, said, pc.is_valid(statements["birth_as_sent"]), number)
    partly = np.where(born >= 0, -1, partly)
    written = np.where(born >= 0, born, np.where(partly >= 0, partly, written))
    sex = _first(whose, said, pc.is_valid(statements["sex"]), number)
    specified = pc.fill_null(pc.not_equal(statements["nationality"], UNSPECIFIED_STATE), False)
    nationality = _first(whose, said, specified, number)
    unspecified = _first(whose, said, pc.is_valid(statements["nationality"]), number)
    nationality = np.where(nationality >= 0, nationality, unspecified)
    first = np.array([traveller.rows[0] for traveller in settled], dtype=np.int64)
    last_named = [ordered.message_of(traveller.last_named) for traveller in settled]
    columns: dict[str, object] = {
        "traveller_id": [traveller.traveller_id for traveller in settled],
        "flight_id": [traveller.flight_id for traveller in settled],
        "statement_ids": [[ordered.statement_id[row] for row in traveller.every()] for traveller in settled],
        "current": [len(traveller.rows) + len(traveller.marks) for traveller in settled],
        "sources": [list(traveller.sources) for traveller in settled],
        "join_basis": [traveller.basis for traveller in settled],
        "person_key": [traveller.person_key for traveller in settled],
        "role": [traveller.role for traveller in settled],
        "surname": _take(statements["surname"], name),
        "given_names": _take(statements["given_names"], name),
        "name_as_sent": _take(statements["name_as_sent"], np.where(name >= 0, name, first)),
        "date_of_birth": _take(statements["date_of_birth"], born),
        "birth_as_sent": _take(statements["birth_as_sent"], written),
        "birth_part": _take(statements["birth_part"], partly),
        "sex": _take(statements["sex"], sex),
        "nationality": _take(statements["nationality"], nationality),
        **others_of(
            statements,
            whose,
            said,
            {"birth": np.maximum(born, partly), "sex": sex, "nationality": nationality},
        ),
        "on_board": [traveller.on_board for traveller in settled],
        "standing": [traveller.standing for traveller in settled],
        "standing_reason": [traveller.reason for traveller in settled],
        "counted": [traveller.counted for traveller in settled],
        "last_named_by": [message.message_id for message in last_named],
        "last_named_local": [message.sent for message in last_named],
        "other_names": [
            _others(ordered, traveller, chosen, spelt)
            for traveller, chosen in zip(settled, name, strict=True)
        ],
    }
    for column in _SINGLE:
        values = statements[column]
        columns[column] = _take(values, _first(owner, row, pc.is_valid(values), len(settled)))
    return t.TRAVELLERS.columns_table(columns)


def documents(settled: Sequence[SettledTraveller]) -> pa.Table:
    """Return DOCUMENTS of travellers who have an id."""
    rows = [
        (traveller.traveller_id, ordinal, document)
        for traveller in settled
        for ordinal, document in enumerate(traveller.documents)
    ]
    columns: dict[str, object] = {
        "traveller_id": [identifier for identifier, _, _ in rows],
        "ordinal": [ordinal for _, ordinal, _ in rows],
    }
    for name in t.DOCUMENTS.schema.names[2:]:
        columns[name] = [getattr(document, name) for _, _, document in rows]
    return t.DOCUMENTS.columns_table(columns)


def _given(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.fill_null(pc.not_equal(column, ""), False)


def _first(owner: Places, row: Places, says: pa.ChunkedArray, number: int) -> Places:
    """Return for each traveller the first of their rows that says a thing; -1 where none does."""
    says_it = (
        says.combine_chunks().to_numpy(zero_copy_only=False).astype(bool)[row]
        if len(row)
        else np.zeros(0, bool)
    )
    owners, rows = owner[says_it], row[says_it]
    found = np.full(number, -1, dtype=np.int64)
    ahead = np.ones(len(owners), dtype=bool)
    ahead[1:] = owners[1:] != owners[:-1]
    found[owners[ahead]] = rows[ahead]
    return found


def _take(column: pa.ChunkedArray, places: Places) -> pa.ChunkedArray:
    return pc.take(column, pa.array(places, mask=places < 0))


def _spellings(statements: pa.Table) -> dict[int, list[str]]:
    """Return the further spellings that a message itself gives, by row; most have none."""
    column = statements["other_names"].combine_chunks()
    places = pc.indices_nonzero(pc.is_valid(column))
    return dict(zip(places.to_pylist(), column.take(places).to_pylist(), strict=True))


def _others(
    ordered: OrderedStatements, traveller: SettledTraveller, chosen: int, spelt: Mapping[int, list[str]]
) -> list[str]:
    """Return the further names of their statements, each once: those in force first, then latest first."""
    within = list(dict.fromkeys(name for row in traveller.rows for name in spelt.get(row, ())))
    rows = [*traveller.rows, *sorted(traveller.old, reverse=True)]
    if len(rows) == 1:
        return within
    known = {ordered.name[chosen] if chosen >= 0 else "", ""}
    found: list[str] = []
    for row in rows:
        if ordered.name[row] not in known:
            known.add(ordered.name[row])
            surname, given = (ordered.table[name][row].as_py() or "" for name in ("surname", "given_names"))
            found.append(f"{surname}/{given}")
    return list(dict.fromkeys([*found, *within]))
