"""Groups: which legs are settled together, and that the cut is nobody's business."""

import pytest

from screening.manifests.groups import Group, groups, settle_in_groups
from screening.tables import individual as t

FIRST, SECOND = "QX12-20261124-FRA-IAD", "QX12-20261124-IAD-SFO"
ALIAS, OTHER = "QY8012-20261124-FRA-IAD", "QZ7-20261124-FRA-IAD"
ANNA, BELA = ("ADAM/ANNA", "1980-01-01", "A1@DE"), ("BERG/BELA", "1990-01-01", "B2@DE")


def codeshare(say, kit):
    say.api("08:00", kit.person(*ANNA, locator="L1"), leg=FIRST, marketing=["QY08012"])
    say.pnr("08:00", kit.person(*ANNA, locator="L1"), leg=ALIAS)
    say.api("08:00", kit.person(*BELA), leg=OTHER)


def codeshare_of_a_quarantined_message(say, kit):
    say.api("08:00", kit.person(*ANNA), leg=FIRST, marketing=["QY8012"], status="quarantined")
    say.pnr("08:00", kit.person(*ANNA), leg=ALIAS)


def designator_that_two_legs_list(say, kit):
    say.api("08:00", kit.person(*ANNA), leg=FIRST, marketing=["QY8012"])
    say.api("08:00", kit.person(*BELA), leg=OTHER, marketing=["QY8012"])
    say.pnr("08:00", kit.person(*BELA), leg=ALIAS)


def designator_that_nobody_states(say, kit):
    say.api("08:00", kit.person(*ANNA), leg=FIRST, marketing=["QY8012"])
    say.api("08:00", kit.person(*BELA), leg=OTHER, marketing=["QY8012"])


def flight_of_two_legs(say, kit):
    say.api("08:00", kit.person(*ANNA), kit.person(*BELA, legs=[SECOND]), leg=[FIRST, SECOND])


def bookings_counted_over_two_legs(say, kit):
    say.pnr("08:00", kit.person(*ANNA, locator="L1", legs=[FIRST]),
            kit.person(*BELA, locator="L2", legs=[SECOND]), leg=[FIRST, SECOND], stated=2)  # fmt: skip
    say.pnr("09:00", kit.person(*BELA, locator="L2", legs=[SECOND]),
            kit.person("CERNY/CARL", locator="L3", legs=[SECOND]), leg=[FIRST, SECOND], stated=2)  # fmt: skip


def update_that_names_another_leg(say, kit):
    say.api("08:00", kit.person(*ANNA), kit.person(*BELA), leg=FIRST, transaction="t1")
    say.api("08:00", kit.person(*ANNA), leg=SECOND, transaction="t1")
    say.api("09:00", kit.person(*BELA, seat="9C"), leg=SECOND, action="update", transaction="t1")
    say.api("10:00", leg=SECOND, action="cancel", transaction="t1")


def split_booking(say, kit):
    say.pnr("08:00", kit.person(*ANNA, locator="L1"), kit.person(*BELA, locator="L1"), leg=[FIRST, SECOND])
    say.pnr("09:00", kit.person(*ANNA, locator="L1"), leg=[FIRST, SECOND], action="update")
    say.pnr("09:00", kit.person(*BELA, locator="L9"), leg=[SECOND], action="update")


def interchange_sent_again(say, kit):
    for _ in range(2):
        say.api("08:00", kit.person(*ANNA), leg=FIRST, control_reference="c1", stated=1)
        say.api("08:00", kit.person(*BELA), leg=SECOND, control_reference="c1", stated=1)


def nothing_but_a_cancelled_flight(say, kit):
    say.api("08:00", leg=FIRST, action="cancel_flight", function="flight_status")


CASES = [
    pytest.param(codeshare, [{FIRST, ALIAS}, {OTHER}], id="a codeshare stays together"),
    pytest.param(codeshare_of_a_quarantined_message, [{FIRST, ALIAS}], id="one that is only feared, too"),
    pytest.param(designator_that_two_legs_list, [{FIRST, ALIAS, OTHER}], id="two legs list it"),
    pytest.param(designator_that_nobody_states, [{FIRST, ALIAS, OTHER}], id="nobody states it"),
    pytest.param(flight_of_two_legs, [{FIRST}, {SECOND}], id="a message over two legs ties nothing"),
    pytest.param(bookings_counted_over_two_legs, [{FIRST}, {SECOND}], id="nor do its bookings"),
    pytest.param(update_that_names_another_leg, [{FIRST}, {SECOND}], id="an update of another leg"),
    pytest.param(split_booking, [{FIRST}, {SECOND}], id="a split booking"),
    pytest.param(interchange_sent_again, [{FIRST}, {SECOND}], id="an interchange sent again"),
    pytest.param(nothing_but_a_cancelled_flight, [{FIRST}], id="a leg without a statement"),
]


@pytest.mark.parametrize(("message", "expected"), CASES)
def test_only_legs_that_may_be_one_are_never_parted(kit, message, expected):
    night = kit.Night()
    message(night, kit)
    _, legs, statements, _ = night.tables()
    scope = sorted(set(legs["flight_id"].to_pylist()))
    found = groups(legs, statements, scope, most=1)
    assert [set(group.legs) for group in found] == expected
    assert sorted(leg for group in found for leg in group.scope) == scope


@pytest.mark.parametrize("message", [pytest.param(case.values[0], id=case.id) for case in CASES])
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_what_a_group_is_given_is_all_that_its_legs_depend_on(kit, message, backwards):
    night = kit.Night()
    message(night, kit)
    tables = night.tables()
    once = night.settle()
    cut = groups(tables[1], tables[2], sorted({row["flight_id"] for row in night.legs}), most=1)
    cut = cut[::-1] if backwards else cut
    grouped = settle_in_groups(*tables, cut=cut, earlier=t.TRAVELLERS.empty(), pseudonym=kit.pseudonym)
    assert grouped.flights.equals(once.flights)
    assert grouped.travellers.equals(once.travellers)
    assert grouped.documents.equals(once.documents)
    assert grouped.ledger.equals(once.ledger)


@pytest.mark.parametrize(
    ("most", "cut"),
    [
        pytest.param(1, [[FIRST], [SECOND], [OTHER]], id="a leg above the bound is a group"),
        pytest.param(3, [[FIRST, SECOND], [OTHER]], id="filled up to the bound"),
        pytest.param(4, [[FIRST, SECOND, OTHER]], id="all of them"),
    ],
)
def test_a_group_is_closed_before_it_holds_too_much(kit, most, cut):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA), leg=FIRST)
    night.api("08:00", kit.person(*ANNA), leg=[SECOND, OTHER])
    _, legs, statements, _ = night.tables()
    found = groups(legs, statements, [OTHER, SECOND, FIRST], most=most)
    assert found == [Group(tuple(part), tuple(part)) for part in cut]


def test_a_leg_in_scope_of_which_nothing_is_said_has_its_group_and_its_line(kit):
    night = kit.Night()
    tables = night.tables()
    cut = groups(tables[1], tables[2], [FIRST])
    assert cut == [Group((FIRST,), (FIRST,))]
    settled = settle_in_groups(*tables, cut=cut, earlier=t.TRAVELLERS.empty(), pseudonym=kit.pseudonym)
    assert settled.ledger.to_pylist()[0]["unit"] == FIRST


def test_other_designators_come_along_but_are_not_in_scope(kit):
    night = kit.Night()
    codeshare(night, kit)
    _, legs, statements, _ = night.tables()
    assert groups(legs, statements, [ALIAS]) == [Group((FIRST, ALIAS), (ALIAS,))]
