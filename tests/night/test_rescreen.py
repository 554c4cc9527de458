"""Held travellers against what lists have changed: equal to a full screening, less what was found before."""

import json
from datetime import UTC, date, datetime

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.messages_by_hand import Agency

NIGHT = "2026-11-23"


def table(by_hand, name, night=NIGHT):
    zone = {"hits": "analyst", "evidence": "analyst"}.get(name, "individual")
    return pq.read_table(by_hand.store / zone / "current" / f"night={night}" / f"{name}.parquet")


def alert(written, source_id, person, **more):
    surname, given, born, *_ = person
    name = {
        **written.sought["names"][0],
        "full": f"{surname}, {given}",
        "surname": surname,
        "given_names": given,
    }
    day = f"19{born[:2]}-{born[2:4]}-{born[4:]}"
    dates = [{"value": day, "from": day, "to": day, "precision": "day", "identity": 0}]
    return {
        **written.sought, "alert_id": f"watch:{source_id}", "source_id": source_id, "names": [name], "dates_of_birth": dates,
        "sex": [], "nationalities": [], "documents": [], **more,
    }  # fmt: skip


def lists(by_hand, *alerts):
    """A new version in use, whatever the gate says of its size."""
    (by_hand.folder / "watch.jsonl").write_text("".join(json.dumps(one) + "\n" for one in alerts))
    done = by_hand("alerts", "import", "canonical", "watch.jsonl", "--list", "watch", "--format", "json")
    [row] = json.loads(done.stdout)
    if not row["active"]:
        by_hand(
            "alerts", "release", "--list", "watch", "--version", row["version"], "--reason", "test", check=0
        )


def pairs(hits):
    return {
        (hit["traveller_id"], of, hit["evidence_hash"]) for hit in hits.to_pylist() for of in hit["alert_ids"]
    }


@pytest.fixture(scope="module")
def screened_once(tmp_path_factory, screening, written):
    """A night with one hit: of the alert A1, which stays; A2 will be withdrawn."""
    bakari = written.fillers[0]
    agency = Agency(tmp_path_factory.mktemp("screened") / "agency", screening)
    agency.send("api.edi", written.paxlst([written.ylva, *written.fillers]))
    lists(agency, alert(written, "A1", written.ylva), alert(written, "A2", bakari))
    agency.run(NIGHT)
    return agency


@pytest.fixture
def screened(screened_once, tmp_path):
    return screened_once.copy(tmp_path / "agency")


def test_a_rescreen_finds_what_a_full_screening_finds_less_what_was_found(screened, written, promised):
    isla = written.fillers[1]
    before = table(screened, "hits")
    assert before.num_rows == 2
    people = {name: table(screened, name) for name in ("travellers", "documents", "flights")}
    lists(
        screened,
        alert(written, "A1", written.ylva),  # as it was
        alert(written, "A3", isla),  # added; A2 is withdrawn
        alert(written, "A4", written.ylva, severity=5),  # added, the person of A1
        alert(written, "A5", ("NOBODY", "ATALL", "500101")),
    )
    [row] = screened.json("rescreen", "--days", "3000")
    after = table(screened, "hits")
    assert (row["travellers"], row["alerts"], row["closed"]) == (4, 3, [hit_of(before, "watch:A2")])
    assert pairs(after) == full(screened, people) | pairs(
        before.filter(pc.equal(before["alert_id"], "watch:A2"))
    )
    late = after.filter(pc.fill_null(after["rescreened"], False))
    assert sorted(late["hit_id"].to_pylist()) == sorted(row["late_hits"])
    assert {tuple(ids) for ids in late["alert_ids"].to_pylist()} == {("watch:A3",), ("watch:A1", "watch:A4")}
    for name, published in people.items():
        assert table(screened, name).equals(published)
    shown = screened.json("hits", "--night", NIGHT)
    assert {hit["hit_id"] for hit in shown} == set(after["hit_id"].to_pylist())
    assert {hit["hit_id"] for hit in shown if hit["rescreened"]} == set(row["late_hits"])

    bytes_then = promised(screened.store)
    assert screened.json("rescreen", "--days", "3000") == []
    assert promised(screened.store) == bytes_then
    assert screened("audit", "verify").returncode == 0

    screened("rerun", "--night", NIGHT, "--flight", "XQ401", check=0)
    assert pairs(late) <= pairs(table(screened, "hits"))


def hit_of(hits, alert_id):
    return next(hit["hit_id"] for hit in hits.to_pylist() if alert_id in hit["alert_ids"])


def full(by_hand, people):
    """Pairs that a screening of everybody against the whole list in use raises."""
    from screening.hits.raising import Before
    from screening.list_keeping.lists import active_version
    from screening.night import batches
    from screening.night.frozen import published_frozen
    from screening.store.zones import Store

    store = Store(by_hand.store)
    frozen = published_frozen(store, date.fromisoformat(NIGHT), 1)
    frozen = frozen.with_lists(2, {"watch": active_version(store, "watch")}, (frozen.moment, ""))
    legs = tuple(people["flights"]["flight_id"].to_pylist())
    raised = batches.screen(
        frozen, frozen.keys(store), batches.watch(store, frozen), Before.nothing(), people, batches.Batch("u", "l", legs)
    )  # fmt: skip
    return pairs(raised.hits)


def test_an_alert_that_says_something_else_replaces_its_hit_and_one_that_says_the_same_does_not(
    screened, written
):
    isla = written.fillers[1]
    before = table(screened, "hits")
    lists(
        screened,
        alert(written, "A1", written.ylva, severity=5),  # the same evidence
        alert(written, "A2", (*written.fillers[0][:2], "900201")),  # another day of birth
        alert(written, "A9", isla, expires="2020-01-01"),  # over before the night
    )
    [row] = screened.json("rescreen", "--days", "3000")
    after = table(screened, "hits")
    kept = pc.equal(after["hit_id"], hit_of(before, "watch:A1"))
    assert (
        after.filter(kept).to_pylist()
        == before.filter(pc.equal(before["hit_id"], hit_of(before, "watch:A1"))).to_pylist()
    )
    assert all("watch:A9" not in ids for ids in after["alert_ids"].to_pylist())
    assert set(row["replaced"]) <= {hit_of(before, "watch:A2")}
    assert row["closed"] == []


@pytest.mark.parametrize("at", ["save_frozen", "publish", "record_publication"])
def test_killed_anywhere_the_next_one_ends_in_the_same_bytes(screened, written, promised, monkeypatch, at):
    from screening.night import rescreen as stages
    from screening.night.settings import load_settings

    lists(screened, alert(written, "A1", written.ylva), alert(written, "A3", written.fillers[1]))
    monkeypatch.chdir(screened.folder)
    settings, night = load_settings(), date.fromisoformat(NIGHT)
    real, calls = getattr(stages, at), []

    def killed(*given, **named):
        calls.append(at)
        if (
            at == "record_publication" and len(calls) == 1
        ):  # the one that says what an earlier process could not
            return real(*given, **named)
        if at != "publish":
            real(*given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(stages, at, killed)
    with pytest.raises(KeyboardInterrupt):
        stages.rescreen(settings, night, actor="anna", told=lambda done, of: None)
    monkeypatch.setattr(stages, at, real)
    if at == "publish":
        screened.send("more.edi", written.paxlst(written.fillers[:1], flight="XQ0402", reference="9"))
        screened.run(NIGHT)  # a run takes no half re-screen up
    first = stages.rescreen(settings, night, actor="anna", told=lambda done, of: None)
    found = {tuple(ids) for ids in table(screened, "hits")["alert_ids"].to_pylist()}
    assert ("watch:A3",) in found
    assert stages.waiting(settings, 3000, datetime.now(UTC)) == []
    assert screened("audit", "verify").returncode == 0
    assert first.revision >= 2


def test_a_list_that_was_left_out_on_purpose_is_not_taken_in_later(by_hand, written):
    by_hand.send("api.edi", written.paxlst([written.ylva]))
    lists(by_hand, alert(written, "A1", written.ylva))
    (by_hand.folder / "extra.jsonl").write_text(json.dumps(alert(written, "A1", written.ylva)) + "\n")
    by_hand("alerts", "import", "canonical", "extra.jsonl", "--list", "extra", check=0)
    by_hand("run", "--night", NIGHT, "--inbox", "inbox", "--list", "watch", check=0)
    assert by_hand.json("rescreen", "--days", "3000") == []
    (by_hand.folder / "new.jsonl").write_text(json.dumps(alert(written, "A1", written.ylva)) + "\n")
    by_hand("alerts", "import", "canonical", "new.jsonl", "--list", "new", check=0)
    [row] = by_hand.json("rescreen", "--days", "3000")
    [hit] = table(by_hand, "hits").to_pylist()
    assert hit["alert_ids"] == ["new:A1", "watch:A1"]
    assert row["replaced"]
