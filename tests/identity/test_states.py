"""Codes of States: any way of writing one, States that are no more, and what stays unknown."""

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.alerts.states import state_named
from screening.identity.states import SPECIAL, icao_code, state_code


@pytest.mark.parametrize(
    ("written", "code"),
    [
        pytest.param("GBR", "GB", id="alpha-3"),
        pytest.param("GB", "GB", id="alpha-2"),
        pytest.param(" gbr ", "GB", id="small letters and blanks"),
        pytest.param("D", "DE", id="Germany in passports"),
        pytest.param("D<<", "DE", id="Germany with fillers"),
        pytest.param("GBO", "GB", id="British overseas citizen"),
        pytest.param("UK", "GB", id="UK"),
        pytest.param("RKS", "XK", id="Kosovo as ICAO"),
        pytest.param("XKX", "XK", id="Kosovo as the World Bank"),
        pytest.param("ROM", "RO", id="Romania until 2002"),
        pytest.param("XXA", "XXA", id="stateless"),
        pytest.param("EU", "EUE", id="laissez-passer of the European Union"),
        pytest.param("UNO", "UNO", id="United Nations"),
        pytest.param("ZZZ", None, id="unknown alpha-3"),
        pytest.param("QQ", None, id="unknown alpha-2"),
        pytest.param("G", None, id="one letter"),
        pytest.param("GERM", None, id="four letters"),
        pytest.param("276", None, id="numeric"),
        pytest.param("<<<", None, id="fillers alone"),
        pytest.param(" ", None, id="blank"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="absent"),
    ],
)
def test_state_code(written, code):
    assert state_code(written) == code


@pytest.mark.parametrize(
    ("alpha_2", "alpha_3", "code"),
    [
        ("YU", "YUG", "YU"),
        ("CS", "CSK", "CS"),
        ("CS", "SCG", "CS"),
        ("AN", "ANT", "AN"),
        ("NT", "NTZ", "NT"),
        ("SU", "SUN", "SU"),
        ("DD", "DDR", "DD"),
        ("YD", "YMD", "YD"),
        ("PC", "PCI", "PC"),
        ("ZR", "ZAR", "CD"),
        ("TP", "TMP", "TL"),
        ("BU", "BUR", "MM"),
        ("FX", "FXX", "FR"),
        ("HV", "HVO", "BF"),
        ("DY", "DHY", "BJ"),
        ("RH", "RHO", "ZW"),
        ("NH", "NHB", "VU"),
        ("VD", "VDR", "VN"),
    ],
)
def test_a_state_that_is_no_more_is_known_by_both_codes(alpha_2, alpha_3, code):
    assert (state_code(alpha_2), state_code(alpha_3)) == (code, code)


@pytest.mark.parametrize(
    ("written", "present"),
    [
        ("AI", "Anguilla"),
        ("BQ", "Bonaire, Sint Eustatius and Saba"),
        ("BY", "Belarus"),
        ("GE", "Georgia"),
        ("SK", "Slovakia"),
    ],
)
def test_a_code_that_was_given_away_again_is_its_present_bearers(written, present):
    assert pycountry.countries.get(alpha_2=state_code(written)).name == present


def test_all_codes_of_iso_3166_3_but_one_are_known():
    """GEL, the Gilbert and Ellice Islands, came apart and its two letters are Georgia's."""
    unknown = {
        code
        for old in pycountry.historic_countries
        for code in (getattr(old, "alpha_2", old.alpha_4[:2]), getattr(old, "alpha_3", None))
        if code and state_code(code) is None
    }
    assert unknown == {"GEL"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("Yugoslavia", "YUG", id="Yugoslavia"),
        pytest.param("Czechoslovakia", "CSK", id="Czechoslovakia"),
        pytest.param("Serbia and Montenegro", "SCG", id="Serbia and Montenegro"),
        pytest.param("USSR", "SUN", id="Soviet Union"),
        pytest.param("East Germany", "DDR", id="East Germany"),
        pytest.param("South Yemen", "YMD", id="South Yemen"),
        pytest.param("Zaire", "ZAR", id="Zaire"),
        pytest.param("Burma", "BUR", id="Burma"),
        pytest.param("East Timor", "TMP", id="East Timor"),
    ],
)
def test_a_list_that_names_a_former_state_and_a_document_that_codes_it_agree(name, code):
    assert state_named(name) == state_code(code)


@pytest.mark.parametrize(
    ("inner", "icao"),
    [
        ("DE", "DEU"), ("XK", "RKS"), ("YU", "YUG"), ("CS", "SCG"), ("AN", "ANT"), ("NT", "NTZ"), ("SU", "SUN"),
        ("DD", "DDR"), ("YD", "YMD"), ("PC", "PCI"), ("XXA", "XXA"), ("QQ", "QQ"), (None, None),
    ],
)  # fmt: skip
def test_icao_code(inner, icao):
    assert icao_code(inner) == icao


@pytest.mark.parametrize(
    "code", sorted(SPECIAL | {state.alpha_2 for state in pycountry.countries} | {"XK", "YU", "CS"})
)
def test_an_inner_code_is_itself_and_is_read_back_from_three_letters(code):
    assert state_code(code) == code
    assert state_code(icao_code(code)) == code


@given(st.text("ABCDEGKNSUXYZ<", max_size=3))
def test_a_code_found_is_a_code_and_fillers_behind_it_say_nothing(written):
    code = state_code(written)
    assert code is None or state_code(code) == code
    assert state_code(f"{written}<") == code
