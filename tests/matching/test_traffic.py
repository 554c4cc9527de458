import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.matching.evidence.nationality import compare
from screening.matching.model import KINDS
from screening.matching.rarity import token_weights
from screening.matching.traffic import (
    FEWEST_BEARERS,
    FEWEST_OF_STATE,
    PRIOR,
    count_traffic,
    counts_hash,
    with_traffic,
)
from screening.tables.traffic import TRAFFIC_COUNTS


@pytest.fixture(scope="module")
def people(identities):
    """Travellers by (how many, surname, given names, State)."""

    def make(*groups):
        rows = [group[1:] for group in groups for _ in range(group[0])]
        return identities(
            {
                f"T{at:05d}": (surname, names, "1980-02-03", "M", state, [])
                for at, (surname, names, state) in enumerate(rows)
            }
        )

    return make


def counted(table):
    return {(row["kind"], row["state"], row["token"]): row["count"] for row in table.to_pylist()}


def test_each_traveller_counts_once_under_their_state_and_under_all(people):
    found = counted(count_traffic(people((60, "QUENZE", "VARLO", "KZ"), (50, "QUENZE", "", None))))
    assert found == {
        ("travellers", "*", None): 110,
        ("travellers", "KZ", None): 60,
        ("travellers", "", None): 50,
        ("tokens", "*", None): 170,
        ("tokens", "KZ", None): 120,
        ("tokens", "", None): 50,
        ("token", "*", "QUENZE"): 110,
        ("token", "*", "VARLO"): 60,
        ("token", "KZ", "QUENZE"): 60,
        ("token", "KZ", "VARLO"): 60,
        ("token", "", "QUENZE"): 50,
    }


def test_a_second_reading_and_a_token_written_twice_count_nothing_more(people):
    table = people((FEWEST_OF_STATE, "VARLO", "VARLO", "KZ"))
    numbers = pa.array([1] * table.num_rows, pa.int32())
    second = table.set_column(2, table.schema.field("reading"), numbers)
    both = pa.concat_tables([table, second])
    assert counted(count_traffic(both)) == counted(count_traffic(table))
    assert counted(count_traffic(both))["token", "*", "VARLO"] == FEWEST_OF_STATE


@pytest.mark.parametrize(("bearers", "shown"), [(FEWEST_BEARERS - 1, False), (FEWEST_BEARERS, True)])
def test_a_token_of_few_leaves_no_trace_but_counts_in_the_totals(people, bearers, shown):
    found = counted(count_traffic(people((100, "QUENZE", "", "KZ"), (bearers, "RARELING", "", "KZ"))))
    assert (("token", "*", "RARELING") in found) is shown
    assert (("token", "KZ", "RARELING") in found) is shown
    assert found["tokens", "KZ", None] == found["tokens", "*", None] == 100 + bearers


@pytest.mark.parametrize(("travellers", "shown"), [(FEWEST_OF_STATE - 1, False), (FEWEST_OF_STATE, True)])
def test_a_state_of_few_travellers_has_no_rows_of_its_own(people, travellers, shown):
    found = counted(count_traffic(people((100, "QUENZE", "", "KZ"), (travellers, "VARLO", "", "TV"))))
    assert any(state == "TV" for _, state, _ in found) is shown
    assert found["token", "*", "VARLO"] == travellers


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False))
def test_counts_do_not_depend_on_the_order_of_rows(people, random):
    table = people((55, "QUENZE", "VARLO", "KZ"), (52, "VAN DER BERG", "A B", "NL"), (7, "VARLO", "", None))
    order = list(range(table.num_rows))
    random.shuffle(order)
    shuffled = count_traffic(table.take(order))
    assert shuffled.equals(count_traffic(table))
    assert counts_hash(shuffled.take(list(range(shuffled.num_rows))[::-1])) == counts_hash(shuffled)


def test_the_model_names_its_counts_and_carries_them(model, people):
    one = with_traffic(model, count_traffic(people((900, "QUENZE", "VARLO", "KZ"), (100, "BERG", "", "NL"))))
    other = with_traffic(model, count_traffic(people((901, "QUENZE", "VARLO", "KZ"))))
    assert len({model.version, one.version, other.version}) == 3
    assert model.traffic is None
    assert one.traffic.travellers == 1000
    assert one.traffic.states == {"KZ": 0.9, "NL": 0.1}
    assert one.traffic.tokens["VARLO"] == pytest.approx(900 / 1900)
    assert one.traffic.by_state["NL"] == (100, {"BERG": 100})


def test_what_travellers_are_called_is_common_and_what_is_shipped_stays_common(model, people):
    own = with_traffic(model, count_traffic(people((1000, "QUENZEBRAND", "VARLO", "KZ"))))
    before, after = (
        token_weights(["QUENZEBRAND", "MOHAMMED"], which)[:, KINDS.index("exact")] for which in (model, own)
    )
    assert after[0] < before[0] - 500
    assert after[1] == pytest.approx(before[1], abs=5)


def test_states_weigh_by_their_share_of_the_counted_travellers(model, people):
    own = with_traffic(model, count_traffic(people((800, "QUENZE", "", "KZ"), (200, "BERG", "", "NL"))))
    assert compare(["KZ"], ["KZ"], [], own).weight < compare(["KZ"], ["KZ"], [], model).weight
    part = PRIOR / (1000 + PRIOR)
    shipped = model.nationality.shares.get("KZ", model.nationality.unlisted)
    assert own.nationality.shares["KZ"] == pytest.approx(0.8 * (1 - part) + shipped * part)
    assert own.nationality.unlisted < model.nationality.unlisted


def test_no_counts_leave_shares_as_shipped(model):
    own = with_traffic(model, TRAFFIC_COUNTS.empty())
    assert own.token_shares == model.token_shares
    assert own.nationality.shares == pytest.approx(model.nationality.shares)
    assert own.traffic.travellers == 0
