"""Properties of settling: order of arrival, doubles, locality, balance."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.manifests.groups import groups, settle_in_groups
from screening.manifests.settle import settle
from screening.tables import individual as t
from screening.tables.model import SchemaError

LEGS = ("QX12-20261124-FRA-IAD", "QX12-20261124-IAD-SFO", "QY8-20261124-FRA-IAD")
PEOPLE = [
    ("KIM/MIN", "1980-01-01", "A1@KR"), ("KIM/MIN", "1990-01-01", "A1@KR"), ("KIM/MINA", None, None),
    ("KIM/MIN", None, None), ("ADAM/ANNA", "1980-01-01", "B2@DE"), ("ADAM/ANNE", "1980-01-01", "B2@DE"),
    ("BERG/BELA", None, "C3@"), ("/", None, "D4@DE"),
]  # fmt: skip
ONE = st.builds(
    lambda who, locator, reference, says: (
        who,
        {"locator": locator, "booking_reference": reference, "says": says},
    ),
    st.sampled_from(PEOPLE),
    st.sampled_from([None, "L1", "L2"]),
    st.sampled_from([None, "1", "2"]),
    st.sampled_from(["present", "present", "present", "withdrawn"]),
)
MESSAGE = st.fixed_dictionaries({
    "source": st.sampled_from(["api", "pnr"]),
    "sent": st.sampled_from([None, "08:00", "09:00", "10:00"]),
    "travellers": st.lists(ONE, max_size=4),
    "action": st.sampled_from(["full", "full", "full", "update", "cancel", "close", "close_on_board",
                               "close_not_boarded", "cancel_flight", "change_flight"]),
    "function": st.sampled_from(["passengers", "passengers", "crew"]),
    "sender": st.sampled_from(["S1", "S2", None]),
    "transaction": st.sampled_from([None, "t1", "t2"]),
    "part": st.sampled_from([None, None, 1, 2]),
    "stated": st.sampled_from([None, None, 1, 2]),
    "complete": st.sampled_from([True, True, True, False]),
    "status": st.sampled_from(["ok", "ok", "ok", "quarantined"]),
    "leg": st.sampled_from([[LEGS[0]], [LEGS[1]], [LEGS[2]], [LEGS[0], LEGS[1]], [LEGS[1], LEGS[2]]]),
    "marketing": st.sampled_from([[], [], ["QY8"]]),
})  # fmt: skip
BOUNDED = settings(max_examples=60, deadline=None)


def build(kit, messages):
    night = kit.Night()
    for number, message in enumerate(messages):
        ordered = dict(message)
        people = [kit.person(*who, **more) for who, more in ordered.pop("travellers")]
        part = ordered["part"]
        night.say(ordered.pop("source"), ordered.pop("sent"), people, file=f"f{number}",
                  last_part=None if part is None else part == 2, **ordered)  # fmt: skip
    return night


def shuffled(table, data):
    order = data.draw(st.permutations(range(table.num_rows)))
    return table.take(list(order)) if order else table


def run(kit, tables, scope=LEGS, earlier=None):
    held = t.TRAVELLERS.empty() if earlier is None else earlier
    return settle(*tables, scope=scope, earlier=held, pseudonym=kit.pseudonym)


@BOUNDED
@given(messages=st.lists(MESSAGE, max_size=7), data=st.data())
@pytest.mark.slow
def test_what_was_said_decides_and_neither_order_nor_doubles_nor_company_do(kit, messages, data):
    night = build(kit, messages)
    tables = night.tables()
    one = run(kit, tables)

    # no statement is missing from the counts
    for leg in {row["unit"] for row in one.ledger.to_pylist()}:
        kit.ledger(one, leg)
    assert sum(one.ledger["received"].to_pylist()) <= len(night.statements)
    assert sum(one.ledger["passed"].to_pylist()) == one.travellers.num_rows
    assert sum(one.flights["travellers"].to_pylist()) == one.travellers.num_rows

    in_other_order = [shuffled(table, data) for table in tables]
    other = run(kit, in_other_order)
    for name in ("flights", "travellers", "documents", "ledger"):
        assert getattr(one, name).equals(getattr(other, name)), f"{name}, arrived in another order"

    drawn_in_twice = [
        pa.concat_tables([table, *more]) for table, *more in zip(tables, in_other_order, strict=True)
    ]
    twice = run(kit, drawn_in_twice)
    for name in ("travellers", "ledger"):
        assert getattr(one, name).equals(getattr(twice, name)), f"{name}, drawn in twice"

    leg_by_leg = [run(kit, tables, [leg]) for leg in one.flights["flight_id"].to_pylist()]
    for name in ("flights", "travellers"):
        rows = [row for settled in leg_by_leg for row in getattr(settled, name).to_pylist()]
        assert rows == getattr(one, name).to_pylist(), f"{name}, leg by leg"

    again = run(kit, tables, earlier=one.travellers)
    assert one.travellers.equals(again.travellers), "ids of the first night stay"


def test_of_a_statement_on_a_leg_and_on_its_alias_the_same_one_counts(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA"), leg=[LEGS[0], LEGS[2]], marketing=["QY8"])
    night.statements[0]["seat"], night.statements[1]["seat"] = "1A", "2B"
    messages, legs, statements, documents = night.tables()
    for order in ([0, 1], [1, 0]):
        settled = run(kit, [messages, legs, statements.take(order), documents])
        assert settled.travellers["seat"].to_pylist() == ["1A"]


@BOUNDED
@given(messages=st.lists(MESSAGE, max_size=6), most=st.integers(1, 8), data=st.data())
@pytest.mark.slow
def test_settling_in_groups_equals_settling_at_once(kit, messages, most, data):
    tables = build(kit, messages).tables()
    whole = run(kit, tables)
    earlier = whole.travellers.slice(0, data.draw(st.integers(0, whole.travellers.num_rows)))
    cut = data.draw(st.permutations(groups(tables[1], tables[2], LEGS, most=most)))
    grouped = settle_in_groups(*tables, cut=cut, earlier=earlier, pseudonym=kit.pseudonym)
    once = run(kit, tables, earlier=earlier)
    for name in ("flights", "travellers", "documents", "ledger"):
        assert getattr(grouped, name).equals(getattr(once, name))


@BOUNDED
@given(people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=6, unique=True))
@pytest.mark.slow
def test_a_message_sent_again_in_another_file_changes_no_traveller(kit, people):
    once, twice = kit.Night(), kit.Night()
    for night in (once, twice):
        night.api("08:00", *(kit.person(*who) for who in people), control_reference="1")
    twice.api("08:00", *(kit.person(*who) for who in people), control_reference="1")
    columns = ["surname", "given_names", "date_of_birth"]
    key = [(name, "ascending") for name in columns]
    one, other = once.settle().travellers.sort_by(key), twice.settle().travellers.sort_by(key)
    named = [who for who in people if who[1] or who[2]]
    if len(named) == len(people):
        assert one.select(columns).equals(other.select(columns))
    assert other.num_rows >= one.num_rows  # who has a name only cannot be told from his namesake


def test_a_statement_without_its_message_is_our_fault(kit):
    night = kit.Night()
    night.api("08:00", kit.person("ADAM/ANNA"))
    night.messages.clear()
    with pytest.raises(SchemaError, match="message is missing"):
        night.settle(LEGS[0])


def test_nothing_said_gives_empty_tables(kit):
    settled = kit.Night().settle()
    assert (settled.flights.num_rows, settled.travellers.num_rows, settled.ledger.num_rows) == (0, 0, 0)
