"""The real entry point in this process, and one small night that is run once and copied where a test changes it."""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

NIGHT = "2026-11-23"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self):
        return json.loads(self.out)


@contextmanager
def _standing_in(folder: Path, words: tuple[str, ...], environment: dict[str, str]) -> Iterator[None]:
    """Set what a process of its own would have: folder, arguments, environment."""
    plain = {"COLUMNS": "400", "NO_COLOR": "1", "SCREENING_ACTOR": "tester"}
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("SCREENING_")]:
            patch.delenv(name)
        for name, value in (plain | environment).items():
            patch.setenv(name, value)
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["screening", *words])
        yield


def call(folder: Path, *words: str, **environment: str) -> Done:
    """Run `screening WORDS` in a folder by the function that the installed script calls."""
    from screening.cli.main import app

    out, err, code = StringIO(), StringIO(), 0
    with _standing_in(folder, words, environment), redirect_stdout(out), redirect_stderr(err):
        try:
            app()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Done(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def command() -> Callable[..., Done]:
    """Run a command line by the real entry point: command(folder, "status", "--night", …)."""
    return call


@dataclass(frozen=True)
class Told:
    """An agency's folder with a night that was run, and ids to fill `{hit}`, `{alert}`, … of a case with."""

    folder: Path
    ids: dict[str, str]

    def words(self, line: str) -> list[str]:
        """Split a case's line at blanks (`_` stands for one in a value) and fill in the ids."""
        return [word.format(**self.ids) for word in line.split()]


@pytest.fixture(scope="session")
def told(made_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Told:
    """The small night, run; read only (what a look-up appends to the record of acts changes no answer)."""
    folder = tmp_path_factory.mktemp("told") / "agency"
    shutil.copytree(made_night, folder)
    ran = call(
        folder, "run", "--night", NIGHT, "--inbox", "inbox", "--list", "inform", "--list", "refuse-entry"
    )
    assert ran.code == 1, ran.out + ran.err
    best, *_, last = call(folder, "hits", "--night", NIGHT, "--format", "json").json()
    entry = call(folder, "quarantine", "list", "--format", "json").json()[0]
    versions = call(folder, "alerts", "versions", "--list", "inform", "--format", "json").json()
    _tables_for_the_matcher(folder)
    return Told(
        folder,
        {
            "night": NIGHT,
            "hit": best["hit_id"],
            "plain_hit": last["hit_id"],
            "evidence": last["evidence_hash"][:12],
            "traveller": best["traveller_id"],
            "alert": best["alert_id"],
            "flight": best["flight_id"],
            "entry": entry["id"],
            "version": versions[0]["version"],
            "head": call(folder, "audit", "head").out.strip(),
            "message": next(path.name for path in sorted((folder / "inbox").glob("*PNRGOV*.edi"))),
        },
    )


@pytest.fixture
def mine(told: Told, tmp_path: Path) -> Told:
    """A copy of the run night that a test may change."""
    shutil.copytree(told.folder, tmp_path / "agency", symlinks=True)
    return Told(tmp_path / "agency", told.ids)


def _tables_for_the_matcher(folder: Path) -> None:
    """Write evaluation tables of one innocent and one traveller who is sought, as outside users bring them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from screening.lab.evaluation_tables import identities
    from screening.matching.traffic import count_traffic

    people = [("T1", "QVARNSTEDT", "YLVALINN", "1984-03-17"), ("T2", "HARTNAGEL", "KORBINIAN", "1961-04-12")]
    travellers = [
        {
            **{"passenger_id": key, "surname": surname, "given_names": given, "dob": born, "sex": "F"},
            **{"nationality": "SE", "doc_type": "P", "doc_number": f"ZZ{key}", "doc_country": "SE"},
        }
        for key, surname, given, born in people
    ]
    alert = {
        **{"entity_id": "E1", "source": "watch", "primary_name": "Qvarnstedt, Ylvalinn", "sex": "F"},
        **{"aliases": ["Ylva Qvarnstedt"], "weak_aliases": ["Ylva"], "dobs": ["1984-03-17"]},
        **{"dob_precisions": ["day"], "nationalities": ["SE"], "birth_country": "SE"},
        **{"doc_numbers": ["ZZT1"], "doc_countries": ["SE"]},
    }
    truth = [
        {"passenger_id": "T1", "kind": "true", "entity_ids": ["E1"]},
        {"passenger_id": "T2", "kind": "inn_plain", "entity_ids": []},
    ]
    hits = [{"passenger_id": "T1", "entity_id": "E1", "score": 30.0}]
    for name, rows in (("travellers", travellers), ("alerts", [alert]), ("truth", truth), ("hits", hits)):
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")
    many = [{**travellers[at % 2], "passenger_id": f"M{at}"} for at in range(1000)]
    pq.write_table(pa.Table.from_pylist(many), folder / "many.parquet")
    pq.write_table(count_traffic(identities(pa.Table.from_pylist(many))), folder / "counts.parquet")
    lines = ["A,x,20", "A,y,3", "A,Total,23", "B,x,9", "B,y,14", "B,Total,23"]
    lines += ["Total,x,29", "Total,y,17", "Total,Total,46"]
    (folder / "people.csv").write_text("\n".join(["row,col,count", *lines, ""]))
    naive = [line.replace(",3", ",") if line == "A,y,3" else line for line in lines]
    (folder / "naive.csv").write_text("\n".join(["row,col,value", *naive, ""]))
    (folder / "publish.toml").write_text('dimensions = ["row", "col"]\n')
    (folder / "names.csv").write_text("name1,name2\nYlva Qvarnstedt,Qvarnstedt Ylva\n")
