"""Nobody is lost by a header: each of its elements is taken away or garbled in turn, and the same people are screened.

Samples: messages of our own, and the shared corpus where it is at hand. What says that it is a message at all (UNH
itself and its type) is no element of this rule.
"""

import hashlib
from collections import Counter
from pathlib import Path

import pyarrow.compute as pc
import pytest

from screening.manifests.settle import settle
from screening.messages.read import read_input
from screening.messages.syntax.envelope import RawMessage, frames
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake
from screening.tables import individual as t

GOLDEN = Path(__file__).parent / "golden"
CORPUS = Path(__file__).parents[2] / "../shared/data/messages"
OWN = (
    "paxlst_all_segments",
    "paxlst_legs_a_flight_each",
    "paxlst_legs_under_one_flight",
    "paxlst_version_15b",
    "paxlst_version_us_001_000",
    "paxlst_crew_list",
    "pnrgov_all_groups",
    "pnrgov_through_flight",
    "pnrgov_codeshare_by_tra",
    "pnrgov_version_13_1",
)
_LARGEST = 40_000  # some hundred readings each


def is_sample(path):
    data = path.read_bytes()
    return len(data) <= _LARGEST and any(isinstance(frame, RawMessage) for frame in frames(data))


FILES = [
    *(GOLDEN / f"{name}.edi" for name in OWN),
    *filter(is_sample, [*sorted((CORPUS / "paxlst").glob("*.*")), *sorted((CORPUS / "pnrgov").glob("*.*"))]),
]
_PEOPLE_BEGIN = (b"NAD+FL", b"NAD+FM", b"NAD+DDU", b"NAD+DDT", b"PDT", b"SRC", b"TIF")


def spoken(many):
    """Who makes statements, and who is set aside: by name, birth date and documents as sent, of each input."""
    ids = {data: hashlib.sha256(data).hexdigest() for data in many}
    tables = tabulate([read_input(data, Intake(), input_id=name) for data, name in ids.items()])
    papers = Counter(tables["statement_documents"]["statement_id"].to_pylist())
    columns = (
        tables["statements"][name].to_pylist() for name in ("statement_id", "name_as_sent", "birth_as_sent")
    )
    stated = {one: (name, birth, papers[one]) for one, name, birth in zip(*columns, strict=True)}
    people = {name: Counter() for name in ids.values()}
    for one, person in stated.items():  # once, on however many legs
        people[one.partition(":")[0]][person] += 1
    return {data: people[name] for data, name in ids.items()}, tables


def of_input(tables, data):
    """The rows of one input of many."""
    name = hashlib.sha256(data).hexdigest()
    keys = {"messages": "message_id", "message_legs": "message_id", "statements": "statement_id"}
    return {
        each: tables[each].filter(pc.starts_with(tables[each][key], name))
        for each, key in (keys | {"statement_documents": "statement_id"}).items()
    }


def settled(tables):
    scope = sorted(set(tables["message_legs"]["flight_id"].to_pylist()))
    names = ("messages", "message_legs", "statements", "statement_documents")
    legs = settle(
        *(tables[name] for name in names),
        scope=scope,
        earlier=t.TRAVELLERS.empty(),
        pseudonym=lambda purpose, text: hashlib.sha256(f"{purpose}|{text}".encode()).hexdigest()[:32],
    )
    return {row["name_as_sent"] for row in legs.travellers.to_pylist()}


def damages(data):
    """Yield a name and the bytes for each header element of the first message, removed and garbled."""
    message = next(frame for frame in frames(data) if isinstance(frame, RawMessage) and frame.pieces)
    plus, colon = message.separators.element.encode(), message.separators.component.encode()
    for piece, start in zip(message.pieces, message.starts, strict=True):
        if piece.replace(plus, b"+").startswith(_PEOPLE_BEGIN):
            return
        elements = piece.split(plus)
        if not piece.startswith(b"UNH"):
            yield f"{start} {piece[:3].decode()} gone", data[:start] + data[start + len(piece) + 1 :]
        for place, element in enumerate(elements[1:], start=1):
            components = element.split(colon)
            for part, component in enumerate(components):
                for what, other in (("empty", b""), ("garbled", b"#%0"), ("letters", b"ZZQ")):
                    if component == other or (piece.startswith(b"UNH") and (place, part) == (2, 0)):
                        continue
                    changed = [*components[:part], other, *components[part + 1 :]]
                    whole = [*elements[:place], colon.join(changed), *elements[place + 1 :]]
                    new = plus.join(whole)
                    name = f"{start} {piece[:3].decode()} {place}:{part} {what}"
                    yield name, data[:start] + new + data[start + len(piece) :]


@pytest.mark.slow
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_same_people_are_screened_whatever_is_wrong_with_the_header(path):
    data = path.read_bytes()
    names, many = zip(("as it is", data), *damages(data), strict=True)
    people, tables = spoken(set(many))  # put into tables at once: one by one takes three times as long
    on_legs = settled(of_input(tables, data))
    for name, damaged in zip(names, many, strict=True):
        assert not people[data] - people[damaged], name
        if "garbled" in name and path.stem in OWN:
            assert settled(of_input(tables, damaged)) == on_legs, name
