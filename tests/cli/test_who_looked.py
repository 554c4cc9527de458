"""Who looked: each command that shows individuals leaves an act, with who and why and without names; the others
show nobody. The table names every command: a new one needs a line.
"""

import gzip
import json
from pathlib import Path

import pytest

from screening.cli.main import tree

# Commands that show individuals: the line, lines typed, the act that it leaves.
LOOKS = {
    "hits": ("hits --as berta --reason case_14", (), "hits.list"),
    "hit": ("hit {hit} --as berta --reason case_14", (), "hit.show"),
    "trace": ("trace {hit} --as berta --reason case_14", (), "hit.trace"),
    "report": ("report --as berta --reason case_14", (), "report.write"),
    "lookup": ("lookup --name - --reason case_14 --as berta", ("DOE, JANE",), "person.lookup"),
    "why": ("why {traveller} {alert} --as berta", (), "pair.why"),
    "decide": ("decide {plain_hit} --decision false_match --reason case_14 --as berta", (), "hit.decide"),
    "handout": ("handout --for desk3 --as berta --reason case_14", (), "hits.handout"),
    "evaluate": ("evaluate --from-decisions --as berta --reason case_14", (), "hits.evaluate"),
    "read": ("read inbox/{message} --format json --as berta --reason case_14", (), "message.read"),
    "explain": ("explain inbox/{message} --show-names --as berta --reason case_14", (), "message.explain"),
    "quarantine show": (
        "quarantine show {entry} --bytes --show-names --as berta",
        (),
        "quarantine.show_names",
    ),
    "alerts check": ("alerts check --list inform --as berta --reason case_14", (), "list.check"),
    "alerts diff": (
        "alerts diff --list inform --from {version} --to {version} --as berta --reason case_14",
        (),
        "list.diff",
    ),
    "alerts export": (
        "alerts export --list inform --out out.jsonl --as berta --reason case_14",
        (),
        "list.export",
    ),
    "alerts pending": ("alerts pending --as berta --reason case_14", (), "alerts.pending"),
    "alerts due": ("alerts due --as berta --reason case_14", (), "alerts.due"),
    "clearances list": ("clearances list --as berta --reason case_14", (), "clearances.list"),
    "subject find": ("subject find --reason case_14 --as berta", ("", "", "{number}", ""), "subject.find"),
    "subject report": (
        "subject report --reason case_14 --as berta",
        ("", "", "{number}", ""),
        "subject.report",
    ),
    "subject correct": (
        "subject correct {statement} --field residence --reason case_14 --as berta",
        ("BEL",),
        "subject.corrected",
    ),
    "subject erase": (
        "subject erase --reason case_14 --as berta",
        ("", "", "{number}", ""),
        "subject.erased",
    ),
}
# What each of these uses the data for, where it is not the review of hits.
PURPOSES = {
    "enquiry": ("lookup", "why"),
    "mending": ("read", "explain", "quarantine show"),
    "lists": ("alerts check", "alerts diff", "alerts export", "alerts pending", "alerts due"),
    "rights": ("subject find", "subject report", "subject correct", "subject erase"),
}
PURPOSE = dict.fromkeys(LOOKS, "review") | {name: use for use, names in PURPOSES.items() for name in names}
LAW = """
[law]
purposes = ["border_checks", "serious_crime"]
[law.uses]
screening = ["border_checks", "serious_crime"]
"""
# Commands that show nobody: the line that would show most.
SHOWS_NOBODY = {
    "status": "status --format json",
    "nights": "nights --format json",
    "tables": "tables --format json",
    "read": "read inbox/{message}",
    "explain": "explain inbox/{message}",
    "quarantine list": "quarantine list --all --format json",
    "quarantine show": "quarantine show {entry} --bytes",
    "alerts list": "alerts list --format json",
    "alerts versions": "alerts versions --list inform --format json",
    "model versions": "model versions --format json",
    "thresholds": "thresholds --format json",
    "shift": "shift --from 2026-11-23T00:00 --to 2099-01-01T00:00 --format json",
    "profile check": "profile check",
    "audit verify": "audit verify",
    "audit head": "audit head",
    "keys show": "keys show",
    "keys list": "keys list --format json",
    "profile outside": "profile outside --night {night} --format json",
    "retention due": "retention due --format json",
    "store check": "store check --format json",
    "hold list": "hold list --format json",
    "unmask list": "unmask list --format json",
    "run": "run --night {night} --inbox inbox --list inform --list refuse-entry",
    "rerun": "rerun --night {night} --flight {flight} --inbox inbox",
}
# Commands that show nothing of a store, or whose act another test looks at.
ELSEWHERE = {
    "unmask show": "shows masked columns on approval; recorded (tests/protection/test_masking.py)",
    "unmask request": "recorded, shows nobody",
    "unmask approve": "recorded, shows nobody",
    "hold set": "recorded, shows nobody",
    "hold release": "recorded, shows nobody",
    "quarantine replay": "recorded, shows nobody",
    "quarantine release": "recorded, shows nobody",
    "alerts import": "recorded, shows counts",
    "alerts release": "recorded, shows nobody",
    "alerts activate": "recorded, shows nobody",
    **dict.fromkeys(
        [f"alerts {word}" for word in ("nominate", "amend", "extend", "withdraw", "approve", "reject")],
        "recorded, shows who proposes or decides ids alone (tests/casework/test_own_alerts.py)",
    ),
    "clearances end": "recorded, shows nobody",
    **dict.fromkeys(
        ["alerts merge", "alerts keep-apart", "alerts unmerge"],
        "recorded, shows nobody (tests/casework/test_alert_quality.py)",
    ),
    **dict.fromkeys(
        [
            f"alerts {word}"
            for word in ("package", "accept", "acknowledge", "flag", "exchange", "ask", "answer")
        ],
        "recorded where something is sent or taken, shows counts (tests/list_keeping)",
    ),
    "alerts conformance": "a file, no store",
    **dict.fromkeys(
        [f"keys signing {word}" for word in ("new", "use", "show", "list")],
        "recorded, shows nobody (tests/cli/test_exchange_commands.py)",
    ),
    **dict.fromkeys(
        ["confirm", "undo", "note", "outcome"],
        "acts of their own, recorded (tests/casework/test_decisions.py)",
    ),
    "review serve": "pages record who looked (tests/review)",
    **dict.fromkeys(
        [f"review account {word}" for word in ("add", "end", "list", "password", "roles")],
        "accounts of analysts, no traveller (tests/review)",
    ),
    "rescreen": "recorded, shows counts",
    "model count": "shows counts",
    "model propose": "recorded, shows counts",
    "model activate": "recorded, shows nobody",
    "model deactivate": "recorded, shows nobody",
    "profile notify": "shows nobody",
    "audit mend": "recorded, shows nobody",
    "keys new": "recorded, shows nobody",
    "keys rotate": "recorded, shows nobody",
    "keys link": "recorded, shows nobody",
    "keys retire": "recorded, shows nobody",
    "profile explain": "the agency's words, no store",
    "profile diff": "the agency's words, no store",
    "publish": "a table of counts, no store",
    "statistics show": "protected figures alone (tests/aggregates)",
    "statistics export": "protected figures alone (tests/aggregates)",
    "retention purge": "recorded, shows counts",
    "store migrate": "recorded, shows nights (tests/cli/test_older_stores.py)",
    "airflow run": "as run",
    "airflow backfill": "starts runs in the scheduler, which shows nobody",
    "airflow dags": "where DAG files lie, no store",
    "airflow serve": "Airflow's own pages hold no person (tests/dags)",
    "generate": "invented people, no store",
    "match": "files of the laboratory, no store",
    "compare": "files of the laboratory, no store",
    "statement night": "recorded, shows counts (tests/casework/test_handout.py)",
    "statement person": "recorded, says what was typed (tests/casework/test_handout.py)",
    "statement verify": "says what its file says, no store",
    "fuzz": "generated messages, no store",
    "schemas": "declarations, no store",
    "benchmark night": "generated people, no store",
    "benchmark read": "generated people, no store",
    "benchmark large": "generated people, no store",
    "benchmark evaluation-set": "files of the laboratory, no store",
    "benchmark match": "files of the laboratory, no store",
    "benchmark lists": "generated people, no store",
    "benchmark accuracy": "files of the laboratory, no store",
    "benchmark candidates": "files of the laboratory, no store",
    "benchmark capacity": "generated people, no store",
}


def leaves(command, path=()):
    for name, inner in getattr(command, "commands", {}).items():
        yield from leaves(inner, (*path, name))
    if path and not hasattr(command, "commands"):
        yield " ".join(path)


def test_every_command_stands_in_a_table():
    assert set(leaves(tree)) == {*LOOKS, *SHOWS_NOBODY, *ELSEWHERE}


def acts(folder: Path) -> list[dict]:
    paths = sorted((folder / "store" / "audit").glob("audit-*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]


def people(folder: Path) -> set[str]:
    """Names and numbers of everybody in the inbox's API, as they are written."""
    found = set()
    for path in (folder / "inbox").glob("*PAXLST*"):
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        for line in data.decode("latin_1").replace("\n", "").split("'"):
            parts = line.strip().split("+")
            if parts[0] == "NAD" and parts[1] != "MS" and len(parts) > 4:
                found.add(parts[4].split(":")[0])
            if parts[0] == "DOC" and len(parts) > 2:
                found.add(parts[2].split(":")[0])
    long = {one for one in found if len(one) > 5}
    assert len(long) > 100
    return long


def somebody(folder: Path) -> dict[str, str]:
    """Number of a document, and a statement, of somebody without a hit."""
    import pyarrow.parquet as pq

    night = folder / "store" / "individual" / "current" / "night=2026-11-23"
    hits = pq.read_table(folder / "store/analyst/current/night=2026-11-23/hits.parquet")["traveller_id"]
    documents = pq.read_table(night / "documents.parquet").to_pylist()
    travellers = {r["traveller_id"]: r for r in pq.read_table(night / "travellers.parquet").to_pylist()}
    numbers = [row["number"] for row in documents]
    row = next(
        row
        for row in documents
        if row["traveller_id"] not in hits.to_pylist()
        and numbers.count(row["number"]) == 1
        and travellers[row["traveller_id"]]["date_of_birth"]
    )
    return {"number": row["number"], "statement": travellers[row["traveller_id"]]["statement_ids"][0]}


@pytest.mark.parametrize("name", LOOKS)
def test_who_looks_at_individuals_is_recorded(name, mine, command, monkeypatch):
    import io

    line, typed, act = LOOKS[name]
    ids = mine.ids | somebody(mine.folder)
    lines = "".join(f"{one.format(**ids)}\n" for one in typed)
    monkeypatch.setattr("sys.stdin", io.StringIO(lines))
    before = len(acts(mine.folder))
    done = command(mine.folder, *(word.format(**ids) for word in line.split()))
    assert done.code in {0, 1}, done.err
    fresh = acts(mine.folder)[before:]
    (made,) = [one for one in fresh if one["act"] == act]
    assert made["actor"] == "berta"
    assert made["objects"]
    assert made["purpose"] == PURPOSE[name]
    assert "--reason" not in line or made["reason"] == "case_14"
    text = json.dumps(fresh)
    assert not [one for one in people(mine.folder) if one in text]


def test_what_the_profile_does_not_allow_is_refused_and_rights_are_not(mine, command, monkeypatch):
    import io

    profile = mine.folder / "profile.toml"
    profile.write_text(profile.read_text() + LAW)
    ids, before = mine.ids | somebody(mine.folder), len(acts(mine.folder))
    for name, (line, typed, act) in LOOKS.items():
        if name in {"subject correct", "subject erase"}:
            continue
        lines = "".join(f"{one.format(**ids)}\n" for one in typed)
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        done = command(mine.folder, *(word.format(**ids) for word in line.split()))
        fresh, before = acts(mine.folder)[before:], len(acts(mine.folder))
        if PURPOSE[name] == "rights":
            assert [one["purpose"] for one in fresh if one["act"] == act] == ["rights"], done.err
        else:
            assert (name, done.code, done.out, fresh) == (name, 2, "", [])
            assert f"does not allow individuals' data to be used for `{PURPOSE[name]}`" in done.err


def test_the_record_says_which_purposes_of_the_law_a_use_serves(mine, command):
    profile = mine.folder / "profile.toml"
    profile.write_text(profile.read_text() + LAW + 'review = ["serious_crime"]\n')
    assert command(mine.folder, "hits").code == 0
    assert acts(mine.folder)[-1]["purpose"] == "review: serious_crime"
    assert command(mine.folder, "audit", "verify").code == 0


@pytest.mark.parametrize("name", SHOWS_NOBODY)
def test_what_is_not_recorded_shows_nobody(name, mine, command):
    done = command(mine.folder, *mine.words(SHOWS_NOBODY[name]))
    assert done.code in {0, 1}, done.err
    assert not [one for one in people(mine.folder) if one in done.out]


@pytest.mark.parametrize("line", ["hits", "trace {hit}", "report", "alerts check --list inform"])
def test_where_it_cannot_be_recorded_it_is_shown_and_said(line, mine, command):
    (mine.folder / "store" / "audit" / "head.json").write_text("{")
    done = command(mine.folder, *mine.words(line))
    assert done.code == 0
    assert done.out
    assert "not recorded that you looked" in done.err
    assert "screening audit verify" in done.err


@pytest.mark.parametrize("line", ["lookup --name DOE,JANE --reason x", "why {traveller} {alert}"])
def test_what_answers_about_one_person_is_refused_where_it_cannot_be_recorded(line, mine, command):
    (mine.folder / "store" / "audit" / "head.json").write_text("{")
    done = command(mine.folder, *mine.words(line))
    assert (done.code, done.out) == (3, "")


def test_a_file_is_read_where_there_is_no_store(told, command, tmp_path):
    path = told.folder / "inbox" / told.ids["message"]
    done = command(tmp_path, "explain", str(path), "--show-names")
    assert (done.code, done.err) == (0, "")
    assert list(tmp_path.iterdir()) == []
