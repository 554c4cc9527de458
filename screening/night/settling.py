"""Settle: the night's statements and those of earlier nights become one manifest for each leg in scope.

First the cut: which legs are in scope, which may be one leg and stay together, what earlier nights hold about
them. Then share by share, each from the chunks that speak of its legs. No output depends on the cut.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from screening.manifests.codeshares import operating
from screening.manifests.groups import STATEMENTS_AT_ONCE, Group, groups, settle_in_groups
from screening.manifests.provisional import moved, ties
from screening.night.balance import line
from screening.night.chunks import units_of
from screening.night.frozen import Frozen
from screening.night.opened import NIGHT
from screening.night.pieces import ReadUnit, lying_in, read_units
from screening.night.scope import STATED, Drawn, draw, not_of, scope_of
from screening.night.shares import MOST, evenly, unit_of
from screening.night.stages import Task
from screening.profile.model import Intake
from screening.protection.keys import Keys
from screening.store.current_json import revision
from screening.store.published import read_current, read_revision
from screening.store.work import Work
from screening.store.zones import Store
from screening.tables import individual
from screening.tables.analyst import HITS
from screening.tables.codes import Level
from screening.tables.findings import Finding
from screening.tables.model import TableSpec

STATEMENTS_AT_LEAST = 40_000  # of a share: 2 s
PEOPLE = (individual.FLIGHTS, individual.TRAVELLERS, individual.DOCUMENTS)
SETTLED = (*PEOPLE, individual.LEDGER)
_EARLIER = "earlier"  # travellers as earlier nights settled them
_WHERE = ("message_id", "flight_id")


@dataclass(frozen=True, slots=True)
class Share:
    """Legs that are settled by one task.

    Attributes:
        unit: hash of all below.
        groups: legs that may be one leg stay together; each is settled by itself.
        lying: where the read stage left what is said of them.
        statements: how many statements there are about them.
    """

    unit: str
    groups: tuple[Group, ...]
    lying: tuple[ReadUnit, ...]
    statements: int

    @property
    def scope(self) -> list[str]:
        """The legs that are to be settled, sorted."""
        return sorted(leg for group in self.groups for leg in group.scope)


def cut_night(store: Store, frozen: Frozen, work: Work) -> dict[str, pa.Table]:
    """Cut the legs in scope into shares.

    Args:
        store: the store, for statements of earlier nights.
        frozen: the frozen set.
        work: what the read stage left.

    Returns:
        What `shares_of` and `settle_share` take up, by name; and `scope`, one column flight_id.
    """
    units = read_units(work, units_of(frozen.inputs))
    stated = [_where(work, unit, individual.STATEMENTS) for unit in units]
    read = lying_in(work, units, STATED[:2])
    earlier, reread = frozen.pins.earlier, frozenset[str]()
    if frozen.gone:
        from screening.night import remains

        earlier = (*earlier, *remains.base_of(frozen))
        reread = frozenset(entry.input_id for entry in frozen.inputs)
    named = night_scope(store, frozen, read["messages"])
    drawn = draw(store, earlier, named, read["message_legs"], reread=reread)
    message_legs = pa.concat_tables([read["message_legs"], drawn.stated["message_legs"]])
    tied = _tied(work, units, drawn) if pc.any(message_legs["provisional"]).as_py() else {}
    root, _ = operating(message_legs)
    found = {leg for leg, whole in moved(tied, root).items() if whole in drawn.scope}
    scope = sorted({*drawn.scope, *found})
    statements = pa.concat_tables([*stated, drawn.stated["statements"].select(_WHERE)])
    # Ids of people whose statements are gone are told from all that is settled (`remains.with_known_ids`).
    most = 1 if frozen.gone else MOST
    number = max(1, min(most, statements.num_rows // STATEMENTS_AT_LEAST))
    cut = groups(
        message_legs,
        statements,
        scope,
        tied=tied,
        most=min(STATEMENTS_AT_ONCE, max(1, -(-statements.num_rows // number))),
    )
    legs = [_where(work, unit, individual.MESSAGE_LEGS) for unit in units]
    where = [pa.concat_tables(both) for both in zip(legs, stated, strict=True)]
    return {
        **_listed(_shares(cut, statements, dict(zip(units, where, strict=True)), most)),
        **drawn.stated,
        _EARLIER: drawn.travellers.replace_schema_metadata(None),  # some columns of the declared ones
        "scope": pa.table({"flight_id": pa.array(scope, pa.string())}),
    }


def _where(work: Work, unit: ReadUnit, spec: TableSpec) -> pa.Table:
    """Which messages of a unit speak of which legs."""
    if spec.name not in work.tables(*unit):
        return spec.empty().select(_WHERE)
    return work.read(*unit, spec.name, columns=_WHERE)


def _tied(work: Work, units: Sequence[ReadUnit], drawn: Drawn) -> dict[str, set[str]]:
    """Provisional legs and what they may be: for these alone all that travellers state is needed."""
    read = lying_in(work, units, STATED)
    return ties(*(pa.concat_tables([read[spec.name], drawn.stated[spec.name]]) for spec in STATED))


def _shares(
    cut: Sequence[Group], statements: pa.Table, where: Mapping[ReadUnit, pa.Table], most: int
) -> Iterator[Share]:
    sizes = Counter(statements["flight_id"].to_pylist())
    weights = [sum(sizes[leg] for leg in group.legs) for group in cut]
    for places in evenly(weights, least=STATEMENTS_AT_LEAST, most=most):
        together = cut[places.start : places.stop]
        legs = pa.array([leg for group in together for leg in group.legs], pa.string())
        speaking = pa.chunked_array(
            [
                chunk
                for stated in where.values()
                for chunk in stated.filter(pc.is_in(stated["flight_id"], legs))["message_id"].chunks
            ],
            pa.string(),
        ).unique()
        lying = [
            unit for unit, stated in where.items() if pc.any(pc.is_in(stated["message_id"], speaking)).as_py()
        ]
        parts = [
            *("\t".join(group.legs) for group in together),
            *("\t".join(group.scope) for group in together),
            *("\t".join(unit) for unit in lying),
        ]
        yield Share(unit_of(parts), tuple(together), tuple(lying), sum(weights[places.start : places.stop]))


def _listed(shares: Iterable[Share]) -> dict[str, pa.Table]:
    """Return shares as tables of the work zone."""
    held = list(shares)
    grouped = [(share, group) for share in held for group in share.groups]
    lying = [(share, unit) for share in held for unit in share.lying]
    names = pa.list_(pa.string())
    return {
        "shares": pa.table(
            {
                "unit": pa.array([share.unit for share in held], pa.string()),
                "statements": pa.array([share.statements for share in held], pa.int64()),
            }
        ),
        "groups": pa.table(
            {
                "unit": pa.array([share.unit for share, _ in grouped], pa.string()),
                "legs": pa.array([list(group.legs) for _, group in grouped], names),
                "scope": pa.array([list(group.scope) for _, group in grouped], names),
            }
        ),
        "lying": pa.table(
            {
                "unit": pa.array([share.unit for share, _ in lying], pa.string()),
                "stage": pa.array([stage for _, (stage, _) in lying], pa.string()),
                "read": pa.array([read for _, (_, read) in lying], pa.string()),
            }
        ),
    }


def shares_of(work: Work) -> list[Share]:
    """Return the shares of the cut, in order."""
    groups_of: dict[str, list[Group]] = defaultdict(list)
    lying: dict[str, list[ReadUnit]] = defaultdict(list)
    for row in work.read(Task.PLAN_SETTLE, NIGHT, "groups").to_pylist():
        groups_of[row["unit"]].append(Group(tuple(row["legs"]), tuple(row["scope"])))
    for row in work.read(Task.PLAN_SETTLE, NIGHT, "lying").to_pylist():
        lying[row["unit"]].append((row["stage"], row["read"]))
    return [
        Share(row["unit"], tuple(groups_of[row["unit"]]), tuple(lying[row["unit"]]), row["statements"])
        for row in work.read(Task.PLAN_SETTLE, NIGHT, "shares").to_pylist()
    ]


def settle_share(store: Store, frozen: Frozen, keys: Keys, work: Work, share: Share) -> dict[str, pa.Table]:
    """Settle the legs of a share.

    Args:
        store: the store.
        frozen: the frozen set.
        keys: pseudonyms.
        work: what the read stage and the cut left.
        share: the legs.

    Returns:
        A table for each of SETTLED, by name.
    """
    read = lying_in(work, share.lying, STATED)
    stated = {
        spec.name: pa.concat_tables([read[spec.name], work.read(Task.PLAN_SETTLE, NIGHT, spec.name)])
        for spec in STATED
    }
    del read
    profile = frozen.agency_profile()
    settled = settle_in_groups(
        stated["messages"],
        stated["message_legs"],
        stated["statements"],
        stated["statement_documents"],
        cut=share.groups,
        earlier=work.read(Task.PLAN_SETTLE, NIGHT, _EARLIER),
        pseudonym=keys.pseudonym,
        meant=profile.manifests.meant(),
    )
    flights = _outside_window(settled.flights, frozen.night, profile.intake)
    travellers, documents = settled.travellers, settled.documents
    if frozen.gone:
        from screening.night import remains

        hits = read_current(store, frozen.night, HITS)
        travellers, documents = remains.with_known_ids(travellers, documents, hits)
        legs = flights["flight_id"].to_pylist()
        had = {entry.input_id for entry in frozen.kept}
        new = {entry.input_id for entry in frozen.inputs if not entry.carried} - had
        fewer = remains.fewer(store, frozen.night, not_of(stated["statements"], new), legs)
        flights = remains.told(flights, fewer, frozen.gone)
    elif frozen.ids_of is not None and (decided := revision(store, frozen.night, frozen.ids_of)) is not None:
        from screening.night.remains import with_known_ids

        travellers, documents = with_known_ids(travellers, documents, read_revision(store, decided, HITS))
    ledger = pa.concat_tables([_drawn_lines(stated["statements"], share.scope), settled.ledger])
    return {
        "flights": flights,
        "travellers": travellers,
        "documents": documents,
        "ledger": individual.LEDGER.conform(ledger),
    }


def settled_in(work: Work, *specs: TableSpec) -> dict[str, pa.Table]:
    """Put the shares together.

    Returns:
        A table for each of the specs (some of SETTLED), by name.
    """
    units = [share.unit for share in shares_of(work)]
    return {
        spec.name: spec.conform(
            pa.concat_tables([spec.empty(), *(work.read("settle", unit, spec.name) for unit in units)])
        )
        for spec in specs
    }


def flights_in(work: Work) -> pa.Table:
    """Return FLIGHTS of all shares."""
    return settled_in(work, individual.FLIGHTS)[individual.FLIGHTS.name]


def settled_about(work: Work, legs: Sequence[str]) -> dict[str, pa.Table]:
    """Return flights, travellers and documents of some legs, from the shares that have settled them."""
    found: dict[str, list[pa.Table]] = defaultdict(list)
    for share in shares_of(work):
        if not set(legs).isdisjoint(share.scope):
            ours = about({spec.name: work.read("settle", share.unit, spec.name) for spec in PEOPLE}, legs)
            for name, table in ours.items():
                found[name].append(table)
    return {spec.name: spec.conform(pa.concat_tables([spec.empty(), *found[spec.name]])) for spec in PEOPLE}


def about(settled: Mapping[str, pa.Table], legs: Sequence[str]) -> dict[str, pa.Table]:
    """Return flights, travellers and documents of some legs."""
    flights, travellers = (
        settled[name]
        .filter(pc.is_in(settled[name]["flight_id"], pa.array(legs, pa.string())))
        .combine_chunks()
        for name in ("flights", "travellers")
    )
    wanted = pc.is_in(settled["documents"]["traveller_id"], travellers["traveller_id"].combine_chunks())
    documents = settled["documents"].filter(wanted)
    return {"flights": flights, "travellers": travellers, "documents": documents}


def night_scope(store: Store, frozen: Frozen, messages: pa.Table) -> list[str]:
    """Return the legs that this revision settles.

    A run over all inputs settles every leg that they name. A re-run settles the legs that were asked for,
    those that share messages with them, and legs that no published revision of the night knows.
    """
    named = scope_of(messages)
    if frozen.flights is None:
        return named
    known = set(read_current(store, frozen.night, individual.OUTCOMES)["flight_id"].to_pylist())
    return sorted(set(frozen.flights) | {leg for leg in named if leg not in known})


def _drawn_lines(statements: pa.Table, scope: Sequence[str]) -> pa.Table:
    named = statements.select(["flight_id", "statement_id"])
    chosen = named.filter(pc.is_in(named["flight_id"], pa.array(scope, pa.string())))
    counted = chosen.group_by("flight_id").aggregate([("statement_id", "count")]).sort_by("flight_id")
    rows = [
        row
        for leg, number in zip(
            counted["flight_id"].to_pylist(), counted["statement_id_count"].to_pylist(), strict=True
        )
        for row in line("draw", leg, "travellers", passed=number)
    ]
    return individual.LEDGER.table(rows)


def _outside_window(flights: pa.Table, night: date, intake: Intake) -> pa.Table:
    """Add a finding to legs whose date is implausible for this night; they are screened all the same."""
    first = night - timedelta(days=intake.days_back)
    last = night + timedelta(days=intake.days_ahead)
    findings = []
    for day, found in zip(flights["service_date"].to_pylist(), flights["findings"].to_pylist(), strict=True):
        if day is not None and not first <= day <= last:
            text = (
                f"the leg's date is more than {intake.days_back} days before or {intake.days_ahead} days "
                "after the night (an old file, or a typing error); it was screened"
            )
            found.append(Finding("leg_outside_window", Level.WARNING, 0, None, text).row())
        findings.append(found)
    column = pa.array(findings, individual.FLIGHTS.schema.field("findings").type)
    place = flights.schema.get_field_index("findings")
    return individual.FLIGHTS.conform(flights.set_column(place, "findings", column))
