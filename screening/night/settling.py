"""Settle: the night's statements and those of earlier nights become one manifest for each leg in scope."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from screening.manifests.codeshares import operating
from screening.manifests.groups import groups, settle_in_groups
from screening.manifests.provisional import moved, ties
from screening.night import remains
from screening.night.balance import line
from screening.night.frozen import Frozen
from screening.night.reading import SPECS, summed
from screening.night.scope import STATED, draw, not_of, scope_of
from screening.profile.model import Intake
from screening.protection.keys import Keys
from screening.store.revisions import read_current
from screening.store.work import Work
from screening.store.zones import Store
from screening.tables import individual
from screening.tables.codes import Level
from screening.tables.findings import Finding
from screening.tables.model import TableSpec

_PIECE = "piece"  # stage of the work zone


class Pieces:
    """Tables of a chunk that leave the memory while it is read; they count when the chunk lists them."""

    def __init__(self, work: Work, unit: str) -> None:
        self._work, self._unit = work, unit
        self._names: list[str] = []

    def begin(self) -> Callable[[Mapping[str, pa.Table]], None]:
        """Begin the chunk, forgetting the pieces of an attempt before; return what takes pieces."""
        self._names = []
        return self.write

    def write(self, tables: Mapping[str, pa.Table]) -> None:
        """Write one piece; what a killed run has left under its name is replaced."""
        name = f"{self._unit}-{len(self._names):06}"
        self._work.write(_PIECE, name, tables)
        self._names.append(name)

    def listed(self) -> pa.Table:
        """Return the list that stands with the chunk: one column, the units of stage `piece`."""
        return pa.table({"unit": pa.array(self._names, pa.string())})


def gather(work: Work) -> dict[str, pa.Table]:
    """Put the chunks of the read stage together.

    Returns:
        A table for each of `reading.SPECS`, by name.
    """
    lying = dict(zip(SPECS, _lying(work, SPECS), strict=True))
    lying[individual.LEDGER] = summed([lying[individual.LEDGER]])
    return {spec.name: spec.conform(table) for spec, table in lying.items()}


def spoken(work: Work) -> dict[str, pa.Table]:
    """Return what the read stage left of messages and statements, as it lies there.

    Chunks are not joined nor sorted: settling takes rows in any order, and a copy in order of all statements
    of a large night is the largest table there is.

    Returns:
        A table for each of `scope.STATED`, by name.
    """
    return {spec.name: table for spec, table in zip(STATED, _lying(work, STATED), strict=True)}


def read_units(work: Work) -> list[tuple[str, str]]:
    """Return stage and unit of all that the read stage left: its chunks, and the pieces that they list."""
    units = [("read", unit) for unit in work.units("read")]
    return units + [
        (_PIECE, name) for _, unit in units for name in work.read("read", unit, "pieces")["unit"].to_pylist()
    ]


def _lying(work: Work, specs: Sequence[TableSpec]) -> list[pa.Table]:
    """Return tables of the read stage over all chunks and the pieces that the chunks list."""
    units = read_units(work)
    held = {unit: work.tables(*unit) for unit in units}
    return [
        pa.concat_tables(
            [spec.empty(), *(work.read(*unit, spec.name) for unit in units if spec.name in held[unit])]
        )
        for spec in specs
    ]


def settle_night(store: Store, frozen: Frozen, keys: Keys, read: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Settle every leg in scope.

    Args:
        store: the store, for statements of earlier nights.
        frozen: the frozen set.
        keys: pseudonyms.
        read: what the read stage made, `spoken` at least.

    Returns:
        flights, travellers, documents, ledger by name; and `scope`, one column flight_id.
    """
    named = night_scope(store, frozen, read)
    earlier = (*frozen.pins.earlier, *remains.base_of(frozen))
    reread = {entry.input_id for entry in frozen.inputs} if frozen.gone else ()
    drawn = draw(store, earlier, named, read["message_legs"], reread=reread)
    stated = {spec.name: pa.concat_tables([read[spec.name], drawn.stated[spec.name]]) for spec in STATED}
    profile = frozen.agency_profile()
    tied = ties(*(stated[spec.name] for spec in STATED))
    root, _ = operating(stated["message_legs"])
    found = {leg for leg, whole in moved(tied, root).items() if whole in drawn.scope}
    scope = sorted({*drawn.scope, *found})
    settled = settle_in_groups(
        stated["messages"],
        stated["message_legs"],
        stated["statements"],
        stated["statement_documents"],
        cut=groups(stated["message_legs"], stated["statements"], scope, tied=tied),
        earlier=drawn.travellers,
        pseudonym=keys.pseudonym,
        meant=profile.manifests.meant(),
    )
    flights = _outside_window(settled.flights, frozen.night, profile.intake)
    travellers, documents = settled.travellers, settled.documents
    if frozen.gone:
        travellers, documents = remains.with_known_ids(travellers, documents, store, frozen.night)
        legs = flights["flight_id"].to_pylist()
        had = {entry.input_id for entry in frozen.kept}
        new = {entry.input_id for entry in frozen.inputs if not entry.carried} - had
        fewer = remains.fewer(store, frozen.night, not_of(stated["statements"], new), legs)
        flights = remains.told(flights, fewer, frozen.gone)
    ledger = pa.concat_tables([_drawn_lines(stated["statements"], scope), settled.ledger])
    return {
        "flights": flights,
        "travellers": travellers,
        "documents": documents,
        "ledger": individual.LEDGER.conform(ledger),
        "scope": pa.table({"flight_id": pa.array(scope, pa.string())}),
    }


def night_scope(store: Store, frozen: Frozen, read: dict[str, pa.Table]) -> list[str]:
    """Return the legs that this revision settles.

    A run over all inputs settles every leg that they name. A re-run settles the legs that were asked for,
    those that share messages with them, and legs that no published revision of the night knows.
    """
    named = scope_of(read["messages"])
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
