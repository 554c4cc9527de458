"""What a profile does, in words: the shipped examples, their sources, and what differs between two."""

import tomllib
from pathlib import Path

import pytest

from screening.profile.explain import NO_SOURCE, differences, explain
from screening.profile.load import parse_profile
from screening.profile.model import Profile
from screening.tables.errors import ProfileError

FOLDER = Path(__file__).parents[2] / "docs" / "profiles"
EXAMPLES = sorted(FOLDER.glob("*.toml"))
GOLDEN = Path(__file__).parent / "golden"


def read(path):
    return parse_profile(path.read_text(), name=path.name)


def words(profile):
    return "\n".join(one.prose() for one in explain(profile)) + "\n"


def test_there_are_five_examples():
    assert [path.stem for path in EXAMPLES] == [
        "eu-api-borders",
        "eu-pnr",
        "icao-annex-9",
        "uk-pnr",
        "us-pnr",
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_in_words(path):
    assert words(read(path)) == (GOLDEN / f"{path.stem}.txt").read_text()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_what_the_law_decides_has_a_source(path):
    law = ("law.", "intake.flights", "intake.elements", "masking", "retention.api", "retention.pnr")
    profile = read(path)
    without = [one.key for one in explain(profile) if one.source == NO_SOURCE and one.key.startswith(law)]
    pnr_is_read = profile.intake.elements.pnr != ()
    assert [key for key in without if pnr_is_read or not key.startswith("retention.pnr")] in (
        [],
        ["retention.api"],
    )


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_key_of_an_example_stands_in_its_sections(path):
    assert Profile.model_validate(tomllib.loads(path.read_text())) == read(path)


def test_a_profile_without_law_says_so():
    told = {one.key: one.says for one in explain(Profile())}
    assert told["law.title"] == "The profile carries out: no law is named."
    assert told["law.purposes"] == "It names no purpose."
    assert told["intake.flights.inbound"] == "Flights from other States into the State: all are processed."
    assert told["masking.after_hours"] == "Nothing is masked after a time."
    assert all(one.source == NO_SOURCE for one in explain(Profile()))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            'hours = 4320\nclock = "receipt"\noutcome = "none"',
            "PNR of travellers without a hit is kept 180 days from receipt, then deleted.",
            id="outcome and clock",
        ),
        pytest.param(
            "hours = 72",
            "PNR is kept 3 days from the end of the night that received it, then deleted, whatever its outcome.",
            id="every outcome",
        ),
        pytest.param(
            'hours = 48\nclock = "departure"',
            "PNR is kept 48 hours from departure of the flight, then deleted, whatever its outcome.",
            id="hours from departure",
        ),
    ],
)
def test_a_term_in_words(text, expected):
    profile = parse_profile(f'[[retention.terms]]\nkind = "pnr"\n{text}\n', name="p")
    assert expected in [one.says for one in explain(profile)]


def test_the_longest_name_decides_the_source():
    profile = parse_profile(
        '[law.sources]\nretention = "law A"\n"retention.pnr" = "law B art. 2"\n', name="p"
    )
    found = {one.key: one.source for one in explain(profile)}
    assert (found["retention.pnr"], found["retention.api"], found["clearing"]) == (
        "law B art. 2",
        "law A",
        NO_SOURCE,
    )


def test_a_source_of_no_clause_is_an_error():
    with pytest.raises(ProfileError) as told:
        parse_profile('[law.sources]\n"retention.pnr.somebody" = "law"\n', name="p.toml")
    assert "`retention.pnr.somebody`" in str(told.value)
    assert "law.sources" in told.value.where


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('path = "s.csv"', "no message has come by its departure is named"),
        ('path = "s.csv"\nhours_before = 24', "no message has come 24 hours before its departure is named"),
        ("hours_before = 24", None),
    ],
)
def test_flights_that_are_due_are_told_where_a_schedule_is(keys, says):
    profile = parse_profile(f"[intake.expected]\n{keys}\n", name="a")
    found = [clause.says for clause in explain(profile) if clause.key == "intake.expected"]
    assert len(found) == (says is not None)
    assert all(says in one for one in found)


def test_two_profiles_differ_in_words_and_values():
    first = parse_profile("[disclosure]\nthreshold = 5\n", name="a")
    second = parse_profile('[disclosure]\nthreshold = 10\n[law.sources]\nclearing = "law"\n', name="b")
    found = {(one.kind, one.key): (one.first, one.second) for one in differences(first, second)}
    assert found.keys() == {
        ("clause", "disclosure.threshold"),
        ("clause", "clearing"),
        ("value", "disclosure.threshold"),
    }
    assert found["value", "disclosure.threshold"] == ("5", "10")
    assert found["clause", "disclosure.threshold"][1].startswith("No published cell counts fewer than 10")
    assert found["clause", "clearing"][1].endswith("(law)")
    assert differences(first, first) == []


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param('[intake.flights]\ninbound = "none"', "intake.flights", id="no home"),
        pytest.param('[intake.flights]\nhome = ["Germany"]', "intake.flights.home.0", id="no code of a State"),
        pytest.param('[intake.flights]\nhome = ["DE"]\ninbound = "some"', "intake.flights.inbound", id="no such word"),
        pytest.param(
            '[intake.flights]\nhome = ["DE"]\n[[intake.flights.selected]]\nid = "A"\nauthority = "c"\n'
            "since = 2026-01-01\nreview = 2026-02-01\nuntil = 2026-03-01",
            "intake.flights",
            id="a decision that decides nothing",
        ),
        pytest.param(
            '[intake.flights]\nhome = ["DE"]\nintra_region = "selected"\n[[intake.flights.selected]]\nid = "A"\n'
            'authority = "c"\nsince = 2026-01-01\nreview = 2026-04-01\nuntil = 2026-03-01',
            "intake.flights.selected.0",
            id="a review after the end",
        ),
        pytest.param('[intake.elements]\npnr = ["names"]', "intake.elements", id="a list without what is needed"),
        pytest.param('[intake.elements]\napi = ["mood"]', "intake.elements.api.0", id="no such element"),
        pytest.param(
            '[intake]\nsensitive_remarks = false\n[intake.elements]\n'
            'pnr = ["locator", "travel_dates", "names", "itinerary"]',
            "intake",
            id="remarks kept by one key and left out by another",
        ),
        pytest.param("[law]\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01", "law", id="an end before the beginning"),
        pytest.param('[law]\npurposes = ["Anything!"]', "law.purposes.0", id="no word for a purpose"),
        pytest.param('[law]\nauthor = "x"', "law.author", id="unknown key"),
    ],
)  # fmt: skip
def test_what_does_not_hold_names_its_key(text, key):
    with pytest.raises(ProfileError) as told:
        parse_profile(text, name="p.toml")
    assert told.value.where == f"p.toml: {key}"


def test_words_of_the_law_decide_no_row():
    text = '[law]\ntitle = "A"\n[law.sources]\nclearing = "law"\n'
    assert parse_profile(text, name="p").deciding() == Profile().deciding()
    assert parse_profile('[law]\npurposes = ["terrorism"]', name="p").deciding() != Profile().deciding()
