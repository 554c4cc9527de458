"""SDMX as other people's programs read it: codes, structures of both versions, data, and equal bytes."""

import io
import warnings
from datetime import date

import pandas as pd
import pytest

from screening.aggregates.definitions import AGE_BANDS, BY_NAME, DEFINITIONS, PARTY_BANDS, QUALITY, RATES
from screening.aggregates.rates import protect_rates
from screening.reports import sdmx
from screening.tables.aggregate import MONTHLY, MONTHLY_QUALITY, PUBLISHED

DAY = date(2026, 11, 23)


def published(*cells):
    return PUBLISHED.table(
        {
            "definition": "region_sex_age",
            "period": "2026-11-23",
            "region": region,
            "sex": sex,
            "age_band": age,
            "value": value,
            "status": "withheld" if value is None else "published",
        }
        for region, sex, age, value in cells
    )


ROWS = published(("150", "F", "02-11", 40), ("other", "X", "75+", None), ("Total", "Total", "Total", 70))


def test_a_withheld_cell_has_no_value_is_confidential_and_suppressed():
    table = pd.read_csv(
        io.StringIO(sdmx.data(BY_NAME["region_sex_age"], ROWS, country="DE")),
        dtype=str,
        keep_default_na=False,
    )
    keys = ["FREQ", "REF_AREA", "CITIZENSHIP", "SEX", "AGE", "TIME_PERIOD"]
    told = {tuple(row[key] for key in keys): (row["OBS_VALUE"], row["CONF_STATUS"], row["OBS_STATUS"])
            for row in table.to_dict("records")}  # fmt: skip
    assert told == {
        ("D", "DE", "150", "F", "Y2T11", "2026-11-23"): ("40", "F", "E"),
        ("D", "DE", "_O", "_O", "Y_GE75", "2026-11-23"): ("", "C", "Q"),
        ("D", "DE", "_T", "_T", "_T", "2026-11-23"): ("70", "F", "E"),
    }
    assert set(table["STRUCTURE_ID"]) == {"SCREENING:DSD_REGION_SEX_AGE(1.0)"}


def test_a_month_is_monthly():
    row = {
        "definition": "by_sex",
        "period": "2026-11",
        "sex": "F",
        "at_least": 9,
        "days": 2,
        "days_withheld": 1,
    }
    text = sdmx.data(BY_NAME["by_sex"], MONTHLY.table([row | {"status": "withheld"}]), country="DE")
    assert ",M,DE,F,2026-11,,C,Q" in text


def test_the_same_tables_give_the_same_bytes_whenever_they_are_written():
    for version in ("3.0", "2.1"):
        one, other = (sdmx.structures(DAY, sender="XX", version=version) for _ in range(2))
        assert one == other
        assert f"{DAY.year}-" in one.split("Prepared>")[1]
    assert sdmx.data(BY_NAME["region_sex_age"], ROWS, country="DE") == sdmx.data(
        BY_NAME["region_sex_age"], ROWS, country="DE"
    )


@pytest.mark.parametrize(
    ("dimension", "values"),
    [
        pytest.param("age_band", AGE_BANDS, id="ages"),
        pytest.param("party_size", PARTY_BANDS, id="parties"),
        pytest.param("hour", [f"{hour:02d}" for hour in range(24)], id="hours"),
        pytest.param("sex", ["F", "M", "X"], id="sexes"),
        pytest.param("role", ["passenger", "crew", "transit"], id="roles"),
        pytest.param("direction", ["in", "out", "domestic", "abroad"], id="directions"),
        pytest.param("region", ["150", "002", "019", "142", "009", "other"], id="regions"),
        pytest.param("nationality", ["DE", "XK", "XXA", "SU"], id="States, old ones, and documents of none"),
    ],
)
def test_every_value_has_a_code_of_its_own_in_the_list_of_its_dimension(dimension, values):
    definition = next(each for each in DEFINITIONS if dimension in each.dimensions)
    found = next(
        part for part in sdmx.data_structure(definition).components if part.id == sdmx.component(dimension)
    )
    listed = {code.id for code in found.local_codes}
    codes = [sdmx.code(dimension, value) for value in [*values, "unknown", "Total"]]
    assert set(codes) <= listed
    assert len(set(codes)) == len(codes)


def test_pysdmx_reads_structures_and_data(tmp_path):
    from pysdmx.io import read_sdmx

    structures, data = tmp_path / "structures.xml", tmp_path / "data.csv"
    structures.write_text(sdmx.structures(DAY, sender="XX", version="3.0"))
    data.write_text(sdmx.data(BY_NAME["region_sex_age"], ROWS, country="DE"))
    message = read_sdmx(structures, validate=True)
    assert {flow.id for flow in message.get_dataflows()} == {each.name.upper() for each in sdmx.ALL}
    frame = read_sdmx(data, validate=True).data[0].data
    assert dict(zip(frame["CITIZENSHIP"], frame["CONF_STATUS"], strict=True)) == {
        "150": "F",
        "_O": "C",
        "_T": "F",
    }


def test_sdmx1_reads_structures_of_2_1_and_data(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import sdmx as client

        structures, data = tmp_path / "structures.xml", tmp_path / "data.csv"
        structures.write_text(sdmx.structures(DAY, sender="XX", version="2.1"))
        data.write_text(sdmx.data(BY_NAME["region_sex_age"], ROWS, country="DE"))
        known = client.read_sdmx(structures)
        message = client.read_sdmx(data, structure=known.structure["DSD_REGION_SEX_AGE"])
        values = client.to_pandas(message.data[0], dtype=str)
    assert sorted(values) == ["", "40", "70"]
    assert values.index.names == ["FREQ", "REF_AREA", "CITIZENSHIP", "SEX", "AGE", "TIME_PERIOD"]


QUALITY_ROWS = MONTHLY_QUALITY.table(
    {"carrier": "XQ", "period": "2026-11", "measure": measure, "value": value, "unit": "any", "nights": 3}
    for measure, value in [("legs", 5.0), ("with_sex", 0.95), ("finding:unt_count_differs", 10.0)]
)
RATE_ROWS = protect_rates(
    {
        "hits_by_decision": {("wanted", "false_match"): 12, ("other", "true_match"): 1},
        "people_screened": {("screened",): 90, ("not_screened",): 2},
        "list_quality": {("wanted", "birth_day"): 400, ("document", "document"): 33},
    },
    period="2026-11",
    nights=30,
    threshold=5,
)


@pytest.mark.parametrize(
    ("definition", "rows", "status"),
    [(each, RATE_ROWS, "E" if each.estimate else "A") for each in RATES] + [(QUALITY, QUALITY_ROWS, "E")],
    ids=lambda value: getattr(value, "name", ""),
)
def test_clients_read_rates_and_quality(tmp_path, definition, rows, status):
    from pysdmx.io import read_sdmx

    (tmp_path / "data.csv").write_text(sdmx.data(definition, rows, country="DE"))
    (tmp_path / "structures.xml").write_text(sdmx.structures(DAY, sender="XX", version="2.1"))
    frame = read_sdmx(tmp_path / "data.csv", validate=True).data[0].data
    assert set(frame["OBS_STATUS"]) == {status}
    assert set(frame["FREQ"]) == {"M"}
    assert not frame.apply(lambda column: column.astype(str).str.startswith("finding").any()).any()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import sdmx as client

        structure = client.read_sdmx(tmp_path / "structures.xml").structure[f"DSD_{definition.name.upper()}"]
        message = client.read_sdmx(tmp_path / "data.csv", structure=structure)
        assert len(client.to_pandas(message.data[0], dtype=str)) == len(frame)
