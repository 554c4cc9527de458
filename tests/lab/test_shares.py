"""Shares before any history: small sources in, shares by State and over all out."""

import json

import pytest

from screening.lab.shares import Census, main, read_census, read_popular, shares_of

FORENAMES = "Country,Gender,Localized Name,Romanized Name\nAA,M,Абв,Abv\nAA,M,Где,Gde\nAA,F,Жзи,Zhzi\n"
SURNAMES = (
    "Country,Rank,Localized Name,Romanized Name,Percent\nAA,1,X,Quorv,2 %\nAA,2,X,Van Belt,1\nBB,1,X,Quorv,\n"
)


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "census.csv").write_text("last_name,count\nSmithen,900\nQuorv,100\n")
    (tmp_path / "forenames.csv").write_text(FORENAMES)
    (tmp_path / "surnames.csv").write_text(SURNAMES)
    return tmp_path


def test_each_source_gives_shares_of_its_states(sources):
    census = Census()
    read_census(sources / "census.csv", census)
    read_popular(sources / "forenames.csv", "given", census)
    read_popular(sources / "surnames.csv", "surname", census)
    states = census.states()
    assert states["US"] == pytest.approx({"SMITHEN": 0.405, "QUORV": 0.045})
    assert states["AA"]["QUORV"] == pytest.approx(0.01)
    assert states["AA"]["VAN"] == states["AA"]["BELT"] == pytest.approx(0.0025)
    assert states["AA"]["ABV"] > states["AA"]["GDE"] > 0
    assert 0 < states["BB"]["QUORV"] < 0.5


def test_overall_shares_weigh_states_by_traffic_and_left_out_states_are_unknown():
    by_state = {"EG": {"SAMIR": 0.1}, "US": {"SMITHEN": 0.2}}
    traffic = {"EG": 0.25, "US": 0.5, "JO": 0.25}
    overall, within = shares_of(by_state, traffic)
    assert overall == pytest.approx({"SAMIR": 0.1 * 0.25 + 0.05 * 0.25, "SMITHEN": 0.1})
    assert within["JO"] == pytest.approx({"SAMIR": 0.05})  # half of what its neighbours bear
    overall, within = shares_of(by_state, traffic, left_out=frozenset({"EG", "JO"}))
    assert set(overall) == {"SMITHEN"}
    assert set(within) == {"US"}


def test_the_command_writes_a_file_that_names_its_sources(sources):
    names = [f"--{name}={sources / name}.csv" for name in ("census", "forenames", "surnames")]
    main([*names, "--leave-out", "SO,DJ", "--out", str(sources)])
    read = json.loads((sources / "tokens.json").read_text("utf-8"))
    assert "public domain" in read["about"]
    assert "Left out: DJ, SO" in read["about"]
    assert not {"SO", "DJ"} & set(read["by_state"])
    assert read["shares"]["SMITHEN"] > 0
    first = (sources / "tokens.json").read_bytes()
    main([*names, "--leave-out", "SO,DJ", "--out", str(sources)])
    assert (sources / "tokens.json").read_bytes() == first
