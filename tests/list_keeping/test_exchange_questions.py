"""Hit or no hit: exact, counted, for one's own question only, and nothing about the alert leaves."""

import json
from datetime import timedelta

import pytest

from screening.list_keeping.exchange.accepting import accept
from screening.list_keeping.exchange.asking import answer, ask
from screening.protection.keys import Keys
from screening.tables.errors import InputError, UsageError
from tests.list_keeping.test_exchange import AT, Agency, alert, refused

KEYS = Keys("example", bytes(range(32)), demonstration=False)
PAPER = [{"type": "passport", "number": "K 123-4567", "issuing_state": "MD", "status": "lost"}]
BORN = [{"value": "1971-02", "precision": "month", "from": "1971-02-01", "to": "1971-02-28"}]


@pytest.fixture
def two(tmp_path, monkeypatch):
    """A has the list, b asks."""
    a, b = Agency(tmp_path, "aa"), Agency(tmp_path, "bb")
    a.knows(b, gives=["own"], tier="hit_no_hit", questions_per_day=8)
    b.knows(a)
    for agency in (a, b):
        agency.as_agency = lambda agency=agency: monkeypatch.setenv(
            "SCREENING_KEYS", str(agency.folder / "keys")
        )
    a.holds(
        alert(1, documents=PAPER, dates_of_birth=BORN),
        alert(2, caveat="closed", documents=[PAPER[0] | {"number": "C1"}]),
        alert(3, category="vulnerable_person", documents=[PAPER[0] | {"number": "V1"}]),
    )
    return a, b


def asks(agency, *lines, list_id="own", at=AT, reason="case 17"):
    agency.as_agency()
    data = "".join(
        json.dumps({"ref": f"r{n}", **line}) + "\n" for n, line in enumerate(lines, start=1)
    ).encode()
    out = agency.folder.parent / "q.jws"
    return ask(
        agency.store, agency.profile.exchange, "aa", list_id, data, out, reason=reason, actor="ben", at=at
    )


def answers(agency, at=AT):
    agency.as_agency()
    folder = agency.folder.parent
    return answer(
        agency.store, agency.profile.exchange, KEYS, folder / "q.jws", folder / "a.jws", actor="anna", at=at
    )


def takes(agency):
    return accept(
        agency.store, agency.profile, agency.folder.parent / "a.jws", folder=agency.folder, actor="ben", at=AT
    )


CASES = [
    pytest.param({"number": "k1234567", "state": "MD"}, True, id="document"),
    pytest.param({"number": "K1234567", "state": "RO"}, False, id="another State"),
    pytest.param({"number": "K1234568", "state": "MD"}, False, id="another number"),
    pytest.param({"name": "Tadeus B Orlenko", "born": "1971-02-12"}, True, id="person, in another order"),
    pytest.param({"name": "Orlenko Tadeus B", "born": "1971-03-01"}, False, id="another day"),
    pytest.param({"name": "Orlenka Tadeus B", "born": "1971-02-12"}, False, id="another name"),
    pytest.param({"number": "C1", "state": "MD"}, False, id="a caveat that this partner may not have"),
    pytest.param({"number": "V1", "state": "MD"}, False, id="an alert that protects"),
]


@pytest.mark.parametrize(("line", "hit"), CASES)
def test_an_answer_is_exact_and_says_nothing_but_hit(two, line, hit):
    a, b = two
    assert asks(b, line) == 1
    gave = answers(a)
    assert (gave.questions, gave.hits, gave.left_today) == (1, int(hit), 7)
    text = (a.folder.parent / "a.jws").read_text()
    assert len(text) < 900
    (told,) = takes(b).answers
    assert (told.asked, told.hit, told.reference is not None) == ("r1", hit, hit)
    with pytest.raises(InputError, match="not_ours"):
        takes(b)  # the question is closed


def test_the_record_of_both_holds_the_reference_and_nobodys_name_or_number(two):
    a, b = two
    asks(b, {"number": "K1234567", "state": "MD"}, {"name": "Orlenko Tadeus B", "born": "1971-02-12"})
    answers(a)
    references = {one.reference for one in takes(b).answers}
    for agency in (a, b):
        objects = [
            each for act, objects in agency.acts() if act.startswith("exchange.answer") for each in objects
        ]
        assert references <= {each.removeprefix("answer:").split("=")[0] for each in objects}
        kept = "".join(
            path.read_text() for path in agency.store.root.rglob("*.json*") if "version=" not in str(path)
        )
        assert not [word for word in ("Orlenko", "K1234567", "1971") if word in kept]


def test_what_may_not_be_answered_is_refused(two):
    a, b = two
    line = {"number": "K1", "state": "MD"}

    def refuses(code, at=AT):
        with pytest.raises(InputError, match=rf"^refused \({code}\)"):
            answers(a, at)
        assert f"refusal:{code}" in a.acts()[-1][1]

    asks(b, line)
    refuses("expired", AT + timedelta(hours=25))
    refuses("not_yet", AT - timedelta(hours=1))
    answers(a)
    refuses("replayed")
    asks(b, *[line] * 8)
    refuses("quota")
    assert answers(a, AT + timedelta(hours=12, minutes=1)).left_today == 0  # another day
    asks(b, line, list_id="other")
    refuses("list_not_given")
    refused(b, "q.jws", "unknown_issuer")  # our own question is no answer


@pytest.mark.parametrize(
    "line",
    [
        pytest.param({"number": "K1"}, id="no State"),
        pytest.param({"name": "A B"}, id="no day"),
        pytest.param({"number": "K1", "state": "MD", "name": "A B", "born": "1971-02-12"}, id="both"),
        pytest.param({"name": "A B", "born": "1971-02"}, id="no whole day"),
        pytest.param({"number": "K1", "state": "MD", "sex": "M"}, id="an unknown key"),
    ],
)
def test_a_question_that_does_not_hold_is_not_written(two, line):
    _, b = two
    with pytest.raises(UsageError, match=r"^line 1"):
        asks(b, line)
    with pytest.raises(UsageError, match="reason"):
        asks(b, {"number": "K1", "state": "MD"}, reason=" ")
    assert not (b.folder.parent / "q.jws").exists()
