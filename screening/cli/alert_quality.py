"""Quality of a list before it goes live: what `screening alerts check` shows, and decisions on duplicates."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from screening.cli.options import Actor
from screening.cli.output import progress, say
from screening.protection.actor import who
from screening.tables.codes import MergeAct
from screening.tables.errors import UsageError

if TYPE_CHECKING:
    from screening.alerts.duplicates import Proposal
    from screening.alerts.load import Load
    from screening.list_keeping.duplicate_search import Duplicates
    from screening.night.settings import Settings
    from screening.tables.rows import ScoredEvidence

Rows = list[dict[str, object]]
# Of every row of `alerts check`, whatever it checks: programs find the same columns each time.
COLUMNS = (
    *("check", "what", "value", "alert_id", "authority", "days"),
    *("one", "other", "state", "bits", "bits_above_chance", "pro", "contra"),
    *("basis", "travellers", "hits", "per_1000", "cure", "takes_away"),
    *("true", "false", "inconclusive", "open", "needless"),
)
_CURED = 20  # alerts for which a cure is tried where all are shown
_One = Annotated[str, typer.Argument(help="Alert, LIST:SOURCE_ID.")]
_Other = Annotated[str, typer.Argument(help="The other alert.")]
_Why = Annotated[str, typer.Option(help="Why; recorded. It must not name anybody.")]
_Versions = Annotated[
    list[str] | None,
    typer.Option("--version", help="LIST=VERSION that was looked at, else the one in use; repeatable."),
]
_DATUM = {
    "year_of_birth": "a year of birth",
    "day_of_birth": "a day of birth",
    "nationality": "a nationality",
    "sex": "the sex",
    "second_name": "a second word of the name",
}


def shortcoming_rows(settings: "Settings", list_id: str, version: str, limit: int | None) -> Rows:
    """Return rows on alerts with too little data, overdue reviews, alerts that lapse soon or have lapsed."""
    from screening.alerts.shortcomings import LAPSED, LAPSING, OVERDUE, TOO_LITTLE, shortcomings
    from screening.list_keeping import lists

    today = datetime.now(ZoneInfo(settings.profile.agency.time_zone)).date()
    found = shortcomings(lists.open_version(settings.store, list_id, version), today)
    rows: Rows = []
    for kind, check, told in (
        (TOO_LITTLE, "deficient", "alerts with too little data"),
        (LAPSED, LAPSED, "alerts whose last day is over"),
        (OVERDUE, OVERDUE, "alerts whose review is overdue"),
        (LAPSING, LAPSING, "alerts that lapse soon"),
    ):
        ours = [one for one in found if one.kind == kind]
        rows.append({"check": check, "what": told, "value": len(ours)})
        rows += [
            {
                "check": check,
                "what": one.alert_id.partition(":")[2],
                "value": one.text,
                "alert_id": one.alert_id,
                "authority": one.authority,
                "days": one.days,
            }
            for one in ours[:limit]
        ]
    return rows


def duplicate_rows(settings: "Settings", list_id: str, version: str, limit: int | None) -> Rows:
    """Return rows on alerts that may be one person, with what speaks for it and against it."""
    from screening.list_keeping.duplicate_search import find

    found = find(settings.store, list_id, version, _told("alerts compared with the lists"))
    rows = list(_proposed(found))
    counted = Counter(str(row["state"]) for row in rows)
    head: Rows = [
        {"check": "duplicates", "what": state, "value": counted[state]}
        for state in ("proposed", "asked again", "merged", "kept apart")
    ]
    shown = [row for row in rows if row["state"] != "kept apart"]
    return head + shown[:limit]


def _proposed(found: "Duplicates") -> Iterator[dict[str, object]]:
    for pair in found.proposals:
        key = (pair.one, pair.other)
        standing, before = found.judged.standing.get(key), found.judged.stale.get(key)
        act = standing or before
        told = f"; {act['act']} by {act['actor']} on {act['at_utc']:%Y-%m-%d}" if act else ""
        state = "proposed"
        if standing:
            state = "merged" if standing["act"] == MergeAct.MERGE else "kept apart"
        elif before:
            state, told = "asked again", f"{told}, one has changed since"
        yield {
            "check": "duplicate",
            "what": f"{pair.one} {pair.other}",
            "value": f"{state}{told}: {_spoken(pair)}",
            "one": pair.one,
            "other": pair.other,
            "state": state,
            "bits": pair.score / 100,
            "bits_above_chance": pair.above / 100,
            "pro": [_piece(piece) for piece in pair.pro],
            "contra": [_piece(piece) for piece in pair.contra],
        }


def _spoken(pair: "Proposal") -> str:
    sides = []
    for word, pieces in (("for", pair.pro), ("against", pair.contra)):
        told = [
            f"{piece['kind']} {piece['traveller_value'] or 'none'} / {piece['alert_value'] or 'none'} "
            f"({piece['weight'] / 100:+.1f})"
            for piece in pieces
        ]
        sides.append(f"{word} {', '.join(told) or 'nothing'}")
    return f"{pair.score / 100:.1f} bits; {'; '.join(sides)}"


def _piece(piece: "ScoredEvidence") -> dict[str, object]:
    return {
        "kind": piece["kind"],
        "one": piece["traveller_value"],
        "other": piece["alert_value"],
        "relation": piece["relation"],
        "bits": piece["weight"] / 100,
    }


def load_rows(settings: "Settings", list_id: str, version: str, limit: int | None) -> Rows:
    """Return rows on the hits that alerts would raise, worst first, with the datum that would cure them."""
    from screening.casework.expected_load import HELD, expected_load

    found = expected_load(
        settings,
        list_id,
        version,
        worst=limit or _CURED,
        at=datetime.now(UTC),
        told=_told("travellers compared"),
    )
    held = found.basis == HELD
    on = f"{found.travellers} travellers of {len(found.nights)} held nights" if held else "no night is held"
    how = f"{found.hits} of {on}" if held else f"{on}: by the model"
    rows: Rows = [
        {
            "check": "expected load",
            "what": "all alerts",
            "value": f"{found.per_1000:.2f} hits for 1,000 travellers ({how})",
            "basis": found.basis,
            "travellers": found.travellers,
            "hits": found.hits if held else None,
            "per_1000": round(found.per_1000, 4),
        }
    ]
    return rows + [_load_row(one, found.basis) for one in found.loads[:limit]]


def _load_row(one: "Load", basis: str) -> dict[str, object]:
    cure = one.cure
    text = f"{one.per_1000:.2f} hits for 1,000 travellers"
    if cure:
        text += f"; {_DATUM[cure.datum]} would take {cure.takes_away:.0%} of them away"
    return {
        "check": "expected load",
        "what": one.alert_id.partition(":")[2],
        "value": text,
        "alert_id": one.alert_id,
        "basis": basis,
        "hits": one.hits,
        "per_1000": round(one.per_1000, 4),
        "cure": cure.datum if cure else None,
        "takes_away": round(cure.takes_away, 3) if cure else None,
    }


def decided_rows(settings: "Settings", list_id: str, limit: int | None, actor: str) -> Rows:
    """Return rows on what was decided on the hits of a list's alerts, most false ones first."""
    from screening.casework.labels import labelled
    from screening.hits.labels import alert_figures

    found = labelled(settings, actor=actor, list_id=list_id)
    return [
        {
            "check": "decided hits",
            "what": str(row["what"]).partition(":")[2] or row["what"],
            "value": f"{row['hits']} hits: {row['true']} true, {row['false']} false, {row['inconclusive']} "
            f"inconclusive, {row['open']} open; no review deserved: {row['needless']}",
            "alert_id": row["what"],
            **{name: row[name] for name in ("hits", "true", "false", "inconclusive", "open", "needless")},
        }
        for row in alert_figures(found.labels)[:limit]
    ]


def _told(what: str) -> Callable[[int, int], None]:
    return lambda done, of: progress(f"  {done} of {of} {what}")


def add_to(app: typer.Typer) -> None:
    """Add the decisions on duplicates to the commands of alert lists."""
    app.command("merge")(merge_command)
    app.command("keep-apart")(keep_apart_command)
    app.command("unmerge")(unmerge_command)


def merge_command(
    one: _One, other: _Other, reason: _Why, version: _Versions = None, actor: Actor = None
) -> None:
    """Say that two alerts are one person: their hits are one, what both say counts. Recorded; can be undone.

    No list is changed. It holds for later versions until one of both says something else.

    Example: screening alerts merge ofac:10001 un:690001 --as anna --reason "same passport"
    """
    _decide(MergeAct.MERGE, (one, other), reason, version, actor)


def keep_apart_command(
    one: _One, other: _Other, reason: _Why, version: _Versions = None, actor: Actor = None
) -> None:
    """Say that two alerts are two people: they are proposed no more until one of both changes. Recorded.

    Example: screening alerts keep-apart ofac:10001 ofac:10002 --as anna --reason "brothers"
    """
    _decide(MergeAct.KEEP_APART, (one, other), reason, version, actor)


def unmerge_command(
    one: _One, other: _Other, reason: _Why, version: _Versions = None, actor: Actor = None
) -> None:
    """Take back what was decided on two alerts: they are two again, and are proposed again. Recorded.

    Example: screening alerts unmerge ofac:10001 un:690001 --as anna --reason "other birth place"
    """
    _decide(MergeAct.UNMERGE, (one, other), reason, version, actor)


_DONE: Mapping[MergeAct, str] = {
    MergeAct.MERGE: "are one person from the next night on",
    MergeAct.KEEP_APART: "are two people, and are proposed no more while neither changes",
    MergeAct.UNMERGE: "are undecided again; from the next night on they are two",
}


def _decide(
    act: MergeAct, pair: tuple[str, str], reason: str, versions: Sequence[str] | None, actor: str | None
) -> None:
    from screening.list_keeping import merges
    from screening.night.settings import load_settings

    named = dict(_version(text) for text in versions or ())
    decision = merges.MergeDecision(act, *pair, who(actor), reason, datetime.now(UTC), named)
    row, new = merges.decide(load_settings().store, decision)
    known = "" if new else f" (decided before, by {row['actor']})"
    say(f"{row['one']} and {row['other']} {_DONE[act]}{known}.")


def _version(text: str) -> tuple[str, str]:
    list_id, equals, version = text.partition("=")
    if not (list_id and equals and version):
        raise UsageError(
            "--version needs the list too",
            where=f"--version {text[:60]}",
            effect="nothing was decided",
            remedy="--version LIST=VERSION, as `screening alerts versions --list LIST` names it",
        )
    return list_id, version
