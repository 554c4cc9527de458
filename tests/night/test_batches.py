"""How legs are grouped: every leg once, evenly, the same each time, without a person's name."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.night.batch_plan import plan

LEGS = st.dictionaries(
    st.from_regex(r"[A-Z][A-Z0-9][1-9][0-9]{2}", fullmatch=True), st.integers(0, 400), max_size=40
)


def flights(legs):
    return pa.table(
        {
            "flight_id": pa.array(list(legs), pa.string()),
            "carrier": pa.array([leg[:2] for leg in legs], pa.string()),
            "travellers": pa.array(list(legs.values()), pa.int32()),
        }
    )


@settings(max_examples=80, deadline=None)
@given(legs=LEGS, number=st.integers(1, 12), least=st.integers(1, 900))
def test_every_leg_stands_in_one_batch_and_batches_are_even_and_not_small(legs, number, least):
    batches = plan(flights(legs), number, least=least)
    assert sorted(leg for batch in batches for leg in batch.flight_ids) == sorted(legs)
    assert len(batches) == min(max(1, min(number, sum(legs.values()) // least)), len(legs))
    loads = [sum(legs[leg] + 1 for leg in batch.flight_ids) for batch in batches]
    if loads:
        assert max(loads) - min(loads) <= max(legs.values()) + 1


@settings(max_examples=40, deadline=None)
@given(legs=LEGS, number=st.integers(1, 12), data=st.data())
def test_the_plan_does_not_depend_on_the_order_of_flights(legs, number, data):
    shuffled = dict(data.draw(st.permutations(list(legs.items()))))
    assert plan(flights(shuffled), number, least=50) == plan(flights(legs), number, least=50)


def test_a_label_names_numbers_and_carriers():
    [batch] = plan(flights({"XQ401": 3, "YA7": 2}), 1, least=1)
    assert batch.holds == "2 flights XQ YA"
