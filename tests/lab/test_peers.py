"""Peers of the matcher: each does what its name says, on the same tables, judged alike."""

import json

import numpy as np
import pyarrow as pa
import pytest

from screening.cli.laboratory import examine
from screening.cli.output import Format
from screening.lab import benchmark_match
from screening.lab.evaluation import sets
from screening.lab.evaluation.lists import ALERTS
from screening.lab.evaluation.travellers import TRAVELLERS
from screening.lab.evaluation.write import write
from screening.lab.peers import Peer, date_points, hits_of

NONE = -(10**6)


@pytest.mark.parametrize(
    ("born", "listed", "points"),
    [
        pytest.param((1980, 2, 3), [(1980, 1980, 2, 3)], 20, id="same day"),
        pytest.param((1980, 3, 2), [(1980, 1980, 2, 3)], 12, id="swapped"),
        pytest.param((1980, 3, 2), [(1978, 1981, 0, 0)], 4, id="in the range"),
        pytest.param((1980, 5, 5), [(1980, 1980, 2, 3)], -10, id="another day of the year"),
        pytest.param((1981, 2, 3), [(1980, 1980, 2, 3)], -15, id="the next year"),
        pytest.param((1990, 2, 3), [(1980, 1980, 2, 3)], -30, id="far"),
        pytest.param((1990, 2, 3), [(1980, 1980, 2, 3), (1990, 1990, 2, 3)], 20, id="the best of two dates"),
        pytest.param((1990, 2, 3), [], -10, id="the list is silent"),
        pytest.param((NONE, 0, 0), [(1980, 1980, 2, 3)], -10, id="the traveller is silent"),
    ],
)
def test_points_of_the_date_rule(born, listed, points):
    dates = [*listed, *[(NONE,) * 4] * (6 - len(listed))]
    assert date_points(np.array([born]), np.array([dates])).tolist() == [points]


def one(
    peer, *, surname="QUENZEBRAND", given="OTHO", dob="1980-02-03", number="", listed="QUENZEBRAND, Otho"
):
    traveller = dict.fromkeys(TRAVELLERS.names, "") | {
        "passenger_id": "p", "surname": surname, "given_names": given, "dob": dob, "doc_number": number, "doc_country": "GB",
    }  # fmt: skip
    alert = {
        "entity_id": "e", "source": "own", "primary_name": listed, "aliases": ["HARPENHAL, Clive"], "weak_aliases": [],
        "dobs": ["1980-02-03"], "dob_precisions": ["day"], "doc_numbers": ["AB 123"], "doc_countries": ["GB"],
    }  # fmt: skip
    found = hits_of(
        peer, pa.Table.from_pylist([traveller], TRAVELLERS), pa.Table.from_pylist([alert], ALERTS)
    )
    assert set(found["passenger_id"].to_pylist()) <= {"p"}
    return sorted(found["score"].to_pylist())


@pytest.mark.parametrize(
    ("peer", "facts", "scores"),
    [
        (Peer.EXACT, {}, [120]),
        (Peer.EXACT, {"surname": "OTHO", "given": "QUENZEBRAND"}, [120]),
        (Peer.EXACT, {"given": "OTO"}, []),
        (Peer.EXACT, {"dob": "1999-02-03"}, []),
        (Peer.EXACT, {"dob": ""}, [90]),
        (Peer.EXACT, {"given": "OTO", "number": "ab123"}, [200]),
        (Peer.SORTED, {"surname": "OTHO", "given": "QUENZEBRAND"}, [120]),
        (Peer.SORTED, {"surname": "ZZ", "given": "YY"}, []),
        (Peer.TOKEN_SET, {"given": "OTHO EMIL"}, [120]),  # a subset has full marks: its known weakness
        (Peer.TOKEN_SET, {"surname": "HARPENHAL", "given": "CLIVE"}, [120]),  # an alias is as good
    ],
)
def test_a_peer_matches_as_its_name_says(peer, facts, scores):
    assert one(peer, **facts) == scores


def test_nobody_against_nobody_gives_no_pairs():
    empty = hits_of(Peer.EXACT, TRAVELLERS.empty_table(), ALERTS.empty_table())
    assert (empty.num_rows, empty.column_names) == (0, ["passenger_id", "entity_id", "score"])


def test_the_cost_of_a_process_is_its_own(tmp_path):
    cost = benchmark_match.measured(["python3", "-c", "sum(range(3_000_000))"])
    assert 0 < cost.cpu_seconds < cost.seconds + 1
    with pytest.raises(RuntimeError, match="exit code 3"):
        benchmark_match.measured(["python3", "-c", "raise SystemExit(3)"])


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tables")
    write(folder, sets.unknown(sets.Size(names=400, travellers=700, true=150, history=0), seed=2))
    return folder


def test_every_peer_is_judged_on_the_same_tables(tables, tmp_path):
    recall = {}
    for peer in Peer:
        benchmark_match.run_peer(str(peer), str(tables), str(tmp_path / "hits.parquet"))
        cost = benchmark_match.Cost(1.0, 1.0, 1.0)
        recall[peer] = benchmark_match.judged(str(peer), cost, tables, tmp_path / "hits.parquet").recall[5.0]
    assert recall[Peer.TOKEN_SET] > recall[Peer.EXACT] > (0.1, 0, 0)


@pytest.mark.slow
def test_ours_is_measured_in_a_process_of_its_own(tables, tmp_path, capsys):
    page = tmp_path / "page.md"
    examine.match(tables, out=page, peers=False, shape=Format.JSON)
    (row,) = json.loads(capsys.readouterr().out.split("written to")[0])
    assert row["method"] == "ours, shipped shares"
    assert row["CPU seconds"] > 0
    assert row["peak MiB"] > 50
    assert page.read_text().count("| ours") == 1


@pytest.mark.slow
def test_the_tables_of_the_page_are_written_with_and_without_history(tmp_path):
    page = tmp_path / "accuracy.md"
    page.write_text("# Accuracy\n\n<!-- recall: generated -->\nold\n<!-- recall: end -->\n\nEnd.\n")
    sizes = {"names": [300], "history": [0, 1000], "travellers": 500, "true": 150}
    examine.accuracy(page, kinds=[examine.SetKind.UNKNOWN], seed=3, **sizes)
    text = page.read_text()
    assert "old" not in text
    assert text.index("<!-- recall: end -->") < text.index("End.")
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| unknown")]
    assert [row[2] for row in rows if len(row) > 8] == ["none", "1,000"] * 2  # recall, then promises
    assert any("exact" in row for row in rows)  # a slice
    assert any("nm_name_year" in row for row in rows)
