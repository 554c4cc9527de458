"""In bytes that nobody could read a person is told by text: surely, or not at all."""

from datetime import date

import pytest

from screening.messages.aside_rights import Sought, theirs

MARTA = Sought(
    frozenset({frozenset({"LINDQUIST", "MARTAELIN"}), frozenset({"LINDQUIST", "MARTA", "ELIN"})}),
    frozenset({"AA7712345"}),
    frozenset({date(1981, 4, 12)}),
)
OTHER = "NAD+FL+++LINDQUIST:JONASOLOV'DTM+329:790101'DOC+P+AA8823456'"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        pytest.param(
            f"NAD+FL+++LINDQUIST:MARTAELIN'DTM+329:810412'{OTHER}",
            ["LINDQUIST", "MARTAELIN", "810412"],
            id="name and birth in one traveller's segments",
        ),
        pytest.param(f"NAD+FL+++BERG:M'DOC+P+AA 77-12345'{OTHER}", [], id="a number that others may have"),
        pytest.param(
            f"NAD+FL+++LINDQUIST:M'DOC+P+AA 77-12345'{OTHER}",
            ["LINDQUIST", "AA 77-12345"],
            id="number and family name",
        ),
        pytest.param(f"NAD+FL+++LINDQUIST:MARTAELIN'DTM+329:790101'{OTHER}", [], id="another birth"),
        pytest.param(OTHER, [], id="a brother"),
        pytest.param("DOC+P+XAA77123459'NAD+FL+++LINDQUIST:M", [], id="a longer number"),
        pytest.param(
            "For the file:\nMarta Elin Lindquist\nborn 12.04.1981\nJonas Olov Lindquist, 01.01.1979\n",
            ["Marta Elin Lindquist", "born 12.04.1981"],
            id="a note",
        ),
        pytest.param("Lindquist, Marta\n", [], id="a name alone"),
        pytest.param(
            "TIF+LINDQUIST+MARTAELIN:A'SSR+DOCS:HK:1:XX:::::P/SWE/AA7712345/SWE/12APR81'"
            "TIF+LINDQUIST+JONASOLOV:A'SRC'SSR+OTHS:HK:1:XX:::::AA7712345 LINDQUIST'",
            ["LINDQUIST", "MARTAELIN", "P/SWE/AA7712345/SWE/12APR81", "AA7712345 LINDQUIST"],
            id="a booking without its envelope",
        ),
    ],
)
def test_what_is_surely_theirs(text, gone):
    data = text.encode()
    found = theirs(data, 0, len(data), MARTA)
    held = [text[at : at + size] for at, size in found.places]
    for one in gone:
        assert one in held, held
    assert found.sure == bool(gone)
    assert not [one for one in held if "JONAS" in one.upper() or "AA8823456" in one]


def test_only_the_stretch_that_was_set_aside_is_looked_at():
    text = b"NAD+FL+++LINDQUIST:MARTAELIN'DTM+329:810412'"
    data = text * 3
    found = theirs(data, len(text), 2 * len(text), MARTA)
    assert all(len(text) <= at < 2 * len(text) for at, _ in found.places)
    assert len(found.places) == 3
