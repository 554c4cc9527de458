"""The pair that `why` explains, as its night held it: traveller, alert, and what they were compared by.

Ids may be given by an unambiguous beginning. The night's own frozen set says which list version counts. The
names of all lists of the night are counted for their rarity, but this alert alone is indexed, and where a
person had made it one with others, once more with what these say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from screening.list_keeping import lists, merges
from screening.list_keeping.traffic_models import lists_of, night_model
from screening.matching.index import AlertTables, build_index
from screening.matching.merged import all_names, merged_tables
from screening.night.batches import Watch, watch_of
from screening.night.frozen import Frozen, published_frozen
from screening.night.receive import published
from screening.store.current_json import nights
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import individual
from screening.tables.errors import StoreError, UsageError
from screening.tables.model import rows_of
from screening.tables.rows import AlertRow, TravellerRow


@dataclass(frozen=True, slots=True)
class Case:
    """The two sides and what the night held of them; `group`: alerts that were one person with the alert."""

    store: Store
    frozen: Frozen
    revision: int
    traveller: TravellerRow
    sides: tuple[pa.Table, pa.Table]
    outcome: str | None
    alert: AlertRow
    list_id: str
    version: str
    against: Watch
    group: tuple[AlertRow, ...] = ()

    @property
    def threshold(self) -> int:
        """Threshold of the alert's list in the night, centibits."""
        return self.against.thresholds[self.list_id]


def find_case(store: Store, traveller: str, alert: str, *, within: date | None) -> Case:
    """Find both sides, and what their night held of them.

    Args:
        store: the store.
        traveller: traveller_id, or an unambiguous beginning of it.
        alert: alert_id, or an unambiguous beginning of it.
        within: the night; None for the latest that holds the traveller.

    Raises:
        UsageError: no such traveller, list or alert in the night, or several begin so.
        StoreError: a file of the night or list is missing or damaged.
    """
    night, traveller_id = _find_traveller(store, traveller, within)
    now = published(store, night)
    frozen = published_frozen(store, night, now.revision)
    if frozen is None:
        raise StoreError(
            f"the frozen set of night {night} is missing",
            where=str(store.night_folder(night)),
            effect="nothing was explained: it says which lists were in use",
            remedy="restore the folder `runs` of this night from the backup",
        )
    travellers, documents = (
        table.filter(pc.equal(table["traveller_id"], traveller_id)).combine_chunks()
        for table in (
            read_current(store, night, individual.TRAVELLERS),
            read_current(store, night, individual.DOCUMENTS),
        )
    )
    row = rows_of(travellers, TravellerRow)[0]
    outcomes = read_current(store, night, individual.OUTCOMES)
    of_leg = outcomes.filter(pc.equal(outcomes["flight_id"], row["flight_id"]))["outcome"].to_pylist()
    list_id, version, against, found, group = _alert(store, frozen, alert)
    return Case(
        store=store,
        frozen=frozen,
        revision=now.revision,
        traveller=row,
        sides=(travellers, documents),
        outcome=of_leg[0] if of_leg else None,
        alert=found,
        list_id=list_id,
        version=version,
        against=against,
        group=group,
    )


def _find_traveller(store: Store, prefix: str, night: date | None) -> tuple[date, str]:
    """Find the latest night that holds the traveller, and its whole id."""
    for label in [night] if night else reversed(nights(store)):
        published(store, label)
        ids = read_current(store, label, individual.TRAVELLERS)["traveller_id"]
        found = sorted(set(ids.filter(pc.starts_with(ids, prefix)).to_pylist()))
        if len(found) > 1:
            raise UsageError(
                "the beginning of the traveller's id fits several travellers",
                where=f"TRAVELLER, night {label}",
                effect="nothing was explained",
                remedy="give more of its digits",
            )
        if found:
            return label, found[0]
    raise UsageError(
        "no such traveller is held",
        where=f"TRAVELLER, {f'night {night}' if night else 'all nights of the store'}",
        effect="nothing was explained",
        remedy="traveller_id stands in the tables `travellers` and `hits` (`screening tables`); travellers "
        "are deleted at the end of their term, hits stay longer: `screening trace HIT`",
    )


def _alert(
    store: Store, frozen: Frozen, alert: str
) -> tuple[str, str, Watch, AlertRow, tuple[AlertRow, ...]]:
    """Open the alert in the list version of the night, indexed alone, and the alerts it was merged with."""
    list_id = alert.partition(":")[0]
    version = frozen.pins.lists.get(list_id)
    if version is None:
        raise UsageError(
            f"night {frozen.night} was not screened against this list",
            where="ALERT",
            effect="nothing was explained",
            remedy=f"an alert is written LIST:ID; lists of the night: {', '.join(sorted(frozen.pins.lists))}",
        )
    opened = lists.open_version(store, list_id, version)
    ids = opened.alerts["alert_id"]
    fitting = ids.filter(pc.starts_with(ids, alert)).to_pylist()
    chosen = [alert] if alert in fitting else fitting
    if len(chosen) != 1:
        raise _no_alert(store, frozen, list_id, version, len(chosen))
    known, size = night_model(store, frozen.pins.traffic), opened.names.num_rows
    everything, _ = lists_of(store, frozen.pins.lists)
    tables = _only(everything, chosen)
    against = watch_of(tables, {list_id: size}, known, frozen.agency_profile(), among=everything)
    group = _group(store, frozen, everything, chosen[0])
    others = rows_of(_only(everything, [one for one in group if one != chosen[0]]).alerts, AlertRow)
    if group:
        both = _only(merged_tables(_only(everything, group), [group]), chosen)
        against = replace(
            against,
            merged=build_index(both, known.model, among=everything),
            names=all_names(tables.names, both.names),
        )
    return list_id, version, against, rows_of(tables.alerts, AlertRow)[0], tuple(others)


def _only(tables: AlertTables, alert_ids: Sequence[str]) -> AlertTables:
    wanted = pa.array(alert_ids, pa.string())
    parts = (tables.alerts, tables.names, tables.dates, tables.documents, tables.facts)
    return AlertTables(*(one.filter(pc.is_in(one["alert_id"], wanted)).combine_chunks() for one in parts))


def _group(store: Store, frozen: Frozen, everything: AlertTables, alert_id: str) -> tuple[str, ...]:
    """Return the alerts that were one person with this one by what the night knew of decisions."""
    if not frozen.pins.merges or frozen.pins.decided_until is None:
        return ()
    until = datetime.fromisoformat(frozen.pins.decided_until)
    groups = merges.groups_of(store, everything, until=until)
    return next((group for group in groups if alert_id in group), ())


def _no_alert(store: Store, frozen: Frozen, list_id: str, version: str, number: int) -> UsageError:
    active = lists.active_version(store, list_id)
    later = (
        f"; in use now is the version {active}: its alerts are compared from the next night on, "
        "`screening lookup` asks them at once"
        if active not in {None, version}
        else ""
    )
    what = "the beginning of the alert's id fits several alerts" if number else "there is no such alert"
    return UsageError(
        f"{what} in the list version that night {frozen.night} used",
        where=f"ALERT, {list_id}={version}",
        effect="nothing was explained",
        remedy=(
            "give more of the id"
            if number
            else f"`screening alerts export --list {list_id} --version {version} --out FILE` lists all"
            + later
        ),
    )
