"""Names of the lists in use: what is common among the people whom they name."""

import numpy as np

from screening.matching.listed import BESIDE, FEWEST_ALERTS, OVERALL, count_listed

TOKENS = ("SINGH", "PARMINDER", "JASPREET", "SMITH", "MARY")
SINGH, PARMINDER, JASPREET, SMITH, MARY = range(5)


def counted(names):
    """Count one alert a name, of no State."""
    alert = np.repeat(np.arange(len(names)), [len(name) for name in names])
    token = np.array([token for name in names for token in name], np.int64)
    nobody = np.zeros(0, np.int64)
    found = count_listed(alert, alert, token, TOKENS, nobody, nobody, ())
    assert found is not None
    return found.tokens


def test_a_name_that_goes_with_others_is_as_common_as_it_is_beside_them():
    names = [(PARMINDER, SINGH), (JASPREET, SINGH)] * 30 + [(MARY, SMITH)] * 30
    names += [(MARY,), (SMITH,)] * 200
    shares = counted(names)
    # 60 of 550 alerts hold SINGH, and so does nearly every other one that holds PARMINDER.
    assert shares["SINGH"] > 2 * OVERALL * 60 / 550
    assert 0.5 * BESIDE < shares["SINGH"] < BESIDE
    # MARY and SMITH mostly stand apart.
    assert shares["SMITH"] < 0.3 * shares["SINGH"]


def test_the_one_at_hand_is_left_out_and_few_say_nothing():
    once = counted([(PARMINDER, SINGH)] * 5 + [(MARY,)] * FEWEST_ALERTS)
    many = counted([(PARMINDER, SINGH)] * 50 + [(MARY,)] * FEWEST_ALERTS)
    assert once["SINGH"] < 0.1 * BESIDE < many["SINGH"]


def test_two_spellings_of_a_token_in_two_names_of_one_alert_are_not_beside_one_another():
    alert = np.repeat(np.arange(FEWEST_ALERTS), 2)
    name = np.arange(len(alert))
    token = np.tile([SINGH, SMITH], FEWEST_ALERTS)
    nobody = np.zeros(0, np.int64)
    found = count_listed(alert, name, token, TOKENS, nobody, nobody, ())
    assert found is not None
    assert found.tokens["SINGH"] == OVERALL / 2
