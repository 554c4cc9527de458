"""Names made from a father's: which stem, and which names only look so."""

import pytest

from screening.identity.derived import made_from


@pytest.mark.parametrize(
    ("token", "stem"),
    [
        pytest.param("IGOREVICH", "IGOR", id="Russian"),
        pytest.param("SERGEYEVNA", "SERGE", id="Russian, a woman's, BGN"),
        pytest.param("PETROVITCH", "PETR", id="French"),
        pytest.param("IVANOVYCH", "IVAN", id="Ukrainian"),
        pytest.param("RYHORAVICH", "RYHOR", id="Belarusian"),
        pytest.param("NIKITICHNA", "NIKIT", id="father's name ends in a"),
        pytest.param("JONSDOTTIR", "JON", id="Icelandic"),
    ],
)
def test_patronymics(token, stem):
    made = made_from(token)
    assert (made.stem, made.patronymic) == (stem, True)


@pytest.mark.parametrize(
    ("token", "stem"),
    [
        pytest.param("SULEYMANOGLU", "SULEYMAN", id="Turkish"),
        pytest.param("HASANZADEH", "HASAN", id="Persian"),
        pytest.param("PETROSYAN", "PETROS", id="Armenian"),
        pytest.param("JANASHVILI", "JANA", id="Georgian"),
        pytest.param("GUNNARSSON", "GUNNAR", id="Nordic"),
        pytest.param("ALIYEVA", "ALI", id="Azerbaijani"),
        pytest.param("MARTINEZ", "MARTIN", id="Spanish"),
    ],
)
def test_surnames_of_descent(token, stem):
    made = made_from(token)
    assert (made.stem, made.patronymic) == (stem, False)


@pytest.mark.parametrize("token", ["SMITH", "HEINRICH", "FRIEDRICH", "ULRICH", "MUNCH", "KEVICH", ""])
def test_names_that_only_look_made(token):
    assert made_from(token) is None
