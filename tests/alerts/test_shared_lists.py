"""Real public lists and the facts they state; skipped where the corpus is not at hand (it is no part of ours)."""

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from screening.alerts.diff import diff
from screening.alerts.gate import check
from screening.alerts.importers import IMPORTERS
from screening.alerts.model import ImportOptions
from screening.identity.documents import normalise_number
from screening.profile.model import ListGate
from screening.tables.errors import InputError

CORPUS = Path(__file__).parents[2] / "../shared/data/alert-lists"
EXPECTED = json.loads((CORPUS / "expected.json").read_text()) if (CORPUS / "expected.json").exists() else {}
pytestmark = pytest.mark.skipif(not EXPECTED, reason="the shared corpus is not at hand")
TYPES = {"passport": "P", "travel_document": "TD", "national_id": "I"}
INVENTED = "samples/invented"
SOURCES = {
    "ofac": ("ofac", "ofac", "ofac-"),
    "ofac_pair_2021_08_24": ("ofac", "ofac-pair/2021-08-24", "ofac-"),
    "ofac_pair_2021_11_23": ("ofac", "ofac-pair/2021-11-23", "ofac-"),
    "un_2018_06_07": ("un", "un-pair/2018-06-07.xml", "un-"),
    "un_2018_10_29": ("un", "un-pair/2018-10-29.xml", "un-"),
    "un_excerpt": ("un", "samples/un_excerpt.xml", "un-"),
    "opensanctions_ftm": ("ftm", "samples/opensanctions/entities.ftm.json", ""),
    "opensanctions_simple": ("opensanctions", "samples/opensanctions/targets.simple.csv", ""),
    "invented_uk_sanctions_list": ("uk", f"{INVENTED}/uk_sanctions_list.csv", "uk-"),
    "invented_uk_conlist": ("uk", f"{INVENTED}/uk_conlist.csv", "ukcon-9"),
    "invented_eu_fsf_1_1": ("eu", f"{INVENTED}/eu_fsf_1_1.xml", "eu-"),
}


def load(source, path):
    place = CORPUS / path
    files = sorted(place.iterdir()) if place.is_dir() else [place]
    return IMPORTERS[source].read({file.name: file.read_bytes() for file in files}, ImportOptions("list"))


@pytest.fixture(scope="module")
def lists():
    return {key: load(source, path) for key, (source, path, _) in SOURCES.items()} if EXPECTED else {}


@pytest.fixture(scope="module")
def persons(lists):
    return {key: people(found) for key, found in lists.items()}


def people(found):
    """Each alert as the corpus states it; aliases with a birth date of their own are another identity."""
    groups = {name: defaultdict(list) for name in ("names", "dates", "documents", "facts")}
    for name, rows in groups.items():
        for row in getattr(found, name).to_pylist():
            rows[row["alert_id"]].append(row)
    return {
        row["source_id"]: person(*(groups[name][row["alert_id"]] for name in groups))
        for row in found.alerts.to_pylist()
    }


def person(names, dates, documents, facts):
    return {
        "names": [(name["kind"], name["full"].casefold()) for name in names],
        "dobs": sorted((d["value"], d["precision"]) for d in dates if d["value"] and d["identity"] == 0),
        "sex": sorted(fact["value"] for fact in facts if fact["kind"] == "sex"),
        "nationalities": sorted({fact["value"] for fact in facts if fact["kind"] == "nationality"}),
        "documents": sorted(
            (TYPES[d["type"]], d["number"], d["issuing_state"] or "") for d in documents if d["type"] in TYPES
        ),
    }


def names_of(one, *kinds):
    return sorted(name for kind, name in one["names"] if kind in kinds)


@pytest.mark.parametrize("key", SOURCES)
def test_every_individual_and_alias_is_there(key, persons):
    expected, found = EXPECTED[key], persons[key].values()
    assert len(found) == expected.get("individuals", expected.get("rows"))
    aliases = sum(len(names_of(one, "alias", "former")) for one in found)
    weak = sum(len(names_of(one, "weak")) for one in found)
    assert aliases == expected.get("aliases_after_split", expected["aliases"])
    assert weak == expected.get("weak_aliases_after_split", expected.get("weak_aliases", 0))


@pytest.mark.parametrize("key", SOURCES)
def test_dates_have_the_precision_that_the_source_has(key, persons):
    expected, found = EXPECTED[key], persons[key].values()
    counted = Counter(precision for one in found for _, precision in one["dobs"])
    assert sum(counted.values()) == expected["dobs"]
    if wanted := expected.get("dobs_by_precision"):
        wanted = Counter(wanted)
        whole = expected.get("whole_year_ranges", 0)  # 1 January to 31 December means the year
        assert (
            counted
            == Counter({**wanted, "year": wanted["year"] + whole, "range": wanted["range"] - whole})
            + Counter()
        )


@pytest.mark.parametrize("key", [key for key in SOURCES if key.startswith(("ofac", "un_"))])
def test_sex_and_nationality_are_read_where_the_source_has_them(key, persons):
    expected, found = EXPECTED[key], persons[key].values()
    in_words = sum(count for word, count in expected["source"].items() if word.startswith("country not read"))
    assert sum(bool(one["sex"]) for one in found) == expected["with_sex"]
    # what the corpus' reader left aside as sentences ("possibly Palestinian") is a possible nationality here
    assert 0 <= sum(bool(one["nationalities"]) for one in found) - expected["with_nationality"] <= in_words


def cases():
    for key, (_, _, prefix) in SOURCES.items():
        for record in EXPECTED.get(key, {}).get("records", []):
            if key != "invented_uk_conlist":
                yield pytest.param(key, record["id"].removeprefix(prefix), record, id=f"{key}-{record['id']}")


@pytest.mark.parametrize(("key", "source_id", "record"), list(cases()))
def test_a_listed_record_says_what_the_source_says(key, source_id, record, persons):
    one = persons[key][source_id]
    assert names_of(one, "primary") == [record["primary_name"].casefold()]
    assert names_of(one, "weak") == sorted(name.casefold() for name in record["weak_aliases"])
    held = " ".join(name for _, name in one["names"])
    for alias in record["aliases"]:
        assert alias.casefold() in names_of(one, "alias", "former")
    if original := record.get("original_script"):
        assert original.casefold() in held
    assert one["sex"] == sorted(record["sex"])
    assert one["nationalities"] == sorted(set(record["nationalities"]))
    assert one["dobs"] == sorted(map(tuple, record["dobs"]))
    documents = {(kind, number): state for kind, number, state in one["documents"]}
    wanted = {(kind, number): state or "" for kind, number, state in record["documents"]}
    assert documents.keys() == wanted.keys()
    assert all(documents[key] == state for key, state in wanted.items() if state)


def test_documents_of_an_ofac_list_are_counted_alike(persons):
    for key in ("ofac", "ofac_pair_2021_08_24", "ofac_pair_2021_11_23"):
        assert sum(len(one["documents"]) for one in persons[key].values()) == EXPECTED[key]["documents"]


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        pytest.param("ofac_pair_2021_08_24", "ofac_pair_2021_11_23", "ofac_pair_diff", id="OFAC"),
        pytest.param("un_2018_06_07", "un_2018_10_29", "un_pair_diff", id="UN"),
    ],
)
def test_two_publications_differ_as_stated_and_pass_the_gate(old, new, key, lists):
    found, expected = diff(lists[old], lists[new]), EXPECTED[key]
    assert {name.split("-", 1)[1] for name in expected["added_ids"]} == set(found.added)
    assert {name.split("-", 1)[1] for name in expected["removed_ids"]} == set(found.removed)
    assert (len(found.changed), found.unchanged) == (expected["changed"], expected["unchanged"])
    assert check(lists[new], lists[old], ListGate()).passed


def test_stolen_documents_are_one_alert_each():
    found, expected = (
        load("documents", f"{INVENTED}/stolen_documents.csv"),
        EXPECTED["invented_stolen_documents"],
    )
    assert sorted(map(normalise_number, found.documents["number"].to_pylist())) == expected["numbers"]
    assert (found.counts["doubled"], found.counts["rejected"]) == (
        expected["duplicate_rows"],
        expected["rejected_rows"],
    )


def test_a_file_whose_columns_stand_one_off_is_refused():
    with pytest.raises(InputError, match="shifted"):
        load("uk", "samples/uk_conlist_2018_damaged.csv")
