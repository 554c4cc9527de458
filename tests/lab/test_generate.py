"""The generator: same seed, same bytes; whatever was put in is found; the innocent have the same noise."""

import hashlib
import json
import random
import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from screening.alerts.importers import IMPORTERS
from screening.alerts.model import ImportOptions
from screening.lab.generate.alert_lists import draw_lists, draw_plants
from screening.lab.generate.cultures import load_cultures
from screening.lab.generate.flights import draw_flights
from screening.lab.generate.night import Size, generate
from screening.lab.generate.noise import OPERATIONS, as_hosts_write, distorted, distorted_date
from screening.messages.read import read_input
from screening.messages.syntax.unpack import unpack
from screening.profile.load import parse_profile
from screening.profile.model import Intake
from screening.tables.errors import UsageError

NIGHT = date(2026, 11, 23)
SIZE = Size(flights=45, travellers=1100, alerts=120)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    generate(folder, NIGHT, SIZE, seed=11)
    return folder


@pytest.fixture(scope="module")
def readings(night):
    """Readings by file; members of an archive under the archive's name."""
    found = {}
    for path in sorted((night / "inbox").iterdir()):
        members = unpack(path.read_bytes(), path.name, Intake()).members
        found[path.name] = [read_input(member.data, Intake()) for member in members]
    return found


@pytest.fixture(scope="module")
def truth(night):
    return pq.read_table(night / "truth" / "truth.parquet").to_pylist()


def test_same_seed_gives_the_same_bytes(night, tmp_path):
    generate(tmp_path / "again", NIGHT, SIZE, seed=11)
    assert hashes(tmp_path / "again") == hashes(night)


def test_another_seed_gives_other_people(night, tmp_path):
    generate(tmp_path / "other", NIGHT, SIZE, seed=12)
    other = hashes(tmp_path / "other")
    assert other["truth/truth.parquet"] != hashes(night)["truth/truth.parquet"]


def test_an_earlier_generation_is_replaced_whole(tmp_path):
    generate(tmp_path, NIGHT, SIZE, seed=1)
    generate(tmp_path, NIGHT, SIZE, seed=2)
    generate(tmp_path / "fresh", NIGHT, SIZE, seed=2)
    kept = {name: value for name, value in hashes(tmp_path).items() if not name.startswith("fresh/")}
    assert kept == hashes(tmp_path / "fresh")


def test_a_folder_with_other_files_is_refused(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(UsageError, match="not generated"):
        generate(tmp_path, NIGHT, SIZE, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_every_planted_fault_is_found_under_its_code(night, readings):
    faults = json.loads((night / "truth" / "faults.json").read_text())
    assert len({fault["fault"] for fault in faults}) > 12
    for fault in faults:
        found = set()
        for reading in readings[fault["file"]]:
            found |= {finding.code for finding in reading.findings}
            for message in reading.messages:
                found |= {finding.code for finding in message.findings}
                found |= {finding.code for one in message.travellers for finding in one.findings}
            found |= {code for quarantined in reading.quarantined for code in quarantined.codes}
        assert set(fault["codes"]) <= found, fault["file"]


def test_files_without_a_planted_fault_are_read_whole(night, readings):
    faulty = {fault["file"] for fault in json.loads((night / "truth" / "faults.json").read_text())}
    for name, parts in readings.items():
        if name not in faulty:
            assert not any(reading.quarantined for reading in parts), name
            assert all(message.complete for reading in parts for message in reading.messages), name


def test_every_readable_traveller_of_the_truth_is_read_on_their_leg(readings, truth):
    seen = set()
    for parts in readings.values():
        for reading in parts:
            for message in reading.messages:
                for traveller in message.travellers:
                    names = (
                        as_hosts_write(traveller.surname or ""),
                        as_hosts_write(traveller.given_names or ""),
                    )
                    for leg in message.legs:
                        if leg.flight_id:
                            seen.add((leg.flight_id, traveller.locator, names[0]))
                            for document in traveller.documents:
                                seen.add((leg.flight_id, document.number))
    by_locator = [row for row in truth if row["readable"] and row["in_api"] and row["locator"]]
    us = {
        row["flight_id"] for row in truth if row["flight_id"].startswith("S0")
    }  # that dialect has no locators
    missing = [
        row["passenger_id"]
        for row in by_locator
        if (row["flight_id"], row["locator"], row["surname"]) not in seen and row["flight_id"] not in us
    ]
    assert missing == []
    lost = [
        row["passenger_id"]
        for row in truth
        if row["readable"]
        and row["doc_number"]
        and row["in_api"]
        and (row["flight_id"], row["doc_number"]) not in seen
    ]
    assert lost == []


def test_whoever_cannot_be_read_is_innocent(truth):
    unreadable = [row for row in truth if not row["readable"]]
    assert unreadable
    assert {row["kind"].partition("_")[0] for row in unreadable} == {"inn"}


def test_lists_of_the_profile_hold_every_planted_alert(night, truth):
    profile = parse_profile((night / "profile.toml").read_text(), name="profile.toml")
    ids = set()
    for policy in profile.lists:
        path = night / policy.path
        mapping = (night / policy.mapping).read_bytes() if policy.mapping else None
        options = ImportOptions(policy.id, policy.category, policy.severity, policy.authority, mapping)
        imported = IMPORTERS[policy.source].read({path.name: path.read_bytes()}, options)
        assert not imported.findings, policy.id
        ids |= set(imported.alerts["alert_id"].to_pylist())
    assert len(ids) == SIZE.alerts
    planted = {entity for row in truth for entity in row["entity_ids"]}
    assert planted
    assert planted <= ids


def test_profile_is_a_demonstration(night):
    assert tomllib.loads((night / "profile.toml").read_text())["agency"]["production"] is False


def test_truth_has_all_kinds_and_only_true_ones_name_alerts(truth):
    kinds = Counter(row["kind"] for row in truth)
    assert {"true", "inn_passenger", "inn_crew", "inn_infant", "nm_other_date", "nm_sibling"} <= set(kinds)
    assert all(bool(row["entity_ids"]) == (row["kind"] == "true") for row in truth)


def test_inbox_holds_every_kind_of_container(night):
    endings = Counter(path.suffix for path in (night / "inbox").iterdir())
    assert {".edi", ".gz", ".zip", ".txt"} <= set(endings)


def test_listed_and_innocent_get_the_same_noise():
    """Else a matcher learns noise as guilt: 20,000 names of one culture, kinds of noise within 2 points."""
    culture, shares = load_cultures()["arabic"], []
    for name in ("listed", "innocent"):
        rng = random.Random(name)
        counts = Counter()
        for _ in range(20_000):
            _, _, done = distorted(rng, "AL MASRI", "MOHAMED HASSAN", culture)
            counts.update(done or ("none",))
        shares.append({kind: count / 20_000 for kind, count in counts.items()})
    assert all(abs(shares[0].get(kind, 0) - shares[1].get(kind, 0)) < 0.02 for kind in (*OPERATIONS, "none"))


@pytest.mark.parametrize("culture", load_cultures().values(), ids=lambda culture: culture.key)
def test_each_culture_gives_names_that_hosts_can_write(culture):
    rng = random.Random(culture.key)
    from screening.tables.codes import Sex

    names = [culture.name(rng, sex) for sex in (Sex.MALE, Sex.FEMALE) for _ in range(200)]
    assert all(surname for surname, _ in names)
    for surname, given in names:
        written = as_hosts_write(f"{surname} {given}")
        assert written.replace(" ", "").isalpha(), written
        assert written.isascii()
    assert len(set(names)) > 150


@pytest.mark.parametrize("culture", load_cultures().values(), ids=lambda culture: culture.key)
def test_noise_never_empties_a_name(culture):
    rng = random.Random(f"noise/{culture.key}")
    from screening.tables.codes import Sex

    for _ in range(300):
        surname, given = culture.name(rng, Sex.MALE)
        noisy = distorted(rng, surname, given, culture)
        assert noisy[0] or noisy[1]
        assert bool(noisy[2]) == ((surname, given) != noisy[:2])


def test_a_date_with_noise_is_named_and_never_in_the_future():
    rng = random.Random("dates")
    for _ in range(3000):
        born, operation = distorted_date(rng, date(2026, 11, 22), NIGHT)
        assert born is None or born <= NIGHT
        assert (born is None) == (operation == "missing")
        assert (born == date(2026, 11, 22)) == (operation == "exact")


def test_flights_of_a_night_are_legs_with_times_that_fit():
    flights = draw_flights(random.Random(5), NIGHT, 200, 20_000)
    ids = [leg.flight_id for flight in flights for leg in flight.legs]
    assert len(set(ids)) == len(ids)
    assert sum(flight.travellers for flight in flights) == pytest.approx(20_000, rel=0.01)
    assert all(0 <= (flight.departure.date() - NIGHT).days <= 3 for flight in flights)


def test_plants_never_sit_on_a_flight_that_cannot_be_used():
    lists = draw_lists(random.Random(1), 100, NIGHT)
    plants = draw_plants(random.Random(2), lists, 500, NIGHT)
    before = len(plants.queue)
    assert all(plants.next(safe=False) is None for _ in range(500))
    assert len(plants.queue) == before
    assert plants.next(safe=True) is not None
