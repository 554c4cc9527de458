"""Names as tokens and as one word: scripts, marks, signs, digits, and what never becomes equal."""

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from screening.identity.names import comparable, joined, merge_transliterations, tokens


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param("D'Arcy-O’Neill", "DARCY ONEILL", id="apostrophes join, hyphens part"),
        pytest.param("Ñúñez", "NUNEZ", id="marks"),
        pytest.param("N\u0303u\u0301n\u0303ez", "NUNEZ", id="decomposed"),
        pytest.param("Łukasz Ørsted Straße", "LUKASZ ORSTED STRASSE", id="letters without a base"),
        pytest.param("ÇELİK ışık", "CELIK ISIK", id="Turkish dotted and dotless i"),
        pytest.param("Şahin\u200f Öztürk\u00a0Ağa", "SAHIN OZTURK AGA", id="direction mark, hard blank"),
        pytest.param("Юлия Щукарёва", "YULIYA SHCHUKAREVA", id="Cyrillic"),
        pytest.param("Παπαδόπουλος", "PAPADOPOULOS", id="Greek"),
        pytest.param("VAN<DER<BERG<<JAN<", "VAN DER BERG JAN", id="machine-readable zone"),
        pytest.param("ＷＡＮＧ　ＬＩ", "WANG LI", id="full width"),
        pytest.param("12 / 34", "", id="no letters"),
        pytest.param(None, "", id="nothing"),
    ],
)
def test_a_name_becomes_tokens_of_a_to_z(written, found):
    assert " ".join(tokens(written)) == found


@pytest.mark.parametrize(
    ("written", "found"),
    [
        pytest.param("Müller-Lüdenscheidt", "MULLERLUDENSCHEIDT", id="Latin with marks, hyphen"),
        pytest.param("Straße", "STRASSE", id="sharp s"),
        pytest.param("STRAẞE", "STRASSE", id="capital sharp s"),
        pytest.param("Ørsted Ærø", "ORSTEDAERO", id="letters without a base"),
        pytest.param("Þórður Đặng Ŋala", "THORDURDANGNALA", id="thorn, eth, two marks, eng"),
        pytest.param("Əliyev", "ALIYEV", id="schwa"),
        pytest.param("ẞÆŒØĐÐÞŁŊƏ", "SSAEOEODDTHLNA", id="all capitals without a base"),
        pytest.param("ßæœøđðþłıŋə", "SSAEOEODDTHLINA", id="all small letters without a base"),
        pytest.param("Παπαδόπουλος", "PAPADOPOULOS", id="Greek ou"),
        pytest.param("Ευαγγελία", "EVANGELIA", id="Greek eu and double gamma"),
        pytest.param("Αυγούστα Μπακογιάννη", "AVGOUSTAMPAKOGIANNI", id="Greek au and mp"),
        pytest.param("ΟΥΡΑΝΙΑ", "OURANIA", id="Greek capitals"),
        pytest.param("Сергей Королёв", "SERGEIKOROLEV", id="Cyrillic: I short is I, yo is E, as in Doc 9303"),
        pytest.param("Ольга", "OLGA", id="Cyrillic soft sign joins"),
        pytest.param("محمد", "MHMD", id="Arabic without vowels"),
        pytest.param("مُحَمَّد", "MHMD", id="Arabic with vowel signs"),
        pytest.param("\u0661\u0662", "12", id="Arabic digits alone"),
        pytest.param("王小明", "WANGXIAOMING", id="Han"),
        pytest.param("김정은", "GIMJEONGEUN", id="Hangul"),
        pytest.param("かがみ", "KAGAMI", id="kana: voiced is another letter"),
        pytest.param("か\u3099", "GA", id="kana decomposed"),
        pytest.param("O'Leary", "OLEARY", id="apostrophe"),
        pytest.param("O’Leary", "OLEARY", id="typographic apostrophe"),
        pytest.param("O LEARY", "OLEARY", id="blank for an apostrophe"),
        pytest.param("JEAN-LUC", "JEANLUC", id="hyphen"),
        pytest.param("VAN<DER<BERG<<JAN<<<", "VANDERBERGJAN", id="fillers of a machine-readable zone"),
        pytest.param("INFANT 1", "INFANT1", id="digits stay"),
        pytest.param("12", "12", id="digits alone"),
        pytest.param("JO\u200bHN\u00adNY\u2066", "JOHNNY", id="invisible characters"),
        pytest.param("JOHN\x00\tPAUL", "JOHNPAUL", id="control characters"),
        pytest.param("\U00030000", "\U00030000", id="Han without romanisation keeps its letter"),
        pytest.param(" -.<", "", id="signs alone"),
        pytest.param("\u200f\u3000", "", id="invisible alone"),
        pytest.param("", "", id="empty"),
        pytest.param(None, "", id="absent"),
    ],
)
def test_a_comparable_name_is_one_word(written, found):
    assert comparable(written) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("TBA 1", "TBA 2", id="numbered stand-ins"),
        pytest.param("1", "2", id="digits alone"),
        pytest.param("\U00030000", "\U00030001", id="not romanised"),
        pytest.param("ガタ", "カタ", id="voiced kana"),
    ],
)
def test_names_that_only_digits_or_unknown_letters_tell_apart_stay_two(one, other):
    assert comparable(one) != comparable(other)


@limits(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_tokens_of_tokens_are_the_same(written):
    assert tokens(" ".join(tokens(written))) == tokens(written)


@limits(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_a_comparable_name_is_the_tokens_joined_and_the_digits_among_them(written):
    one = comparable(written)
    assert not one.isascii() or "".join(filter(str.isalpha, one)) == "".join(tokens(written))
    assert one.isascii() or tokens(written) == ()


@limits(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_a_comparable_name_of_ascii_is_compared_as_itself(written):
    one = comparable(written)
    assert not one.isascii() or comparable(one) == one


@limits(max_examples=100, deadline=None)
@given(
    parts=st.lists(st.sampled_from(["Núñez", "O’Neil", "Щука", "王", "LI 2"]), min_size=1, max_size=4),
    gap=st.sampled_from([" ", "-", "<", ". ", "\u3000", "\u200f \u200e"]),
)
def test_what_stands_between_tokens_makes_no_other_name(parts, gap):
    assert comparable(gap.join(parts)) == "".join(map(comparable, parts))


@pytest.mark.parametrize(
    ("name", "merged"),
    [
        pytest.param("MUELLER", "MULLER", id="UE"),
        pytest.param("MUXXLLER", "MULLER", id="UXX"),
        pytest.param("MULLER", "MULLER", id="U"),
        pytest.param("NUNXXEZ", "NUNEZ", id="NXX"),
        pytest.param("OESTERGAARD", "OSTERGARD", id="OE and AA"),
        pytest.param("AERO", "ARO", id="AE"),
        pytest.param("AAA", "A", id="three A"),
        pytest.param("XXIV", "XXIV", id="XX behind no U or N"),
        pytest.param("IESU", "IESU", id="E behind another vowel"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_transliterations_of_doc_9303_are_one(name, merged):
    assert merge_transliterations(name) == merged


@pytest.mark.parametrize(
    ("parts", "pairs"),
    [
        pytest.param((), (), id="nothing"),
        pytest.param(("LI",), (), id="one token"),
        pytest.param(("LI", "NA"), ("LINA",), id="two: the last and the first would only be turned"),
        pytest.param(("A", "B", "C"), ("AB", "BC", "CA"), id="three"),
    ],
)
def test_neighbours_are_joined(parts, pairs):
    assert joined(parts) == pairs
