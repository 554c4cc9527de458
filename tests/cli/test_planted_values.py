"""After each act nobody is named in a file outside the zones of persons.

Names and numbers of everybody on a manifest or a list are searched in aggregates (columns of Parquet too), the
record of acts, outcomes, frozen sets, proofs, statements. Acts that show individuals: test_who_looked.py; what a
run under Airflow writes: tests/dags.
"""

import io
import json
from pathlib import Path

import pyarrow.parquet as pq

from tests.cli.test_who_looked import people, somebody

PERSONS = ("individual/", "analyst/", "alerts/", "landing/")

# In one store, one after the other; what is typed stands after the line. All succeed.
ACTS = [
    ("decide {hit} --decision true_match --reason seen --as anna",),
    ("undo {hit} --reason wrong_row --as anna",),
    ("decide {hit} --decision false_match --reason other_person --as anna",),
    ("confirm {hit} --as ben",),
    ("note {plain_hit} --text waits --as anna",),
    ("decide {plain_hit} --decision false_match --reason other_person --as anna",),
    ("outcome {hit} --met --at 2026-11-23T06:40 --as gate7",),
    ("hold set --hit {hit} --reason court --as anna",),
    ("unmask request --hit {hit} --case 12/26 --reason suspicion --as anna",),
    ("quarantine release {entry} --reason test_file --as anna",),
    ("alerts merge {alert} {other} --reason same_passport --as anna",),
    ("alerts unmerge {alert} {other} --reason not_the_same --as anna",),
    ("rescreen --days 9999",),
    ("subject correct {statement} --field residence --reason seen --as anna", "BEL"),
    ("subject erase --reason asked --as anna", "", "", "{number}", ""),
    ("rerun --night {night} --flight {flight} --inbox inbox",),
    ("run --night {night} --inbox inbox --again --list inform --list refuse-entry",),
    ("statistics export --period 2026-11-23 --out statistics",),
    ("keys signing new",),
    ("statement night --night {night} --out night.jws --reason court --as anna",),
    ("keys new",),
    ("keys rotate --reason copy_lost --as officer",),
    ("retention purge --as officer",),
    ("audit verify",),
]


def listed(folder: Path) -> set[str]:
    """Surnames and numbers of documents of everybody on a list in use, as they are written."""
    found: set[str] = set()
    for path in (folder / "store" / "alerts").rglob("alert_*.parquet"):
        for column in {"surname", "number"} & set(pq.read_schema(path).names):
            found |= set(pq.read_table(path, columns=[column], partitioning=None)[column].to_pylist())
    long = {one for one in found if one and len(one) > 5}
    assert len(long) > 100
    return long


def outside(folder: Path) -> dict[str, str]:
    """Every file outside the zones of persons as text, columns of Parquet too."""
    found = {}
    for root in (folder / "store", folder / "statistics", folder / "night.jws"):
        for path in [root, *root.rglob("*")]:
            name = path.relative_to(root).as_posix()
            if path.is_file() and not path.is_symlink() and not name.startswith(PERSONS):
                found[name] = path.read_bytes().decode("latin_1")
                if path.suffix == ".parquet":
                    found[name] += json.dumps(pq.read_table(path, partitioning=None).to_pylist(), default=str)
    return found


def test_no_act_names_anybody_outside_the_zones(mine, command, monkeypatch):
    alerts = [row["alert_id"] for row in command(mine.folder, "hits", "--format", "json").json()]
    ids = (
        mine.ids | somebody(mine.folder) | {"other": next(one for one in alerts if one != mine.ids["alert"])}
    )
    planted = people(mine.folder) | listed(mine.folder)
    before: dict[str, str] = {}
    for line, *typed in ACTS:
        keys = {"SCREENING_KEYS": str(mine.folder / "keys")} if line.startswith(("keys", "statement")) else {}
        lines = "".join(f"{one.format(**ids)}\n" for one in typed)
        monkeypatch.setattr("sys.stdin", io.StringIO(lines))
        done = command(mine.folder, *(word.format(**ids) for word in line.split()), **keys)
        assert done.code == 0, (line, done.err)
        now = outside(mine.folder)
        changed = {name: text for name, text in now.items() if text != before.get(name)}
        assert [name for name, text in changed.items() if any(one in text for one in planted)] == [], line
        before = now
