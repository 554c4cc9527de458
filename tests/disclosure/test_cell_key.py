"""Cell key: the handbook's example (section 5.4), exact sums, and p-tables that may not be used."""

from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.disclosure.cell_key import STANDARD, Line, cell_key, faults, perturbed, record_key
from screening.disclosure.protect import Source, protect
from screening.disclosure.rules import Rules
from screening.tables.errors import UnprotectableError, UsageError
from tests.disclosure.conftest import CORPUS, NEEDS_CORPUS, read, summed

KEYS = {"A": "0.9", "B": "0.3", "C": "0.6"}


def lines(*rows):
    return [Line(original, to, Fraction(above), Fraction(up_to)) for original, to, above, up_to in rows]


EXAMPLE = lines(
    (0, 0, "0", "1"), (1, 0, "0", "0.5"), (1, 2, "0.5", "1"), (2, 2, "0", "0.8"), (2, 3, "0.8", "1"),
    (3, 2, "0", "0.3"), (3, 3, "0.3", "0.7"), (3, 4, "0.7", "1"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("people", "key", "published"),
    [
        ("A", "0.9", 2),
        ("B", "0.3", 0),
        ("C", "0.6", 2),
        ("AB", "0.2", 2),
        ("AC", "0.5", 2),
        ("BC", "0.9", 3),
        ("ABC", "0.8", 4),
    ],
)
def test_the_handbooks_example(people, key, published):
    found = cell_key(Fraction(KEYS[one]) for one in people)
    assert found == Fraction(key)
    assert perturbed(len(people), found, EXAMPLE) == published


def test_large_counts_take_the_last_lines_and_a_key_of_zero_the_first():
    assert perturbed(100, Fraction("0.8"), EXAMPLE) == 101
    assert perturbed(1, Fraction(0), EXAMPLE) == 0


@given(keys=st.lists(st.integers(0, 2**32 - 1), max_size=30), data=st.data())
def test_the_order_of_people_does_not_matter(keys, data):
    shuffled = data.draw(st.permutations(keys))
    assert cell_key(Fraction(key, 2**32) for key in keys) == cell_key(
        Fraction(key, 2**32) for key in shuffled
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        pytest.param(EXAMPLE, "the noise of 2 has mean 0.2", id="the example itself is biased"),
        pytest.param(lines((0, 0, "0", "1"), (1, 1, "0", "0.9")), "do not add up to 1", id="a gap"),
        pytest.param(lines((0, 1, "0", "1")), "0 does not stay 0", id="somebody out of nobody"),
        pytest.param(
            lines((0, 0, "0", "1"), (1, -1, "0", "0.5"), (1, 3, "0.5", "1")), "negative", id="negative"
        ),
        pytest.param(lines((0, 0, "0", "1"), (2, 2, "0", "1")), "without a gap", id="an original is missing"),
    ],
)
def test_a_table_that_is_not_fit_is_refused(table, words):
    assert any(words in fault for fault in faults(table))
    with pytest.raises(UsageError, match="not fit for publication"):
        protect([Source("t", keyed(), ("sex",))], Rules(method="cell_key"), p_table=table)


@NEEDS_CORPUS
def test_the_shared_example_is_the_one_above():
    rows = read(CORPUS / "cell_key_ptable.csv").to_pylist()
    assert [(int(row["original"]), int(row["perturbed"])) for row in rows] == [
        (line.original, line.perturbed) for line in EXAMPLE
    ]


PEOPLE = [(f"T{number}", "male" if number % 3 else "female") for number in range(40)]


def keyed(order=1):
    sums: dict[str, Fraction] = {}
    for person, sex in PEOPLE[::order]:
        for cell in (sex, "Total"):
            sums[cell] = sums.get(cell, Fraction(0)) + record_key(person, b"0" * 32)
    table = summed({("male",): 26, ("female",): 14}, ("sex",))
    keys = [int(sums[sex] % 1 * 2**32) for sex in table["sex"].to_pylist()]
    return table.append_column("cell_key", pa.array(keys))


def test_the_same_people_give_the_same_noise_in_any_order():
    first = protect([Source("t", keyed(), ("sex",))], Rules(method="cell_key")).tables["t"]
    again = protect([Source("t", keyed(-1), ("sex",))], Rules(method="cell_key")).tables["t"]
    assert first.equals(again)
    assert first.column_names == ["sex", "value", "status"]
    largest = max(abs(line.perturbed - line.original) for line in STANDARD)
    for value, count in zip(first["value"].to_pylist(), keyed()["count"].to_pylist(), strict=True):
        assert abs(value - count) <= largest


def test_keys_that_are_not_those_of_the_people_are_refused():
    wrong = keyed().set_column(2, "cell_key", pa.array([1, 2, 4]))
    with pytest.raises(UnprotectableError, match="key of a margin"):
        protect([Source("t", wrong, ("sex",))], Rules(method="cell_key"))
    with pytest.raises(UsageError, match="no column cell_key"):
        protect([Source("t", wrong.drop_columns(["cell_key"]), ("sex",))], Rules(method="cell_key"))
