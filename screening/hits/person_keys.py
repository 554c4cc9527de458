"""Acts made under another key of a person are read as if made under the key in use.

A person has other keys by an earlier derivation of the text that names them (screening.identity.person_key),
and under other secret keys that a recorded act links with the one in use (screening.protection.key_links).

Rule: what a traveller's person_key was made of is found among what is held of them: a document, name and date
of birth, their own id. That text, where it is the name by all its derivations, gives their other keys. Where
it is not found, nothing binds: a pair is raised again rather than silenced for somebody else. Rows of the
other keys are added once more under the key in use; they stay under their own as well, since that may be the
key in use of somebody else on the night. Nothing stored links two keys of a person.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from screening.identity.documents import document_key
from screening.identity.person_key import texts

Other = Mapping[str, frozenset[str]]
"""Other key of somebody -> the keys in use of those whom it names."""
Pseudonym = Callable[[str, str], str]
"""Keyed pseudonym of (purpose, text)."""


def other_keys(
    people: Iterable[Mapping[str, Any]],
    documents: Mapping[str, Sequence[Mapping[str, Any]]],
    pseudonym: Pseudonym,
    linked: Sequence[Pseudonym] = (),
) -> Other:
    """Return the further keys of people.

    Args:
        people: rows of TRAVELLERS or HITS: traveller_id, person_key, surname, given_names, date_of_birth.
        documents: number and issuing_state of the documents of each traveller_id.
        pseudonym: under the key that made their person_key.
        linked: under each key that is linked with it.
    """
    found: dict[str, frozenset[str]] = {}
    for row in people:
        born = row["date_of_birth"]
        ways = () if born is None else texts(row["surname"], row["given_names"], born)
        if len(ways) < 2 and not linked:  # nearly everybody: no key is computed
            continue
        own, traveller = str(row["person_key"]), str(row["traveller_id"])
        carried = {
            document_key(document["number"], document["issuing_state"])
            for document in documents.get(traveller, ())
        }
        named = (ways, *((text,) for text in (*sorted(carried), traveller)))
        made_of = next((one for one in named if own in {pseudonym("person", text) for text in one}), ())
        keys = {one("person", text) for one in (pseudonym, *linked) for text in made_of}
        for other in sorted(keys - {own}):
            found[other] = found.get(other, frozenset()) | {own}
    return found


def bind(acts: pa.Table, others: Other) -> pa.Table:
    """Return rows with a person_key (acts, earlier hits), those of other keys also under the keys in use."""
    theirs = [
        (at, own)
        for at, key in enumerate(acts["person_key"].to_pylist() if others else ())
        for own in sorted(others.get(key, ()))
    ]
    if not theirs:
        return acts
    place = acts.schema.get_field_index("person_key")
    field = acts.schema.field(place)
    own = pa.array([own for _, own in theirs], field.type)
    return pa.concat_tables([acts, acts.take([at for at, _ in theirs]).set_column(place, field, own)])
