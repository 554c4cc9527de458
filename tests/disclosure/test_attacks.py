"""Attacks on published tables. Each succeeds on what a naive publisher writes, and fails on ours.

The attacker is code of its own: unknowns are the smallest groups of people, every published value is an
equation over them (scipy). Nothing of the suppression or the audit is used.
"""

import itertools

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import linprog

from screening.disclosure.audit import audit
from screening.disclosure.cells import cells_of
from screening.disclosure.parties import in_cells, with_parties
from screening.disclosure.protect import Source, counted_of, for_readers, protect
from screening.disclosure.published import disclosures
from screening.disclosure.rules import Rules
from tests.disclosure.conftest import CORPUS, GOLDEN, NEEDS_CORPUS, read, summed, values_of

THRESHOLD = 5
ROUTES = ("nationality", "route")


def naive(table: pa.Table) -> pa.Table:
    """Withhold the small counts and nothing else."""
    values = [None if 0 < count < THRESHOLD else count for count in table["count"].to_pylist()]
    return table.drop_columns(["count"]).append_column("value", pa.array(values, pa.int64()))


def ours(table: pa.Table, dimensions: tuple[str, ...], **rules) -> pa.Table:
    return protect([Source("table", table, dimensions)], Rules(threshold=THRESHOLD, **rules)).tables["table"]


class Reader:
    """Who adds up and subtracts published values, and knows that nobody is less than nobody."""

    def __init__(self, atoms):
        self.atoms = list(atoms)
        self.equations: list[tuple[np.ndarray, int]] = []

    def learns(self, holds, value):
        """One published value: of the atoms for which `holds` is true."""
        if value is not None:
            self.equations.append((self.of(holds), value))
        return self

    def of(self, holds):
        return np.array([float(holds(atom)) for atom in self.atoms])

    def reads(self, table, dimensions, where=lambda atom: True):
        """A whole table: atoms are tuples that begin with the dimensions."""
        for key, value in values_of(table, dimensions).items():
            self.learns(
                lambda atom, key=key: (
                    where(atom)
                    and all(stated in {"Total", own} for stated, own in zip(key, atom, strict=False))
                ),
                value,
            )
        return self

    def bounds(self, holds):
        rows = np.array([row for row, _ in self.equations])
        right = np.array([value for _, value in self.equations])
        ends = []
        for sign in (1.0, -1.0):
            found = linprog(sign * self.of(holds), A_eq=rows, b_eq=right, bounds=(0, None), method="highs")
            ends.append(sign * found.fun if found.status == 0 else float("inf"))
        return ends[0], ends[1]

    def discloses(self, holds, own=0):
        """Whether the number of people, less the reader's own party, is exact or inside 1..threshold-1."""
        low, high = self.bounds(holds)
        return high - low < 1e-6 or (low - own > 1e-6 and high - own < THRESHOLD - 1e-6)


def disclosed(reader, counts):
    """Cells that are small and that the reader learns."""
    return [
        atom
        for atom, count in counts.items()
        if 0 < count < THRESHOLD and reader.discloses(lambda other, atom=atom: other == atom)
    ]


INNER = {
    ("FR", "A"): 20, ("FR", "B"): 3, ("FR", "C"): 12,
    ("DE", "A"): 9, ("DE", "B"): 14, ("DE", "C"): 22,
    ("IS", "A"): 11, ("IS", "B"): 8, ("IS", "C"): 31,
}  # fmt: skip


def test_subtraction_of_one_line():
    table = summed(INNER, ROUTES)

    def by_subtraction(published):
        values = values_of(published, ROUTES)
        line = [values["FR", route] for route in "ABC"]
        return (
            values["FR", "Total"] - sum(v for v in line if v is not None) if line.count(None) == 1 else None
        )

    assert by_subtraction(naive(table)) == 3
    assert by_subtraction(ours(table, ROUTES)) is None


@pytest.mark.parametrize(
    "rules", [{}, {"rule": "strict"}, {"zeros": "withheld"}, {"insiders": 1, "implied": True}]
)
def test_linear_bounds_over_three_dimensions(rules):
    dimensions = ("nationality", "route", "ageband")
    table = read(GOLDEN / "optimum_4x4x3.csv")
    counts = {
        key: count
        for *key, count in zip(*(table[name].to_pylist() for name in (*dimensions, "count")), strict=True)
        if "Total" not in key
        for key in [tuple(key)]
    }
    assert disclosed(Reader(counts).reads(naive(table), dimensions), counts)
    assert disclosed(Reader(counts).reads(ours(table, dimensions, **rules), dimensions), counts) == []


@NEEDS_CORPUS
def test_two_withheld_in_every_line_are_not_enough():
    counts = {
        (row["v1"], row["v2"]): row["count"]
        for row in read(CORPUS / "block.csv").to_pylist()
        if "Total" not in row.values()
    }
    found = {
        name: Reader(counts)
        .reads(read(CORPUS / f"block_published_{name}.csv"), ("v1", "v2"))
        .bounds(lambda atom: atom == ("w", "b"))
        for name in ("nine", "ten")
    }
    assert found["nine"] == pytest.approx((47, 47))
    assert found["ten"] == pytest.approx((0, 141))


def late(inner, **more):
    return {key: count + more.get("_".join(key), 0) for key, count in inner.items()}


@pytest.mark.parametrize(
    "arrived",
    [
        pytest.param({"DE_A": 2}, id="two latecomers of one cell"),
        pytest.param({"DE_A": 1, "IS_C": 3}, id="in two cells"),
        pytest.param({"FR_B": 4}, id="a small cell becomes large"),
        pytest.param({"DE_A": -2, "IS_C": 9}, id="two were taken away"),
    ],
)
def test_a_correction_tells_nobody_who_came_late(arrived):
    first, second = summed(INNER, ROUTES), summed(late(INNER, **arrived), ROUTES)
    earlier = ours(first, ROUTES)
    apart = ours(second, ROUTES)
    together = protect(
        [Source("now", second, ROUTES), Source("first", first, ROUTES, published=earlier, revision="first")],
        Rules(),
    ).tables["now"]

    def differences(now):
        before, after = values_of(earlier, ROUTES), values_of(now, ROUTES)
        changes = [after[key] - before[key] for key in before if None not in {after[key], before[key]}]
        return [change for change in changes if 0 < abs(change) < THRESHOLD]

    assert differences(apart)
    assert differences(together) == []
    if min(arrived.values()) > 0:  # nobody was taken away: both tables over (cell, before or late)
        atoms = {(*key, when): 0 for key in INNER for when in ("before", "late")}

        def of(now):
            return (
                Reader(atoms)
                .reads(earlier, ROUTES, where=lambda atom: atom[2] == "before")
                .reads(now, ROUTES)
            )

        came = [tuple(name.split("_")) for name, count in arrived.items() if count < THRESHOLD]
        assert any(of(apart).discloses(lambda atom, key=key: atom == (*key, "late")) for key in came)
        assert not any(of(together).discloses(lambda atom, key=key: atom == (*key, "late")) for key in came)
        assert (
            not of(together).discloses(lambda atom: atom[2] == "late") or sum(arrived.values()) >= THRESHOLD
        )


def test_a_month_less_its_days_tells_no_day():
    """Days were published one by one; the month less the published ones would tell what a day withheld."""
    days = {"01": INNER, "02": late(INNER, FR_B=9), "03": late(INNER, DE_B=-11, FR_B=20, IS_A=4)}
    tables = {day: summed(inner, ROUTES) for day, inner in days.items()}
    out = {day: ours(table, ROUTES) for day, table in tables.items()}
    month = summed({key: sum(inner[key] for inner in days.values()) for key in INNER}, ROUTES)
    earlier = [
        Source(f"day {day}", table, ROUTES, at={"day": day}, published=out[day])
        for day, table in tables.items()
    ]
    together = protect([Source("month", month, ROUTES), *earlier], Rules(), groupings=in_days(days)).tables[
        "month"
    ]
    counts = {(*key, day): inner[key] for day, inner in days.items() for key in inner}

    def of(published):
        reader = Reader(counts).reads(published, ROUTES)
        for day in days:
            reader.reads(out[day], ROUTES, where=lambda atom, day=day: atom[2] == day)
        return reader

    assert disclosed(of(ours(month, ROUTES)), counts)
    assert disclosed(of(together), counts) == []


def in_days(days):
    from screening.disclosure.groupings import grouping

    return {"day": [grouping([("Total", day) for day in days], named="days")]}


def test_a_rare_nationality_does_not_tell_its_route():
    inner = {**INNER, ("TV", "A"): 0, ("TV", "B"): 1, ("TV", "C"): 0}
    table = summed(inner, ROUTES)
    assert values_of(naive(table), ROUTES)["TV", "Total"] is None
    assert disclosed(Reader(inner).reads(naive(table), ROUTES), inner)
    published = ours(table, ROUTES, zeros="withheld")
    assert disclosed(Reader(inner).reads(published, ROUTES), inner) == []
    withheld = {key for key, value in values_of(published, ROUTES).items() if value is None}
    assert len(withheld & {("TV", route) for route in "ABC"}) > 0


SINGLE = {
    ("FR", "A"): 1, ("FR", "B"): 3, ("FR", "C"): 40, ("DE", "A"): 8, ("DE", "B"): 9,
    ("DE", "C"): 22, ("IS", "A"): 30, ("IS", "B"): 33, ("IS", "C"): 31,
}  # fmt: skip


def insider_learns(published, inner, own, wanted):
    """What somebody learns who knows that a cell holds nobody but the own party."""
    reader = Reader(inner).reads(published, ROUTES)
    for cell in own:
        reader.learns(lambda atom, cell=cell: atom == cell, inner[cell])
    return reader.discloses(lambda atom: atom == wanted)


def test_a_single_traveller_subtracts_in_vain():
    table = summed(SINGLE, ROUTES)
    careless = ours(table, ROUTES)
    assert insider_learns(careless, SINGLE, [("FR", "A")], ("FR", "B"))
    careful = ours(table, ROUTES, insiders=1)
    assert not insider_learns(careful, SINGLE, [("FR", "A")], ("FR", "B"))


def test_a_family_in_two_cells_speaks_with_one_voice():
    inner = {**SINGLE, ("FR", "A"): 2, ("DE", "A"): 2, ("DE", "B"): 3}
    table = summed(inner, ROUTES)
    rows = list(values_of(naive(table), ROUTES))
    family = {("table", rows.index(("FR", "A"))): 2, ("table", rows.index(("DE", "A"))): 2}
    own = [("FR", "A"), ("DE", "A")]
    careless = ours(table, ROUTES)
    assert any(insider_learns(careless, inner, own, cell) for cell in (("FR", "B"), ("DE", "B")))
    careful = protect([Source("table", table, ROUTES)], Rules(), respondents=[family]).tables["table"]
    assert not any(insider_learns(careful, inner, own, cell) for cell in (("FR", "B"), ("DE", "B")))


FAMILY = {
    ("FR", "A"): 20, ("FR", "B"): 13, ("DE", "A"): 19, ("DE", "B"): 14, ("IS", "A"): 6, ("IS", "B"): 11,
}  # fmt: skip


def in_party(table, cells):
    """A party of whom so many are in each of the inner cells, in all rows of a table."""
    return {
        ("table", row): people
        for row, key in enumerate(values_of(table.append_column("value", table["count"]), ROUTES))
        if (
            people := sum(
                count
                for cell, count in cells.items()
                if all(stated in {"Total", own} for stated, own in zip(key, cell, strict=True))
            )
        )
    }


def test_a_cell_of_six_who_are_one_family_is_one_respondent():
    """A neighbour who knows that the family flew learns from its exact cell that no other of its State did."""
    table = summed(FAMILY, ROUTES)
    careless = Reader(FAMILY).reads(ours(table, ROUTES, insiders=1), ROUTES)
    assert careless.bounds(lambda atom: atom == ("IS", "A")) == pytest.approx((6, 6))
    family = in_party(table, {("IS", "A"): 6})
    rules = Rules(threshold=THRESHOLD, insiders=1)
    source = Source("table", table, ROUTES)
    published = protect([source], rules, parties=[family]).tables["table"]
    careful = Reader(FAMILY).reads(published, ROUTES)
    assert not careful.discloses(lambda atom: atom == ("IS", "A"), own=5)  # the family is one
    rows = list(values_of(naive(table), ROUTES))
    told = [{("table", rows.index(("IS", "A"))): 6}]  # as a list of respondents says it: inner cells alone
    counted = rules.model_copy(update={"by_respondent": True})
    assert protect([source], counted, respondents=told).tables["table"].equals(published)
    assert not protect([source], rules, respondents=told).tables["table"].equals(published)
    out = {"table": ours(table, ROUTES, insiders=1)}
    assert disclosures([source], out, rules, respondents=told) == []
    (fault,) = disclosures([source], out, counted, respondents=told)
    assert fault["cell"] == "nationality=IS, route=A"


def test_the_gate_asks_for_the_family_whatever_the_suppression_thinks():
    table = summed(FAMILY, ROUTES)
    family = in_party(table, {("IS", "A"): 6})
    cells = cells_of([counted_of(Source("table", table, ROUTES))], {})
    everything = np.ones(len(cells.counts), dtype=bool)
    assert audit(cells, everything, Rules()) == []
    (fault,) = audit(with_parties(cells, [in_cells(cells, family)], THRESHOLD), everything, Rules())
    assert cells.told(fault.cells[0]) == "nationality=IS, route=A"


def test_the_sum_of_what_a_line_withholds_is_not_small():
    table = summed(SINGLE, ROUTES)
    both = {("FR", "A"), ("FR", "B")}
    careless = Reader(SINGLE).reads(ours(table, ROUTES), ROUTES)
    assert careless.bounds(lambda atom: atom in both) == pytest.approx((4, 4))
    careful = Reader(SINGLE).reads(ours(table, ROUTES, implied=True), ROUTES)
    assert not careful.discloses(lambda atom: atom in both)


def test_readers_are_not_told_why_a_cell_is_withheld():
    """`primary` beside an empty value says 1..threshold-1."""
    table = ours(summed(INNER, ROUTES), ROUTES)
    told = {row["status"] for row in table.to_pylist() if row["value"] is None}
    assert told == {"primary", "secondary"}
    assert {row["status"] for row in for_readers(table).to_pylist() if row["value"] is None} == {"withheld"}


BANDS = ("sex", "ageband")
YEARS = {
    ("male", "0-19"): 6, ("male", "20-24"): 1, ("male", "25-39"): 8, ("male", "40+"): 17,
    ("female", "0-19"): 10, ("female", "20-24"): 0, ("female", "25-39"): 38, ("female", "40+"): 125,
}  # fmt: skip
FIRST = {"0-19": "0-19", "20-24": "20-39", "25-39": "20-39", "40+": "40+"}
SECOND = {"0-19": "0-24", "20-24": "0-24", "25-39": "25-39", "40+": "40+"}


def in_bands(bands):
    inner: dict[tuple[str, str], int] = {}
    for (sex, years), count in YEARS.items():
        inner[sex, bands[years]] = inner.get((sex, bands[years]), 0) + count
    return summed(inner, BANDS)


def test_two_groupings_of_age_tell_nobody_in_between():
    first, second = in_bands(FIRST), in_bands(SECOND)
    together = protect([Source("first", first, BANDS), Source("second", second, BANDS)], Rules()).tables
    atoms = list(itertools.product(("male", "female"), FIRST))

    def of(one, other):
        reader = Reader(atoms)
        for published, bands in ((one, FIRST), (other, SECOND)):
            for (sex, band), value in values_of(published, BANDS).items():
                reader.learns(
                    lambda atom, sex=sex, band=band, bands=bands: (
                        sex in {"Total", atom[0]} and band in {"Total", bands[atom[1]]}
                    ),
                    value,
                )
        return reader

    assert of(ours(first, BANDS), ours(second, BANDS)).discloses(lambda atom: atom == ("male", "20-24"))
    assert not of(together["first"], together["second"]).discloses(lambda atom: atom == ("male", "20-24"))


def test_the_second_grouping_is_held_back_where_the_first_is_out():
    first, second = in_bands(FIRST), in_bands(SECOND)
    out = values_of(ours(first, BANDS), BANDS)
    earlier = Source("first", first, BANDS, published=ours(first, BANDS))
    values = values_of(protect([Source("second", second, BANDS), earlier], Rules()).tables["second"], BANDS)
    assert out["male", "0-19"] == 6
    assert values_of(ours(second, BANDS), BANDS)["male", "0-24"] == 7
    assert values["male", "0-24"] is None
