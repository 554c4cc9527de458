"""What is corrected or erased stays so: in every zone and revision, over re-runs and kills."""

import gzip
import json
import re
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.casework.subject.conftest import FIRST, SECOND
from tests.casework.subject.conftest import MARTA as MARTA_SENT
from tests.killed import dies_at

MARTA = {"document": "AA7712345", "state": "SWE"}
YLVA = {"document": "ZZ9081726", "state": "SE"}
PLANTED = ("MARTAELIN", "AA7712345", "810412", "1981-04-12", "12APR81")
LEG = "XQ401-20261123-ARN-VIE"


def strings(value) -> str:
    """Every text, number and date in a table, as text."""
    return json.dumps(value, default=str)


def texts(store: Path) -> dict[str, str]:
    """Every file of a store as it can be read: bytes, unpacked bytes, columns of Parquet."""
    found = {}
    for path in sorted(store.rglob("*")):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            name = path.relative_to(store).as_posix()
            found[name] = data.decode("latin_1")
            if data[:2] == b"\x1f\x8b":
                found[f"{name}!"] = gzip.decompress(data).decode("latin_1")
            if path.suffix == ".parquet":
                found[f"{name}:"] = strings(pq.read_table(path).to_pylist())
    return found


def left(agency, planted=PLANTED) -> dict[str, list[str]]:
    held = {name: [one for one in planted if one in text] for name, text in texts(agency.store).items()}
    return {name: ones for name, ones in held.items() if ones}


def test_planted_values_are_in_the_store_before(two_nights):
    assert {one for ones in left(two_nights).values() for one in ones} == set(PLANTED)


def rerun(agency, night):
    """Screen the leg of this night again."""
    done = agency("rerun", "--night", night, "--flight", LEG, "--inbox", "inbox")
    assert done.code == 0, done.out + done.err


def run_again(agency, *nights):
    """Run these nights again, whole."""
    for night in nights:
        done = agency("run", "--night", night, "--again", "--inbox", "inbox")
        assert done.code == 0, done.out + done.err


def adds_up_and_says_erased(agency, night, stage):
    lines = agency.rows("individual", night, "ledger")
    ours = [row for row in lines if row["of"] == "travellers" and row["stage"].startswith(stage)]
    assert sum(row["set_aside"] for row in ours if row["as"] == "erased") >= 1
    for unit in {(row["stage"], row["unit"]) for row in ours}:
        of_unit = [row for row in ours if (row["stage"], row["unit"]) == unit]
        assert sum(row["received"] - row["passed"] - row["set_aside"] for row in of_unit) == 0


def test_the_erased_are_nowhere_and_do_not_come_back(own):
    """One of a booking of two, and when the leg was screened again, the other and one more of the leg."""
    before = [row["name_as_sent"] for row in own.rows("individual", SECOND, "travellers")]
    published = own.rows("aggregate", SECOND, "published")
    done = own.subject("erase", **MARTA)
    assert (done.code, done.err) == (0, "")
    assert [act["act"] for act in own.acts()[-2:]] == ["subject.erase", "subject.erased"]
    assert own.rows("aggregate", SECOND, "published") == published
    for stage in ("erase", "read"):
        assert left(own) == {}
        travellers = own.rows("individual", SECOND, "travellers")
        names = [row["name_as_sent"] for row in travellers]
        assert sorted(names) == sorted(name for name in before if "MARTA" not in name)
        assert "AA8823456" in strings(own.rows("individual", SECOND, "documents"))
        locators = [row["locator"] for row in own.rows("individual", FIRST, "bookings")]
        assert sorted(locators) == ["ABC123", "DEF456"]  # of the other in the booking it stays
        counted = {
            (r["definition"], r["nationality"], r["sex"]): r["count"]
            for r in own.rows("individual", SECOND, "counts")
        }
        assert sum(number for (kind, *_), number in counted.items() if kind == "sex") in {0, len(names)}
        adds_up_and_says_erased(own, SECOND, stage)
        if stage == "erase":
            adds_up_and_says_erased(own, FIRST, stage)
            rerun(own, SECOND)
    assert "nobody is found" in own.subject("find", **MARTA).err
    assert own.subject("erase", **MARTA).code == 2
    for document, state in (("AA8823456", "SE"), ("B1112223", "NGA")):
        assert own.subject("erase", document=document, state=state).code == 0
    of_all = (*PLANTED, "JONASOLOV", "AA8823456", "ABC123", "LINDQUIST", "OKONJO", "B1112223")
    assert left(own, of_all) == {}
    (line,) = [
        row
        for row in own.rows("individual", SECOND, "ledger")
        if (row["stage"], row["as"]) == ("erase", "erased")
    ]
    assert line["set_aside"] == 2
    run_again(own, FIRST, SECOND)
    assert left(own, of_all) == {}
    assert len(own.rows("individual", SECOND, "travellers")) == 2
    for night in (FIRST, SECOND):
        adds_up_and_says_erased(own, night, "read")
    assert own("audit", "verify").code == 0


def test_a_hit_is_erased_with_its_decision_once_it_is_a_false_match(own):
    (hit,) = own.rows("analyst", SECOND, "hits")
    refused = own.subject("erase", **YLVA)
    assert (refused.code, "not decided" in refused.err) == (2, True)
    assert "--decision" not in refused.err  # no remedy says how a person is to decide
    own("decide", hit["hit_id"], "--decision", "inconclusive", "--reason", "seen")
    assert own.subject("erase", **YLVA).code == 2
    assert own("decide", hit["hit_id"], "--decision", "true_match", "--reason", "seen").code == 0
    done = own.subject("erase", **YLVA)
    assert (done.code, "true match" in done.err) == (2, True)
    assert left(own, ("YLVALINN",))
    again = ("decide", hit["hit_id"], "--decision", "false_match", "--reason", "another person")
    asked = own(*again)  # what the remedy names, in its order
    earlier = re.search(r"--instead-of ([0-9a-f]+)", asked.err)
    assert (asked.code, earlier is not None) == (2, True), asked.err
    assert own(*again, "--instead-of", earlier[1]).code == 0
    assert own.subject("erase", **YLVA).code == 0
    assert left(own, ("YLVALINN", "ZZ9081726")).keys() <= {
        name for name in texts(own.store) if name.startswith("alerts/")
    }
    assert list((own.store / "analyst" / "acts").rglob("*.parquet")) == []
    assert own("audit", "verify").code == 0


def test_masked_columns_are_found_not_shown_and_erased(own):
    profile = own.folder / "profile.toml"
    terms = "".join(f"{name} = 876000\n" for name in ("api", "pnr", "settled", "hit"))
    profile.write_text(f"{profile.read_text()}[retention]\n{terms}[masking]\nafter_hours = 1\n")
    assert own("retention", "purge").code == 0
    assert not left(own, ("MARTAELIN", "AA7712345"))
    found = json.loads(own.subject("find", "--format", "json", **MARTA).out)
    rows = {row["table"]: row["rows"] for row in found if row["where"].startswith("masked")}
    assert rows["statements"] == rows["travellers"] == 1
    report = own.subject("report", **MARTA)
    assert report.code == 0
    assert "masked" in report.out
    assert not [one for one in PLANTED if one in report.out]
    done = own.subject("erase", **MARTA)
    assert (done.code, done.err) == (0, "")
    assert "nobody is found" in own.subject("find", **MARTA).err
    assert json.loads(own.subject("find", "--format", "json", document="AA8823456").out)[0]["rows"] == 1


def test_a_legal_hold_is_kept(own):
    (row,) = [r for r in own.rows("individual", SECOND, "travellers") if r["given_names"] == "MARTAELIN"]
    held = own("hold", "set", "--traveller", row["traveller_id"], "--reason", "case 3/26")
    assert held.code == 0, held.err
    done = own.subject("erase", **MARTA)
    assert (done.code, "legal hold" in done.err) == (2, True)
    assert left(own)


def test_a_run_that_has_not_ended_is_kept(own):
    (own.store / "work" / "2026-11-24-0001").mkdir(mode=0o700, parents=True)
    done = own.subject("erase", **MARTA)
    assert (done.code, "not finished" in done.err) == (2, True)
    assert left(own)


BEFORE_INTENT = ["audit.half_line", "landing.before_index", "landing.after_index"]
AFTER_INTENT = ["rewriting.after_intent", "revisions.before_current", "rewriting.before_removal:1"]
AFTER_INTENT += ["rewriting.before_proof", "rewriting.before_end"]


@pytest.mark.parametrize("points", [BEFORE_INTENT, AFTER_INTENT], ids=["before intent", "after intent"])
def test_an_erasure_killed_anywhere_is_ended_by_the_same_command(own, points):
    """The command is killed a little further each time, and at last it ends."""
    for point in points:
        assert dies_at(point, lambda: own.subject("erase", **MARTA)) == -signal.SIGKILL, point
    done = own.subject("erase", **MARTA)
    assert done.code == 0, done.err
    assert left(own) == {}
    assert own("audit", "verify").code == 0
    assert own.rows("analyst", SECOND, "hits")
    assert (own.store / "analyst" / "reports" / f"night={SECOND}" / "report.html").exists()


def statement(agency, given) -> dict:
    rows = agency.rows("individual", SECOND, "statements")
    return next(row for row in rows if row["given_names"] == given)


CORRECTED = [
    ("MARTAELIN", "date_of_birth", "1981-04-13", "1981-04-13"),
    ("JONASOLOV", "surname", "Lindkvist", "LINDKVIST"),
    ("BAKARI", "nationality", "FIN", "FI"),
    ("YLVALINN TORBJORG", "sex", "", "None"),
]


def test_corrections_are_published_and_hold_over_every_rerun(own):
    """One of every field, each of another person of the leg, and a document that becomes the one sought."""
    as_sent = {given: statement(own, given) for given, *_ in CORRECTED}
    ids = {row["statement_id"] for row in as_sent.values()}
    for given, field, typed, _ in CORRECTED:
        head, _, rest = as_sent[given]["statement_id"].partition(":")
        words = ("subject", "correct", f"{head[:8]}:{rest}", "--field", field, "--reason", "seen")
        done = own(*words, typed=(typed,))
        assert (done.code, done.err) == (0, ""), field
        commands = [line for line in done.out.splitlines() if line.startswith("screening rerun")]
        assert commands == [f"screening rerun --night {SECOND} --flight {LEG}"], field

    def stand():
        rows = own.rows("individual", SECOND, "statements")
        return {row["statement_id"]: row for row in rows if row["statement_id"] in ids}

    published = stand()
    for given, field, _, value in CORRECTED:
        sent = as_sent[given]
        row = published[sent["statement_id"]]
        assert str(row[field]) == value
        assert [found["code"] for found in row["findings"]] == ["value_corrected"], field
        for kept in ("name_as_sent", "birth_as_sent"):
            assert row[kept] == sent[kept], field
    drummond = statement(own, "ISLA MAY")["statement_id"]
    words = ("subject", "correct", drummond, "--field", "document.0.number", "--reason", "seen")
    for number in ("ZZ 9081762", "ZZ 9081726"):  # the second corrects the first
        assert own(*words, typed=(number,)).code == 0
    hits = len(own.rows("analyst", SECOND, "hits"))
    for again in (rerun, run_again):
        again(own, SECOND)
        assert stand() == published
        assert len(own.rows("analyst", SECOND, "hits")) == hits + 1  # the document is compared anew
        travellers = own.rows("individual", SECOND, "travellers")
        for given, field, _, value in CORRECTED:
            row = next(r for r in travellers if as_sent[given]["statement_id"] in r["statement_ids"])
            assert value in {str(row[field]), str((row.get(f"other_{field}s") or [None])[0]), "None"}, field
    acts = [act["act"] for act in own.acts() if act["act"].startswith("subject.")]
    assert acts == ["subject.correct", "subject.corrected"] * (len(CORRECTED) + 2)


@pytest.mark.parametrize(
    ("which", "field", "typed"),
    [
        ("own", "seat", "1A"),
        ("own", "date_of_birth", "13.4.1981"),
        ("own", "sex", "female"),
        ("own", "nationality", "Atlantis"),
        ("own", "document.3.number", "X1234567"),
        ("own", "document.0.number", ""),
        ("00000000:1:1", "surname", "X"),
    ],
)
def test_what_cannot_be_corrected_is_refused(own, which, field, typed):
    name = statement(own, "MARTAELIN")["statement_id"] if which == "own" else which
    done = own("subject", "correct", name, "--field", field, "--reason", "seen", typed=(typed,))
    assert (done.code, done.out) == (2, "")
    assert not typed or typed not in done.err


def test_a_correction_goes_with_the_person(own):
    name = statement(own, "MARTAELIN")["statement_id"]
    own("subject", "correct", name, "--field", "surname", "--reason", "seen", typed=("Lindkvist",))
    assert own.subject("erase", **MARTA).code == 0
    assert left(own, (*PLANTED, "LINDKVIST")) == {}


def landed_bytes(agency) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((agency.store / "landing/content").rglob("*.bin")))


ASIDE = "2026-11-24"
EINAR = {"name": "Solbergdal, Einarvik", "born": "1962-03-09"}


def test_people_in_what_was_set_aside_are_told_and_erased(own, written):
    """A list whose envelope is lost, and a note: a person who stands nowhere else, and one who does."""
    folder = own.folder / "inbox" / f"night={ASIDE}"
    folder.mkdir()
    people = [("SOLBERGDAL", "EINARVIK", "620309", "M", "NOR", "NO5512345"), MARTA_SENT, written.fillers[0]]
    whole = written.paxlst(people)
    (folder / "lost.edi").write_text(whole[whole.index("BGM") : whole.index("UNT")])
    (folder / "note.txt").write_text("Call them back\nMarta Elin Lindquist, 12.04.1981\nSolbergdal: phone\n")
    (folder / "only.txt").write_text("Einarvik Solbergdal, 1962-03-09\n")  # blank, it would be no entry
    own("run", "--night", ASIDE, "--inbox", "inbox")
    waiting = json.loads(own("quarantine", "list", "--night", ASIDE, "--format", "json").out)
    assert len(waiting) == 3
    told = json.loads(own.subject("report", **EINAR).out)
    parts = [part for part in told["parts"] if "could not be read" in part["title"]]
    assert "EINARVIK" in strings(parts)
    assert "MARTA" not in strings(told)
    before = landed_bytes(own)
    refused = own.subject("erase", **EINAR)
    assert (refused.code, "this entry still waits" in refused.err) == (2, True)
    assert landed_bytes(own) == before
    entry = re.search(r"quarantine show (\S+)`", refused.err)[1]
    own("quarantine", "release", entry, "--reason", "granted", "--as", "anna", "--second", "ben")
    done = own.subject("erase", **EINAR)
    assert (done.code, "2 entries of the quarantine" in done.out) == (0, True)
    assert "1 files removed whole" in done.out
    assert left(own, ("EINARVIK", "620309", "NO5512345")) == {}
    assert own.subject("erase", **MARTA).code == 0
    assert left(own, (*PLANTED, "Marta Elin")) == {}
    for again in (True, False):
        after = json.loads(own("quarantine", "list", "--night", ASIDE, "--format", "json").out)
        assert [(one["id"], one["length"]) for one in after] == [
            (one["id"], one["length"]) for one in waiting
        ]
        for one in after:
            (shown,) = json.loads(own("quarantine", "show", one["id"], "--format", "json").out)
            assert shown["erased"] > 0
        assert written.fillers[0][0].encode() in landed_bytes(own)
        assert left(own, (*PLANTED, "Marta Elin", "EINARVIK", "Einarvik", "620309")) == {}
        if again:
            own("run", "--night", ASIDE, "--again", "--inbox", "inbox")
    assert own("audit", "verify").code == 0
