"""Is the night whole and sound? Judged once, when it is published, and written down beside its frozen set.

    nights/D/runs/0003/gate-manifests.json   what the gate found, and whether a person let it through
    nights/D/runs/0003/figures.json          figures of the night; later nights are compared with them

A gate keeps no hit back: a night that fails one is published as incomplete, and only the tables that leave
the agency wait for a person (`let_through`). Nothing in these files is a value of a person.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa

from screening.gates.judging import GATES, GateReport, check_hits, check_manifests, not_judged
from screening.night.exceptions import place_of
from screening.night.frozen import Frozen, frozen_path, published_frozen
from screening.protection.subject_rules import erased_of
from screening.store.files import read_json, write_json
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables import individual
from screening.tables.errors import ScreeningError

_NIGHTS = 28  # from which is told what is usual
_FIGURES = "figures.json"
AGGREGATES = "aggregates"  # no gate: the tables that leave the agency could not be made


@dataclass(frozen=True, slots=True)
class GateRecord:
    """What a gate found in the published night.

    Attributes:
        name: gate.
        rows: one an expectation, for the report.
        failures: sentences on what makes the night incomplete.
        warnings: sentences on what is only told.
        let_through: a person let the night through.
    """

    name: str
    rows: tuple[Mapping[str, Any], ...]
    failures: tuple[str, ...]
    warnings: tuple[str, ...]
    let_through: bool

    @property
    def waits(self) -> bool:
        """Does it wait for a person?"""
        return bool(self.failures) and not self.let_through


def judge(
    frozen: Frozen,
    tables: Mapping[str, pa.Table],
    *,
    quarantined: int,
    baseline: Sequence[Mapping[str, float]],
) -> list[GateReport]:
    """Hold the tables of a night to every gate; one that breaks has failed, and the night goes on.

    Args:
        frozen: the frozen set.
        tables: flights, travellers, documents, hits, evidence, ledger.
        quarantined: people set aside, as far as they could be counted.
        baseline: figures of earlier nights.
    """
    gates = frozen.agency_profile().gates
    people = tables["travellers"]

    def manifests() -> GateReport:
        named = (tables["flights"], people, tables["documents"])
        erased = erased_of(tables["ledger"], people=True)
        return check_manifests(*named, gates=gates, quarantined=quarantined, baseline=baseline, erased=erased)

    def hits() -> GateReport:
        return check_hits(tables["hits"], tables["evidence"], people, gates=gates)

    reports = []
    for name, check in zip(GATES, (manifests, hits), strict=True):
        try:
            reports.append(check())
        except ScreeningError:
            raise
        except Exception as fault:  # noqa: BLE001  (an engine that breaks must keep no hit back)
            reports.append(broken(frozen, name, people.num_rows, fault))
    return reports


def broken(frozen: Frozen, name: str, travellers: int, fault: Exception) -> GateReport:
    """Make the report of what could not be judged or made."""
    minimum = frozen.agency_profile().gates.minimum
    return not_judged(name, place_of(fault), travellers=travellers, minimum=minimum)


def note(
    store: Store,
    frozen: Frozen,
    reports: Sequence[GateReport],
    let_through: Collection[str],
    health: pa.Table,
) -> None:
    """Write down what the gates found and the figures of the night."""
    folder = frozen_path(store, frozen.night, frozen.revision).parent
    for old in folder.glob("gate-*.json"):
        old.unlink()
    for report in reports:
        failures = [found.sentence for found in report.failures]
        record = {
            "rows": report.rows(),
            "failures": failures,
            "warnings": [found.sentence for found in report.warnings],
            "let_through": bool(failures) and report.name in let_through,
        }
        write_json(folder / f"gate-{report.name}.json", record)
    figures = {row["measure"]: [row["value"], row["unit"]] for row in health.to_pylist()}
    write_json(folder / _FIGURES, figures)


def keep(store: Store, frozen: Frozen) -> None:
    """Keep what was noted of the revision that this one builds on."""
    base = published_frozen(store, frozen.night, frozen.base or frozen.revision - 1)
    if base is not None:
        carry(store, base, frozen.revision)


def carry(store: Store, frozen: Frozen, revision: int) -> None:
    """Move what was noted to the revision that the run has become after all."""
    folder = frozen_path(store, frozen.night, frozen.revision).parent
    beside = frozen_path(store, frozen.night, revision).parent
    for path in [*folder.glob("gate-*.json"), folder / _FIGURES]:
        if path.exists():
            write_json(beside / path.name, read_json(path))


def records(store: Store, frozen: Frozen | None) -> list[GateRecord]:
    """Read what the gates found in a published revision; of an older store what is there."""
    if frozen is None:
        return []
    folder = frozen_path(store, frozen.night, frozen.revision).parent
    found = []
    for path in sorted(folder.glob("gate-*.json")):
        plain: Any = read_json(path)
        found.append(
            GateRecord(
                path.stem.removeprefix("gate-"),
                tuple(plain["rows"]),
                tuple(plain.get("failures", ())),
                tuple(plain.get("warnings", ())),
                bool(plain["let_through"]),
            )
        )
    return found


def records_of(store: Store, night: date, revision: int) -> list[GateRecord]:
    """Read what the gates found in a published night."""
    return records(store, published_frozen(store, night, revision))


def record_let_through(store: Store, frozen: Frozen, gates: Collection[str]) -> None:
    """Write down that a person let the published night through."""
    folder = frozen_path(store, frozen.night, frozen.revision).parent
    for gate in gates:
        path = folder / f"gate-{gate}.json"
        plain: Any = read_json(path)
        write_json(path, plain | {"let_through": True})


def figures(store: Store, night: date, revision: int) -> dict[str, tuple[float, str]]:
    """Read the figures of a published night: measure -> value and unit. They stand also where tables wait."""
    frozen = published_frozen(store, night, revision)
    path = frozen_path(store, night, frozen.revision).parent / _FIGURES if frozen else None
    if path is not None and path.exists():
        plain: Any = read_json(path)
        return {measure: (float(value), str(unit)) for measure, (value, unit) in plain.items()}
    rows = read_current(store, night, individual.NIGHT_HEALTH).to_pylist()
    return {row["measure"]: (row["value"], row["unit"]) for row in rows}


def baseline(store: Store, frozen: Frozen) -> list[dict[str, float]]:
    """Read the figures of the (up to 28) nights before, as they were frozen."""
    found = []
    for night in sorted(frozen.pins.earlier)[-_NIGHTS:]:
        known = figures(store, date.fromisoformat(night.night), night.revision)
        found.append({measure: value for measure, (value, _) in known.items()})
    return found
