"""Bad input: a clear error or finding that says what, where, what happens to the rest, and what to do."""

import gzip
import io
import json
import zipfile

import pyarrow.parquet as pq
import pytest

pytestmark = pytest.mark.slow
NIGHT = "2026-11-23"


def four_parts(text: str) -> bool:
    return all(f"{part}:" in text for part in ("where", "effect", "remedy"))


def zipped(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def test_an_empty_inbox_is_a_broken_feed(by_hand):
    done = by_hand.run(NIGHT, check=3)
    assert "the inbox holds no file" in done.stderr
    assert four_parts(done.stderr)


def test_no_inbox_at_all(by_hand):
    done = by_hand("run", "--night", NIGHT, "--inbox", "elsewhere", check=3)
    assert "the inbox is not there" in done.stderr
    assert four_parts(done.stderr)


def test_a_night_without_a_list_is_refused(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    (by_hand.folder / "profile.toml").unlink()
    done = by_hand.run(NIGHT, check=3)
    assert "there is no alert list" in done.stderr
    assert "screening alerts import" in done.stderr


def test_a_list_whose_file_is_missing_is_named(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    (by_hand.folder / "watch.jsonl").unlink()
    done = by_hand.run(NIGHT, check=3)
    assert "watch" in done.stderr
    assert four_parts(done.stderr)


def test_an_unknown_key_of_the_profile_is_named_with_those_allowed(by_hand, written):
    by_hand.send("a.edi", written.paxlst(written.fillers))
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text() + "\n[gates]\nminimumm = 3\n")
    done = by_hand.run(NIGHT, check=2)
    assert "gates.minimumm" in done.stderr
    assert "minimum" in done.stderr
    assert four_parts(done.stderr)


def test_each_bad_file_costs_itself_and_the_rest_is_screened(by_hand, written):
    def leg(number, destination="VIE"):
        return f"XQ{number}-20261123-ARN-{destination}"

    whole = written.paxlst([*written.fillers, written.ylva])
    by_hand.send("cut.edi", whole[: whole.index("QVARNSTEDT") + 14])
    by_hand.send("other.edi", written.paxlst(written.fillers, flight="XQ0402", destination="GRZ"))
    by_hand.send("count.edi", written.paxlst([written.ylva, *written.fillers], flight="XQ0403", count=9))
    by_hand.send("notes.txt", "shift notes: nothing to report\n")
    by_hand.send("empty.edi", b"")
    by_hand.send("bomb.zip", zipped({"zeros.edi": b"\0" * 50_000_000}))
    text = written.paxlst(written.fillers, flight="XQ0404").encode()
    by_hand.send("a.edi.gz", gzip.compress(text, mtime=0))
    by_hand.send("copy.edi.gz", gzip.compress(text, mtime=0))
    by_hand.send("b.zip", zipped({"b.edi": written.paxlst([written.ylva], flight="XQ0405").encode()}))
    same = written.paxlst([written.ylva], flight="XQ0406").encode()
    by_hand.send("plain.edi", same)
    by_hand.send("same.edi.gz", gzip.compress(same, mtime=0))
    by_hand.send("same.zip", zipped({"first.edi": same, "second.edi": same}))

    # a disk without room publishes nothing, and the next run ends well
    done = by_hand.run(NIGHT, check=3, FILE_LIMIT="6000")
    assert "no room left to write" in done.stderr
    assert four_parts(done.stderr)
    assert not (by_hand.store / "nights" / NIGHT / "CURRENT.json").exists()
    by_hand.run(NIGHT, check=1)

    status = by_hand.status(NIGHT)
    # the travellers before a cut are kept
    row = status[leg(401)]
    assert (row["outcome"], row["travellers"], row["quarantined"]) == ("screened_with_findings", 3, 1)
    folder = by_hand.store / "individual" / "current" / f"night={NIGHT}"
    aside = [row for path in folder.glob("quarantine.*.parquet") for row in pq.read_table(path).to_pylist()]
    assert [row["unit"] for row in aside].count("traveller") == 1
    assert status[leg(402, "GRZ")]["outcome"] == "screened"
    # a wrong count is a finding
    row = status[leg(403)]
    assert (row["travellers"], row["hits"], row["quarantined"]) == (4, 1, 0)
    assert "cnt differs" in row["reason"]
    # what is no message is named, and a bomb is not unpacked
    for name in ("notes.txt", "empty.edi", "bomb.zip"):
        assert status[f"input:{name}"]["outcome"] == "quarantined", name
    assert status["input:bomb.zip"]["reason_code"] in {"unpacked_too_large", "unpack_ratio_exceeded"}
    # equal bytes count once, in whatever wrapping
    assert status[leg(404)]["travellers"] == 3
    assert status[leg(405)]["hits"] == 1
    assert status[leg(406)]["travellers"] == 1
    path = by_hand.store / "landing" / "current" / f"night={NIGHT}" / "inputs.parquet"
    assert {row["name"]: row["status"] for row in pq.read_table(path).to_pylist()}[
        "copy.edi.gz"
    ] == "duplicate"
    assert not list((by_hand.store / "landing" / "incoming").glob("*"))

    # also in a later night
    by_hand.send("again.edi.gz", gzip.compress(same, compresslevel=1, mtime=1))
    by_hand.send("new.edi", written.paxlst(written.fillers, flight="XQ0407"))
    by_hand.run("2026-11-24", check=1)
    assert set(by_hand.status("2026-11-24")) == {leg(407), "input:empty.edi"}

    # a published file that is damaged is named and not read
    document = json.loads((by_hand.store / "nights" / NIGHT / "CURRENT.json").read_text())
    path = by_hand.store / next(entry["path"] for entry in document["files"] if entry["table"] == "outcomes")
    path.write_bytes(path.read_bytes()[:-40])
    done = by_hand("status", "--night", NIGHT, check=3)
    assert "outcomes.parquet" in done.stderr
    assert four_parts(done.stderr)


def test_the_store_of_a_production_needs_its_own_keys(by_hand, written):
    by_hand.send("a.edi", written.paxlst([written.ylva]))
    profile = by_hand.folder / "profile.toml"
    profile.write_text(profile.read_text().replace("[agency]", "[agency]\nproduction = true"))
    done = by_hand.run(NIGHT, check=2)
    assert "screening keys new" in done.stderr
