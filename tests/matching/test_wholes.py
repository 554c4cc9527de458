"""Whole names written as one are read apart as they are listed, and weigh what they weigh apart."""

import datetime as dt

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.lab.fit.pieces import pairs_of
from screening.matching.explain import WRITTEN_AS_ONE
from screening.matching.match import match
from screening.matching.names import columns, whole
from screening.matching.thresholds import threshold
from screening.matching.wholes import apart, whole_names
from screening.tables.work import SCORED

BORN, STATE = "1971-04-09", "BR"
NAMES_OF_THE_LIST = 12_641
SYLLABLE = st.sampled_from("BAL CEM DOR FUN GIR HAV JOL KEP LUR MIN NOT PAV RES SIB TUG VEL".split())
TOKEN = st.lists(SYLLABLE, min_size=1, max_size=3).map("".join)
LONG = st.lists(SYLLABLE, min_size=2, max_size=3).map("".join)


def scored(make_index, identities, name, *travellers, exhaustive=False):
    """Return the rows of travellers (surname, given) with one listed name, same day and State."""
    entry = {
        "names": [(name, 0)],
        "dates": [(*[dt.date.fromisoformat(BORN)] * 2, "day", 0)],
        "facts": [("sex", "M"), ("nationality", STATE)],
    }
    rows = {str(at): (*fields, BORN, "M", STATE, []) for at, fields in enumerate(travellers)}
    found = match(
        identities(rows), make_index({"own:1": entry}), floor=-100_000, exhaustive=exhaustive
    ).to_pylist()
    return [next((row for row in found if row["traveller_id"] == str(at)), None) for at in range(len(rows))]


@settings(max_examples=60, deadline=None)
@given(parts=st.lists(TOKEN, min_size=2, max_size=8), turn=st.integers(0, 7), field=st.integers(0, 2))
def test_a_listed_name_written_as_one_is_a_hit_and_weighs_what_it_weighs_apart(
    make_index, identities, model, parts, turn, field
):
    turned = parts[turn % len(parts) :] + parts[: turn % len(parts)]
    one = "".join(turned)
    glued = [(one, ""), ("", one), (one, one)][field]
    asone, blanks = scored(make_index, identities, " ".join(parts), glued, ("", " ".join(parts)))
    assert asone["score"] >= blanks["score"]
    assert asone["score"] >= threshold(model, 1.0, NAMES_OF_THE_LIST)
    assert asone["score"] == sum(piece["weight"] for piece in asone["evidence"])


@settings(max_examples=40, deadline=None)
@given(parts=st.lists(LONG, min_size=2, max_size=5), at=st.integers(0, 60), letter=st.sampled_from("AEKLRTZ"))
def test_one_letter_may_differ(make_index, identities, model, parts, at, letter):
    one = "".join(parts)
    at %= len(one)
    spelt = one[:at] + letter + one[at + 1 :]
    (row,) = scored(make_index, identities, " ".join(parts), (spelt, ""))
    assert row["score"] >= threshold(model, 1.0, NAMES_OF_THE_LIST)


@pytest.mark.parametrize(
    ("listed", "written", "cut"),
    [
        pytest.param("PHAM VAN THANG", "PHAMVANTHANG", [("", "PHAM VAN THANG")], id="as listed"),
        pytest.param("PHAM VAN THANG", "VANTHANGPHAM", [("", "PHAM VAN THANG")], id="first name last, laid as listed"),
        pytest.param("Weiden, Anne Lo", "ANNELOWEIDEN", [("WEIDEN", "ANNE LO")], id="fields of the listed name"),
        pytest.param("Mani S/O Velu", "MANISOVELU", [("", "MANI VELU")], id="a mark is no name"),
        pytest.param("Mani S/O Velu", "MANIVELU", [("", "MANI VELU")], id="without the mark"),
        pytest.param("Weiden, Anne Lo", "WEIDENANNLO", [("WEIDEN", "ANN LO")], id="a letter lost"),
        pytest.param("Weiden, Anne Lo", "WEDIENANNELO", [("WEDIEN", "ANNE LO")], id="two swapped"),
        pytest.param("Weiden, Anne Lo", "WEIDENANELO", [("WEIDEN", "ANE LO")], id="a double letter lost"),
        pytest.param("Weiden, Anne Lo", "WEIDENINGALO", [], id="another name"),
        pytest.param("Weiden, Anne Lo", "LOWEIDENANNE", [("WEIDEN", "ANNE LO")], id="turned within a field"),
        pytest.param("Weiden, Anne Lo", "LOANNEWEIDEN", [("WEIDEN", "ANNE LO")], id="few words in any order"),
        pytest.param("Bal Cemdor Fungir Havjol Keplur", "KEPLURBALCEMDORFUNGIRHAVJOL", [("", "BAL CEMDOR FUNGIR HAVJOL KEPLUR")],
                     id="many words, the last first"),
        pytest.param("Bal Cemdor Fungir Havjol Keplur", "CEMDORBALFUNGIRKEPLURHAVJOL", [], id="many words in no order"),
        pytest.param("Weiden, Anne Lo", "ANNEWEIDEN", [("WEIDEN", "ANNE")], id="a word left out"),
        pytest.param("Weiden, Anne", "ANNEWEIDEN", [("WEIDEN", "ANNE")], id="two words"),
        pytest.param("Bal, Cemdor Fungir Havjol", "BALCEMDOR", [], id="two left out"),
        pytest.param("Weiden, Anne Lo", "WEIDEN", [], id="a part"),
        pytest.param("Weiden", "WEIDEN", [], id="one token listed"),
        pytest.param("Li An", "LIAN", [], id="too short to be cut"),
        pytest.param("Quentrevalkomba, Lucienne Raymonde Alphonsine", "QUENTREVALKOMBALUCIENNERAYMONDEALPH",
                     [("QUENTREVALKOMBA", "LUCIENNE RAYMONDE ALPH")], id="cut off"),
        pytest.param("Quentrevalkomba, Lucienne Raymonde Alphonsine", "QUENTREVALKOMBALUCIENNERAYMONDEALP",
                     [("QUENTREVALKOMBA", "LUCIENNE RAYMONDE")], id="a short remainder is no name"),
        pytest.param("Quentrevalkomba, Lucienne Raymonde Alphonsine", "QUENTREVALKOMBALUCIENNE", [], id="no field ends so soon"),
        pytest.param("Муравьёв, Юрий", "YURIIMURAVEV", [("MURAVEV", "YURII")], id="listed in another script"),
    ],
)  # fmt: skip
def test_a_token_is_cut_where_the_listed_name_is(identities, listed, written, cut):
    names = columns([whole(listed)], around=False)
    table = identities({"t": (written, "", BORN, "M", STATE, [])})
    rows = apart(table, whole_names(names, pa.array([listed]))).to_pylist()
    assert rows[0]["written_as_one"] is None
    assert [(" ".join(row["surname_tokens"]), " ".join(row["given_tokens"])) for row in rows[1:]] == cut
    assert {row["written_as_one"] for row in rows[1:]} <= {written}
    assert len({row["reading"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("surname", "given"),
    [("WEIDENANNELO", "INGA"), ("WEIDEN ANNELO", ""), ("WEIDENANNELO", "LO"), ("", "")],
    ids=["another name beside it", "two tokens", "a part beside it", "nameless"],
)
def test_only_a_name_of_one_token_is_cut(identities, surname, given):
    names = columns([whole("Weiden, Anne Lo")], around=False)
    table = identities({"t": (surname, given, BORN, "M", STATE, [])})
    assert apart(table, whole_names(names, pa.array(["Weiden, Anne Lo"]))).num_rows == 1


def test_the_explanation_says_how_the_name_was_read(make_index, identities):
    (row,) = scored(make_index, identities, "Quenzebrand, Tiago Melo", ("TIAGOMELOQUENZEBRAND", ""))
    first = row["evidence"][0]
    assert (first["traveller_value"], first["alert_value"]) == (
        "TIAGOMELOQUENZEBRAND",
        "QUENZEBRAND / TIAGO MELO",
    )
    assert (first["relation"], first["weight"]) == (WRITTEN_AS_ONE, 0)
    names = [piece for piece in row["evidence"][1:] if piece["kind"] == "name"]
    assert [piece["alert_value"] for piece in names] == ["QUENZEBRAND", "TIAGO", "MELO"]
    assert all(piece["relation"] == "same" and piece["weight"] > 0 for piece in names)


def test_exhaustive_gives_the_same(make_index, identities):
    travellers = [("TIAGOMELOQUENZEBRAND", ""), ("QUENZEBRAND", "TIAGO"), ("QUENZEBRANDTIAGOMELLO", "")]
    name = "Quenzebrand, Tiago Melo"
    found, every = (
        [{**row, "routes": 0} for row in scored(make_index, identities, name, *travellers, exhaustive=way)]
        for way in (False, True)
    )
    assert found == every


def test_the_fit_counts_the_same_pieces_as_apart(make_index, identities, model):
    rows = scored(
        make_index, identities, "Zoltan Quenzebrand", ("ZOLTANQUENZEBRAND", ""), ("", "ZOLTAN QUENZEBRAND")
    )
    one, blanks = pairs_of(SCORED.table(rows), model).x
    assert one.tolist() == blanks.tolist()
