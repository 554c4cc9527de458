"""A whole synthetic night written to a folder: inbox, alert lists, profile and truth.

Files are written flight by flight, so that a night of 250,000 travellers needs little memory.
"""

import json
import random
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq

from screening.lab.generate import alert_lists as lists_of
from screening.lab.generate.faults import REPAIRABLE, REPAIRABLE_PNR, Fault, cut_off, plant, strays, undated
from screening.lab.generate.flights import Flight, draw_flights
from screening.lab.generate.parties import Party, Passenger, Plants, draw_crew, draw_parties
from screening.lab.generate.sending import (
    Manifest,
    Sent,
    api_files,
    compressed,
    earlier_api_file,
    packed,
    pnr_files,
)
from screening.lab.generate.truth import Truth
from screening.messages.write.interchange import US_VERSION
from screening.messages.write.segments import DEFAULT_SEPARATORS
from screening.tables.errors import UsageError

MARK = "# Written by `screening generate`: everybody in this folder is invented."
_GZIPPED, _ZIPPED = "T0", "L0"  # the carriers whose PNR pushes come compressed
_CUT, _UNDATED = "cut", "undated"
_EARLIER_MANIFESTS = 2

_MAPPING = f"""{MARK}
delimiter = ";"
separator = "|"
date_order = "ymd"

[columns]
source_id = "file_no"
surname = "surname"
given_names = "given_names"
aliases = "aliases"
weak_aliases = "weak_aliases"
date_of_birth = "born"
sex = "sex"
nationality = "nationality"
document_number = "passport_no"
document_state = "passport_state"
legal_basis = "legal_basis"
valid_from = "valid_from"
review_by = "review_by"
"""

_PROFILE = f"""{MARK}
# Night {{night}}, seed {{seed}}.

[agency]
name = "Example border agency"
country = "BE"
time_zone = "Europe/Brussels"
production = false

[retention]  # hours from the end of the night that received them; classes are explained in docs/privacy.md
api = 48
pnr = 4320
hit = 8760

[[lists]]
id = "{lists_of.REFUSE}"
source = "own"
path = "alerts/refuse_entry.csv"
mapping = "alerts/refuse_entry.mapping.toml"
category = "refuse_entry"
severity = 5
authority = "Example immigration office"

[[lists]]
id = "{lists_of.INFORM}"
source = "un"
path = "alerts/inform.xml"
category = "inform"
severity = 2
authority = "Example foreign ministry"

[[lists]]
id = "{lists_of.DOCUMENTS}"
source = "documents"
path = "alerts/lost_documents.csv"
category = "document"
severity = 4
authority = "Example police"
"""

_README = """# A synthetic night

Everybody and everything in this folder is invented: people, bookings, documents, alerts, carriers. Names
are chance combinations of common ones; designators of carriers are made up; airports are real. A likeness
is chance.

Written by

    screening generate --out DIR --night {night} --flights {flights} --travellers {travellers} \\
        --alerts {alerts} --seed {seed}

The same command gives the same bytes. Nothing here is edited by hand.

| | |
|---|---|
| inbox/ | PAXLST and PNRGOV files as carriers send them, some damaged on purpose |
| alerts/ | three lists: refuse-entry (own CSV with a mapping), inform (UN-style XML), lost-documents (CSV) |
| profile.toml | the agency's decisions, with demonstration keys |
| truth/truth.parquet | one row a person and leg: who was planted (`true`, `nm_…`), with what noise |
| truth/flights.json | for each leg that messages tell of: travellers who can be read |
| truth/faults.json | each planted deviation: file, codes that must be found, what must become of it |
"""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a night is to be."""

    flights: int
    travellers: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, for the person who asked."""

    files: int
    bytes: int
    flights: int
    travellers: int
    planted: int
    alerts: int
    faults: int


def generate(out: Path, night: date, size: Size, seed: int) -> Written:
    """Write a night.

    Args:
        out: folder; one of an earlier generation is replaced, any other that holds files is refused.
        night: date of the night; most flights depart on it.
        size: flights, travellers, alerts.
        seed: same seed and size, same bytes.

    Returns:
        Counts of what was written.

    Raises:
        UsageError: the folder holds files that were not generated.
    """
    _make_room(out)
    lists = lists_of.draw_lists(_stream(seed, "lists"), size.alerts, night)
    plants = lists_of.draw_plants(_stream(seed, "plants"), lists, size.travellers, night)
    flights = _with_doomed(draw_flights(_stream(seed, "flights"), night, size.flights, size.travellers))
    truth, faults = Truth(), _Faults(flights)
    inbox, files, total = out / "inbox", 0, 0
    for file in _all_files(flights, night, seed, plants, truth, faults):
        (inbox / file.name).write_bytes(file.data)
        files, total = files + 1, total + len(file.data)
    _write_lists(out, lists, night, seed)
    _write_truth(out, truth, faults.planted)
    (out / "README.md").write_text(
        _README.format(night=night.isoformat(), seed=seed, **asdict(size)), "utf-8"
    )
    planted = sum(1 for row in truth.rows if not str(row[2]).startswith("inn_"))
    counts = (len(flights), len({row[0] for row in truth.rows}), planted)
    return Written(files, total, *counts, len(lists.people) + len(lists.documents), len(faults.planted))


def _stream(seed: int, name: str) -> random.Random:
    """Return a stream of choices of its own: more flights do not change the people of the lists."""
    return random.Random(f"{seed}/{name}")  # noqa: S311 -- choices must repeat; nothing is kept secret by them


def _make_room(out: Path) -> None:
    profile = out / "profile.toml"
    mine = profile.is_file() and profile.read_text("utf-8").startswith(MARK)
    if out.exists() and not mine and any(out.iterdir()):
        raise UsageError(
            "the folder holds files that were not generated",
            where=f"--out {out}",
            effect="nothing was written",
            remedy="name an empty or a new folder",
        )
    for name in ("inbox", "alerts", "truth"):
        if (out / name).is_dir():
            shutil.rmtree(out / name)
        (out / name).mkdir(parents=True)


def _is_plain(flight: Flight) -> bool:
    """Whether its API manifest is one message with the usual separators, which the faults' patterns name."""
    carrier = flight.carrier
    plain = carrier.api.separators == DEFAULT_SEPARATORS and not carrier.api.fold and not carrier.interactive
    alone = carrier.crew_in_own_file and len(flight.legs) == 1
    return flight.has_api and plain and alone and carrier.api_version != US_VERSION


def _with_doomed(flights: list[Flight]) -> list[tuple[Flight, str | None]]:
    """Choose the flight that is cut off and the one that has no date: both have API only."""
    fitting = [place for place, flight in enumerate(flights) if _is_plain(flight)]
    doom = dict(zip(fitting[1::3], (_CUT, _UNDATED), strict=False)) if len(fitting) > 5 else {}
    return [
        (replace(flight, has_pnr=False) if place in doom else flight, doom.get(place))
        for place, flight in enumerate(flights)
    ]


class _Faults:
    """Plants each repairable fault once, on the first flight where it fits, one a flight."""

    def __init__(self, flights: list[tuple[Flight, str | None]]) -> None:
        self.planted: list[Fault] = []
        self._due = list(REPAIRABLE) if len(flights) > len(REPAIRABLE) else []
        self._due_in_pnr = list(REPAIRABLE_PNR) if self._due else []
        self.earlier_due = _EARLIER_MANIFESTS if self._due else 0
        self.copy_due = self.strays_due = bool(self._due)

    def offer(self, flight: Flight, file: Sent) -> Sent:
        """Return the manifest with a fault, or as it is."""
        if not _is_plain(flight):
            return file
        return self._first_that_fits(self._due, file)

    def offer_pnr(self, flight: Flight, file: Sent) -> Sent:
        """Return the push with a fault, or as it is."""
        options = flight.carrier.pnr
        if options.separators != DEFAULT_SEPARATORS or options.fold:
            return file
        return self._first_that_fits(self._due_in_pnr, file)

    def _first_that_fits(self, due: list[str], file: Sent) -> Sent:
        for name in due:
            changed = plant(file, name)
            if changed is not None:
                due.remove(name)
                self.planted.append(changed[1])
                return changed[0]
        return file


def _all_files(
    flights: list[tuple[Flight, str | None]],
    night: date,
    seed: int,
    plants: Plants,
    truth: Truth,
    faults: _Faults,
) -> Iterator[Sent]:
    archive: list[Sent] = []
    for ordinal, (flight, doom) in enumerate(flights):
        rng = _stream(seed, f"flight/{ordinal}")
        parties = list(draw_parties(rng, flight, night, plants, safe=doom is None))
        crew = draw_crew(rng, flight, night) if flight.has_api and doom != _UNDATED else []
        manifest = Manifest(flight, _on_sale(flight, parties), crew)
        kept: int | None = None
        for file in api_files(manifest, rng):
            is_manifest = "_PAXLST_" in file.name
            if is_manifest and doom is not None:
                damaged, fault, kept = cut_off(file) if doom == _CUT else (*undated(file), 0)
                faults.planted.append(fault)
                yield damaged
            elif "_CREW_" in file.name and not crew:
                continue
            elif is_manifest:
                yield from _manifest_files(manifest, faults, file, rng)
            else:
                yield file
        for file in pnr_files(manifest, rng):
            if flight.carrier.code == _ZIPPED:
                archive.append(file)
            else:
                yield compressed(file) if flight.carrier.code == _GZIPPED else faults.offer_pnr(flight, file)
        truth.add(flight, ordinal, list(_people(manifest, kept)))
    if archive:
        yield packed(f"{_ZIPPED}_{night:%Y%m%d}_PNRGOV.zip", archive)
    if faults.strays_due:
        for file, fault in strays(f"{night:%y%m%d}:2200", f"{night:%y%m%d}0001"):
            faults.planted.append(fault)
            yield file


def _manifest_files(manifest: Manifest, faults: _Faults, file: Sent, rng: random.Random) -> Iterator[Sent]:
    """The manifest; before it perhaps one that it replaces, after it perhaps the same bytes again."""
    flight = manifest.flight
    if faults.earlier_due and _is_plain(flight):
        faults.earlier_due -= 1
        earlier = earlier_api_file(manifest, rng)
        faults.planted.append(
            Fault(
                earlier.name, "earlier_manifest", (), "none", f"replaced by {file.name}; its travellers stay"
            )
        )
        yield earlier
        yield file
        return
    damaged = faults.offer(flight, file)
    yield damaged
    if faults.copy_due and damaged is file:
        faults.copy_due = False
        copy = Sent(file.name.replace("_001", "_001_RESENT"), file.data)
        faults.planted.append(
            Fault(copy.name, "same_bytes_again", (), "none", "counted, not read a second time")
        )
        yield copy


def _on_sale(flight: Flight, parties: list[Party]) -> list[Party]:
    """Before the day of departure late bookings do not exist, and none is cancelled yet."""
    if flight.days_ahead == 0:
        return parties
    known = [party for party in parties if not party.late]
    for party in known:
        party.withdrawn = False
    return known


def _people(manifest: Manifest, kept: int | None) -> Iterator[tuple[Passenger, str | None, bool]]:
    """Everybody who is on the manifest in the end; `kept` API travellers stand before a cut."""
    place = 0
    for party in manifest.parties:
        if party.withdrawn:
            continue
        for member in party.members:
            readable = kept is None or place < kept
            place += member.in_api
            yield member, party.locator, readable
    for member in manifest.crew:
        yield member, None, True


def _write_lists(out: Path, lists: lists_of.Lists, night: date, seed: int) -> None:
    alerts = out / "alerts"
    (alerts / "refuse_entry.csv").write_bytes(lists_of.refuse_csv(lists))
    (alerts / "refuse_entry.mapping.toml").write_text(_MAPPING, "utf-8")
    (alerts / "inform.xml").write_bytes(lists_of.inform_xml(lists, night))
    (alerts / "lost_documents.csv").write_bytes(lists_of.documents_csv(lists))
    (out / "profile.toml").write_text(_PROFILE.format(night=night.isoformat(), seed=seed), "utf-8")


def _write_truth(out: Path, truth: Truth, faults: list[Fault]) -> None:
    pq.write_table(truth.table(), out / "truth" / "truth.parquet", compression="zstd")
    for name, entries in (("faults", [fault.entry() for fault in faults]), ("flights", truth.legs)):
        lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
        (out / "truth" / f"{name}.json").write_text(f"[\n{lines}\n]\n", "utf-8")
