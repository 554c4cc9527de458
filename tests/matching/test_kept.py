"""An index that was kept gives the bytes of one that was just built, whatever it holds."""

import json

import numpy as np
import pytest

from screening.matching import kept
from screening.matching.kept import put_together, taken_apart
from screening.matching.match import match

SOUGHT = {
    "own:1": {
        "names": [("AL RAHMAN, Shaykh Umar", 0), ("Umar ABDULRAHMAN", 0), ("HONG GILDONG", 1)],
        "documents": [("AB12045", "GB", 0), ("7654321", None, 1)],
        "facts": [("nationality", "EG"), ("sex", "M")],
        "list": "own",
    },
    "un:2": {"names": [("NGUYEN THI LINH QUYEN", 0)], "documents": [("PX99887", "VN", 1)], "list": "un"},
    "un:3": {"names": [], "documents": [("STOLEN77", "FR", 0)], "list": "un"},
}
TRAVELLERS = {
    "a": ("ALRAHMAN", "OMAR", "1970-03-02", "M", "EG", [("AB12O45", "GB")]),
    "b": ("NGUYENTHILINHQUYEN", "", "1991-01-01", None, "VN", [("PX98987", "VN")]),
    "c": ("HONG", "KIL DONG", None, "M", "KR", []),
    "d": ("OTHER", "BODY", "1960-05-05", "F", "FR", [("STOLEN77", "FR")]),
}


@pytest.fixture(scope="module")
def index(make_index, exact_day):
    dated = {"own:1": [exact_day("1970-03-02")], "un:2": [exact_day("1991-01-01")], "un:3": []}
    return make_index({alert: {**said, "dates": dated[alert]} for alert, said in SOUGHT.items()})


@pytest.fixture(scope="module")
def again(index, model):
    """The index after JSON and bytes."""
    description, arrays = taken_apart(index)
    copied = [np.frombuffer(bytearray(each.tobytes()), each.dtype).reshape(each.shape) for each in arrays]
    return put_together(json.loads(json.dumps(description)), copied, model)


def test_a_kept_index_gives_the_pairs_of_one_just_built(index, again, identities):
    found = match(identities(TRAVELLERS), index, floor=0)
    assert found.num_rows > 3
    assert match(identities(TRAVELLERS), again, floor=0).equals(found)


def test_taken_apart_again_it_is_the_same(index, again):
    first, second = taken_apart(index), taken_apart(again)
    assert first[0] == second[0]
    assert all(
        one.dtype == other.dtype and one.tobytes() == other.tobytes()
        for one, other in zip(first[1], second[1], strict=True)
    )


def test_arrays_lie_as_compiled_loops_take_them(index, monkeypatch):
    # Loops are compiled for a layout, and for arrays that may be written: an index of another kind, mapped,
    # would be compiled for once more (half a minute in an agency's first night).
    monkeypatch.setattr(kept, "_texts", lambda value, arrays: [0, 0])  # no loop takes texts
    arrays = taken_apart(index)[1]
    assert len(arrays) > 20
    assert all(each.flags.c_contiguous and each.flags.writeable and each.flags.aligned for each in arrays)


def test_an_index_of_nothing_can_be_kept(make_index, model, identities):
    description, arrays = taken_apart(make_index({}))
    assert match(identities(TRAVELLERS), put_together(description, arrays, model), floor=0).num_rows == 0
