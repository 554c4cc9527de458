"""Gates: is the night whole and sound? Suites are data, bounds the profile's. A gate keeps no hit back.

`expectations/<gate>.json` is a Great Expectations suite; `meta.frame` of an expectation names the frame that
it is about, `meta.says` the figure in words. A `critical` expectation that fails makes the night incomplete,
a `warning` is reported. Where `meta.share` is true the figure is a share: below `minimum` travellers it only
warns, because one person moves it too far. All else holds for nights of any size. What is usual is told from
earlier nights (frames.py); without enough of them it is not known, which is no failure. An expectation that
cannot be computed counts as failed, never as passed.

**No values of people.** Great Expectations gets masks and figures only (frames.py), so a name cannot
come out of it; besides, only expectations of `ALLOWED` are taken (some others tell values in
`observed_value`), and results are asked for without examples (BASIC, partial_unexpected_count 0).

Great Expectations costs 3 s and 200 MB to import, so it is imported where it runs; its analytics are off.
"""

import json
import logging
import os
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from screening.gates.frames import (
    NIGHTS_NEEDED,
    flight_frame,
    hit_figures,
    hit_frame,
    manifest_figures,
    traveller_frame,
)
from screening.profile.model import Gates

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition

GATES = ("manifests", "hits")
_ENGINE = "great_expectations"
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
        says: the figure in words.
        share: it only warns below the minimum of travellers.
    """

    type: str
    frame: str
    column: str | None
    passed: bool
    observed: str
    bound: str
    severity: str
    notes: str
    says: str
    share: bool = False

    @property
    def sentence(self) -> str:
        """Say figure and bound for a person."""
        return f"{self.says}: {self.observed}, expected {self.bound}"


@dataclass(frozen=True, slots=True)
class GateReport:
    """Outcome of one gate: goes into the night's record; holds no value of a person."""

    name: str
    travellers: int
    minimum: int
    results: tuple[ExpectationResult, ...]

    @property
    def failures(self) -> tuple[ExpectationResult, ...]:
        """Expectations that make the night incomplete."""
        large = self.travellers >= self.minimum
        return tuple(
            found
            for found in self.results
            if not found.passed and found.severity == "critical" and (large or not found.share)
        )

    @property
    def warnings(self) -> tuple[ExpectationResult, ...]:
        """Expectations that failed and are only told."""
        return tuple(found for found in self.results if not found.passed and found not in self.failures)

    def rows(self) -> list[dict[str, object]]:
        """Return one row an expectation, for `show` and for the report."""
        return [
            {
                "gate": self.name,
                "about": r.says,
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
    baseline: Sequence[Mapping[str, float]],
    erased: Mapping[str, int],
) -> GateReport:
    """Ask whether the night's manifests are whole, and as full as usual.

    Args:
        flights: FLIGHTS of the night.
        travellers: TRAVELLERS of the night.
        documents: DOCUMENTS of these travellers.
        gates: section of the profile.
        quarantined: travellers that were set aside.
        baseline: figures (`frames.MEASURES`) of each of the (up to 28) nights before; may be empty.
        erased: travellers of each leg who were erased by right since it was settled.
    """
    people = traveller_frame(travellers, flights, documents)
    frames = {
        "travellers": people,
        "flights": flight_frame(flights, travellers, erased),
        "night": manifest_figures(people, flights.num_rows, quarantined, baseline),
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
    """Ask whether the night's hits are sound, and as many as people can decide.

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
        minimum: below it shares only warn.

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
    return GateReport(name, travellers, minimum, ordered)


def not_judged(name: str, why: str, *, travellers: int, minimum: int) -> GateReport:
    """Make the report of a gate that could not be judged: it failed, and nobody's hit waits for it."""
    result = ExpectationResult(
        type="none",
        frame="night",
        column=None,
        passed=False,
        observed=f"not judged ({why})",
        bound="a judgement",
        severity="critical",
        notes="what is not looked at is not in order; report the error's type and place",
        says=f"gate {name}",
    )
    return GateReport(name, travellers, minimum, (result,))


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
    """Refuse a suite that could tell values of people, or an expectation without words, frame or severity.

    Raises:
        ValueError: says which.
    """
    for expectation in loaded["expectations"]:
        if expectation["type"] not in ALLOWED:
            raise ValueError(f"{loaded['name']}: {expectation['type']} is not allowed")
        meta = expectation.get("meta", {})
        if not (meta.get("frame") and meta.get("says") and expectation.get("notes")):
            raise ValueError(f"{loaded['name']}: {expectation['type']} lacks its frame, words or notes")
        if expectation.get("severity") not in {"critical", "warning"}:
            raise ValueError(f"{loaded['name']}: {expectation['type']} lacks its severity")


def _validate(
    name: str, expectations: list[dict[str, Any]], frame: pd.DataFrame, bounds: Mapping[str, float]
) -> list[dict[str, Any]]:
    with _quiet():
        import great_expectations as gx

        placed = [{**e, "meta": {**e["meta"], "place": place}} for place, e in enumerate(expectations)]
        result = (
            _whole_frame()
            .get_batch({"dataframe": frame})
            .validate(
                gx.ExpectationSuite(name=name, expectations=placed),
                expectation_parameters=dict(bounds),
                result_format={"result_format": "BASIC", "partial_unexpected_count": 0},
            )
        )
    found: list[dict[str, Any]] = result.to_json_dict()["results"]  # type: ignore[no-untyped-call]  # GX
    # Great Expectations groups results by column.
    return sorted(found, key=lambda outcome: int(outcome["expectation_config"]["meta"]["place"]))


@cache
def _whole_frame() -> "BatchDefinition[Any]":
    """Tell Great Expectations, once in a process, that it is given frames and looks at them whole."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    for logger in list(logging.root.manager.loggerDict):
        if logger.startswith(f"{_ENGINE}."):  # some of its modules set their own level
            logging.getLogger(logger).setLevel(logging.WARNING)
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    source = context.data_sources.add_pandas("night")
    return source.add_dataframe_asset("frame").add_batch_definition_whole_dataframe("all")


@contextmanager
def _quiet() -> Iterator[None]:
    """Let Great Expectations call nobody, log nothing below a warning, and warn of nothing of its own."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # read at import
    logging.getLogger(_ENGINE).setLevel(logging.WARNING)  # 214 lines on its import, at INFO
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # 1.24 imports sre_constants, which Python 3.11 deprecates
        yield


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
        says=expectation["meta"]["says"],
        share=bool(expectation["meta"].get("share")),
    )


def _observed(expectation: dict[str, Any], result: dict[str, Any], frame: pd.DataFrame) -> str:
    if not result:
        return "could not be computed: its column is missing or of another kind"
    if expectation["type"] == "expect_table_columns_to_match_set":
        missing = result.get("details", {}).get("mismatched", {}).get("missing", [])
        return f"missing: {', '.join(missing)}" if missing else "all there"
    if expectation["meta"]["frame"] == "night":
        return _of_night(frame, expectation["kwargs"]["column"])
    rows = result["element_count"] - result.get("missing_count", 0)
    failed = result["unexpected_count"]
    if not rows:
        return "no rows"
    share = f"{failed} of {rows}, {100 * failed / rows:.2f} %"
    return f"{100 * (rows - failed) / rows:.2f} % given" if _is_given(expectation) else f"outside: {share}"


def _of_night(frame: pd.DataFrame, column: str) -> str:
    """Write a figure of the night; one that is compared with what is usual says both."""
    value = frame[column].iloc[0]
    measure, found, _ = column.rpartition("_of_usual" if column.endswith("_of_usual") else "_beyond_usual")
    if not found:
        return _figure(float(value))
    if pd.isna(value):
        return f"not known: fewer than {NIGHTS_NEEDED} nights to compare with"
    tonight, usual = frame[measure].iloc[0], frame[f"{measure}_usual"].iloc[0]
    return f"{_figure(float(tonight))} instead of {_figure(float(usual))}"


def _is_given(expectation: dict[str, Any]) -> bool:
    return bool(expectation["type"] == "expect_column_values_to_not_be_null")


def _bound(kind: str, kwargs: dict[str, Any]) -> str:
    mostly = f" for {100 * kwargs['mostly']:g} % of rows" if kwargs.get("mostly", 1) < 1 else ""
    if kind == "expect_column_values_to_not_be_null":
        return f"at least {100 * kwargs.get('mostly', 1):g} % given"
    if kind == "expect_column_values_to_be_between" and str(kwargs["column"]).endswith("_usual"):
        return _times_usual(kwargs)
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


def _times_usual(kwargs: dict[str, Any]) -> str:
    high = kwargs.get("max_value")
    if high is not None:
        return f"at most {_figure(float(high))} times the usual"
    word = "more than" if kwargs.get("strict_min") else "at least"
    return f"{word} {_figure(100 * float(kwargs['min_value']))} % of the usual"


def _figure(value: float) -> str:
    return f"{value:.4g}" if value != int(value) else str(int(value))
