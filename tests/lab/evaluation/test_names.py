"""What happens to a name on the way into a message: each operation does one thing, or says that it did nothing."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.lab.evaluation.names import OPERATIONS, ROOM, distorted
from screening.lab.evaluation.peoples import load_peoples
from screening.lab.evaluation.tables import tables_of, written

PEOPLES = load_peoples()
ENGLISH = PEOPLES["english"]


def done(operation, surname, names, people="english", seed=1):
    changed = OPERATIONS[operation](random.Random(seed), (surname.split(), names.split()), PEOPLES[people])
    return None if changed is None else (" ".join(changed[0]), " ".join(changed[1]))


@pytest.mark.parametrize(
    ("operation", "surname", "names", "expected"),
    [
        ("swapped", "QUENZE", "OTHO JIM", ("OTHO JIM", "QUENZE")),
        ("swapped", "QUENZE", "", None),
        ("one_field", "QUENZE", "OTHO", ("QUENZE OTHO", "")),
        ("initials", "QUENZE", "OTHO PERCIVAL", ("QUENZE", "OTHO P")),
        ("initials", "", "OTHO", None),
        ("given_dropped", "QUENZE", "OTHO PERCIVAL", ("QUENZE", "OTHO")),
        ("given_dropped", "QUENZE", "OTHO", None),
        ("surname_dropped", "DE QUENZE", "OTHO", None),
        ("joined", "", "OTHO PERCIVAL", ("", "OTHOPERCIVAL")),
        ("joined", "QUENZE", "OTHO", None),
        ("split", "QUENZ", "OTHO", None),
        ("moved", "QUENZE", "OTHO", None),
        ("reordered", "QUENZE", "OTHO", None),
        ("field_cut", "QUENZE", "OTHO", None),
        ("title_glued", "QUENZE", "", None),
        ("particle", "QUENZE", "OTHO", None),
        ("nickname", "QUENZE", "OTHO", None),
        ("typing", "QU", "OT", None),
        ("ocr", "QU", "OT", None),
    ],
)
def test_an_operation_does_one_thing_or_tells_that_it_does_not_apply(operation, surname, names, expected):
    assert done(operation, surname, names) == expected


@pytest.mark.parametrize(
    ("operation", "surname", "names", "possible"),
    [
        ("surname_dropped", "ZALDU ARRIZA", "ANA", {("ZALDU", "ANA"), ("ARRIZA", "ANA")}),
        ("moved", "AL MASRI", "OMAR", {("MASRI", "OMAR AL")}),
        ("moved", "QUENZE", "OTHO JIM", {("JIM QUENZE", "OTHO"), ("QUENZE JIM", "OTHO")}),
        ("particle", "AL MASRI", "OMAR", {("MASRI", "OMAR"), ("ALMASRI", "OMAR")}),
        ("nickname", "QUENZE", "ROBERT", {("QUENZE", "BOB"), ("QUENZE", "ROB")}),
        ("ocr", "QUENZE", "OT", {("QVENZE", "OT"), ("QUFNZE", "OT"), ("QUENZF", "OT"), ("QUEHZE", "OT")}),
    ],
)
def test_where_chance_chooses_it_chooses_among_these(operation, surname, names, possible):
    found = {done(operation, surname, names, seed=seed) for seed in range(60)}
    assert found == possible


@pytest.mark.parametrize(
    ("people", "table", "word", "other"),
    [
        ("cyrillic", "french", "SHCHERBAKOV", "CHTCHERBAKOFF"),
        ("cyrillic", "icao", "YURIY", "IURII"),
        ("arabic", "french", "YOUSSEF", "YOUSSEF"),
        ("arabic", "egyptian", "QASIM", "KASIM"),
        ("maghrebi", "english", "BOUCHAREB", "BUSHAREB"),
        ("chinese", "wade_giles", "ZHANG", "CHANG"),
        ("chinese", "hongkong", "HUANG", "WONG"),
        ("korean", "mccune", "JEONG", "CHONG"),
        ("somali", "english", "XUSEEN", "HUSEN"),
        ("somali", "english", "CABDI", "ABDI"),
        ("kazakh", "latin2021", "ZHANDOS", "JANDOS"),
        ("khmer", "customary", "VUTHY", "WUTI"),
        ("indonesian", None, "", ""),
    ],
)
def test_a_table_writes_a_word_its_own_way(people, table, word, other):
    if table is None:
        assert tables_of(people) == ()
    else:
        assert written(people, table, word) == other


@given(
    st.lists(st.text("ABEHIKMNORSU", min_size=1, max_size=15), max_size=4),
    st.lists(st.text("ABEHIKMNORSU", min_size=1, max_size=15), min_size=1, max_size=5),
    st.sampled_from(sorted(PEOPLES)),
    st.integers(0, 10_000),
)
def test_a_name_fits_its_field_and_what_is_told_is_what_happened(surname, names, people, seed):
    name, operations = distorted(random.Random(seed), (surname, names), PEOPLES[people])
    arrived = " ".join(name[0]), " ".join(name[1])
    assert len(arrived[0]) + len(arrived[1]) <= ROOM
    assert all("A" <= letter <= "Z" or letter == " " for letter in "".join(arrived))
    assert len(set(operations)) == len(operations)
    assert operations or name == (surname, names)
