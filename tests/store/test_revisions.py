"""A night is published as a whole; whoever reads sees one revision and no mixture."""

import dataclasses
import json
import threading
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from screening.store.current_json import current, nights, revision
from screening.store.current_links import mend_links
from screening.store.files import canonical_json, sha256_file
from screening.store.published import read_current, read_revision, verify_night
from screening.store.revisions import Publication, publish, withdraw
from screening.tables.analyst import EVIDENCE, HITS
from screening.tables.codes import RetentionClass, Zone
from screening.tables.errors import StoreError
from screening.tables.individual import NIGHT_HEALTH, STATEMENT_DOCUMENTS
from screening.tables.landing import INPUTS
from screening.tables.model import SchemaError
from screening.tables.work import SCORED


def files_of(store, night):
    return {file.path: store.root / file.path for file in current(store, night).files}


def test_the_commit_point_names_every_file_as_documented(store, night, whole_night):
    now = publish(store, night, "f" * 64, whole_night())
    data = (store.root / "nights" / "2026-11-23" / "CURRENT.json").read_bytes()
    document = json.loads(data)
    assert data == canonical_json(document)
    assert (document["night"], document["revision"], document["frozen"]) == ("2026-11-23", 1, "f" * 64)
    assert [file["path"] for file in document["files"]] == [
        "analyst/revisions/night=2026-11-23/0001/evidence.parquet",
        "individual/revisions/night=2026-11-23/0001/night_health.parquet",
        "individual/revisions/night=2026-11-23/0001/statement_documents.api.parquet",
        "individual/revisions/night=2026-11-23/0001/statement_documents.pnr.parquet",
        "landing/revisions/night=2026-11-23/0001/inputs.parquet",
    ]
    api = document["files"][2]
    assert api == {
        "path": api["path"],
        "sha256": sha256_file(store.root / api["path"]),
        "rows": 30,
        "zone": "individual",
        "table": "statement_documents",
        "class": "api",
        "schema_version": STATEMENT_DOCUMENTS.version,
    }
    assert current(store, night) == now
    assert revision(store, night, 1) == now
    assert nights(store) == [night]


def test_what_is_published_is_read_all_classes_together_in_key_order(store, night, whole_night, documents):
    publish(store, night, "f", whole_night())
    table = read_current(store, night, STATEMENT_DOCUMENTS)
    assert table.num_rows == 40
    assert table.equals(STATEMENT_DOCUMENTS.conform(table))
    assert table.slice(0, 30).equals(documents(30))
    assert read_current(store, night, HITS).equals(HITS.empty())
    assert read_current(store, date(2026, 1, 1), INPUTS).equals(INPUTS.empty())
    assert current(store, date(2026, 1, 1)) is None


def test_nothing_new_makes_no_new_revision(store, night, whole_night, tree):
    first = publish(store, night, "f", whole_night())
    before = tree(store.root)
    assert publish(store, night, "f", list(reversed(whole_night()))) == first
    assert tree(store.root) == before


def test_another_frozen_set_makes_a_revision_even_with_the_same_tables(store, night, whole_night):
    publish(store, night, "f", whole_night())
    assert publish(store, night, "g", whole_night()).revision == 2


def test_unchanged_tables_are_the_same_file_in_both_revisions(store, night, whole_night):
    publish(store, night, "f", whole_night())
    first = files_of(store, night)
    publish(store, night, "g", whole_night(change=1))
    for path, file in files_of(store, night).items():
        assert file.samefile(first[path.replace("0002", "0001")]) is (file.name != "night_health.parquet")
    assert read_revision(store, revision(store, night, 1), NIGHT_HEALTH)["value"].to_pylist() == [40.0]
    assert read_current(store, night, NIGHT_HEALTH)["value"].to_pylist() == [41.0]


def test_strangers_find_each_row_once_under_current(store, night, whole_night):
    import duckdb

    for number, day in enumerate((night, night, date(2026, 11, 24))):
        publish(store, day, f"f{number}", whole_night(change=number))
    links = f"{store.root}/individual/current/*/night_health.parquet"
    rows = duckdb.sql(f"select value from read_parquet('{links}', hive_partitioning=false) order by value")
    assert rows.fetchall() == [(41.0,), (42.0,)]
    one = store.root / "individual" / "current" / "night=2026-11-23" / "night_health.parquet"
    assert pd.read_parquet(one)["value"].tolist() == [41.0]
    link = store.root / "individual" / "current" / "night=2026-11-23"
    assert str(link.readlink()) == "../revisions/night=2026-11-23/0002"


def test_links_are_mended_at_the_next_start(store, night, whole_night, tree):
    publish(store, night, "f", whole_night())
    publish(store, night, "g", whole_night(1))
    good = tree(store.root)
    folder = store.root / "analyst" / "current"
    (folder / "night=2026-11-23").unlink()
    (folder / "night=2020-01-01").symlink_to("../nowhere")
    (store.root / "landing" / "current" / "night=2026-11-23").unlink()
    (store.root / "landing" / "current" / "night=2026-11-23").symlink_to("../revisions/night=2026-11-23/0001")
    assert mend_links(store) == 3
    assert tree(store.root) == good
    assert mend_links(store) == 0


def test_a_zone_that_a_revision_no_longer_holds_loses_its_link(store, night, whole_night):
    publish(store, night, "f", whole_night())
    publish(store, night, "g", [item for item in whole_night() if item.spec is not EVIDENCE])
    assert not (store.root / "analyst" / "current" / "night=2026-11-23").is_symlink()
    assert read_current(store, night, EVIDENCE).num_rows == 0


def test_leftovers_of_a_dead_run_are_replaced(store, night, whole_night):
    publish(store, night, "f", whole_night())
    dead = store.root / "analyst" / "revisions" / "night=2026-11-23" / "0002"
    dead.mkdir()
    (dead / "evidence.parquet").write_bytes(b"half")
    part = store.root / "individual" / "revisions" / "night=2026-11-23" / ".part-0007"
    part.mkdir()
    (part / "x").write_bytes(b"half")
    publish(store, night, "g", whole_night(1))
    assert not part.exists()
    assert verify_night(store, night) == []
    assert read_current(store, night, EVIDENCE).num_rows == 1


def test_a_damaged_file_is_told_and_mended_by_publishing_the_same_again(store, night, whole_night):
    first = publish(store, night, "f", whole_night())
    path = store.root / first.files[0].path
    good = path.read_bytes()
    path.write_bytes(good[:50] + b"!" + good[51:])
    assert verify_night(store, night) == [first.files[0].path]
    with pytest.raises(StoreError, match="changed or damaged") as caught:
        read_current(store, night, EVIDENCE)
    assert caught.value.where == str(path)
    assert publish(store, night, "f", whole_night()) == first
    assert path.read_bytes() == good
    path.unlink()
    with pytest.raises(StoreError, match="missing"):
        read_current(store, night, EVIDENCE)
    assert publish(store, night, "f", whole_night()) == first
    assert path.read_bytes() == good


def test_a_table_that_lay_in_another_zone_is_read_and_moves_with_the_next_revision(store, night, whole_night):
    *others, health = whole_night()
    old = replace(health.spec, zone=Zone.AGGREGATE, version="1.0")
    publish(store, night, "f", [*others, replace(health, spec=old)])
    link = store.root / "aggregate" / "current" / "night=2026-11-23"
    assert (link / "night_health.parquet").exists()
    assert read_current(store, night, NIGHT_HEALTH).equals(health.table)
    moved = publish(store, night, "g", others, kept={"night_health"})
    assert [file.path for file in moved.of(NIGHT_HEALTH)] == [
        "individual/revisions/night=2026-11-23/0002/night_health.parquet"
    ]
    assert not link.is_symlink()
    assert read_current(store, night, NIGHT_HEALTH).equals(health.table)


def test_a_file_with_other_rows_than_named_is_damaged_even_without_hashing(
    store, night, whole_night, documents
):
    first = publish(store, night, "f", whole_night())
    api = next(file for file in first.files if file.cls is RetentionClass.API)
    from screening.store.parquet import write_table

    write_table(store.root / api.path, documents(29))
    with pytest.raises(StoreError, match="29 rows"):
        read_current(store, night, STATEMENT_DOCUMENTS, verify=False)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[]\n", id="no object"),
        pytest.param(
            b'{"night": "2026-11-22", "revision": 1, "frozen": "f", "files": []}', id="another night"
        ),
        pytest.param(b'{"night": "2026-11-23", "revision": 1, "files": []}', id="without frozen set"),
        pytest.param(
            b'{"night": "2026-11-23", "revision": 1, "frozen": "f", "files": [{"path": "../../x", "sha256": "",'
            b' "rows": 0, "zone": "analyst", "table": "hits", "class": "hit", "schema_version": "1.0"}]}',
            id="a path out of the store",
        ),
    ],
)
def test_a_damaged_commit_point_is_told_and_nothing_is_published_over_it(store, night, whole_night, content):
    publish(store, night, "f", whole_night())
    commit = store.root / "nights" / "2026-11-23" / "CURRENT.json"
    commit.write_bytes(content)
    for act in (lambda: current(store, night), lambda: publish(store, night, "g", whole_night(1))):
        with pytest.raises(StoreError):
            act()
    assert commit.read_bytes() == content


def test_a_damaged_commit_point_comes_back_from_the_record_of_its_revision(store, night, whole_night):
    now = publish(store, night, "f", whole_night())
    commit = store.root / "nights" / "2026-11-23" / "CURRENT.json"
    commit.write_bytes(b"")
    with pytest.raises(StoreError) as caught:
        current(store, night)
    records = commit.parent / "revisions"
    assert str(records) in caught.value.remedy
    commit.write_bytes(max(records.glob("*.json")).read_bytes())
    assert current(store, night) == now


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda good: [*good, good[0]], id="a table twice"),
        pytest.param(
            lambda good: [Publication(INPUTS, RetentionClass.API, INPUTS.empty())], id="a class not its own"
        ),
        pytest.param(
            lambda good: [Publication(SCORED, RetentionClass.WORK, SCORED.empty())], id="a table of work"
        ),
        pytest.param(
            lambda good: [Publication(HITS, RetentionClass.HIT, good[0].table)], id="columns of another table"
        ),
    ],
)
def test_what_does_not_keep_its_declaration_is_not_published(store, night, whole_night, wrong, tree):
    publish(store, night, "f", whole_night())
    before = tree(store.root)
    with pytest.raises(SchemaError):
        publish(store, night, "g", wrong(whole_night()))
    assert tree(store.root) == before


def test_a_withdrawn_class_leaves_the_night_and_the_rest_stays(store, night, whole_night):
    publish(store, night, "f", whole_night())
    first = revision(store, night, 1)
    new = withdraw(store, night, {("statement_documents", RetentionClass.API)})
    assert (new.revision, new.frozen, len(new.files)) == (2, "f", 4)
    assert read_current(store, night, STATEMENT_DOCUMENTS).num_rows == 10
    assert withdraw(store, night, {("statement_documents", RetentionClass.API)}) == new
    assert read_revision(store, first, STATEMENT_DOCUMENTS).num_rows == 40
    gone = next(store.root / file.path for file in first.files if file.cls is RetentionClass.API)
    gone.unlink()
    assert read_revision(store, first, STATEMENT_DOCUMENTS).num_rows == 10
    next(store.root / file.path for file in first.files if file.cls is RetentionClass.PNR).unlink()
    with pytest.raises(StoreError, match="missing"):
        read_revision(store, first, STATEMENT_DOCUMENTS)
    assert withdraw(store, date(2026, 1, 1), set()) is None


def test_a_reader_beside_a_publisher_sees_one_revision_at_a_time(store, night, whole_night):
    publish(store, night, "f0", whole_night(0))
    faults, seen = [], set()
    done = threading.Event()

    def read():
        while not done.is_set():
            try:
                seen.add(read_current(store, night, NIGHT_HEALTH)["value"][0].as_py())
            except StoreError as fault:
                faults.append(fault)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 12):
        publish(store, night, f"f{number}", whole_night(number))
    done.set()
    reader.join()
    assert faults == []
    assert seen <= {40.0 + number for number in range(12)}


def test_two_publishers_at_once_make_one_revision_of_the_same_content(store, night, whole_night):
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(publish(store, night, "f", whole_night())))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [result.revision for result in results] == [1, 1, 1, 1]
    assert verify_night(store, night) == []


def test_a_folder_beside_the_nights_is_no_night(store, night, whole_night):
    publish(store, night, "f", whole_night())
    (store.root / "nights" / "notes").mkdir()
    (store.root / "nights" / "notes" / "CURRENT.json").write_bytes(b"{}")
    assert nights(store) == [night]
    assert current(store, night).of(INPUTS)[0].rows == 1


def test_a_table_is_found_under_the_name_that_earlier_code_gave_it(store, night, whole_night):
    publish(store, night, "f", whole_night())
    path = store.root / "nights" / night.isoformat() / "CURRENT.json"
    path.write_text(path.read_text().replace(f'"{INPUTS.name}"', '"arrivals"'))
    published = current(store, night)
    assert published.of(INPUTS) == ()
    renamed = dataclasses.replace(INPUTS, former_name="arrivals")
    assert [file.table for file in published.of(renamed)] == ["arrivals"]
    assert read_current(store, night, renamed).num_rows == 1
