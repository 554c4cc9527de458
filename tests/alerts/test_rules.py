"""Dates, numbers, states, text, sufficiency and alias elements of lists, one rule a row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.alerts.dates import exact_day, of_parts, read_date, slashed_date, span
from screening.alerts.importers.un_aliases import pieces_of
from screening.alerts.numbers import kind_of, split_number
from screening.alerts.states import state_named, states_in
from screening.alerts.sufficiency import is_sufficient
from screening.alerts.text import ascii_digits, clean, decode, script, word_key
from screening.tables.codes import Category


@pytest.mark.parametrize(
    ("text", "value", "start", "end", "precision"),
    [
        pytest.param("1963-12-13", "1963-12-13", "1963-12-13", "1963-12-13", "day", id="ISO"),
        pytest.param(
            "1963-12-13T00:00:00", "1963-12-13", "1963-12-13", "1963-12-13", "day", id="ISO with a time"
        ),
        pytest.param("1963-12-13Z", "1963-12-13", "1963-12-13", "1963-12-13", "day", id="ISO with Z"),
        pytest.param("1963-12", "1963-12", "1963-12-01", "1963-12-31", "month", id="ISO month"),
        pytest.param("1963", "1963", "1963-01-01", "1963-12-31", "year", id="year"),
        pytest.param("13 December 1963", "1963-12-13", "1963-12-13", "1963-12-13", "day", id="month in full"),
        pytest.param("Dec. 13, 1963", "1963-12-13", "1963-12-13", "1963-12-13", "day", id="American"),
        pytest.param("Feb 2000", "2000-02", "2000-02-01", "2000-02-29", "month", id="leap February"),
        pytest.param("Feb 1900", "1900-02", "1900-02-01", "1900-02-28", "month", id="1900 had none"),
        pytest.param("0 May 1951", "1951-05", "1951-05-01", "1951-05-31", "month", id="day 0 is unknown"),
        pytest.param("approx. 1951", "1951", "1951-01-01", "1951-12-31", "circa", id="approx."),
        pytest.param(
            "ABOUT 12 May 1951", "1951-05-12", "1951-05-12", "1951-05-12", "circa", id="about a day"
        ),
        pytest.param("circa circa 1951", "1951", "1951-01-01", "1951-12-31", "circa", id="twice about"),
        pytest.param("1955-1960", "1955..1960", "1955-01-01", "1960-12-31", "range", id="years"),
        pytest.param("1960/1955", "1955..1960", "1955-01-01", "1960-12-31", "range", id="years turned round"),
        pytest.param("1955-1955", "1955", "1955-01-01", "1955-12-31", "year", id="one year twice"),
        pytest.param(
            "between 1955 and 1960", "1955..1960", "1955-01-01", "1960-12-31", "range", id="between and"
        ),
        pytest.param(
            "3 Mar 1962 to 4 Apr 1962",
            "1962-03-03..1962-04-04",
            "1962-03-03",
            "1962-04-04",
            "range",
            id="days",
        ),
        pytest.param("1850", "1850", "1850-01-01", "1850-12-31", "year", id="first year"),
        pytest.param("2100", "2100", "2100-01-01", "2100-12-31", "year", id="last year"),
        pytest.param("١٩٦٣", "1963", "1963-01-01", "1963-12-31", "year", id="Arabic digits"),
        pytest.param(" 1963. ;", "1963", "1963-01-01", "1963-12-31", "year", id="signs around"),
    ],
)
def test_a_date_keeps_what_is_known(text, value, start, end, precision):
    found = read_date(text)
    assert found is not None
    assert (found.value, str(found.start), str(found.end), str(found.precision)) == (
        value,
        start,
        end,
        precision,
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "spring 1951",
        "31 Feb 1951",
        "1951-13",
        "1951-00-05",
        "1849",
        "2101",
        "circa",
        "1951 to",
        "51",
    ],
)
def test_what_is_no_date_is_none(text):
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("29/02/2000", "2000-02-29"),
        ("29.02.2000", "2000-02-29"),
        ("29/02/1900", None),
        ("DD/MM/1965", "1965"),
        ("00/00/1965", "1965"),
        ("12/00/1965", "1965"),
        ("00/12/1965", "1965-12"),
        ("13/13/1965", None),
        ("32/01/1965", None),
        ("1/2/65", None),
    ],
)
def test_a_british_date_reads_day_before_month(text, value):
    found = slashed_date(text)
    assert (found and found.value) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12 May 1951", "1951-05-12"),
        ("12/05/1951", "1951-05-12"),
        ("May 1951", None),
        ("", None),
        (None, None),
    ],
)
def test_a_whole_day_or_none(text, day):
    found = exact_day(text)
    assert (found and found.isoformat()) == day


@given(st.integers(1850, 2100), st.integers(1850, 2100))
def test_a_span_is_the_same_in_both_orders(first, second):
    assert span(of_parts(first), of_parts(second)) == span(of_parts(second), of_parts(first))


@given(year=st.integers(1850, 2100), month=st.integers(0, 12), day=st.integers(0, 31))
def test_what_was_written_is_read_again(year, month, day):
    known = of_parts(year, month, day)
    if known is not None:
        assert read_date(known.value) == known


@pytest.mark.parametrize(
    ("written", "number", "state"),
    [
        pytest.param("A1234567", "A1234567", None, id="alone"),
        pytest.param("  A1234567 ;", "A1234567", None, id="signs around"),
        pytest.param("No. A1234567", "A1234567", None, id="No. is not Norway"),
        pytest.param("Nr A1234567", "A1234567", None, id="Nr is not Nauru"),
        pytest.param("A1234567 (Egypt)", "A1234567", "Egypt", id="state in brackets"),
        pytest.param("A123 (9)", "A123 (9)", None, id="a check digit in brackets is of the number"),
        pytest.param("A1234567, Egypt", "A1234567", "Egypt", id="state behind a comma"),
        pytest.param("A1, B2", "A1, B2", None, id="two numbers stay together"),
        pytest.param("Egyptian passport: A1234567", "A1234567", "Egyptian passport", id="demonym before"),
        pytest.param("card number A1234567", "A1234567", None, id="words that name no state"),
        pytest.param("AB C 123", "AB C 123", None, id="short capitals are of the number"),
        pytest.param("ABCDE 123", "123", None, id="five capitals are a word"),
        pytest.param("٠١٢٣٤٥", "012345", None, id="Arabic digits"),
    ],
)
def test_a_number_is_parted_from_the_words_around_it(written, number, state):
    assert split_number(written) == (number, state)


@pytest.mark.parametrize("written", ["", "unknown", "( )", "passport"])
def test_without_a_digit_there_is_no_number(written):
    assert split_number(written) is None


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("Passport", "passport"),
        ("Passport issued by the driving school", "other"),
        ("Driving permit", "other"),
        ("stateless person passport", "travel_document"),
        ("Seaman's book", "travel_document"),
        ("Visa number", "visa"),
        ("Tax ID No.", "other"),
        ("D.N.I.", "national_id"),
        ("C.U.I.T.", "other"),
        ("SSN", "national_id"),
        ("Assn", None),
        ("NIT #", "other"),
        ("unit", None),
        ("", None),
    ],
)
def test_the_kind_of_a_document_is_what_its_words_say_first(words, kind):
    assert kind_of(words) == kind


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Egypt", "EG"),
        ("EGYPT.", "EG"),
        ("EGY", "EG"),
        ("EG", "EG"),
        ("the Netherlands", "NL"),
        ("Côte d'Ivoire", "CI"),
        ("formerly Iraqi", "IQ"),
        ("Iraqi national", "IQ"),
        ("Egypt (until 1999)", "EG"),
        ("Korea, South", "KR"),
        ("Congo, Democratic Republic of the", "CD"),
        ("Kosovo", "XK"),
        ("Zz", None),
        ("Nowhere Land", None),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_a_state_is_known_by_name_demonym_or_code_and_never_guessed(written, code):
    assert state_named(written) == code


@pytest.mark.parametrize(
    ("sentence", "codes"),
    [
        ("", ()),
        ("Guinea-Bissau", ("GW",)),
        ("South Sudan and Sudan", ("SD", "SS")),
        ("he is in the us", ()),
        ("Iraq, Iraq", ("IQ",)),
    ],
)
def test_states_of_a_sentence_the_longer_name_wins(sentence, codes):
    assert states_in(sentence) == codes


@pytest.mark.parametrize(
    ("data", "text", "codes"),
    [
        pytest.param("é".encode(), "é", (), id="UTF-8"),
        pytest.param(b"\xef\xbb\xbfa", "a", (), id="UTF-8 with a mark"),
        pytest.param("é".encode("utf-16"), "é", ("list_encoding",), id="UTF-16 with a mark"),
        pytest.param(
            "é".encode("utf-16") + b"\x00", "é\ufffd", ("list_encoding", "list_characters_lost"), id="cut"
        ),
        pytest.param(b"\xe9\x92", "é’", ("list_encoding",), id="Windows-1252"),
        pytest.param(b"\xe9\x81", "é\ufffd", ("list_encoding", "list_characters_lost"), id="no sign at 0x81"),
    ],
)
def test_bytes_become_text_with_what_deviated(data, text, codes):
    assert decode(data) == (text, codes)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        (None, ""),
        ("", ""),
        (" a\t\n b ", "a b"),
        ("A\x07B", "A B"),
        ("a\u200bb", "ab"),
        ("&amp;amp;", "&amp;"),
        ("&#x41;&#66;", "AB"),
        ("AT&T; x", "AT&T; x"),
        ("e\u0301", "é"),
        ("O\u2019Neil", "O\u2019Neil"),
    ],
)
def test_a_value_loses_marks_and_blanks_and_keeps_its_spelling(text, cleaned):
    assert clean(text) == cleaned


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert word_key(word_key(text)) == word_key(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "Zyyy"),
        ("12 -", "Zyyy"),
        ("Ａｂ", "Latn"),
        ("Abв", "Latn"),
        ("אב", "Hebr"),
        ("Ω", "Grek"),
        ("漢", "Hani"),
    ],
)
def test_the_script_is_that_of_most_letters(text, code):
    assert script(text) == code


def test_digits_of_any_script_become_ascii_and_letters_stay():
    assert ascii_digits("A١۲३-é") == "A123-é"


@pytest.mark.parametrize(
    ("names", "dates", "nationalities", "documents", "enough"),
    [
        pytest.param(["Yurgen Borovenko"], 1, 0, [], True, id="two tokens and a date"),
        pytest.param(["Yurgen Borovenko"], 0, 1, [], True, id="two tokens and a nationality"),
        pytest.param(["Yurgen Borovenko"], 0, 0, [("A1", None)], True, id="two tokens and a document"),
        pytest.param(["Yurgen Borovenko"], 0, 0, [], False, id="a name alone"),
        pytest.param(["Qvarnste"], 1, 0, [], True, id="one token of eight letters"),
        pytest.param(["Qvarnst"], 1, 0, [], False, id="one of seven"),
        pytest.param(["Y B"], 1, 1, [("A1", "MD")], False, id="initials are no tokens"),
        pytest.param(["Y Borov"], 1, 0, [], False, id="an initial beside a short token"),
        pytest.param(["Al", "Yurgen Borovenko"], 1, 0, [], True, id="one name of several is enough"),
        pytest.param([], 1, 1, [("A1", "MD")], False, id="nameless"),
    ],
)
def test_a_person_needs_a_name_and_one_more_thing(names, dates, nationalities, documents, enough):
    found = is_sufficient(
        Category.INFORM, names=names, dates=dates, nationalities=nationalities, documents=documents
    )
    assert found is enough


@pytest.mark.parametrize(
    ("documents", "enough"),
    [([], False), ([("A1", None)], False), ([("", "MD")], False), ([("A1", None), ("A2", "MD")], True)],
)
def test_a_document_needs_number_and_state(documents, enough):
    found = is_sufficient(Category.DOCUMENT, names=[], dates=0, nationalities=0, documents=documents)
    assert found is enough


@pytest.mark.parametrize(
    ("written", "note", "pieces"),
    [
        pytest.param("", "", [], id="nothing"),
        pytest.param("A B", "", [("A B", None)], id="a name"),
        pytest.param("A B; A B;; C", "", [("A B", None), ("C", None)], id="doubles and gaps vanish"),
        pytest.param(
            "Haris, previously listed as X", "", [("Haris, previously listed as X", None), ("Haris", "derived")],
            id="a tail",
        ),
        pytest.param(
            "Asim, Asem, Assim", "",
            [("Asim, Asem, Assim", None), ("Asim", "derived"), ("Asem", "derived"), ("Assim", "derived")],
            id="three parted by commas are spellings",
        ),
        pytest.param("DOE, Jane", "", [("DOE, Jane", None)], id="one comma is a surname first"),
        pytest.param(
            "Amir", "original script: Амир", [("Amir", None), ("Амир", "original_script")], id="script in the note"
        ),
        pytest.param(
            "حسن", "Hasan, Hassan", [("حسن", None), ("Hasan", "derived"), ("Hassan", "derived")], id="spellings in the note"
        ),
        pytest.param("حسن", "born 1951", [("حسن", None)], id="a note that names nobody"),
        pytest.param("Hasan", "born 1951", [("Hasan", None)], id="a note beside a Latin name"),
    ],
)  # fmt: skip
def test_an_alias_element_is_as_many_names_as_it_holds(written, note, pieces):
    assert [(piece.text, piece.kind) for piece in pieces_of(written, note)] == pieces
