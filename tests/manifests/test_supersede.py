"""Which statements are in force: full, update, cancellation and close-out of both sources."""

import pytest

from screening.manifests.supersede import follow

ANNA, BELA, CARL, DORA = (
    ("ADAM/ANNA", "1980-01-01", "A1@DE"),
    ("BERG/BELA", "1981-02-02", "B2@DE"),
    ("CERNY/CARL", "1982-03-03", "C3@CZ"),
    ("DORN/DORA", "1983-04-04", "D4@DE"),
)
MANY = [(f"MANY/T{number:02}", f"19{number + 20}-01-01", f"M{number}@DE") for number in range(20)]


def on(kit, night):
    """Given names of those who count."""
    return sorted(name.split("/")[1] for name in kit.counted(night.settle(kit.leg)))


def test_whom_a_later_full_leaves_out_stays_unconfirmed_and_counts_no_more(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    night.api("10:00", kit.person(*ANNA), kit.person(*CARL))
    settled = night.settle()
    assert kit.standings(settled) == {
        "ANNA": "confirmed",
        "BELA": "unconfirmed not_named_again",
        "CARL": "confirmed",
    }
    assert kit.counted(settled) == ["ADAM/ANNA", "CERNY/CARL"]
    assert kit.ledger(settled) == {"passed": 3, "superseded": 1}
    assert _texts(settled, "not_named_again") == [
        "1 traveller was named before and is not named again by a later message: kept, unconfirmed"
    ]
    anna = settled.travellers.filter(settled.travellers["surname"].to_numpy(zero_copy_only=False) == "ADAM")
    assert anna["statement_ids"].to_pylist() == [["f001:100:0", "f000:100:0"]]
    assert anna["current"].to_pylist() == [1]


def test_order_is_that_of_the_time_as_sent_and_not_of_the_files(kit):
    night = kit.Night()
    night.api("10:00", kit.person(*ANNA))
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    assert on(kit, night) == ["ANNA"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        pytest.param({"sent": None}, {"sent": "08:00"}, "2B", id="without time is oldest"),
        pytest.param(
            {"sent": "08:00", "control_reference": "9"},
            {"sent": "08:00", "control_reference": "10"},
            "1A",
            id="control reference after time, as text",
        ),
        pytest.param(
            {"sent": "08:00", "control_reference": "1", "file": "x", "offset": 999},
            {"sent": "08:00", "control_reference": "1", "file": "x", "offset": 1000},
            "2B",
            id="then the place in the file, as number",
        ),
        pytest.param(
            {"sent": "08:00", "control_reference": "1", "file": "b"},
            {"sent": "08:00", "control_reference": "1", "file": "a"},
            "1A",
            id="same time and reference in another file: by hash",
        ),
    ],
)
def test_the_latest_statement_is_believed(kit, first, second, expected):
    night = kit.Night()
    night.api(first.pop("sent"), kit.person(*ANNA, seat="1A"), **first)
    night.api(second.pop("sent"), kit.person(*ANNA, seat="2B"), **second)
    assert night.settle().travellers["seat"].to_pylist() == [expected]


def test_passengers_and_crew_are_apart(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    night.api("09:00", kit.person(*CARL, role="crew"), function="crew")
    night.api("10:00", kit.person(*ANNA))
    night.api("11:00", kit.person(*DORA, role="crew"), kit.person(*CARL, role="crew"), function="crew")
    assert on(kit, night) == ["ANNA", "CARL", "DORA"]


def test_a_sender_withdraws_nobody_of_another_sender(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA), sender="QX")
    night.api("09:00", kit.person(*ANNA), sender="QY")
    settled = night.settle()
    assert kit.names(settled) == ["ADAM/ANNA", "BERG/BELA"]
    assert kit.ledger(settled) == {"passed": 2, "merged": 1}


@pytest.mark.parametrize("transactions", [("t1", "t2", "t3", "t4"), (None,) * 4, ("same",) * 4])
def test_interactive_messages_add_up_and_a_party_sent_again_replaces_itself_only(kit, transactions):
    night = kit.Night()
    for sent, who, transaction in zip(
        ("08:00", "08:05", "08:10", "08:20"),
        ((ANNA, BELA), (CARL,), (DORA,), (ANNA,)),
        transactions,
        strict=True,
    ):
        night.api(sent, *(kit.person(*one, locator=one[0][:4]) for one in who), transaction=transaction)
    settled = night.settle()
    assert on(kit, night) == ["ANNA", "CARL", "DORA"]
    assert "full_adds" in kit.codes(settled)
    assert settled.flights["api_status"].to_pylist() == ["incomplete"]


def test_a_full_that_spans_the_interactive_ones_is_the_whole_manifest(kit):
    night = kit.Night()
    for place, who in enumerate((ANNA, BELA, CARL)):
        night.api(f"08:0{place}", kit.person(*who), transaction=f"t{place}")
    night.api("10:00", kit.person(*ANNA), kit.person(*BELA))
    assert on(kit, night) == ["ANNA", "BELA"]


def test_whom_an_update_added_leaves_with_the_next_full(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    night.api("08:10", kit.person(*CARL), action="update")
    assert on(kit, night) == ["ANNA", "BELA", "CARL"]
    night.api("10:00", kit.person(*ANNA), kit.person(*BELA))
    assert on(kit, night) == ["ANNA", "BELA"]


@pytest.mark.parametrize(
    ("ordered", "kept"),
    [
        pytest.param({"complete": False}, True, id="message says that it may lack travellers"),
        pytest.param({"stated": 2}, True, id="CNT is greater"),
        pytest.param({"stated": 1}, False, id="CNT fits"),
        pytest.param({"part": 2, "last_part": True, "transaction": "x"}, True, id="first part is missing"),
        pytest.param({"part": 1, "last_part": True, "transaction": "x"}, False, id="only part"),
        pytest.param({"part": 1, "last_part": False, "transaction": "x"}, True, id="last part is missing"),
        pytest.param({"status": "repaired"}, False, id="repaired is whole"),
    ],
)
def test_whom_a_full_leaves_out_counts_on_unless_it_is_whole(kit, ordered, kept):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    night.api("10:00", kit.person(*ANNA), **ordered)
    settled = night.settle()
    assert ("BERG/BELA" in kit.counted(settled)) is kept
    assert kit.standings(settled)["BELA"] == "unconfirmed not_named_again"
    assert ("full_states_part" in kit.codes(settled)) is kept
    assert settled.flights["api_status"].to_pylist() == ["incomplete" if kept else "final"]


def test_a_full_that_would_withdraw_most_of_many_withdraws_nobody(kit):
    night = kit.Night()
    night.api("08:00", *(kit.person(*who) for who in MANY))
    night.api("10:00", *(kit.person(*who) for who in MANY[:5]))
    settled = night.settle()
    assert settled.travellers.num_rows == 20
    assert "full_states_part" in kit.codes(settled)


def test_one_party_sent_as_full_does_not_replace_a_batch(kit):
    night = kit.Night()
    night.api("08:00", *(kit.person(*who) for who in (ANNA, BELA, CARL, DORA)))
    night.api("10:00", kit.person(*ANNA), transaction="t1")
    assert on(kit, night) == ["ANNA", "BELA", "CARL", "DORA"]


def test_parts_are_one_manifest_and_the_next_round_of_them_the_next(kit):
    night = kit.Night()
    parts = {"transaction": "QX12", "sender": "QX"}
    night.api("08:00", kit.person(*ANNA), part=1, last_part=False, complete=False,
              findings=[_finding("sequence_without_last_part")], **parts)  # fmt: skip
    night.api("08:01", kit.person(*BELA), kit.person(*CARL), part=2, last_part=True, **parts)
    assert on(kit, night) == ["ANNA", "BELA", "CARL"]
    assert night.settle().flights["api_status"].to_pylist() == ["final"]
    night.api("10:01", kit.person(*BELA), part=2, last_part=True, **parts)
    night.api("10:00", kit.person(*ANNA), part=1, last_part=False, **parts)
    assert on(kit, night) == ["ANNA", "BELA"]


def test_messages_of_one_interchange_are_one_manifest(kit):
    night = kit.Night()
    one = {"control_reference": "77", "file": "x"}
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA), **one, offset=10)
    night.api("08:00", kit.person(*BELA), kit.person(*CARL), **one, offset=900)
    settled = night.settle()
    assert kit.names(settled) == ["ADAM/ANNA", "BERG/BELA", "CERNY/CARL"]
    assert kit.ledger(settled) == {"passed": 3, "merged": 1}


@pytest.mark.parametrize(
    ("changed", "transaction", "expected"),
    [
        pytest.param(("ADAM/ANNE", "1980-01-01", "A1@DE"), None, ["ANNE", "BELA"], id="document, other given name"),
        pytest.param(("ADAM/ANNA", "1980-01-01", "Z9@DE"), None, ["ANNA", "BELA"], id="name and birth, new document"),
        pytest.param(("EVANS/ANNA", "1980-01-01", "A1@DE"), None, ["ANNA", "BELA"], id="document, married name"),
        pytest.param(("ADAM/ANNA", "1980-01-10", "A1@DE"), None, ["ANNA", "BELA"], id="document, name, corrected birth"),
        pytest.param(("EVANS/ANNA", None, "Z9@DE"), "t1", ["ANNA", "BELA"], id="transaction and given name"),
        pytest.param(("EVANS/EVE", "1990-09-09", "Z9@DE"), "t1", ["ANNA", "BELA", "EVE"], id="transaction alone adds"),
        pytest.param(("BOND/BORIS", "1990-09-09", "A1@DE"), None, ["ANNA", "BELA", "BORIS"],
                     id="another person on the same document"),
    ],
)  # fmt: skip
def test_an_update_replaces_whom_it_names(kit, changed, transaction, expected):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA), transaction="t1")
    night.api("09:00", kit.person(*changed), action="update", transaction=transaction)
    assert on(kit, night) == expected


def test_update_of_one_twin_on_a_shared_document_keeps_the_other(kit):
    night = kit.Night()
    night.api(
        "08:00", kit.person("TWIN/TIM", "2019-01-01", "A1@DE"), kit.person("TWIN/TOM", "2019-01-01", "A1@DE")
    )
    night.api("09:00", kit.person("TWIN/TOM", "2019-01-01", "B1@DE"), action="update")
    settled = night.settle()
    assert kit.names(settled) == ["TWIN/TIM", "TWIN/TOM"]
    assert sorted(settled.documents["number"].to_pylist()) == ["A1", "A1", "B1"]  # TOM keeps the earlier one


@pytest.mark.parametrize(
    ("named", "transaction", "expected"),
    [
        pytest.param([ANNA], None, ["BELA", "CARL"], id="by document"),
        pytest.param([("ADAM/ANNA", None, None)], None, ["BELA", "CARL"], id="by name alone"),
        pytest.param(
            [("ADAM/ANNA MARIA", None, None)], None, ["BELA", "CARL"], id="by name with a second one"
        ),
        pytest.param([], "t1", ["CARL"], id="without names the whole transaction"),
        pytest.param([], "unknown", ["ANNA", "BELA", "CARL"], id="an unknown transaction"),
        pytest.param([DORA], None, ["ANNA", "BELA", "CARL"], id="somebody unknown"),
    ],
)
def test_cancellation_withdraws_whom_it_names(kit, named, transaction, expected):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA), transaction="t1")
    night.api("08:10", kit.person(*CARL), transaction="t2")
    night.api(
        "09:00",
        *(kit.person(*one, says="withdrawn") for one in named),
        action="cancel",
        transaction=transaction,
    )
    settled = night.settle()
    assert on(kit, night) == expected
    assert ("cancel_without_traveller" in kit.codes(settled)) is (len(expected) == 3)
    kit.ledger(settled)


def test_a_cancellation_that_fits_two_withdraws_neither(kit):
    night = kit.Night()
    night.api("08:00", kit.person("KIM/MIN", "1980-01-01"), kit.person("KIM/MIN", "1990-01-01"))
    night.api("09:00", kit.person("KIM/MIN"), action="cancel")
    settled = night.settle()
    assert kit.names(settled) == ["KIM/MIN", "KIM/MIN"]
    assert kit.ledger(settled) == {"passed": 2, "unattributed": 1}


def test_who_comes_back_after_a_cancellation_has_his_history(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA))
    night.api("09:00", kit.person(*ANNA), action="cancel")
    before = night.settle()
    assert kit.standings(before) == {"ANNA": "withdrawn cancelled"}
    assert before.travellers["last_named_by"].to_pylist() == ["f000:100"]
    assert kit.ledger(before) == {"passed": 1, "superseded": 1}
    night.api("10:00", kit.person(*ANNA), action="update")
    (back,) = night.settle().travellers.to_pylist()
    assert back["statement_ids"] == ["f002:100:0", "f000:100:0", "f001:100:0"]
    assert back["current"] == 1
    assert (back["standing"], back["counted"], back["last_named_by"]) == ("confirmed", True, "f002:100")


def test_cancelling_the_flight_withdraws_api_and_pnr_said_before(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA))
    night.pnr("08:00", kit.person(*BELA, locator="L1"))
    night.api("09:00", function="flight_status", action="cancel_flight")
    settled = night.settle()
    assert set(kit.standings(settled).values()) == {"withdrawn flight_cancelled"}
    (flight,) = settled.flights.to_pylist()
    assert [flight[name] for name in ("travellers", "withdrawn", "counted")] == [2, 2, 0]
    assert "flight_cancelled" in kit.codes(settled)
    night.api("10:00", kit.person(*CARL))
    assert on(kit, night) == ["CARL"]


@pytest.mark.parametrize(
    ("action", "named", "expected"),
    [
        pytest.param("close_on_board", [ANNA], {"ANNA": True, "BELA": False, "CARL": None}, id="CLOB lists who flew"),
        pytest.param("close_not_boarded", [ANNA], {"ANNA": False, "BELA": True, "CARL": None},
                     id="CLNB lists who did not"),
        pytest.param("close_on_board", [ANNA, DORA], {"ANNA": True, "BELA": False, "CARL": None, "DORA": True},
                     id="who boarded without API is added"),
        pytest.param("close", [], {"ANNA": None, "BELA": None, "CARL": None}, id="CL says nothing of travellers"),
    ],
)  # fmt: skip
def test_close_out_says_who_flew(kit, action, named, expected):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    night.api("08:00", kit.person(*CARL, role="crew"), function="crew")
    night.api("11:00", *(kit.person(one[0]) for one in named), action=action, function="flight_status")
    settled = night.settle()
    rows = settled.travellers.to_pylist()
    assert {row["given_names"]: row["on_board"] for row in rows} == expected
    assert settled.flights["api_status"].to_pylist() == ["final"]
    assert ("close_out_adds" in kit.codes(settled)) is ("DORA" in expected)
    kit.ledger(settled)


def test_an_incomplete_close_out_says_nothing_of_whom_it_does_not_name(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    night.api("11:00", kit.person(ANNA[0]), action="close_on_board", function="flight_status", complete=False)
    rows = night.settle().travellers.to_pylist()
    assert {row["given_names"]: row["on_board"] for row in rows} == {"ANNA": True, "BELA": None}


def test_close_out_in_parts_is_one_and_a_later_one_replaces_it(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA), kit.person(*CARL))
    close = {"action": "close_on_board", "function": "flight_status", "transaction": "z"}
    night.api("11:00", kit.person(*ANNA), part=1, last_part=False, **close)
    night.api("11:00", kit.person(*BELA), part=2, last_part=True, **close)
    flew = {row["given_names"]: row["on_board"] for row in night.settle().travellers.to_pylist()}
    assert flew == {"ANNA": True, "BELA": True, "CARL": False}
    night.api("11:30", kit.person(*CARL), action="close_on_board", function="flight_status")
    flew = {row["given_names"]: row["on_board"] for row in night.settle().travellers.to_pylist()}
    assert flew == {"ANNA": False, "BELA": False, "CARL": True}


def test_quarantined_messages_say_nothing(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    night.api("10:00", kit.person(*ANNA), status="quarantined")
    settled = night.settle()
    assert kit.names(settled) == ["ADAM/ANNA", "BERG/BELA"]
    assert kit.ledger(settled) == {"passed": 2, "quarantined": 1}


def test_a_leg_of_quarantined_messages_only_has_a_ledger_line_and_no_flight(kit):
    night = kit.Night()
    night.api("10:00", kit.person(*ANNA), status="quarantined")
    settled = night.settle()
    assert settled.flights.num_rows == 0
    assert kit.ledger(settled) == {"passed": 0, "quarantined": 1}


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        pytest.param("full", ["ANNA", "DORA"], id="full replaces all bookings"),
        pytest.param("update", ["ANNA", "CARL", "DORA"], id="update only those it names"),
    ],
)
def test_pnr_pushes_replace_by_booking(kit, action, expected):
    night = kit.Night()
    night.pnr("2026-11-22T10:00", kit.person(*ANNA, locator="L1"), kit.person(*BELA, locator="L1"),
              kit.person(*CARL, locator="L2"))  # fmt: skip
    night.pnr(
        "2026-11-23T10:00", kit.person(*ANNA, locator="L1"), kit.person(*DORA, locator="L3"), action=action
    )
    assert on(kit, night) == expected


def test_pnr_messages_of_one_time_or_of_one_eqn_are_one_push(kit):
    night = kit.Night()
    for day in ("22", "23"):
        for minute, who, locator in (("00", ANNA, "L1"), ("00", BELA, "L2"), ("07", CARL, "L3")):
            if day == "22" or who is not BELA:
                night.pnr(
                    f"2026-11-{day}T10:{minute}",
                    kit.person(*who, locator=locator),
                    stated=3 if day == "22" else 2,
                )
    settled = night.settle()
    assert kit.counted(settled) == ["ADAM/ANNA", "CERNY/CARL"]
    assert settled.flights["pnr_status"].to_pylist() == ["final"]


def test_eqn_counts_the_bookings_of_all_legs_of_the_message(kit):
    other = "QX13-20261124-IAD-SFO"
    night = kit.Night()
    night.pnr("10:00", kit.person(*ANNA, locator="L1", legs=[kit.leg]), kit.person(*BELA, locator="L2", legs=[other]),
              leg=[kit.leg, other], stated=2)  # fmt: skip
    assert night.settle(kit.leg).flights["pnr_status"].to_pylist() == ["final"]


@pytest.mark.parametrize(("stated", "status"), [(1, "final"), (2, "final"), (3, "final"), (9, "incomplete")])
def test_eqn_speaks_against_a_push_only_where_no_way_of_counting_fits(kit, stated, status):
    night = kit.Night()
    night.pnr("10:00", kit.person(*ANNA, locator="L1"), kit.person(*BELA, locator="L1"), kit.person(*CARL, locator="L2"),
              stated=stated)  # fmt: skip
    assert night.settle().flights["pnr_status"].to_pylist() == [status]


def test_a_split_booking_moves_the_traveller_with_his_history(kit):
    night = kit.Night()
    night.pnr("2026-11-22T10:00", kit.person(*ANNA, locator="L1"), kit.person(*BELA, locator="L1"))
    night.pnr(
        "2026-11-23T10:00", kit.person(*BELA, locator="L9"), kit.person(*ANNA, locator="L1"), action="update"
    )
    rows = {row["given_names"]: row for row in night.settle().travellers.to_pylist()}
    assert rows["BELA"]["locator"] == "L9"
    assert rows["BELA"]["statement_ids"] == ["f001:100:0", "f000:100:1"]


def test_a_statement_that_says_withdrawn_withdraws(kit):
    night = kit.Night()
    night.pnr("2026-11-22T10:00", kit.person(*ANNA, locator="L1"), kit.person(*BELA, locator="L1"))
    night.pnr("2026-11-23T10:00", kit.person(*ANNA, locator="L1", says="withdrawn"), action="update")
    night.pnr("2026-11-23T11:00", kit.person(*CARL, locator="L2", says="withdrawn"), action="update")
    settled = night.settle()
    assert kit.standings(settled) == {
        "ANNA": "withdrawn cancelled_segment",
        "BELA": "unconfirmed not_named_again",
        "CARL": "withdrawn cancelled_segment",
    }
    assert kit.counted(settled) == []
    assert kit.ledger(settled) == {"passed": 3, "superseded": 1}


def followed(night, *, api=True):
    """What became of one source's statements about the leg."""
    ordered = night.ordered()
    rows = {}
    for row, number in enumerate(ordered.message):
        rows.setdefault(number, []).append(row)
    return follow(ordered, range(len(ordered.messages)), rows, api=api)


def test_what_is_stated_is_added_up_over_the_pushes_in_force(kit):
    night = kit.Night()
    night.api(
        "08:00", kit.person(*ANNA, locator="L1"), kit.person(*BELA, locator="L1"), transaction="t1", stated=2
    )
    night.api("08:05", kit.person(*CARL), transaction="t2", stated=1)
    assert followed(night).stated == 3
    night.api("08:10", kit.person(*DORA), action="update", transaction="t3", stated=1)
    assert followed(night).stated == 4


def test_who_may_have_left_is_counted_by_traveller(kit):
    night = kit.Night()
    night.api("08:00", *(kit.person(*who) for who in MANY))
    night.api("10:00", *(kit.person(*who) for who in MANY[:5]))
    assert followed(night).counts == {"full_states_part": 15}
    empty = kit.Night()
    empty.api("08:00", kit.person(*ANNA), kit.person(*BELA))
    empty.api("10:00")
    assert followed(empty).counts == {"full_states_part": 2}


def test_an_incomplete_update_of_a_booking_withdraws_nobody_of_it_and_counts_them(kit):
    night = kit.Night()
    night.pnr("08:00", *(kit.person(*who, locator="L1") for who in (ANNA, BELA, CARL)))
    night.pnr("09:00", kit.person(*ANNA, locator="L1"), action="update", complete=False)
    found = followed(night, api=False)
    assert found.counts == {"full_states_part": 2}
    assert [track.present for track in found.tracks()] == [True] * 3


@pytest.mark.parametrize(
    ("action", "complete", "status"),
    [
        pytest.param("close_not_boarded", True, "incomplete", id="who did not board completes no manifest"),
        pytest.param("close_on_board", True, "final", id="all who flew do"),
        pytest.param("close_on_board", False, "incomplete", id="some of them do not"),
    ],
)
def test_a_close_out_completes_a_manifest_that_lacked_travellers(kit, action, complete, status):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), kit.person(*BELA), complete=False)
    night.api("11:00", kit.person(ANNA[0]), action=action, function="flight_status", complete=complete)
    assert followed(night).status == status


def test_a_cancellation_is_looked_for_among_the_senders_own_travellers_first(kit):
    night = kit.Night()
    night.api("08:00", kit.person(*ANNA), sender="QY")
    night.api("08:01", kit.person(*ANNA), sender="QX")
    night.api("09:00", kit.person(*ANNA), sender="QX", action="cancel")
    assert [
        (stream.sender, track.present) for stream in followed(night).streams for track in stream.tracks
    ] == [
        ("QY", True),
        ("QX", False),
    ]


def _texts(settled, code):
    rows = settled.flights.to_pylist()
    return [found["text"] for row in rows for found in row["findings"] if found["code"] == code]


def _finding(code):
    return {"code": code, "level": "warning", "segment": None, "offset": 0, "text": "x"}
