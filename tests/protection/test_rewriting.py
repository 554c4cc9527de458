"""Rows leave published nights whole: from every revision, with a proof, also after a kill."""

import hashlib
import json
import signal
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from screening.protection.audit import verify
from screening.protection.masked import (
    drop_key,
    drop_unused_keys,
    key_is_there,
    masked_path,
    read_masked,
    write_masked,
)
from screening.protection.rewriting import Change, Rewriting, begun, carry_out, rewriting_proofs, take_up
from screening.store.current_json import current, revision, superseded
from screening.store.current_links import mend_links
from screening.store.published import read_current, read_revision, verify_night
from screening.tables.codes import RetentionClass
from screening.tables.errors import StoreError
from screening.tables.individual import STATEMENT_DOCUMENTS, TRAVELLERS
from tests.killed import dies_at
from tests.protection.conftest import FIRST, SECOND

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
API = RetentionClass.API
KEY = ("statement_documents", API)


def drop_of_input(rows, parameters):
    """Drop the API documents of an input; the number of each goes to the masked columns."""
    table = rows.files[KEY]
    stays = [not one.startswith(parameters["input"]) for one in table["statement_id"].to_pylist()]
    keep = pa.array(stays, pa.bool_())
    aside = table.filter(pc.invert(keep)).select(["statement_id", "ordinal", "number"])
    masked = {"statement_documents": aside} if parameters.get("mask") and aside.num_rows else {}
    return Change({KEY: table.filter(keep)}, masked)


def drop_file(rows, parameters):
    return Change({KEY: None})


RULES = {"drop": drop_of_input, "file": drop_file}


def act(one, *, rule="drop", remove=(), mask=False):
    parameters = {"input": one, "mask": mask}
    return Rewriting("test.rows", rule, parameters, (FIRST, SECOND), "a test", ("object",), remove)


@pytest.fixture
def keys(tmp_path, monkeypatch):
    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    monkeypatch.setenv("SCREENING_KEYS", str(folder))
    return folder


def test_rows_leave_every_revision_and_the_rest_stays(store, two_nights, tree):
    one, _ = two_nights
    before = tree(store.root)
    proof = carry_out(store, act(one), RULES, actor="robot", at=AT)
    assert proof.nights == (FIRST,)
    assert proof.rows == 1
    assert read_current(store, FIRST, STATEMENT_DOCUMENTS)["statement_id"].to_pylist() == [f"{one}:pnr:0"]
    assert read_current(store, SECOND, STATEMENT_DOCUMENTS).num_rows == 2
    assert read_current(store, FIRST, TRAVELLERS).num_rows == 1
    assert (current(store, FIRST).revision, current(store, FIRST).frozen) == (3, "f1")
    assert current(store, SECOND).revision == 1
    assert [verify_night(store, night) for night in (FIRST, SECOND)] == [[], []]
    left = tree(store.root)
    gone = {path for path in before if path not in left}
    assert (
        gone
        == set(superseded(store, FIRST))
        == {f"individual/revisions/night=2026-11-22/000{n}/statement_documents.api.parquet" for n in (1, 2)}
    )


def test_a_revision_that_somebody_pinned_reads_what_took_its_place(store, two_nights):
    one, _ = two_nights
    carry_out(store, act(one), RULES, actor="robot", at=AT)
    for number in (1, 2):
        kept = revision(store, FIRST, number)
        assert read_revision(store, kept, STATEMENT_DOCUMENTS)["statement_id"].to_pylist() == [f"{one}:pnr:0"]
    carry_out(store, act(one, rule="file"), RULES, actor="robot", at=AT)
    assert read_revision(store, revision(store, FIRST, 1), STATEMENT_DOCUMENTS).num_rows == 1


def test_the_proof_names_files_by_hash_and_counts_rows(store, two_nights):
    one, _ = two_nights
    old = revision(store, FIRST, 2)
    report = store.root / "analyst" / "reports" / "night=2026-11-22" / "report.html"
    report.parent.mkdir(parents=True)
    (store.root / "analyst").chmod(0o700)
    report.write_bytes(b"page")
    name = report.relative_to(store.root).as_posix()
    proof = carry_out(store, act(one, remove=(name,)), RULES, actor="robot", at=AT)
    assert not report.exists()
    (table,) = proof.document["nights"]["2026-11-22"]["tables"]
    was, now = (
        next(file for file in held.files if (file.table, file.cls) == KEY)
        for held in (old, current(store, FIRST))
    )
    assert (table["rows_before"], table["rows_after"]) == (1, 0)
    assert (table["sha256_before"], table["sha256_after"]) == (was.sha256, now.sha256)
    assert len(table["removed"]) == 2
    assert proof.document["nights"]["2026-11-23"]["tables"] == []
    assert proof.document["remove"] == {name: hashlib.sha256(b"page").hexdigest()}
    assert list(rewriting_proofs(store)) == [proof]
    data = (store.root / "audit" / "rewritings" / f"{proof.proof_id}.json").read_bytes()
    line = json.loads((store.root / "audit" / "audit-2026.jsonl").read_bytes().splitlines()[-1])
    assert (line["act"], line["actor"], line["reason"]) == ("test.rows", "robot", "a test")
    assert line["objects"] == [
        "object",
        proof.proof_id,
        f"proof:{hashlib.sha256(data).hexdigest()}",
        "files:3",
        current(store, FIRST).seal,
    ]
    assert not [path for path in store.root.rglob("*") if path.suffix == ".begun"]


def test_the_same_act_again_changes_nothing(store, two_nights, tree):
    one, _ = two_nights
    carry_out(store, act(one), RULES, actor="robot", at=AT)
    before = {path: data for path, data in tree(store.root).items() if not path.startswith("audit/")}
    again = carry_out(store, act(one), RULES, actor="robot", at=AT)
    assert again.nights == ()
    assert {path: data for path, data in tree(store.root).items() if not path.startswith("audit/")} == before


def test_a_rewriting_writes_the_same_bytes_each_time(store, two_nights):
    one, _ = two_nights
    carry_out(store, act(one), RULES, actor="robot", at=AT)
    first = {file.path: file.sha256 for file in current(store, FIRST).files}
    carry_out(store, act(one, rule="file"), RULES, actor="robot", at=AT)
    kept = {file.path.rpartition("/")[2]: file.sha256 for file in current(store, FIRST).files}
    assert {path.rpartition("/")[2]: sha for path, sha in first.items() if ".api." not in path} == kept


POINTS = [
    "rewriting.after_intent",
    "rewriting.masked",
    "rewriting.before_removal:1",
    "rewriting.before_removal:2",
    "rewriting.before_proof",
    "rewriting.before_end",
    "revisions.before_folder",
    "revisions.before_current",
    "revisions.after_current",
    "audit.half_line",
]


@pytest.mark.parametrize("point", POINTS)
def test_an_act_killed_anywhere_is_ended_by_the_next(store, two_nights, tree, keys, point):
    one, _ = two_nights
    wanted = act(one, mask=True)
    assert dies_at(point, lambda: carry_out(store, wanted, RULES, actor="robot", at=AT)) == -signal.SIGKILL
    assert [verify_night(store, night) for night in (FIRST, SECOND)] == [[], []]
    (proof,) = take_up(store, RULES)
    mend_links(store)
    assert proof.nights == (FIRST,)
    assert current(store, FIRST).revision == 3
    assert read_current(store, FIRST, STATEMENT_DOCUMENTS)["statement_id"].to_pylist() == [f"{one}:pnr:0"]
    assert read_masked(store, FIRST)["statement_documents"]["number"].to_pylist() == ["X0000001"]
    left = tree(store.root)
    assert not [path for path in superseded(store, FIRST) if path in left]
    assert begun(store) == []
    assert verify(store).holds
    assert len(list((keys / "masking").rglob("mask-*"))) == 1
    assert take_up(store, RULES) == ()


def test_a_damaged_intent_stops_and_says_so(store, two_nights):
    one, _ = two_nights
    carry_out(store, act(one), RULES, actor="robot", at=AT)
    path = store.root / "individual" / "acts" / "rewriting" / "x.begun"
    path.write_bytes(b'{"rule": "other"}')
    with pytest.raises(StoreError, match="damaged, or of another version") as caught:
        take_up(store, RULES)
    assert caught.value.where == str(path)


def test_masked_columns_are_sealed_and_a_new_writing_takes_a_new_key(store, two_nights, keys):
    table = STATEMENT_DOCUMENTS.empty().select(["statement_id", "ordinal", "number"])
    rows = table.from_pylist(
        [{"statement_id": f"s{n}", "ordinal": 0, "number": f"PLANTED{n}"} for n in (1, 2)], table.schema
    )
    write_masked(store, FIRST, {"statement_documents": rows})
    path = masked_path(store, FIRST)
    before = path.read_bytes()
    assert b"PLANTED" not in before
    assert read_masked(store, FIRST) == {"statement_documents": rows}
    write_masked(store, FIRST, {"statement_documents": rows})
    assert path.read_bytes() == before
    write_masked(store, FIRST, {"statement_documents": rows.slice(0, 1)})
    assert len(list(keys.rglob("mask-*"))) == 1
    path.write_bytes(before)  # as from a backup: its key is gone
    assert not key_is_there(store, FIRST)
    with pytest.raises(StoreError, match="key of these masked columns is not there"):
        read_masked(store, FIRST)


def test_dropping_the_key_makes_masked_columns_unreadable(store, two_nights, keys):
    rows = STATEMENT_DOCUMENTS.empty().select(["statement_id", "number"])
    rows = rows.from_pylist([{"statement_id": "s", "number": "N"}], rows.schema)
    write_masked(store, FIRST, {"statement_documents": rows})
    write_masked(store, SECOND, {"statement_documents": rows})
    assert drop_key(store, FIRST)
    assert not drop_key(store, FIRST)
    assert (key_is_there(store, FIRST), key_is_there(store, SECOND)) == (False, True)
    write_masked(store, SECOND, {})
    assert not masked_path(store, SECOND).exists()
    assert list(keys.rglob("mask-*")) == []
    assert drop_unused_keys(store) == 0


def test_changed_bytes_of_masked_columns_are_refused(store, two_nights, keys):
    rows = STATEMENT_DOCUMENTS.empty().select(["statement_id", "number"])
    write_masked(
        store,
        FIRST,
        {"statement_documents": rows.from_pylist([{"statement_id": "s", "number": "N"}], rows.schema)},
    )
    path = masked_path(store, FIRST)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="changed or damaged"):
        read_masked(store, FIRST)
