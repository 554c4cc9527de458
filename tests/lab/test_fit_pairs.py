"""The fit of pairs of names: from labelled invented names to coefficients."""

import csv
import json
from itertools import pairwise

import numpy as np
import pytest

from screening.lab.fit_pairs import best_threshold, cross_validated, f1, labelled, main
from screening.matching.pair_features import FEATURES

GIVEN = ("Arvid", "Belinda", "Corvin", "Dorothea", "Egmont", "Friderike", "Gundolf", "Hedwiga")
SURNAMES = ("Quorvenbeck", "Altmannsried", "Zwickelsdorf", "Brandhuberin")
ROWS = [
    *((f"{given} {surname}", f"{surname}, {given}", True) for given in GIVEN for surname in SURNAMES),
    *((f"{given} {surname}", f"{given[:-1]} {surname}", True) for given in GIVEN for surname in SURNAMES[:2]),
    *((f"{a} {s}", f"{b} {s}", False) for a, b in pairwise(GIVEN) for s in SURNAMES),
]


def test_f1_and_its_best_threshold():
    same, score = np.array([1.0, 1.0, 0.0, 0.0]), np.array([4.0, 3.0, 2.0, 1.0])
    assert best_threshold(same, score) == 3.0
    assert f1(same, score, 3.0) == 1.0
    assert f1(same, score, 1.0) == pytest.approx(2 / 3)


def test_pairs_that_share_a_name_are_one_group():
    found = labelled(
        [("Ada Quorv", "A Quorv", True), ("A Quorv", "Adam Quorv", False), ("Bo Li", "Bo Lee", True)]
    )
    assert found.groups[0] == found.groups[1] != found.groups[2]


def test_what_tells_names_apart_is_learnt():
    mean, deviation = cross_validated(labelled(ROWS), splits=5)
    assert mean > 0.95
    assert deviation < 0.1


def test_the_command_writes_coefficients_and_no_name(tmp_path):
    with (tmp_path / "pairs.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name1", "name2", "is_match"])
        writer.writerows((one, other, str(same).lower()) for one, other, same in ROWS)
    main(["--pairs", str(tmp_path / "pairs.csv"), "--out", str(tmp_path / "pairs.json")])
    text = (tmp_path / "pairs.json").read_text("utf-8")
    assert set(json.loads(text)["bits"]) == set(FEATURES)
    assert not any(name.lower() in text.lower() for name in (*GIVEN, *SURNAMES))
