"""`screening publish` on files: what is written, what is refused, and that nothing is half there."""

import csv

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import call

SPEC = 'dimensions = ["nationality", "route"]\nthreshold = 5\n'
STATES = {"FR": "Europe", "IS": "Europe", "JP": "Asia"}
INNER = {("FR", "A"): 20, ("FR", "B"): 14, ("IS", "A"): 3, ("IS", "B"): 22, ("JP", "A"): 40, ("JP", "B"): 31}


def rows_of(inner):
    cells = {}
    for (state, route), count in inner.items():
        for one in (state, STATES[state], "Total"):
            for other in (route, "Total"):
                cells[one, other] = cells.get((one, other), 0) + count
    return [["nationality", "route", "count"], *([*key, count] for key, count in cells.items())]


def write(path, rows):
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "table.csv", rows_of(INNER))
    regions = [
        ["parent", "child"],
        ["Total", "Europe"],
        ["Total", "Asia"],
        *([b, a] for a, b in STATES.items()),
    ]
    write(tmp_path / "regions.csv", regions)
    (tmp_path / "spec.toml").write_text(SPEC + '[hierarchies]\nnationality = ["regions.csv"]\n')
    return tmp_path


def publish(folder, out="out.csv", **environment):
    return call(folder, "publish", "--table", "table.csv", "--spec", "spec.toml", "--out", out, **environment)


def published(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_rows_come_back_in_their_order_with_value_and_status(folder):
    done = publish(folder)
    assert (done.code, done.err) == (0, "")
    rows = published(folder / "out.csv")
    assert list(rows[0]) == ["nationality", "route", "value", "status"]
    assert [[row["nationality"], row["route"]] for row in rows] == [row[:2] for row in rows_of(INNER)[1:]]
    told = {(row["nationality"], row["route"]): (row["value"], row["status"]) for row in rows}
    assert told["IS", "A"] == ("", "primary")
    assert told["Total", "Total"] == ("130", "published")
    assert sum(status == "secondary" for _, status in told.values()) == 3


def test_parquet_is_read_and_written_by_the_ending(folder):
    names, *rows = rows_of(INNER)
    pq.write_table(
        pa.table({name: [row[at] for row in rows] for at, name in enumerate(names)}), folder / "t.parquet"
    )
    command = ["publish", "--table", "t.parquet", "--spec", "spec.toml", "--out", "out.parquet"]
    assert call(folder, *command).code == 0
    publish(folder)
    written = pq.read_table(folder / "out.parquet")
    assert written.schema.field("value").type == pa.int64()
    assert ["" if value is None else str(value) for value in written["value"].to_pylist()] == [
        row["value"] for row in published(folder / "out.csv")
    ]


def test_linked_tables_go_to_their_own_files(folder):
    write(
        folder / "sizes.csv",
        [["region", "count"], ["Europe", 59], ["Asia", 71], ["Total", 130]],
    )
    spec = (folder / "spec.toml").read_text()
    linked = '[[linked]]\ntable = "sizes.csv"\ndimensions = ["region"]\nout = "sizes_out.parquet"\n'
    (folder / "spec.toml").write_text(spec + linked)
    done = publish(folder)
    assert done.code == 0
    assert pq.read_table(folder / "sizes_out.parquet")["value"].to_pylist() == [59, 71, 130]


def test_an_earlier_publication_is_seen(folder):
    assert publish(folder, "first.csv").code == 0
    (folder / "first_counts.csv").write_text((folder / "table.csv").read_text())
    write(folder / "table.csv", rows_of({**INNER, ("JP", "B"): 33}))
    spec = (folder / "spec.toml").read_text()
    earlier = (
        '[[earlier]]\ntable = "first_counts.csv"\npublished = "first.csv"\nrevision = "first"\n'
        'dimensions = ["nationality", "route"]\n'
    )
    (folder / "spec.toml").write_text(spec + earlier)
    assert publish(folder, "second.csv").code == 0
    before, after = published(folder / "first.csv"), published(folder / "second.csv")
    changes = {
        int(new["value"]) - int(old["value"])
        for old, new in zip(before, after, strict=True)
        if old["value"] and new["value"]
    }
    assert not changes & {1, 2, 3, 4}
    assert after[-1]["value"] == ""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        pytest.param(lambda rows: rows[:-1], "a margin is missing", id="a margin is missing"),
        pytest.param(lambda rows: [*rows, rows[1]], "stands twice", id="a cell stands twice"),
        pytest.param(
            lambda rows: [*rows[:1], [*rows[1][:2], 21], *rows[2:]],
            "not the sum of its parts",
            id="a wrong margin",
        ),
        pytest.param(
            lambda rows: [*rows[:1], [*rows[1][:2], -1], *rows[2:]], "negative", id="a negative count"
        ),
        pytest.param(
            lambda rows: [*rows, ["XX", "A", 9]], "stands in no grouping", id="outside the hierarchy"
        ),
    ],
)
def test_a_table_that_does_not_hold_is_not_written_and_ends_with_1(folder, change, words):
    write(folder / "table.csv", change(rows_of(INNER)))
    done = publish(folder)
    assert (done.code, done.out) == (1, "")
    assert words in done.err
    assert "no table was written" in done.err
    assert not (folder / "out.csv").exists()


def test_nothing_is_written_when_one_linked_table_does_not_hold(folder):
    write(folder / "sizes.csv", [["region", "count"], ["Europe", 58], ["Asia", 71], ["Total", 129]])
    spec = (folder / "spec.toml").read_text()
    linked = '[[linked]]\ntable = "sizes.csv"\ndimensions = ["region"]\nout = "sizes_out.csv"\n'
    (folder / "spec.toml").write_text(spec + linked)
    assert publish(folder).code == 1
    assert not (folder / "out.csv").exists()
    assert not (folder / "sizes_out.csv").exists()


def test_what_was_written_before_stays_when_the_next_table_is_refused(folder):
    publish(folder)
    before = (folder / "out.csv").read_bytes()
    write(folder / "table.csv", rows_of(INNER)[:-1])
    assert publish(folder).code == 1
    assert (folder / "out.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        pytest.param(
            "threshold = 1", "`threshold`: Input should be greater than or equal to 2", id="threshold"
        ),
        pytest.param('method = "swapping"', "`method`", id="method"),
        pytest.param("thresold = 5", "unknown key `thresold`", id="a typing error"),
        pytest.param("homogeneity = true", "homogeneity needs zeros", id="rules that exclude each other"),
        pytest.param("dimensions = [", "--spec: the file cannot be used", id="no TOML"),
        pytest.param(
            'hierarchies = {carrier = ["regions.csv"]}', "hierarchies.carrier", id="no such dimension"
        ),
        pytest.param('hierarchies = {route = ["none.csv"]}', "none.csv", id="no such file"),
    ],
)
def test_a_wrong_spec_ends_with_2_and_names_the_key(folder, line, words):
    (folder / "spec.toml").write_text(f'{line}\ndimensions = ["nationality", "route"]\n')
    done = publish(folder)
    assert (done.code, done.out) == (2, "")
    assert words in done.err


def test_rounding_and_cell_key_by_their_spec(folder):
    (folder / "spec.toml").write_text(
        SPEC + 'method = "rounding"\n[hierarchies]\nnationality = ["regions.csv"]\n'
    )
    assert publish(folder).code == 0
    assert {int(row["value"]) % 5 for row in published(folder / "out.csv")} == {0}
    write(
        folder / "table.csv",
        [["sex", "count", "cell_key"], ["F", 1, "0.9"], ["M", 2, "0.3"], ["Total", 3, "0.2"]],
    )
    write(
        folder / "p.csv",
        [["original", "perturbed", "above", "up_to"], [0, 0, 0, 1], [1, 0, 0, "0.5"], [1, 2, "0.5", 1]],
    )
    (folder / "spec.toml").write_text('dimensions = ["sex"]\nmethod = "cell_key"\nptable = "p.csv"\n')
    assert publish(folder).code == 0
    assert [row["value"] for row in published(folder / "out.csv")] == ["2", "1", "2"]


def test_the_same_bytes_each_time(folder):
    publish(folder, "one.csv")
    publish(folder, "two.csv")
    assert (folder / "one.csv").read_bytes() == (folder / "two.csv").read_bytes()


def test_stdout_of_a_process_of_its_own_is_data_alone(folder, screening):
    """The solver prints its name on stdout when its first model is made."""
    done = screening(
        folder, *"publish --table table.csv --spec spec.toml --out out.csv --format csv".split(), cold=True
    )
    assert done.stdout.startswith("method,cells,")
    assert len(done.stdout.splitlines()) == 2


def test_who_stands_in_several_cells_is_one_respondent(folder):
    write(
        folder / "families.csv",
        [["nationality", "route", "respondent", "people"], ["IS", "A", "f1", 3], ["JP", "A", "f1", 2]],
    )
    (folder / "spec.toml").write_text('respondents = "families.csv"\n' + (folder / "spec.toml").read_text())
    assert publish(folder).code == 0
    write(folder / "families.csv", [["nationality", "route", "respondent", "people"], ["XX", "A", "f1", 3]])
    done = publish(folder)
    assert done.code == 2
    assert "families.csv" in done.err
