"""Particles, servants of God and endings: which tokens carry a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.identity.cultures import NAMES, culture
from screening.identity.significant import significant, variants

WORDS = st.sampled_from(
    ["AL", "BIN", "VAN", "DER", "ABD", "ABDUL", "RAHMAN", "LEE", "OGLU", "JR", "ABDELKADER", "ABDULLAH", "DE"]
)


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        pytest.param((), [], id="nothing"),
        pytest.param(("SMITH",), [("SMITH", None)], id="one token"),
        pytest.param(("AL", "MASRI"), [("MASRI", "ALMASRI")], id="article"),
        pytest.param(("VAN", "DER", "BERG"), [("BERG", "VANDERBERG")], id="two particles"),
        pytest.param(("BEN",), [("BEN", None)], id="a particle alone is the name"),
        pytest.param(("SALIM", "AL"), [("SALIM", None), ("AL", None)], id="a particle at the end leads nowhere"),
        pytest.param(("ALI", "BIN", "OMAR", "AL", "AMRI"), [("ALI", None), ("OMAR", "BINOMAR"), ("AMRI", "ALAMRI")],
                     id="each token has its own particles"),
        pytest.param(("ABD", "AL", "RAHMAN"), [("ABDUL", None), ("RAHMAN", None)], id="servant, article"),
        pytest.param(("ABD", "RAHMAN"), [("ABDUL", None), ("RAHMAN", None)], id="servant without article"),
        pytest.param(("ABED", "EL", "HADI"), [("ABDUL", None), ("HADI", None)], id="servant spelt ABED"),
        pytest.param(("ABD", "AL"), [("ABDUL", None), ("AL", None)], id="an article at the end is a token"),
        pytest.param(("ABDUL",), [("ABDUL", None)], id="servant alone"),
        pytest.param(("OMAR", "ABDUL"), [("OMAR", None), ("ABDUL", None)], id="servant at the end"),
        pytest.param(("BIN", "ABDUL", "AZIZ"), [("ABDUL", None), ("AZIZ", None)], id="no particle joins the servant"),
        pytest.param(("ABDELKADER",), [("ABDUL", None), ("KADER", None)], id="joined"),
        pytest.param(("ABDOULAZIZ",), [("ABDUL", None), ("AZIZ", None)], id="joined, French"),
        pytest.param(("ABDURRAHMAN",), [("ABDUL", None), ("RAHMAN", None)], id="joined, sun letter"),
        pytest.param(("ABDUSSALAM",), [("ABDUL", None), ("SALAM", None)], id="joined, another sun letter"),
        pytest.param(("ABDURAHMAN",), [("ABDURAHMAN", None)], id="a single sun letter is not believed"),
        pytest.param(("ABDELLI",), [("ABDELLI", None)], id="two letters are no name"),
        pytest.param(("ABDULLAH",), [("ABDULLAH", None)], id="servant of God is one name"),
        pytest.param(("ABDELLAH",), [("ABDELLAH", None)], id="another spelling of it"),
        pytest.param(("BIN", "ABDELKADER"), [("ABDUL", None), ("KADER", None)], id="no particle joins what is parted"),
        pytest.param(("ALIYEV", "ILHAM", "OGLU"), [("ALIYEV", None), ("ILHAM", None)], id="ending"),
        pytest.param(("KING", "JR", "II"), [("KING", None)], id="two endings"),
        pytest.param(("OGLU",), [("OGLU", None)], id="an ending alone is the name"),
        pytest.param(("OGLU", "ALI"), [("OGLU", None), ("ALI", None)], id="an ending in front is a token"),
    ],
)  # fmt: skip
def test_tokens_that_carry_a_name(parts, found):
    assert [(part.token, part.with_particles) for part in significant(parts)] == found


@given(st.lists(WORDS, max_size=6).map(tuple))
def test_a_name_never_loses_all_its_tokens(parts):
    found = significant(parts)
    assert bool(found) == bool(parts)
    assert all(part.token and (part.with_particles or part.token).endswith(part.token) for part in found)


def test_groups_of_variants_are_in_capitals_and_none_names_a_spelling_twice():
    read = variants()
    for group in (*read.spelling, *read.short):
        assert len(group) > 1
        assert len(set(group)) == len(group)
        assert all(word.isascii() and word.isalpha() and word.isupper() for word in group)
    assert not read.particles & read.trailing


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("EG", "arab"), ("IR", "persian"), ("IN", "south_asian"), ("TR", "turkic"), ("RU", "slavic"), ("CN", "chinese"),
        ("KR", "korean"), ("JP", "japanese"), ("VN", "southeast_asian"), ("BR", "hispanic"), ("NG", "african"),
        ("FR", "western"), ("GR", "other_european"), ("XXA", "other"), ("YU", "other"), ("", "unknown"), (None, "unknown"),
    ],
)  # fmt: skip
def test_culture(state, name):
    assert culture(state) == name
    assert name in NAMES


@pytest.mark.parametrize(
    ("parts", "carry"),
    [
        pytest.param("COSTA JUNIOR", "COSTA", id="generation"),
        pytest.param("JUNIOR", "JUNIOR", id="generation alone is a name"),
        pytest.param("CARVALHO FILHO", "CARVALHO", id="Brazilian generation"),
        pytest.param("YOLDOSHEV SHUHRAT OGLI", "YOLDOSHEV SHUHRAT", id="son of, Uzbek"),
        pytest.param("SHUHRAT OGLI YOLDOSHEV", "SHUHRAT YOLDOSHEV", id="son of, in the middle"),
        pytest.param("ADAMS NEE BROWN", "ADAMS BROWN", id="maiden name"),
        pytest.param("NEE", "NEE", id="a surname that means nothing else"),
        pytest.param("KOUASSI AKA", "KOUASSI AKA", id="AKA is a surname of Ivory Coast"),
        pytest.param("FNU WATI", "WATI", id="no first name"),
        pytest.param("FNU", "FNU", id="nothing else"),
        pytest.param("HAJI ELMI", "ELMI", id="pilgrim"),
        pytest.param("U KYAW ZIN", "KYAW ZIN", id="Burmese title"),
        pytest.param("KIM U JIN", "KIM U JIN", id="U within a Korean name"),
        pytest.param("ABDIRAHMAN", "ABDUL RAHMAN", id="Somali servant"),
        pytest.param("CABDIRAXMAAN", "ABDUL RAXMAAN", id="Somali servant, Somali spelling"),
        pytest.param("ABDIYEV", "ABDIYEV", id="Uzbek surname"),
        pytest.param("CABDILAAHI", "CABDILAAHI", id="servant of God is one name"),
    ],
)
def test_what_is_said_about_a_name_is_no_name(parts, carry):
    assert [part.token for part in significant(tuple(parts.split()))] == carry.split()
