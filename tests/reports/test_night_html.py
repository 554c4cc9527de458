import base64
import hashlib
import re
import shlex
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import pyarrow as pa
import pytest
from markupsafe import escape

from screening.reports.hit import Proposed
from screening.reports.night_html import MAIN, render
from screening.reports.night_view import HitState, NightTables
from screening.reports.work_order import Part
from screening.tables import individual
from screening.tables.aggregate import PUBLISHED
from screening.tables.analyst import DISPOSITIONS, EVIDENCE, HITS
from screening.tables.individual import MESSAGES

EVIL = "</td><script>alert(1)</script>\u202egnirts\x07"


class Page(HTMLParser):
    """What a browser would find: tags, ids, links, texts, and whether tags are balanced."""

    VOID = frozenset({"meta", "br", "line", "rect", "path", "input"})

    def __init__(self, html):
        super().__init__()
        self.tags, self.ids, self.links, self.labels, self.open, self.headings = [], [], [], [], [], []
        self.texts = []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            self.links.append(attributes["href"])
        self.labels += attributes.get("aria-labelledby", "").split()
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.texts))


def main_page(view):
    return render(view)[MAIN]


def test_the_page_loads_nothing_and_runs_one_script_of_ours(night_tables, night_view):
    html = main_page(night_view(night_tables()))
    page = Page(html)
    policy = next(a["content"] for tag, a in page.tags if tag == "meta" and "http-equiv" in a)
    held = re.fullmatch(
        r"default-src 'none'; script-src 'sha256-(\S+)'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
        policy,
    )
    [script] = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert held.group(1) == base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    names = {tag for tag, _ in page.tags}
    assert not names & {"link", "img", "iframe", "object", "form", "base"}
    assert not re.search(r"url\(|@import|https?://", html)
    assert not any(
        name.startswith("on") or name == "src" for _, attributes in page.tags for name in attributes
    )


def test_names_of_carriers_and_lists_are_text_whatever_they_contain(night_tables, night_view):
    plain = night_view(night_tables())
    tables = night_tables(hit_facts={"surname": EVIL, "alert_name": EVIL, "seat": EVIL, "locator": EVIL})
    evil = main_page(night_view(tables))
    assert evil.count("<script>") == 1
    assert "\u202e" not in evil
    assert "\x07" not in evil
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in evil
    assert {tag for tag, _ in Page(evil).tags} <= {tag for tag, _ in Page(main_page(plain)).tags}


def test_the_page_is_built_for_readers_without_sight_or_mouse(night_tables, night_view):
    page = Page(main_page(night_view(night_tables(30))))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.labels) <= set(page.ids)
    assert {link.removeprefix("#") for link in page.links if link.startswith("#")} <= set(page.ids)
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False))
    tags = [tag for tag, _ in page.tags]
    assert {"main", "header", "nav", "footer"} <= set(tags)
    assert ("html", {"lang": "en"}) in page.tags
    pictures = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert all(a.get("role") == "img" or a.get("aria-hidden") == "true" for a in pictures)
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")


def test_equal_tables_give_equal_bytes_in_any_order_of_rows(night_tables, night_view):
    tables = night_tables(20)

    def turned(table):
        return table.take(pa.array(range(table.num_rows - 1, -1, -1), pa.int64()))

    backwards = NightTables(**{name: turned(getattr(tables, name)) for name in vars(tables)})
    assert render(night_view(tables)) == render(night_view(backwards))


SEEN_FROM = datetime(2026, 11, 23, 14, tzinfo=UTC)


def test_hits_stand_in_the_order_of_work_and_the_index_leads_to_each(night_tables, night_view):
    view = night_view(night_tables(30), moment=SEEN_FROM, home="FR")
    parts = [card.part for card in view.cards]
    assert parts == sorted(parts, key=list(Part).index)
    assert set(parts) == {Part.LANDS, Part.DEPARTS, Part.OVER, Part.NEAR}
    for part in set(parts):
        weights = [card.first.weight for card in view.cards if card.part is part]
        assert weights == sorted(weights, reverse=True)
    assert all(card.first.timing.minutes >= 0 for card in view.cards if card.part is Part.LANDS)
    assert all(card.first.timing.minutes < 0 for card in view.cards if card.part is Part.OVER)
    page = Page(main_page(view))
    assert [link for link in page.links if link.startswith("#hit-")] == [
        f"#{card.first.anchor}" for card in view.cards
    ]
    assert "Lands after 2026-11-23 14:00 UTC" in page.text


def test_near_misses_have_a_part_of_their_own_in_index_and_cards(night_tables, night_view):
    html = main_page(night_view(night_tables(30)))
    index, hits = html.split('<h2 id="hits">')
    assert index.split('<td colspan="8">Near misses')[1].count('href="#hit-') == 4
    assert hits.split('<h2 id="part-near">')[1].count('<article class="hit ') == 4
    assert html.count("near miss: same name and year of birth, another day") == 2
    assert html.count("near miss: same surname and date of birth, other given names") == 2
    every = night_view(night_tables(2, hit_facts={"near_miss": "other_day"}))
    assert main_page(every).count('<article class="hit ') == 2
    assert 'id="part-near"' not in main_page(night_view(night_tables(2)))


def test_one_person_and_alert_on_two_legs_is_one_card_with_each_hit_in_it(night_tables, night_view):
    tables = night_tables(3, 8)
    same = {"person_key": "p", "alert_id": "own:0", "alert_ids": ["own:0"]}
    rows = tables.hits.to_pylist()
    two = [row | (same if row["hit_id"] in (rows[0]["hit_id"], rows[1]["hit_id"]) else {}) for row in rows]
    view = night_view(replace(tables, hits=HITS.table(two)), moment=SEEN_FROM, home="FR")
    [joined] = [card for card in view.cards if len(card.hits) == 2]
    html = main_page(view)
    assert len(view.cards) == 2
    assert html.count('<article class="hit ') == 2
    for hit in joined.hits:
        assert f'id="{hit.anchor}"' in html
        assert f"screening decide {hit.row['hit_id']} " in html
        assert hit.row["flight_id"] in html.split('id="hits-index"')[1].split("</table>")[0]


def test_what_is_shown_to_few_shares_no_card_and_nobody_leads_to_it(night_tables, night_view):
    tables = night_tables(2, 1)
    people = tables.travellers.to_pylist()
    same = {"person_key": "p", "alert_id": "own:0", "alert_ids": ["own:0"]}
    for row in people[:2]:
        row["locator"] = "ABC123"
    hits = [row | same | {"locator": "ABC123"} for row in tables.hits.to_pylist()]
    made = replace(tables, travellers=individual.TRAVELLERS.table(people), hits=HITS.table(hits))
    assert [one.fellows[0].hits != () for one in night_view(made).hits] == [True, True]
    hidden = hits[0]["hit_id"]
    view = night_view(made, states={hidden: HitState(call="the duty desk")})
    assert len(view.cards) == 2
    seen = next(one for one in view.hits if one.row["hit_id"] != hidden)
    assert seen.fellows[0].hits == ()


def test_lines_that_decide_are_taken_by_a_shell_as_they_are(night_tables, night_view):
    [hit] = night_view(night_tables(1)).hits
    words = shlex.split(hit.command(date(2026, 11, 23), "false_match"))
    assert words[:3] == ["screening", "decide", hit.row["hit_id"]]
    assert words[3:] == [
        "--night",
        "2026-11-23",
        "--evidence",
        "e",
        "--decision",
        "false_match",
        "--reason",
        "",
    ]
    assert escape(hit.command(date(2026, 11, 23), "true_match")) in main_page(night_view(night_tables(1)))


def test_decisions_and_proposals_of_the_day_are_shown(night_tables, night_view):
    tables = night_tables(3)
    of, other, _ = sorted(tables.hits["hit_id"].to_pylist())
    made = {
        "disposition_id": "new", "hit_id": of, "person_key": "p", "alert_id": "own:0", "decision": "false_match",
        "reason": "other <b>birth</b> place", "analyst": "anna", "second": "ben",
        "decided_at": datetime(2026, 11, 23, 6, tzinfo=UTC), "evidence_hash": "e",
    }  # fmt: skip
    waits = HitState(proposed=Proposed("0123456789abcdef", "true_match", "carl", "same scar"))
    view = night_view(replace(tables, dispositions=DISPOSITIONS.table([made])), states={other: waits})
    assert view.states == {"open": 1, "proposed": 1, "decided": 1}
    html = main_page(view)
    text = re.sub(r"\s+", "", Page(html).text)
    assert (
        re.sub(
            r"\s+",
            "",
            "Decided since: false match by anna and ben, 2026-11-23 06:00 UTC: other <b>birth</b> place.",
        )
        in text
    )
    assert f"screening confirm {other} --night 2026-11-23 --proposal 0123456789ab" in html
    assert html.count('data-state="decided"') == html.count('data-state="proposed"') == 1


def test_a_hit_by_a_document_alone_is_folded_and_none_listed_is_not_given(night_tables, night_view):
    tables = night_tables(1)
    pieces = tables.evidence.to_pylist()
    for row in pieces:
        row["weight"] = {"document": 2400, "prior": -1660}.get(row["kind"], 0)
    folded = main_page(night_view(replace(tables, evidence=EVIDENCE.table(pieces))))
    assert "nothing else was weighed" in folded
    assert "<details><summary>Traveller, alert and evidence of hit" in folded
    pieces = [
        row | {"relation": "none agrees"} if row["kind"] == "document" else row
        for row in tables.evidence.to_pylist()
    ]
    bare = replace(
        tables, evidence=EVIDENCE.table(pieces), alert_documents=tables.alert_documents.slice(0, 0)
    )
    assert "none agrees" not in main_page(night_view(bare))


def test_a_hit_tells_all_that_a_decision_needs(night_tables, night_view):
    tables = night_tables(5)
    html = main_page(night_view(tables))
    text = Page(html).text
    for phrase in (
        "departs 2026-11-23 09:10 Europe/Paris (08:10 UTC), lands 2026-11-23 12:10 America/Toronto (17:10 UTC)",
        "Hold at the gate, call the duty officer.",
        "A namesake was cleared in 2025.",
        "Decided before: inconclusive by duty-1 , 2026-11-22 06:12 UTC: photograph asked for",
        "above the threshold of 4.00; without the name or the date of birth no hit.",
        "Such a score is reached by 0.20 in 1,000 innocent travellers.",
        "First a hit in the night 2026-11-22; not decided since.",
        "passport X4 (FR), valid",
        "screening decide 00000000000000000000000000000004 --night 2026-11-23 --evidence e --decision true_match --reason ''",
        "screening trace 00000000000000000000000000000004",
        "Alerts taken for the same person: un:0",
    ):
        assert re.sub(r"\s+", "", phrase) in re.sub(r"\s+", "", text), phrase
    assert '<bdi lang="und-Arab">سید زاده</bdi>' in html


def test_whoever_stands_in_the_same_booking_is_named(night_tables, night_view):
    tables = night_tables(1)
    booked = tables.travellers.to_pylist()
    same = [row for row in booked if row["flight_id"] == booked[0]["flight_id"]][:3]
    for row in same:
        row["locator"] = tables.hits["locator"][0].as_py()
    view = night_view(night_tables(1, travellers=individual.TRAVELLERS.table(same)))
    assert len(view.hits[0].fellows) == len(same) - 1


def test_what_needs_a_person_stands_first_with_the_command_that_mends_it(night_tables, night_view):
    html = main_page(night_view(night_tables()))
    section = html.split('id="attention"', 1)[1].split("</section>", 1)[0]
    assert section.index("failed") < section.index("quarantined")
    assert "screening rerun --night 2026-11-23 --flight Q0100-20261123-FRA-IAD" in section


def test_whatever_was_set_aside_is_counted_with_its_reason(night_tables, night_view):
    view = night_view(night_tables())
    assert [row[1:] for row in view.aside.rows] == [
        ("traveller", "message_cut_off", "the message ends inside it", "4", "4")
    ]
    assert "the message ends inside it" in main_page(view)


def test_a_quiet_night_says_so(night_tables, night_view):
    view = night_view(night_tables(0, 0), lists=(), history=(), gates=(), notes=())
    text = Page(main_page(view)).text
    for phrase in (
        "in order",
        "No flight failed, and nothing that was set aside waits for a person.",
        "No traveller of this night is at or above a threshold.",
        "No service date was closed in this night.",
        "No list was used.",
        "No earlier night is kept.",
    ):
        assert phrase in text


def test_a_hit_without_its_alert_tables_is_shown_all_the_same(night_tables, night_view):
    tables = night_tables(2)
    bare = NightTables(
        **{
            name: getattr(tables, name)
            for name in ("flights", "outcomes", "travellers", "hits", "evidence", "published")
        }
    )
    text = Page(main_page(night_view(bare))).text
    assert tables.hits["alert_name"][0].as_py() in text


def test_only_the_last_28_nights_are_drawn(night_tables, night_view):
    assert len(night_view(night_tables(1)).history) == 28


def test_withheld_figures_are_written_as_withheld_and_drawn_as_nothing(night_tables, night_view):
    rows = [
        {"definition": "by_route", "period": "2026-11-23", "route": value, "status": "withheld"}
        for value in ("Other", "Total")
    ]
    view = night_view(night_tables(0, published=PUBLISHED.table(rows)))
    assert view.traffic[0].rows == (("Other", "withheld"), ("Total", "withheld"))
    assert [bar.size for bar in view.traffic[0].chart.bars] == [0]
    assert "withheld" in Page(main_page(view)).text


def test_the_newest_service_date_is_drawn(night_tables, night_view):
    rows = [
        {
            "definition": "by_sex",
            "period": f"2026-11-{day}",
            "sex": "Total",
            "value": day,
            "status": "published",
        }
        for day in (21, 23, 22)
    ]
    view = night_view(night_tables(0, published=PUBLISHED.table(rows)))
    assert [table.rows for table in view.traffic if table.rows] == [(("Total", "23"),)]


def test_findings_count_for_the_carriers_of_their_legs(night_tables, night_view):
    finding = {"code": "unt_count_differs", "level": "warning", "segment": 1, "offset": 0, "text": "differs"}
    message = {
        "message_id": "m", "input_id": "i", "offset": 0, "length": 1, "source": "api", "type": "PAXLST",
        "version": "D:12B", "dialect": "d", "function": "passengers", "action": "full", "read": 1, "complete": True,
        "status": "repaired", "findings": [finding],
    }  # fmt: skip
    leg = night_tables(0).flights.to_pylist()[1]
    before = dict(night_view(night_tables(0)).findings[0].rows)
    messages = MESSAGES.table(
        [
            message | {"flight_ids": [leg["flight_id"], "ZZ1-gone"]},
            message | {"message_id": "n", "flight_ids": []},
        ]
    )
    by_carrier, by_kind = night_view(night_tables(0, messages=messages)).findings
    assert int(dict(by_carrier.rows)[leg["carrier"]]) == int(before[leg["carrier"]]) + 1
    assert dict(by_carrier.rows)["no leg"] == "1"
    assert ("unt_count_differs", "warning", "2") in by_kind.rows


@pytest.mark.parametrize(("hits", "pages"), [(1_000, 1), (1_001, 9)])
@pytest.mark.slow
def test_above_a_thousand_hits_the_rest_stands_in_pages_beside(hits, pages, night_tables, night_view):
    made = render(night_view(night_tables(hits, 2)))
    assert len(made) == pages
    assert next(iter(made)) == MAIN
    anchors = re.compile(r'id="(hit-\w+)"')
    where = {anchor: name for name, html in made.items() for anchor in anchors.findall(html)}
    assert len(where) == hits
    for href in re.findall(r'href="([^"]*#hit-\w+)"', made[MAIN]):
        name, anchor = href.split("#")
        assert where[anchor] == (name or MAIN)
    for name in list(made)[1:]:
        assert f'href="{MAIN}#index"' in made[name]


def test_severe_hits_are_printed_the_others_counted(night_tables, night_view):
    html = main_page(night_view(night_tables(10)))
    assert html.count('class="hit severe"') == 4
    assert "6 cards of severity 3 and below are not printed" in html


def test_ages_of_lists_are_told(night_tables, night_view):
    view = night_view(night_tables(1))
    assert [state.age(date(2026, 11, 23)) for state in view.lists] == ["3 days", "unknown"]
