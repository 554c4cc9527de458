"""What an attacker tries: another port's form, a fixed session, other roles, guessed passwords, names with script."""

import re
import sqlite3
from datetime import date

import pytest

from screening.profile.review import Review
from screening.review.app import EACH, SEE, WAYS
from screening.review.entering import inside
from screening.review.office import allowed
from screening.store.revisions import rewrite
from screening.tables import analyst
from screening.tables.codes import RetentionClass, ReviewRole
from tests.review.conftest import ORIGIN, OURS, PASSWORD, PEOPLE, Desk

NIGHT = date(2026, 11, 23)


def test_each_route_is_open_to_the_roles_of_its_table_and_to_nobody_else(agency):
    hit = agency.hits()[0]
    desks = {name: agency.log_in(name) for name in PEOPLE}
    pages = {name: desk.get("/settings").text for name, desk in desks.items()}
    tokens = {name: re.search(r'name="token" value="(\w+)"', page).group(1) for name, page in pages.items()}
    for way in WAYS:
        if way.roles is None or way.path in {"/logout"}:
            continue
        path = way.path.replace("{hit}", hit)
        for name, role in PEOPLE.items():
            desk = desks[name]
            answer = desk.get(path) if way.method == "GET" else desk.post(path, token=tokens[name])
            assert (answer.status_code == 403) == (role not in way.roles), (
                way.path,
                name,
                answer.status_code,
            )


def test_nobody_reaches_a_page_of_hits_without_a_log_in(agency):
    hit = agency.hits()[0]
    guest = agency.browser()
    for way in WAYS:
        if way.roles is None:
            continue
        path = way.path.replace("{hit}", hit)
        answer = guest.get(path) if way.method == "GET" else guest.post(path, headers=OURS)
        assert answer.status_code == 303, way.path
        assert answer.headers["location"].startswith("/login"), way.path


def test_the_profile_narrows_what_an_account_may_do(agency):
    account = next(one for one in _accounts(agency) if one.name == "sue")
    assert allowed(account, Review()) == {ReviewRole.SUPERVISOR}
    assert allowed(account, Review(analysts=("sue",))) == frozenset()
    assert allowed(account, Review(supervisors=("Sue",))) == {ReviewRole.SUPERVISOR}
    assert EACH > SEE


def _accounts(agency):
    from screening.review.accounts import accounts
    from screening.review.desk import desk_of

    return accounts(desk_of(agency.store))


OF_ANOTHER_PORT_OR_SITE = (
    {"sec-fetch-site": "same-site", "origin": "https://testserver:8081"},
    {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    {"sec-fetch-site": "none"},
    {"sec-fetch-site": "same-origin", "origin": "https://testserver:8081"},
    {"origin": "http://testserver"},
    {"origin": "null"},
    {},
)


def test_a_form_of_another_port_or_site_does_nothing_although_it_carries_the_cookie(agency):
    desk, hit = agency.log_in("anna"), agency.hits()[0]
    form = desk.form(hit) | {"decision": "false_match", "reason": "forged"}
    guest, known = agency.browser(), {"name": "anna", "password": PASSWORD}
    for headers in OF_ANOTHER_PORT_OR_SITE:
        done = desk.client.post(f"/hits/{hit}/decide", data=form, headers=headers)
        assert done.status_code == 403, headers
        assert guest.post("/login", data=known, headers=headers).status_code == 403, headers
        assert "forged" not in desk.get(f"/hits/{hit}").text, headers


def test_a_form_needs_the_token_of_its_own_session(agency):
    desk, hit = agency.log_in("anna"), agency.hits()[0]
    form = desk.form(hit) | {"decision": "false_match", "reason": "forged"}
    other = agency.log_in("anna").form(hit)["token"]
    for token in ("", "0" * 64, other):
        assert desk.post(f"/hits/{hit}/decide", **{**form, "token": token}).status_code == 403
    assert "forged" not in desk.get(f"/hits/{hit}").text


def test_a_session_is_new_at_log_in_cannot_be_fixed_and_ends_at_log_out(agency):
    client = agency.browser()
    client.cookies.set("__Host-sid", "chosen-by-somebody-else")
    answer = client.post("/login", data={"name": "anna", "password": PASSWORD}, headers=OURS)
    said = answer.headers["set-cookie"]
    token = re.match(r"__Host-sid=([\w-]{40,}); Path=/; Secure; HttpOnly; SameSite=Strict$", said).group(1)
    assert token != "chosen-by-somebody-else"
    stored = sqlite3.connect(agency.store.root / "analyst" / "review" / "desk.sqlite")
    assert token not in "".join(map(str, stored.execute("select * from sessions").fetchall()))
    stored.close()

    desk = agency.log_in("anna")
    kept = dict(desk.client.cookies)
    form = re.search(r'name="token" value="(\w+)"', desk.get("/settings").text).group(1)
    assert desk.post("/logout", token=form).headers["clear-site-data"]
    stolen = Desk(agency.browser(), "anna")
    stolen.client.cookies.update(kept)
    assert stolen.get("/queue").headers["location"].startswith("/login")


def test_guessing_is_slowed_down_also_for_the_right_password_and_names_are_not_told_apart(agency):
    client = agency.browser()

    def tried(name, password):
        return client.post("/login", data={"name": name, "password": password}, headers=OURS)

    unknown, wrong = tried("nobody", "x" * 12), tried("ben", "x" * 12)
    assert unknown.status_code == wrong.status_code == 401
    assert unknown.text == wrong.text
    for _ in range(5):
        answer = tried("anna", "guessed guessed")
    assert answer.status_code == 401
    locked = tried("anna", PASSWORD)
    assert locked.status_code == 429
    assert 0 < int(locked.headers["retry-after"]) <= 900
    agency.later(minutes=16)
    assert tried("anna", PASSWORD).status_code == 303


def test_idle_and_long_sessions_end_and_what_was_sent_then_is_kept(agency):
    desk, hit = agency.log_in("anna"), agency.hits()[0]
    form = desk.form(hit) | {"decision": "false_match", "reason": "typed for a long time"}
    agency.later(minutes=21)
    answer = desk.post(f"/hits/{hit}/decide", **form)
    assert answer.headers["location"] == f"/login?next=/hits/{hit}&kept=1"
    assert "is kept" in desk.get(answer.headers["location"]).text
    again = agency.log_in("anna").get(f"/hits/{hit}").text
    assert "typed for a long time" in again
    assert 'value="false_match" required checked' in again
    assert "open" in re.search(r"Stands: <b>([^<]*)", again).group(1)

    desk = agency.log_in("ben")
    for _ in range(38):
        agency.later(minutes=19)
        if desk.get("/settings").status_code != 200:
            break
    else:
        raise AssertionError("a session that is used never ends")


@pytest.mark.parametrize(
    "path",
    ["/hits/../../etc/passwd", "/hits/..%2f..%2fdesk.sqlite", "/hits/%00", "/hits/" + "a" * 65, "/hits/zzzzzzzzzz", "/style.css", "/hits/ab"],
)  # fmt: skip
def test_no_path_leads_out_of_the_pages(agency, path):
    answer = agency.log_in("anna").get(path)
    assert answer.status_code == 404
    assert "root:" not in answer.text


def test_every_answer_may_be_kept_by_no_cache_and_run_nothing_but_ours(agency):
    desk, hit = agency.log_in("anna"), agency.hits()[0]
    for path in ("/login", "/queue", f"/hits/{hit}", f"/people/{hit}", "/settings", "/nothing", "/hits/zz"):
        answer = desk.get(path)
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "server" not in answer.headers
    assert desk.get("/queue", headers={"host": "evil.example"}).status_code == 421
    assert desk.get("/queue", headers={"host": "testserver:8090"}).status_code == 421


def test_a_name_that_looks_like_markup_stays_text(agency):
    forged = '"><script>alert(1)</script>{{7*7}}'

    def changed(files):
        key = (analyst.HITS.name, RetentionClass.HIT)
        rows = files[key].to_pylist()
        return {key: analyst.HITS.table([row | {"surname": forged, "seat": forged} for row in rows])}

    rewrite(agency.store, NIGHT, changed)
    desk, hit = agency.log_in("anna"), agency.hits()[0]
    desk.act(hit, "decide", decision="inconclusive", reason=forged)
    for path in ("/queue?state=all", f"/hits/{hit}", f"/people/{hit}", f"/queue?flight={forged}"):
        text = desk.get(path).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)" in text or "flight=" in path
        assert text.count("<script>") == 1


def test_a_log_in_leads_to_no_other_site(agency):
    for path in ("//evil.example", "https://evil.example/queue", "/\\evil.example", "/hits/ab\r\nX: 1"):
        assert inside(path) == "/queue"
    assert inside("/queue?state=open&severity=4") == "/queue?state=open&severity=4"
    answer = agency.browser().post("/login", data={"name": "anna", "password": PASSWORD, "next": "//evil.example"}, headers=OURS)  # fmt: skip
    assert answer.headers["location"] == "/queue"
    assert ORIGIN not in answer.headers["location"]
