"""Readings by syllables: Korean, Chinese and Burmese spellings of one name, and what stays apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.identity.syllables import readings

TABLES = [  # one given name by Revised, McCune-Reischauer (marks lost), customary
    ("EUNJI", "UNCHI", "EUNJEE"),
    ("JEONGHYEOK", "CHONGHYOK", "JUNGHYUK"),
    ("YEONGHO", "YONGHO", "YOUNGHO"),
    ("GYEONGHUI", "KYONGHUI", "KYUNGHEE"),
    ("SUNTAEK", "SUNTAEK", "SOONTAEK"),
    ("SEONGCHEOL", "SONGCHOL", "SUNGCHUL"),
    ("GWANGSU", "KWANGSU", "KWANGSOO"),
    ("DONGIK", "TONGIK", "DONGIK"),
    ("YEONGJUN", "YONGCHUN", "YOUNGJOON"),
    ("HYEONU", "HYONU", "HYUNWOO"),
    ("MYEONGCHEOL", "MYONGCHOL", "MYUNGCHUL"),
    ("JAEYONG", "CHAEYONG", "JAEYONG"),
    ("ZHENGHUA", "CHENGHUA", "CHINGWAH"),
    ("XIAOPING", "HSIAOPING", "SIUPING"),
    ("ZEDONG", "TSETUNG", "CHAKTUNG"),
    ("JIANGUO", "CHIENKUO", "KINKWOK"),
    ("GUANGMING", "KUANGMING", "KWONGMING"),
    ("ZHIQIANG", "CHIHCHIANG", "CHIKEUNG"),
    ("XIUYING", "HSIUYING", "XIUYING"),
]


@pytest.mark.parametrize("spellings", TABLES, ids=lambda spellings: spellings[0])
def test_every_table_s_spelling_has_a_reading_of_the_first(spellings):
    for other in spellings[1:]:
        assert set(readings(spellings[0])) & set(readings(other)), other


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("RI", "YI", id="R falls in the South"),
        pytest.param("ROH", "NO", id="R and N at the beginning"),
        pytest.param("CHO", "JO", id="unmarked ch"),
        pytest.param("UMINOO", "MINOO", id="Burmese title glued"),
        pytest.param("DAWKHINKYI", "KHINKYI", id="Burmese title glued, a woman's"),
        pytest.param("KYAWZINLATT", "KYAWZINLAT", id="Burmese doubled final"),
    ],
)
def test_spellings_of_one_name_come_together(one, other):
    assert set(readings(one)) & set(readings(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("TINA", "DINA", id="by Wade-Giles they would be one"),
        pytest.param("MIRA", "MILA", id="by Korean they would be one"),
        pytest.param("ZHANG", "JIANG", id="two that Wade-Giles merges"),
        pytest.param("UMAR", "MAR", id="U is no title before one syllable"),
        pytest.param("SONGHO", "SANGHO", id="o, a"),
    ],
)
def test_different_names_stay_apart(one, other):
    assert not set(readings(one)) & set(readings(other))


@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=18))
def test_readings_are_few_and_always_the_same(token):
    found = readings(token)
    assert found == readings(token)
    assert len(found) <= 60
    assert sorted(found) == list(found)
