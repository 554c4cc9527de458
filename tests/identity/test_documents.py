"""Document numbers, kinds and check digits; the name field of a machine-readable zone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.identity.check_digit import check_digit
from screening.identity.documents import document_key, document_type, normalise_number, number_check
from screening.identity.mrz import maybe_cut, parts
from screening.tables.codes import CheckDigit, DocumentType

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
FIELD = st.text(f"{SIGNS}<", max_size=14)


@pytest.mark.parametrize(
    ("field", "digit"),
    [
        pytest.param("D23145890<<<<<<<<<<<<<", "7", id="Doc 9303 part 3, 4.9: document number"),
        pytest.param("520727", "3", id="Doc 9303 part 3, appendix A: date"),
        pytest.param("L898902C3", "6", id="Doc 9303 part 4: specimen passport number"),
        pytest.param("740812", "2", id="specimen date of birth"),
        pytest.param("120415", "9", id="specimen date of expiry"),
        pytest.param("ZE184226B<<<<<", "1", id="specimen personal number"),
        pytest.param("", "0", id="empty"),
        pytest.param("<<<<<<<<<<<<<<", "0", id="fillers"),
        pytest.param("1", "7", id="first weight"),
        pytest.param("01", "3", id="second weight"),
        pytest.param("001", "1", id="third weight"),
        pytest.param("0001", "7", id="weights begin again"),
        pytest.param("A", "0", id="A is 10"),
        pytest.param("Z", "5", id="Z is 35"),
    ],
)
def test_check_digit(field, digit):
    assert check_digit(field) == digit


@given(FIELD)
def test_fillers_behind_a_field_change_no_check_digit(field):
    assert check_digit(f"{field}<<<") == check_digit(field)


@given(st.text("0123456789", min_size=1, max_size=9), st.data())
def test_one_wrong_digit_is_always_seen(number, data):
    at = data.draw(st.integers(0, len(number) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != number[at]]))
    assert check_digit(number[:at] + other + number[at + 1 :]) != check_digit(number)


@pytest.mark.parametrize(("field", "place"), [("ab", 1), ("AB-", 3), ("1 2", 2), ("12É", 3), ("١", 1)])
def test_a_sign_outside_the_zone_is_named_by_its_place_only(field, place):
    with pytest.raises(ValueError, match=f"^character {place} is outside A-Z, 0-9 and <$"):
        check_digit(field)


@pytest.mark.parametrize(
    ("number", "digit", "result"),
    [
        pytest.param("L898902C3", "6", CheckDigit.RIGHT, id="right"),
        pytest.param("L898902C3", "5", CheckDigit.WRONG, id="wrong"),
        pytest.param("L898902C3", "", CheckDigit.NONE, id="empty"),
        pytest.param("L898902C3", None, CheckDigit.NONE, id="not sent"),
        pytest.param("AB2134", "5", CheckDigit.RIGHT, id="short number is filled"),
        pytest.param("AB 134", "5", CheckDigit.WRONG, id="a sign that no zone holds"),
    ],
)
def test_number_check(number, digit, result):
    assert number_check(number, digit) is result


@pytest.mark.parametrize(
    ("written", "number"),
    [
        pytest.param(" ab-12.345/6 ", "AB123456", id="signs and small letters"),
        pytest.param("L898902C<", "L898902C", id="filler"),
        pytest.param("ＡＢ１２", "AB12", id="full width"),
        pytest.param("№ 12", "NO12", id="compatibility letters"),
        pytest.param("АВ12", "12", id="Cyrillic look-alikes are no letters of a number"),
        pytest.param("---", "", id="signs alone"),
        pytest.param("", "", id="empty"),
    ],
)
def test_normalise_number(written, number):
    assert normalise_number(written) == number


@given(st.text(max_size=20))
def test_a_normalised_number_is_normal(written):
    number = normalise_number(written)
    assert set(number) <= set(SIGNS)
    assert normalise_number(number) == number


@pytest.mark.parametrize(("state", "key"), [("GB", "AB1@GB"), (None, "AB1@"), ("", "AB1@")])
def test_document_key(state, key):
    assert document_key("AB1", state) == key


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("P", DocumentType.PASSPORT), ("PN", DocumentType.PASSPORT), (" p ", DocumentType.PASSPORT),
        ("V", DocumentType.VISA), ("I", DocumentType.NATIONAL_ID), ("ID", DocumentType.NATIONAL_ID),
        ("IP", DocumentType.NATIONAL_ID), ("IC", DocumentType.NATIONAL_ID), ("A", DocumentType.RESIDENCE),
        ("C", DocumentType.RESIDENCE), ("AC", DocumentType.RESIDENCE), ("L", DocumentType.CREW),
        ("M", DocumentType.MILITARY), ("T", DocumentType.TRAVEL_DOCUMENT), ("F", DocumentType.OTHER),
        ("Q", DocumentType.OTHER), (" ", DocumentType.OTHER), ("", DocumentType.OTHER), (None, DocumentType.OTHER),
    ],
)  # fmt: skip
def test_document_type(sent, kind):
    assert document_type(sent) is kind


@pytest.mark.parametrize(
    ("field", "names"),
    [
        pytest.param("ERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", ("ERIKSSON", "ANNA MARIA"), id="specimen"),
        pytest.param("VAN<DER<MUELLEN<<SISKA", ("VAN DER MUELLEN", "SISKA"), id="several primary parts"),
        pytest.param("ARKFREITH<<<<<<", ("ARKFREITH", ""), id="no secondary identifier"),
        pytest.param("A<<B<<C", ("A", "B C"), id="two separators"),
        pytest.param("<<ANNA", ("", "ANNA"), id="no primary identifier"),
        pytest.param(" DOE<<JO ", ("DOE", "JO"), id="blanks around"),
        pytest.param("<<<", ("", ""), id="fillers alone"),
        pytest.param("", ("", ""), id="empty"),
    ],
)
def test_parts_of_a_name_field(field, names):
    assert parts(field) == names


@pytest.mark.parametrize(("width", "cut"), [(36, False), (37, True), (38, True)])
def test_a_name_that_fills_the_field_may_be_cut(width, cut):
    """39 places, two of them the separator."""
    assert maybe_cut("A" * (width - 5), "B" * 5) is cut
    assert maybe_cut("", "B" * width) is cut
