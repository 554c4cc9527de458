"""Titles: what is cut from a name, what never is, and which words are no names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.identity.titles import is_placeholder, strip_surname_title, strip_title

TITLES = ("MR", "MRS", "MS", "MISS", "MSTR", "CHD", "INF", "DR")
PLAIN = st.sampled_from(["JOHN", "ANNA", "LI", "KONG CHUN", "JEAN-LUC", "O'NEIL", "SOPHY OLIVIA"])


@pytest.mark.parametrize(
    ("sent", "name", "title"),
    [
        pytest.param("JOHNMR", "JOHN", "MR", id="glued behind"),
        pytest.param("NINA MS", "NINA", "MS", id="behind a blank"),
        pytest.param("MRJONATHON", "JONATHON", "MR", id="glued before"),
        pytest.param("MISS EVA", "EVA", "MISS", id="before a blank"),
        pytest.param("LORELEIMRS LISE", "LORELEI LISE", "MRS", id="behind the first of two names"),
        pytest.param("TOMMSTRCHD", "TOM", "CHD MSTR", id="age behind a title"),
        pytest.param("LIMR", "LI", "MR", id="two letters remain"),
        pytest.param("AMR", "AMR", None, id="one letter would remain"),
        pytest.param("ADAMS", "ADAMS", None, id="a name that ends like MS"),
        pytest.param("ALEXANDR", "ALEXANDR", None, id="a name that ends like DR"),
        pytest.param("MRINALINI", "MRINALINI", None, id="a name that begins like MR"),
        pytest.param("DRAGAN", "DRAGAN", None, id="DR is never cut before a name"),
        pytest.param("MISS", "", "MISS", id="nothing but a title"),
        pytest.param("johnMr", "john", "MR", id="lower case"),
        pytest.param("MRS EVAMISS", "EVA", "MRS MISS", id="a title on either side"),
        pytest.param("ANNA MISS CHD", "ANNA", "CHD MISS", id="two titles behind blanks"),
        pytest.param("JOHNPROF", "JOHN", "PROF", id="professor"),
        pytest.param("JOHNDR", "JOHN", "DR", id="doctor"),
        pytest.param("EVAINF", "EVA", "INF", id="infant"),
        pytest.param("MRAD", "MRAD", None, id="two letters behind a glued title"),
        pytest.param("MRADI", "ADI", "MR", id="three letters behind a glued title"),
        pytest.param("MISSAEL", "MISSAEL", None, id="a name that begins like MISS"),
        pytest.param("BADR", "BADR", None, id="a name that ends like DR, of four letters"),
        pytest.param("LI MR NA", "LI MR NA", None, id="a title in the middle is a word"),
        pytest.param("", "", None, id="empty"),
    ],
)
def test_title_of_given_names(sent, name, title):
    assert strip_title(sent) == (name, title)


@pytest.mark.parametrize(
    ("sent", "has_given", "name"),
    [
        pytest.param("SMITHJR", True, "SMITHJR", id="a generation suffix stays"),
        pytest.param("ADAMS", False, "ADAMS", id="MS is never cut from a surname"),
        pytest.param("DOE MR", True, "DOE", id="behind a blank"),
        pytest.param("DOEJOHNMR", False, "DOEJOHN", id="glued where no given names stand"),
        pytest.param("DOEJOHNMR", True, "DOEJOHNMR", id="glued beside given names is part of the name"),
        pytest.param("MS", False, "MS", id="a surname of two letters"),
        pytest.param("LEEMR", False, "LEE", id="glued, three letters remain"),
        pytest.param("LIMR", False, "LIMR", id="glued, two letters would remain"),
        pytest.param("DOE JOHNMSTR", False, "DOE JOHN", id="glued to the last word"),
        pytest.param("DOE MISS CHD", True, "DOE", id="two titles"),
        pytest.param("", False, "", id="empty"),
    ],
)
def test_title_of_surname(sent, has_given, name):
    assert strip_surname_title(sent, given=has_given)[0] == name


@pytest.mark.parametrize("word", ["TBA", "tba 1", "FNU", "LNU", "INFANT 2", "XXX", "NO NAME"])
def test_words_that_stand_in_for_a_name(word):
    assert is_placeholder(word)


@pytest.mark.parametrize("word", ["", "XX", "TBARI", "BABY", "INFANTE", "CHILD"])
def test_names_that_only_look_like_placeholders(word):
    assert not is_placeholder(word)


@settings(max_examples=100, deadline=None)
@given(name=PLAIN, title=st.sampled_from(TITLES), gap=st.sampled_from(["", " "]))
def test_a_title_behind_a_plain_name_is_found(name, title, gap):
    assert strip_title(f"{name}{gap}{title}") == (name, title)


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet="ADEIJMNRS TCHF", max_size=12))
def test_at_least_two_letters_remain_or_nothing_was_glued(text):
    name, title = strip_title(text)
    assert title is not None or name == text
    assert all(len(word) >= 2 or word in text.split() for word in name.split())
