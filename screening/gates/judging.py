"""Gates: is the night fit to go on? Suites are data, bounds the profile's, refusals a person's to lift.

`expectations/<gate>.json` is a Great Expectations suite; `meta.frame` of an expectation names the frame that
it is about. Severity `critical` refuses, `warning` is reported. Below `minimum` travellers everything only
warns: a small night is no fault. An expectation that cannot be computed counts as failed, never as passed.

**No values of people.** Great Expectations gets masks and figures only (frames.py), so a name cannot
come out of it; besides, only expectations of `ALLOWED` are taken (some others tell values in
`observed_value`), and results are asked for without examples (BASIC, partial_unexpected_count 0).

Great Expectations costs 3 s and 200 MB to import, so it is imported where it runs; its analytics are off.
"""

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import pandas as pd
import pyarrow as pa

from screening.gates.frames import (
    flight_frame,
    hit_figures,
    hit_frame,
    manifest_figures,
    traveller_frame,
)
from screening.profile.model import Gates
from screening.tables.errors import GateError

GATES = ("manifests", "hits")
ALLOWED = frozenset(
    {
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_in_set",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_match_regex",
        "expect_column_values_to_not_be_null",
        "expect_table_columns_to_match_set",
    }
)


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """What one expectation found.

    Attributes:
        type: kind of expectation.
        frame: table that it is about.
        column: column, or None for the table as a whole.
        passed: did it hold?
        observed: figure found: a share of rows, a number of rows, or the night's figure itself.
        bound: what was asked for.
        severity: critical or warning.
        notes: why it matters.
    """

    type: str
    frame: str
    column: str | None
    passed: bool
    observed: str
    bound: str
    severity: str
    notes: str


@dataclass(frozen=True, slots=True)
class GateReport:
    """Outcome of one gate: goes into the night's record; holds no value of a person."""

    name: str
    refused: bool
    travellers: int
    minimum: int
    results: tuple[ExpectationResult, ...]

    @property
    def refusals(self) -> tuple[ExpectationResult, ...]:
        """Expectations that refuse the night; none while the night is below the minimum."""
        return tuple(r for r in self.results if self.refused and not r.passed and r.severity == "critical")

    @property
    def warnings(self) -> tuple[ExpectationResult, ...]:
        """Expectations that failed without refusing."""
        return tuple(r for r in self.results if not r.passed and r not in self.refusals)

    def rows(self) -> list[dict[str, object]]:
        """Return one row an expectation, for `show` and for the report."""
        return [
            {
                "gate": self.name,
                "about": f"{r.frame}.{r.column}" if r.column else r.frame,
                "observed": r.observed,
                "bound": r.bound,
                "severity": r.severity,
                "passed": r.passed,
                "why": r.notes,
            }
            for r in self.results
        ]


def check_manifests(
    flights: pa.Table,
    travellers: pa.Table,
    documents: pa.Table,
    *,
    gates: Gates,
    quarantined: int,
    baseline: Sequence[int],
) -> GateReport:
    """Ask whether the night's manifests are fit to be screened.

    Args:
        flights: FLIGHTS of the night.
        travellers: TRAVELLERS of the night.
        documents: DOCUMENTS of these travellers.
        gates: section of the profile.
        quarantined: travellers that were set aside.
        baseline: travellers of each of the (up to 28) nights before, as frozen; may be empty.
    """
    frames = {
        "travellers": traveller_frame(travellers, flights, documents),
        "flights": flight_frame(flights, travellers),
        "night": manifest_figures(travellers.num_rows, quarantined, baseline),
    }
    bounds = {
        **{
            name: getattr(gates, name)
            for name in (
                "surname",
                "date_of_birth",
                "document",
                "nationality",
                "quarantined",
                "traffic_factor",
            )
        },
        "traffic_low": 1 / gates.traffic_factor,
    }
    return run_gate("manifests", frames, bounds, travellers=travellers.num_rows, minimum=gates.minimum)


def check_hits(hits: pa.Table, evidence: pa.Table, travellers: pa.Table, *, gates: Gates) -> GateReport:
    """Ask whether the night's hits are fit to be handed to analysts.

    Args:
        hits: HITS of the night.
        evidence: EVIDENCE of these hits.
        travellers: TRAVELLERS of the night; only their ids are read.
        gates: section of the profile.
    """
    frames = {
        "hits": hit_frame(hits, evidence, travellers),
        "night": hit_figures(hits, evidence, travellers.num_rows),
    }
    bounds = {"hits_per_1000": gates.hits_per_1000}
    return run_gate("hits", frames, bounds, travellers=travellers.num_rows, minimum=gates.minimum)


def run_gate(
    name: str,
    frames: Mapping[str, pd.DataFrame],
    bounds: Mapping[str, float],
    *,
    travellers: int,
    minimum: int,
) -> GateReport:
    """Hold frames to the suite of a gate.

    Args:
        name: gate, one of `GATES`.
        frames: masked frames by the names that the suite uses.
        bounds: value of each `$PARAMETER` of the suite.
        travellers: size of the night.
        minimum: below it nothing is refused.

    Returns:
        One result an expectation, in the order of the suite.
    """
    expectations = suite(name)["expectations"]
    results: list[tuple[int, ExpectationResult]] = []
    for frame in frames:
        own = [(place, e) for place, e in enumerate(expectations) if e["meta"]["frame"] == frame]
        outcomes = _validate(name, [expectation for _, expectation in own], frames[frame], bounds)
        results += [
            (place, _result(expectation, outcome, frames[frame]))
            for (place, expectation), outcome in zip(own, outcomes, strict=True)
        ]
    ordered = tuple(result for _, result in sorted(results, key=lambda pair: pair[0]))
    if len(ordered) != len(expectations):
        raise ValueError(f"gate {name}: an expectation names a frame that nobody gave")
    refused = travellers >= minimum and any(not r.passed and r.severity == "critical" for r in ordered)
    return GateReport(name, refused, travellers, minimum, ordered)


def refusal(report: GateReport, night: date) -> GateError:
    """Make the error of a refusal: what, observed, bound, and how a person lets the night through."""
    reasons = "; ".join(
        f"{r.frame}{'.' + r.column if r.column else ''}: {r.observed}, asked for {r.bound} ({r.notes})"
        for r in report.refusals
    )
    return GateError(
        f"gate `{report.name}` refuses the night: {reasons}",
        where=f"night {night.isoformat()}, {report.travellers} travellers",
        effect="nothing is published; earlier revisions stay as they are",
        remedy=f"mend the input and run again, or let it through: "
        f'`screening run --night {night.isoformat()} --let-through {report.name} --reason "…"`',
    )


@cache
def suite(name: str) -> dict[str, Any]:
    """Read the suite of a gate.

    Raises:
        ValueError: an expectation is not in `ALLOWED`: its result might tell values of people.
    """
    text = resources.files("screening.gates").joinpath("expectations", f"{name}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    check_suite(loaded)
    return loaded


def check_suite(loaded: Mapping[str, Any]) -> None:
    """Refuse a suite that could tell values of people, or an expectation without frame, notes or severity.

    Raises:
        ValueError: says which.
    """
    for expectation in loaded["expectations"]:
        if expectation["type"] not in ALLOWED:
            raise ValueError(f"{loaded['name']}: {expectation['type']} is not allowed")
        if not (expectation.get("meta", {}).get("frame") and expectation.get("notes")):
            raise ValueError(f"{loaded['name']}: {expectation['type']} lacks its frame or notes")
        if expectation.get("severity") not in {"critical", "warning"}:
            raise ValueError(f"{loaded['name']}: {expectation['type']} lacks its severity")


def _validate(
    name: str, expectations: list[dict[str, Any]], frame: pd.DataFrame, bounds: Mapping[str, float]
) -> list[dict[str, Any]]:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at import: nothing may call home
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 1.24 imports sre_constants, which Python 3.11 deprecates
        import great_expectations as gx
        from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    definition = (
        context.data_sources.add_pandas("night")
        .add_dataframe_asset("frame")
        .add_batch_definition_whole_dataframe("all")
    )
    placed = [{**e, "meta": {**e["meta"], "place": place}} for place, e in enumerate(expectations)]
    built = context.suites.add(gx.ExpectationSuite(name=name, expectations=placed))
    validation = context.validation_definitions.add(
        gx.ValidationDefinition(name=name, data=definition, suite=built)
    )
    result = validation.run(
        batch_parameters={"dataframe": frame},
        expectation_parameters=dict(bounds),
        result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
    )
    found: list[dict[str, Any]] = result.to_json_dict()["results"]  # type: ignore[no-untyped-call]  # GX
    # Great Expectations groups results by column.
    return sorted(found, key=lambda outcome: int(outcome["expectation_config"]["meta"]["place"]))


def _result(expectation: dict[str, Any], outcome: dict[str, Any], frame: pd.DataFrame) -> ExpectationResult:
    kwargs = outcome["expectation_config"]["kwargs"]  # with the profile's bounds in place
    return ExpectationResult(
        type=expectation["type"],
        frame=expectation["meta"]["frame"],
        column=kwargs.get("column"),
        passed=bool(outcome["success"]),
        observed=_observed(expectation, outcome["result"], frame),
        bound=_bound(expectation["type"], kwargs),
        severity=expectation["severity"],
        notes=expectation["notes"],
    )


def _observed(expectation: dict[str, Any], result: dict[str, Any], frame: pd.DataFrame) -> str:
    if not result:
        return "could not be computed: its column is missing or of another kind"
    if expectation["type"] == "expect_table_columns_to_match_set":
        missing = result.get("details", {}).get("mismatched", {}).get("missing", [])
        return f"missing: {', '.join(missing)}" if missing else "all there"
    if expectation["meta"]["frame"] == "night":
        value = frame[expectation["kwargs"]["column"]].iloc[0]
        return "nothing to compare with" if pd.isna(value) else _figure(float(value))
    rows = result["element_count"] - result.get("missing_count", 0)
    failed = result["unexpected_count"]
    if not rows:
        return "no rows"
    share = f"{failed} of {rows}, {100 * failed / rows:.2f} %"
    return f"{100 * (rows - failed) / rows:.2f} % given" if _is_given(expectation) else f"outside: {share}"


def _is_given(expectation: dict[str, Any]) -> bool:
    return bool(expectation["type"] == "expect_column_values_to_not_be_null")


def _bound(kind: str, kwargs: dict[str, Any]) -> str:
    mostly = f" for {100 * kwargs['mostly']:g} % of rows" if kwargs.get("mostly", 1) < 1 else ""
    if kind == "expect_column_values_to_not_be_null":
        return f"at least {100 * kwargs.get('mostly', 1):g} % given"
    if kind == "expect_column_values_to_be_between":
        low, high = float(kwargs["min_value"]), kwargs.get("max_value")
        return (f"at least {_figure(low)}" if high is None else f"{_figure(low)} to {_figure(high)}") + mostly
    if kind == "expect_column_values_to_be_in_set":
        return f"one of {', '.join(str(word) for word in kwargs['value_set'])}{mostly}"
    if kind == "expect_table_columns_to_match_set":
        return f"columns {', '.join(kwargs['column_set'])}"
    return {
        "expect_column_values_to_be_unique": "no value twice",
        "expect_column_values_to_match_regex": f"form {kwargs.get('regex')}{mostly}",
    }[kind]


def _figure(value: float) -> str:
    return f"{value:.4g}" if value != int(value) else str(int(value))
