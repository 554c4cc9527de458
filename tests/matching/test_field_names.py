"""Names as the field sends them: who is found and who is not, at the threshold of a list of 12,641 names.

The shared cases are skipped where they are not at hand; `CASES` has invented ones of the same kinds.
"""

import csv
import datetime as dt
import json
from pathlib import Path

import pytest

from screening.matching.match import match
from screening.matching.thresholds import threshold

SHARED = Path(__file__).parents[2] / "../shared/data/field-cases/lists"
NAMES_OF_THE_LIST = 12_641  # as in the shared cases: fillers change the threshold, never a score
FLOOR = -100_000
# What names alone cannot decide, and what it waits for.
WAITING = {
    ("03", "glued"): "six tokens written as one",
    ("07", "all glued"): "a whole name written as one",
    ("07", "whole glued cut"): "a whole name written as one",
    ("07", "TRANVANBAO"): "a whole name with a particle written as one",
    ("07", "given+MS"): "a title glued: cut off by what makes travellers comparable, not here",
}

# (traveller's surname, given names, born, State; listed name, born, State; hit?)
CASES = [
    pytest.param("MONTALVERNE", "TIAGO", "1971-04-09", "BR", "MONTALVERNE JUNIOR, Tiago", "1971-04-09", "BR", True, id="generation dropped"),
    pytest.param("CARVALHO JUNIOR", "EDSON", "1971-08-30", "BR", "MONTALVERNE JUNIOR, Tiago", "1971-04-09", "BR", False, id="nothing but a generation"),
    pytest.param("SOKOLOV", "MAKSIM OLEGOVICH", "1987-02-21", "RU", "DREMLYUGIN, Maksim Olegovich", "1987-10-07", "RU", False, id="given name and patronymic"),
    pytest.param("ORLOVA", "ANNA ANATOLYEVNA", "1987-10-21", "RU", "DREMLYUGINA, Vera Anatolyevna", "1987-10-07", "RU", False, id="patronymic and month"),
    pytest.param("SMIRNOV", "ANDREI", "1970-01-02", "RU", "ANDREICHUK, Leonid", "1970-01-01", "RU", False, id="a given name begins a surname"),
    pytest.param("HIRSI", "ABDINASIR WARSAME", "1974-02-05", "SO", "Cabdinaasir Warsaame Xirsi", "1974", "SO", True, id="listed in Somali spelling"),
    pytest.param("XIRSI", "CABDINAASIR WARSAAME", "1974-02-05", "SO", "Abdinasir Warsame Hirsi", "1974", "SO", True, id="traveller in Somali spelling"),
    pytest.param("LEE", "SUNGHYUN", "1964-03-09", "KP", "RI, Song-hyon", "1964-03-09", "KP", True, id="Korean, joined and respelt"),
    pytest.param("KWON", "UN CHUNG", "1984-03-09", "KR", "GWON, Eun Jeong", "1984-03-09", "KR", True, id="Korean, other table"),
    pytest.param("", "UTINMYO", "1969-10-02", "MM", "Tin Myo", "1969-10-02", "MM", True, id="Burmese title glued"),
    pytest.param("SZETO", "KINKWOK", "1970-05-06", "CN", "SITU, Jianguo", "1970-05-06", "CN", True, id="Cantonese, joined"),
    pytest.param("DZHURICHICH", "DZHORDZHE", "1969-04-04", "RU", "Đorđe Đuričić", "1969-04-04", "RS", True, id="Serbian through Russian"),
    pytest.param("LINDSKAER", "OTTO", "1971-03-11", "", "Lindsk?r, Otto", "1971-03-11", "", True, id="a letter lost"),
]  # fmt: skip


def span(text):
    precision = {4: "year", 7: "month", 10: "day"}[len(text)]
    first = dt.date.fromisoformat(text.ljust(10, "-")[:4] + (text[4:] or "-01-01"))
    return (first, first.replace(month=12, day=31) if precision == "year" else first, precision, 0)


def scores(make_index, identities, model, listed, travellers):
    """Return the score of each traveller with their target; None without a pair."""
    index = make_index(
        {
            f"own:{key}": {
                "names": [(name, 0) for name in (full, *aliases)],
                "dates": [span(born)] if born else [],
                "facts": [("sex", sex), *([("nationality", state)] if state else [])],
            }
            for key, (full, aliases, born, sex, state) in listed.items()
        }
    )
    rows = {
        str(at): (surname, given, born, listed[target][3], state, [])
        for at, (surname, given, born, state, target) in enumerate(travellers)
    }
    found = match(identities(rows), index, floor=FLOOR).to_pylist()
    of = {(row["traveller_id"], row["alert_id"]): row["score"] for row in found}
    return [of.get((str(at), f"own:{row[4]}")) for at, row in enumerate(travellers)]


@pytest.fixture(scope="module")
def scored(make_index, identities, model):
    values = [case.values for case in CASES]
    listed = {str(at): (name, [], born, "M", state) for at, (*_, name, born, state, _) in enumerate(values)}
    travellers = [(*value[:4], str(at)) for at, value in enumerate(values)]
    return scores(make_index, identities, model, listed, travellers)


@pytest.mark.parametrize("at", range(len(CASES)), ids=[case.id for case in CASES])
def test_names_of_the_field(scored, model, at):
    hit = CASES[at].values[-1]
    assert (scored[at] is not None and scored[at] >= threshold(model, 1.0, NAMES_OF_THE_LIST)) == hit, scored[
        at
    ]


SHARED_FILES = sorted(SHARED.glob("*.listed.json"))


@pytest.mark.skipif(not SHARED_FILES, reason="the shared cases are not at hand")
@pytest.mark.parametrize("path", SHARED_FILES, ids=lambda path: path.name.split(".")[0])
def test_shared_cases(make_index, identities, model, path):
    listed = json.loads(path.read_text("utf-8"))
    rows = list(
        csv.DictReader(
            path.with_name(path.name.replace(".listed.json", ".csv")).read_text("utf-8").splitlines()
        )
    )
    fields = ("surname", "given_names", "dob", "nationality", "target")
    found = scores(
        make_index, identities, model, listed, [tuple(row[name] for name in fields) for row in rows]
    )
    at_least = threshold(model, 1.0, NAMES_OF_THE_LIST)
    wrong = [
        (row["case"], row["want"], score)
        for row, score in zip(rows, found, strict=True)
        if row["want"] != "?" and (row["want"] == "hit") != (score is not None and score >= at_least)
    ]
    waiting = {case for at, case in WAITING if path.name.startswith(at)}
    assert {case for case, *_ in wrong} == waiting, wrong
