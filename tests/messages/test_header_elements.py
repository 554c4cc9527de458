"""Nobody is lost by a header: each of its elements is taken away or garbled in turn, and the same people are screened.

Samples: messages of our own, and the shared corpus where it is at hand. What says that it is a message at all (UNH
itself and its type) is no element of this rule.
"""

import hashlib
from collections import Counter
from pathlib import Path

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


def spoken(data):
    """Who makes statements, and who is set aside: by name, birth date and documents as sent."""
    reading = read_input(data, Intake(), input_id=hashlib.sha256(data).hexdigest())
    tables = tabulate([reading])
    papers = Counter()
    for row in tables["statement_documents"].to_pylist():
        papers[row["statement_id"]] += 1
    people = {
        row["statement_id"]: (row["name_as_sent"], row["birth_as_sent"], papers[row["statement_id"]])
        for row in tables["statements"].to_pylist()
    }
    return Counter(people.values()), tables


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
    before, tables = spoken(data)
    on_legs = settled(tables)
    for name, damaged in damages(data):
        after, others = spoken(damaged)
        assert not before - after, name
        if "garbled" in name and path.stem in OWN:
            assert settled(others) == on_legs, name
