"""What is held on a person, as a document to hand out: by kind, with source, time, purpose, term, recipients.

Rules:

* Only what is surely the person's (`identity`); where doubts stand, there is no document.
* Fellow travellers are masked: of a booking of several people, elements that do not name the person.
* Whether somebody is on an alert list is answered to everybody in the same words, listed or not. Hits are
  told where the alert's category may be told and the list added no caveat and no limit of who may see it; all
  others leave no trace in the document: terms are given as the longest of all outcomes, and of acts only
  those on the person's own requests. The officer is shown what was left out, with its caveat.
* Masked columns are said to be there; they are shown by `screening unmask`, on approval, not here.

Source: Directive (EU) 2016/680 art. 14, 15; Regulation (EU) 2016/679 art. 15; Regulation (EU) 2018/1862
art. 53, 67 (alerts for discreet checks).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from screening.casework.night_hits import decisions_by_hit
from screening.casework.subject.aside import says
from screening.casework.subject.person import Subject
from screening.casework.subject.places import booking_rows
from screening.list_keeping import lists
from screening.night.settings import Settings
from screening.profile.model import Profile
from screening.profile.phrases import listed
from screening.protection import audit
from screening.protection.retention import night_end
from screening.reports.subject_html import MASKED, Part, SubjectDocument
from screening.reports.text import words
from screening.store import acts
from screening.store.current_json import current, nights
from screening.store.landing import landed, missing
from screening.store.published import read_current
from screening.store.rights import rights_of
from screening.store.zones import Store
from screening.tables import analyst, individual
from screening.tables.codes import Category, Clock, TermKind, TermOutcome
from screening.tables.model import TableSpec, rows_of
from screening.tables.rows import AlertRow, DispositionRow, HitRow

TOLD = frozenset({Category.DOCUMENT, Category.REDRESS})
"""Categories of which a hit is told to the person, where the list adds no caveat."""
ALERTS_TEXT = (
    "Data of travellers are compared with lists of persons and documents that are sought or under alert. "
    "Whether a person is on such a list, and what it says, is answered by the authority that answers for the "
    "list, and by law may be left unanswered. This paragraph is the same in every document of this kind."
)
STATISTICS_TEXT = (
    "Statistics that were published hold numbers alone, in which nobody can be found; counts of name parts "
    "in earlier traffic hold no person."
)
PURPOSE = "comparison with alert lists before or after a flight; decisions on hits are made by people"
RECIPIENTS = "officers of this agency who screen and decide; the software hands it to nobody else"
_INSIDE = frozenset({"statement_ids", "current", "message_id", "last_named_by", "findings", "disposition_id"})
_SOURCES = {"api": "API (passenger list)", "pnr": "PNR (booking)"}


@dataclass(frozen=True, slots=True)
class Withheld:
    """A hit that is not in the document, for the officer alone."""

    hit_id: str
    alert_id: str
    category: str
    caveat: str | None
    visibility: str | None


def document(
    settings: Settings, subject: Subject, *, actor: str, now: datetime
) -> tuple[SubjectDocument, tuple[Withheld, ...]]:
    """Make the document on a person, and say what of hits it leaves out.

    Args:
        settings: store and profile.
        subject: the person, certain (`certain.certain`).
        actor: who hands it out.
        now: the moment, UTC.

    Raises:
        StoreError: a file is damaged.
    """
    store, profile = settings.store, settings.profile
    told, withheld = _hits(store, subject)
    parts = [
        *_stated(store, profile, subject),
        *_booked(store, profile, subject),
        *_settled(store, profile, subject),
        *_told(store, profile, told),
        *_bytes(store, profile, subject),
        *_set_aside(store, subject),
        *_requests(store, subject),
    ]
    return (
        SubjectDocument(
            agency=profile.agency.name,
            made_at=now.strftime("%Y-%m-%d %H:%M UTC"),
            made_by=actor,
            parts=tuple(part for part in parts if part.rows),
            alerts=ALERTS_TEXT,
            statistics=STATISTICS_TEXT,
        ),
        withheld,
    )


def _purpose(store: Store, night: date) -> str:
    """Say what data are used for, with the purposes of the law that they were published under."""
    now = current(store, night)
    of_law = next((file.purposes for file in (now.files if now else ()) if file.purposes), ())
    said = f"; by law for {listed([one.replace('_', ' ') for one in of_law])}" if of_law else ""
    return f"{PURPOSE}{said}"


def _hits(store: Store, subject: Subject) -> tuple[list[tuple[date, HitRow]], tuple[Withheld, ...]]:
    told, withheld = [], {}
    for night in nights(store):
        for hit in rows_of(read_current(store, night, analyst.HITS), HitRow):
            if hit["hit_id"] not in subject.hits:
                continue
            secret = [alert for alert in _alerts(store, hit) if not _may_be_told(alert)]
            if not secret:
                told.append((night, hit))
            for alert in secret:
                one = alert["alert_id"], alert["category"], alert["caveat"], alert["visibility"]
                withheld[hit["hit_id"], alert["alert_id"]] = Withheld(hit["hit_id"], *one)
    return told, tuple(withheld[key] for key in sorted(withheld))


def is_told(store: Store, hit: HitRow) -> bool:
    """May a person be told of a hit on them? Only where that holds for every alert of its group."""
    return all(_may_be_told(alert) for alert in _alerts(store, hit))


def _alerts(store: Store, hit: HitRow) -> list[AlertRow]:
    """Return the alerts of a hit's group as the night had them; what is gone counts as not to be told."""
    versions = dict(text.split("=", 1) for text in hit["list_versions"])
    found: dict[str, AlertRow] = {}
    for list_id, version in versions.items():
        if any(entry.version == version for entry in lists.versions(store, list_id)):
            table = lists.open_version(store, list_id, version).alerts
            chosen = table.filter(pc.is_in(table["alert_id"], pa.array(hit["alert_ids"], pa.string())))
            found |= {row["alert_id"]: row for row in rows_of(chosen, AlertRow)}
    gone: Mapping[str, Any] = {
        "category": hit["category"],
        "caveat": "list version is gone",
        "visibility": None,
    }
    return [found.get(one) or _gone(one, gone) for one in hit["alert_ids"]]


def _gone(alert_id: str, facts: Mapping[str, Any]) -> AlertRow:
    row: dict[str, Any] = {"alert_id": alert_id, **facts}
    return row  # type: ignore[return-value]  # three facts of it are read, and the id


def _may_be_told(alert: AlertRow) -> bool:
    return Category(alert["category"]) in TOLD and not alert["caveat"] and not alert["visibility"]


def _stated(store: Store, profile: Profile, subject: Subject) -> Iterator[Part]:
    for night in nights(store):
        table = _ours(read_current(store, night, individual.STATEMENTS), "statement_id", subject.statements)
        if not table.num_rows:
            continue
        documents = _ours(
            read_current(store, night, individual.STATEMENT_DOCUMENTS), "statement_id", subject.statements
        ).to_pylist()
        senders = _senders(store, night, set(table["message_id"].to_pylist()))
        for source, title in _SOURCES.items():
            rows = []
            for row in table.filter(pc.equal(table["source"], source)).to_pylist():
                facts = _facts(individual.STATEMENTS, row, masked=row["statement_id"] in subject.masked)
                facts += [("sent by", senders.get(row["message_id"]) or "not known")]
                if any(found["code"] == "value_corrected" for found in row["findings"]):
                    facts.append(("corrected", "yes; what the carrier sent stays beside it"))
                for one in documents:
                    if one["statement_id"] == row["statement_id"]:
                        facts += _document(one)
                rows.append(tuple(facts))
            yield Part(
                title=f"What was stated of you: {title}",
                source=f"the carrier, {title}",
                received=f"night {night}",
                purpose=_purpose(store, night),
                until=_until(profile, TermKind(source), night),
                recipients=RECIPIENTS,
                rows=tuple(rows),
            )


def _booked(store: Store, profile: Profile, subject: Subject) -> Iterator[Part]:
    for night in nights(store):
        stated = read_current(store, night, individual.STATEMENTS)
        places = list(
            zip(
                *(stated[name].to_pylist() for name in ("message_id", "locator", "statement_id")), strict=True
            )
        )
        own = {
            (message, locator) for message, locator, one in places if one in subject.statements and locator
        }
        shared = {
            (message, locator)
            for message, locator, one in places
            if (message, locator) in own and one not in subject.statements
        }
        rows = []
        for row in booking_rows(store, night) if own else ():
            place = row["message_id"], row["locator"]
            if place in own:
                several = place in shared or (row["party_size"] or 1) > 1
                facts = _facts(individual.BOOKINGS, row | {"elements": None}, masked=False)
                for name, text in row["elements"]:
                    parts = [
                        part if not several or says(part, subject.words, subject.numbers) else MASKED
                        for part in text.split("; ")
                    ]
                    facts.append((words(name), "; ".join(dict.fromkeys(parts))))
                rows.append(tuple(facts))
        yield Part(
            title="Bookings",
            source="the carrier, PNR (booking)",
            received=f"night {night}",
            purpose=_purpose(store, night),
            until=_until(profile, TermKind.PNR, night),
            recipients=RECIPIENTS,
            rows=tuple(rows),
            note=f"{MASKED} stands for what a booking of several people says of others, or without a name.",
        )


def _settled(store: Store, profile: Profile, subject: Subject) -> Iterator[Part]:
    for night in nights(store):
        table = _ours(read_current(store, night, individual.TRAVELLERS), "traveller_id", subject.travellers)
        documents = _ours(
            read_current(store, night, individual.DOCUMENTS), "traveller_id", subject.travellers
        ).to_pylist()
        rows = []
        for row in table.to_pylist():
            facts = _facts(individual.TRAVELLERS, row, masked=row["traveller_id"] in subject.masked)
            facts.append(("made of", f"{len(row['statement_ids'])} statements above"))
            for one in documents:
                if one["traveller_id"] == row["traveller_id"]:
                    facts += _document(one)
            rows.append(tuple(facts))
        yield Part(
            title="You as one traveller of a flight, put together from the statements",
            source="made by this agency from the statements",
            received=f"night {night}",
            purpose=_purpose(store, night),
            until=_until(profile, TermKind.API, night) + ", or sooner, with its statements",
            recipients=RECIPIENTS,
            rows=tuple(rows),
        )


def _told(store: Store, profile: Profile, told: Sequence[tuple[date, HitRow]]) -> Iterator[Part]:
    decided = decisions_by_hit(store)
    made = rows_of(acts.dispositions(store), DispositionRow)
    for night, hit in told:
        decision = decided.get(hit["hit_id"]) or hit["decision"]
        facts = [
            ("hit", hit["hit_id"]),
            ("flight", hit["flight_id"]),
            ("compared with", f"an entry of a list of {words(hit['category'])}s"),
            ("decision", words(decision) if decision else "not decided yet"),
        ]
        facts += [
            ("decided", f"{row['decided_at']:%Y-%m-%d}: {words(row['decision'])}")
            for row in made
            if row["hit_id"] == hit["hit_id"]
        ]
        yield Part(
            title="Comparisons that a person looked at",
            source="made by this agency",
            received=f"night {night}",
            purpose=_purpose(store, night),
            until=_until(profile, TermKind.HIT, night),
            recipients=RECIPIENTS,
            rows=(tuple(facts),),
        )


def _bytes(store: Store, profile: Profile, subject: Subject) -> Iterator[Part]:
    rows = []
    for message, ordinals in sorted(subject.messages.items()):
        input_id, _, offset = message.partition(":")
        kept = landed(store, input_id)
        if kept is None or missing(store, input_id):
            continue
        rights = rights_of(store, input_id)
        corrected = rights.corrected if rights is not None else {}
        changes = [
            f"{words(name.replace('.', ' '))}: {value or 'taken away'}"
            for ordinal in sorted(ordinals)
            for name, value in sorted(corrected.get((int(offset), ordinal), {}).items())
        ]
        facts = [("file", input_id[:16]), ("message at byte", offset)]
        rows.append(tuple(facts + ([("corrected", "; ".join(changes))] if changes else [])))
    yield Part(
        title="Messages as received, in which you stand",
        source="the carrier",
        received="with the statements above, which say what they say of you",
        purpose="reading again, where a reading is in doubt",
        until="with the statements, at the latest",
        recipients=RECIPIENTS,
        rows=tuple(rows),
        note="Meal, medical and remark texts are blanks there. What they say of others is not yours.",
    )


def _set_aside(store: Store, subject: Subject) -> Iterator[Part]:
    for one in subject.aside:
        if one.theirs.sure:
            yield Part(
                title="Set aside as it came, because it could not be read",
                source="the carrier, or whoever put it there",
                received=f"night {one.night}",
                purpose=_purpose(store, one.night),
                until="with the messages of that night, at the latest",
                recipients=RECIPIENTS,
                rows=tuple((("entry", one.short), ("says of you", text)) for text in one.theirs.texts),
                note="It was compared with nothing. What it says of others is not yours.",
            )


def _requests(store: Store, subject: Subject) -> Iterator[Part]:
    named = {f"traveller:{one}" for one in subject.travellers} | set(subject.statements)
    rows = [
        (("when", str(record["at"])[:16]), ("act", str(record["act"])), ("by", str(record["actor"])))
        for record in audit.records(store)
        if str(record["act"]).startswith("subject.") and not named.isdisjoint(record["objects"])
    ]
    yield Part(
        title="Your own requests",
        source="the record of acts of this agency",
        received="when it was made",
        purpose="proof of what was done",
        until="as long as the record of acts",
        recipients="auditors of this agency",
        rows=tuple(rows),
    )


def _ours(table: pa.Table, column: str, ids: Collection[str]) -> pa.Table:
    return table.filter(pc.is_in(table[column], pa.array(sorted(ids), pa.string())))


def _senders(store: Store, night: date, messages: Collection[str]) -> dict[str, str | None]:
    table = _ours(read_current(store, night, individual.MESSAGES), "message_id", messages)
    return dict(zip(table["message_id"].to_pylist(), table["sender"].to_pylist(), strict=True))


def _facts(spec: TableSpec, row: Mapping[str, Any], *, masked: bool) -> list[tuple[str, str]]:
    """Return what a row says, in the order of its columns; what is empty is left out."""
    found = []
    for column in spec.columns:
        value = row.get(column.name)
        if column.name in _INSIDE or value is None or value in ([], ""):
            continue
        text = ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
        found.append((words(column.name), text))
    if masked:
        found.append(("masked", "further columns are held and masked; shown on approval alone"))
    return found


def _document(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    names = ("number", "issuing_state", "expiry", "surname", "given_names")
    said = ", ".join(f"{words(name)} {row[name]}" for name in names if row[name])
    return [(f"document {row['ordinal']}, {words(row['type'])}", said)]


def _until(profile: Profile, kind: TermKind, night: date) -> str:
    """Return the end of the longest term of a kind over all outcomes: it must not tell the outcome."""
    terms = [profile.retention.of(kind, outcome) for outcome in TermOutcome]
    longest = max(terms, key=lambda term: term.hours)
    length = timedelta(hours=longest.hours)
    if any(term.clock == Clock.DEPARTURE for term in terms):
        return f"at the latest {longest.hours} hours after departure, or after receipt where that is later"
    end = night_end(night, profile.schedule, profile.agency) + length
    return f"at the latest {end:%Y-%m-%d}"
