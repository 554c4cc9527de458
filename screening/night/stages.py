"""The pipeline is data: which stages there are, in which order, and what each reads and writes.

From this tuple come the order of work, the zones that a stage may open, the tasks of the DAG (a test holds
both together) and the lines of progress.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from screening.tables.codes import Zone
from screening.tables.declared import BY_NAME


class Unit(StrEnum):
    """Over what a stage runs; each but the night is a mapped task."""

    INPUTS = "inputs"
    NIGHT = "night"
    LEGS = "legs"
    BATCH = "batch"


class Task(StrEnum):
    """Tasks of the DAG; each is one function of `screening.night.run`."""

    RECEIVE = "receive"
    INDEX = "index"
    PLAN_READ = "plan_read"
    READ = "read"
    PLAN_SETTLE = "plan_settle"
    SETTLE = "settle"
    PLAN = "plan"
    SCREEN = "screen"
    PUBLISH = "publish"
    REPORT = "report"
    ATTENTION = "attention"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    Attributes:
        name: verb.
        task: task of the DAG that it runs in.
        unit: over what it runs.
        reads: tables.
        writes: tables.
        section: section of the profile that it sees; None for none.
        zones: zones that it opens beside those of its tables.
    """

    name: str
    task: Task
    unit: Unit
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    section: str | None = None
    zones: tuple[Zone, ...] = ()

    def opens(self) -> frozenset[Zone]:
        """Zones that the stage may open: its tables' and the work zone."""
        tables = {BY_NAME[name].zone for name in (*self.reads, *self.writes)}
        return frozenset(tables | set(self.zones) | {Zone.WORK})


_STATED = ("messages", "message_legs", "statements", "statement_documents", "bookings")
_LISTED = ("alerts", "alert_names", "alert_dates", "alert_documents", "alert_facts")

STAGES: tuple[Stage, ...] = (
    Stage("receive", Task.RECEIVE, Unit.NIGHT, ("inputs",), ("inputs",), "intake", (Zone.ALERTS, Zone.AUDIT)),
    Stage("index", Task.INDEX, Unit.NIGHT, _LISTED, (), "lists", (Zone.INDIVIDUAL,)),
    Stage("plan_read", Task.PLAN_READ, Unit.NIGHT, ("inputs",), (), "intake", (Zone.INDIVIDUAL,)),
    Stage(
        "read",
        Task.READ,
        Unit.INPUTS,
        ("inputs",),
        (*_STATED, "quarantine", "byte_ranges", "ledger"),
        "intake",
    ),
    Stage("scrub", Task.READ, Unit.INPUTS, ("byte_ranges",), ("inputs", "byte_ranges"), "intake"),
    Stage("plan_settle", Task.PLAN_SETTLE, Unit.NIGHT, _STATED, ()),
    Stage(
        "settle",
        Task.SETTLE,
        Unit.LEGS,
        _STATED,
        ("flights", "travellers", "documents", "ledger"),
        "intake",
        (
            Zone.ANALYST,
        ),  # ids on hits of an earlier revision: statements gone by rule, hits decided by people
    ),
    Stage("plan", Task.PLAN, Unit.NIGHT, ("flights",), (), "schedule"),
    Stage("normalise", Task.SCREEN, Unit.BATCH, ("travellers", "documents"), ("identities",)),
    Stage("propose", Task.SCREEN, Unit.BATCH, ("identities", *_LISTED), ("candidates",)),
    Stage("score", Task.SCREEN, Unit.BATCH, ("candidates", "identities", *_LISTED), ("scored",)),
    Stage(
        "raise",
        Task.SCREEN,
        Unit.BATCH,
        (
            "scored",
            "travellers",
            "documents",
            "flights",
            "alerts",
            "alert_names",
            "clearances",
            "dispositions",
        ),
        ("hits", "evidence", "ledger"),
        "lists",
    ),
    Stage(
        "gate_manifests",
        Task.PUBLISH,
        Unit.NIGHT,
        ("travellers", "flights", "documents", "night_health"),
        (),
        "gates",
    ),
    Stage("gate_hits", Task.PUBLISH, Unit.NIGHT, ("hits", "evidence", "travellers"), (), "gates"),
    Stage("count", Task.PUBLISH, Unit.NIGHT, ("flights", "travellers"), ("counts",)),
    Stage(
        "withhold",
        Task.PUBLISH,
        Unit.NIGHT,
        ("flights", "counts", "published", "protection", "traffic_cells"),
        ("published", "protection", "traffic_cells"),
        "disclosure",
    ),
    Stage(
        "rate",
        Task.PUBLISH,
        Unit.NIGHT,
        ("hits", "dispositions", "night_health", "rates", *_LISTED),
        ("rates",),
        "disclosure",
    ),
    Stage(
        "publish",
        Task.PUBLISH,
        Unit.NIGHT,
        (
            *_STATED,
            "quarantine",
            "flights",
            "travellers",
            "documents",
            "hits",
            "evidence",
            "ledger",
            "byte_ranges",
        ),
        ("outcomes", "ledger", "carrier_quality", "night_health"),
        "retention",
        (Zone.LANDING, Zone.AUDIT),
    ),
    Stage(
        "report",
        Task.REPORT,
        Unit.NIGHT,
        (
            "flights",
            "outcomes",
            "hits",
            "evidence",
            "published",
            "protection",
            "carrier_quality",
            "rates",
            "messages",
            *_LISTED[:2],
        ),
        ("monthly", "monthly_quality"),
    ),
    Stage("attention", Task.ATTENTION, Unit.NIGHT, ("outcomes", "quarantine"), (), "gates"),
)


def stage(name: str) -> Stage:
    """Return a stage by name."""
    return next(found for found in STAGES if found.name == name)


def tasks() -> Iterator[Task]:
    """Yield the tasks in their order, each once."""
    seen: set[Task] = set()
    for found in STAGES:
        if found.task not in seen:
            seen.add(found.task)
            yield found.task
