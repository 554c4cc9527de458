"""What the forms of the DAGs ask for, with what it means to leave a field empty.

Airflow checks the values against these schemas before a run exists. No field is for a traveller's name.
"""

from airflow.sdk import Param  # noqa: TID253  (only DAG files import this)

GATES = ("manifests", "hits")  # those of screening.gates; a test holds both together
_TEXT = ["null", "string"]

_LET_THROUGH = {
    "let_through": Param(
        [],
        type=["null", "array"],
        items={"type": "string", "enum": list(GATES)},
        examples=list(GATES),
        title="Let through",
        description="Gates that an incomplete night is let through: its traffic tables are published. "
        "Empty: none; a night that fails a gate stays incomplete. Needs the two fields below",
    ),
    "let_through_by": Param(
        None,
        type=_TEXT,
        maxLength=64,
        title="Let through by",
        description="Who decides it; recorded. Empty: nobody, and nothing is let through",
    ),
    "reason": Param(
        None,
        type=_TEXT,
        maxLength=500,
        title="Reason",
        description="Why the night is right as it is; recorded. No traveller's name. "
        "Empty: nothing is let through",
    ),
}

NIGHTLY = {
    "night": Param(
        None,
        type=_TEXT,
        format="date",
        title="Night",
        description="Label of the night. Empty: the night of the schedule; of a run by hand the last night "
        "that is over",
    ),
    **_LET_THROUGH,
}

RESCREEN = {
    "days": Param(
        None,
        type=["null", "integer"],
        minimum=1,
        maximum=3660,
        title="Days",
        description="Nights of so many days back are compared, as far as they are held. Empty: 3",
    ),
}

RERUN = {
    "night": Param(
        None,
        type=_TEXT,
        format="date",
        title="Night",
        description="Label of the night. Empty: the last night that is over",
    ),
    "flights": Param(
        [],
        type="array",
        items={"type": "string", "pattern": "^[0-9A-Za-z -]{3,40}$"},
        title="Flights",
        description="One a line, such as UA988-20261123-FRA-IAD or UA988. "
        "Empty: all quarantined and failed ones",
    ),
    "all_failed": Param(
        False,
        type="boolean",
        title="All failed",
        description="All quarantined and failed flights, beside those named. Off and no flight named: "
        "the same as on",
    ),
    **_LET_THROUGH,
}
