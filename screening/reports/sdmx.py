"""Traffic tables as statisticians exchange them: SDMX structures, and data as SDMX-CSV 2.0.

One data structure a definition, the same for every agency, so that the tables of two agencies meet in their
codes. Where the standard has codes they are taken: sex, age (`Y2T11`, `Y_GE75`), area (ISO 3166 and M49),
frequency, confidentiality, observation status. The code lists are ours in name (agency SCREENING), as they
hold only what occurs here. `_T` is the total, `_U` not known, `_O` other.

A withheld cell has no value, CONF_STATUS `C` (confidential) and OBS_STATUS `Q` (suppressed); whether it is
small itself or protects another is not told. A cell without a row is 0. Same tables, same bytes: the message
is prepared at the end of what it tells of, never now.

Source: SDMX 3.0 and 2.1 (sdmx.org); SDMX cross-domain code lists and concepts, Content-Oriented Guidelines.
"""

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pycountry

from screening.aggregates import regions
from screening.aggregates.definitions import (
    AGE_BANDS,
    DEFINITIONS,
    DIMENSION,
    OTHER,
    PARTY_BANDS,
    QUALITY,
    RATES,
    TOTAL,
    UNKNOWN,
    VALUES,
    Definition,
)
from screening.identity.states import FORMER, SPECIAL

if TYPE_CHECKING:
    from pysdmx.model import Codelist, DataStructureDefinition
    from pysdmx.model.message import Header

AGENCY = "SCREENING"
ALL = (*DEFINITIONS, *RATES, QUALITY)
VERSION = "1.0"
_CONCEPTS = "CS_TRAFFIC"
_FREE, _CONFIDENTIAL = "F", "C"
_NORMAL, _ESTIMATE, _SUPPRESSED = "A", "E", "Q"
_COMMON = {TOTAL: "_T", UNKNOWN: "_U", regions.NO_REGION: "_O", OTHER: "_O"}
_ROLES = {"passenger": "P", "crew": "C", "transit": "T"}
_COMPONENT = {
    "nationality": "CITIZENSHIP", "region": "CITIZENSHIP", "age_band": "AGE",
}  # fmt: skip
_NAMES = {
    "FREQ": "Frequency",
    "REF_AREA": "State of the agency",
    "TIME_PERIOD": "Service date (local date of departure), or month of it; of rates, month of the nights",
    "OBS_VALUE": "Travellers on legs, or what the name of the data structure says",
    "CONF_STATUS": "Confidentiality status",
    "OBS_STATUS": "Observation status",
    "CITIZENSHIP": "Nationality, or its world region",
    "AGE": "Age in completed years on the service date",
    "SEX": "Sex",
    "ROUTE": "Origin and destination of the leg (IATA)",
    "DIRECTION": "Direction of the leg as the agency's State sees it",
    "CARRIER": "Operating carrier (IATA or ICAO designator)",
    "HOUR": "Local hour of departure",
    "ROLE": "Role on board",
    "PARTY_SIZE": "Travellers of one booking on the leg",
    "CATEGORY": "Group of categories of the alert",
    "DECISION": "Decision in force on the hit",
    "SCREENING": "Whether the person was screened",
    "IDENTITY": "Best that the alert identifies by",
    "MEASURE": "Measure of the quality of a carrier's data",
}


def structures(period: date, *, sender: str, version: str) -> str:
    """Write code lists, concepts, data structures and dataflows of all definitions.

    Args:
        period: last day that is told of; stands as the time of preparation.
        sender: id of the agency that sends.
        version: `3.0` or `2.1` of SDMX-ML; older clients read 2.1 alone.

    Returns:
        The message.
    """
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.model import Concept, ConceptScheme, Dataflow

    scheme = ConceptScheme(
        _CONCEPTS,
        name="Concepts of traffic tables",
        agency=AGENCY,
        version=VERSION,
        items=[Concept(name, name=words) for name, words in _NAMES.items()],
    )
    flows = [
        Dataflow(
            each.name.upper(), name=each.title, agency=AGENCY, version=VERSION, structure=data_structure(each)
        )
        for each in ALL
    ]
    kinds = {"3.0": Format.STRUCTURE_SDMX_ML_3_0, "2.1": Format.STRUCTURE_SDMX_ML_2_1}
    objects = [*_code_lists().values(), scheme, *(data_structure(each) for each in ALL), *flows]
    return str(write_sdmx(objects, kinds[version], header=_header(period, sender)))


def data(definition: Definition, rows: pa.Table, *, country: str) -> str:
    """Write one table as SDMX-CSV 2.0.

    Args:
        definition: the definition.
        rows: PUBLISHED, MONTHLY, RATES or (for QUALITY) MONTHLY_QUALITY; rows of other definitions are left
            out.
        country: of the agency, ISO 3166 alpha-2.

    Returns:
        The message; a header alone where the definition has no row.
    """
    if definition is QUALITY:  # one definition, and codes of findings are no ids
        own = rows.filter(pc.invert(pc.starts_with(rows["measure"], "finding:")))
    else:
        own = rows.filter(pc.equal(rows["definition"], definition.name))
    told = _ESTIMATE if definition.estimate else _NORMAL
    periods, values = own["period"].to_pylist(), own["value"].to_pylist()
    columns: dict[str, list[str | None]] = {
        "FREQ": ["M" if len(period) == len("2026-11") else "D" for period in periods],
        "REF_AREA": [country] * len(periods),
        **{
            component(name): [code(name, value) for value in own[name].to_pylist()]
            for name in definition.dimensions
        },
        "TIME_PERIOD": periods,
        "OBS_VALUE": [None if value is None else str(value) for value in values],
        "CONF_STATUS": [_CONFIDENTIAL if value is None else _FREE for value in values],
        "OBS_STATUS": [_SUPPRESSED if value is None else told for value in values],
    }
    structure = ("datastructure", f"{AGENCY}:{data_structure(definition).id}({VERSION})", "I")  # information
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(("STRUCTURE", "STRUCTURE_ID", "ACTION", *columns))
    lines.writerows((*structure, *row) for row in zip(*columns.values(), strict=True))
    return text.getvalue()


def component(dimension: str) -> str:
    """Return the id of a dimension in SDMX.

    >>> component("region"), component("age_band"), component("party_size")
    ('CITIZENSHIP', 'AGE', 'PARTY_SIZE')
    """
    return _COMPONENT.get(dimension, dimension.upper())


def code(dimension: str, value: str) -> str:
    """Return the SDMX code of a value.

    >>> code("age_band", "02-11"), code("age_band", "75+"), code("sex", "X"), code("sex", "Total")
    ('Y2T11', 'Y_GE75', '_O', '_T')
    >>> code("hour", "07"), code("party_size", "3-4"), code("role", "crew"), code("region", "150")
    ('H07', 'N3T4', 'C', '150')
    """
    if value in _COMMON:
        return _COMMON[value]
    if dimension == "sex":
        return "_O" if value == "X" else value
    if dimension == "age_band":
        return _band(value, "Y")
    if dimension == "party_size":
        return _band(value, "N")
    if dimension == "hour":
        return f"H{value}"
    return _ROLES.get(value, value) if dimension == "role" else value


def _band(value: str, letter: str) -> str:
    first, _, last = value.rstrip("+").partition("-")
    if value.endswith("+"):
        return f"{letter}_GE{int(first)}"
    return f"{letter}{int(first)}T{int(last)}" if last else f"{letter}{int(first)}"


@cache
def _code_lists() -> dict[str, "Codelist"]:
    from pysdmx.model import Code, Codelist

    def listed(name: str, words: str, codes: Iterable[tuple[str, str]]) -> Codelist:
        items = [Code(each, name=told) for each, told in codes]
        return Codelist(f"CL_{name}", name=words, agency=AGENCY, version=VERSION, items=items)

    common = [("_T", "Total"), ("_U", "Not known")]
    ages = [(code("age_band", band), f"{band} years") for band in AGE_BANDS]
    hours = [(f"H{hour:02d}", f"{hour:02d}:00 to {hour:02d}:59") for hour in range(24)]
    parties = [(code("party_size", band), f"{band} travellers") for band in PARTY_BANDS]
    sexes = [("F", "Female"), ("M", "Male"), ("_O", "Other (X in the document)")]
    ways = [
        ("in", "Into the State"),
        ("out", "Out of it"),
        ("domestic", "Within it"),
        ("abroad", "Elsewhere"),
    ]
    roles = [(_ROLES[name], name.capitalize()) for name in _ROLES]
    own = {
        name.upper(): listed(
            name.upper(),
            DIMENSION[name].title.capitalize(),
            [*((value, value.replace("_", " ").capitalize()) for value in values), common[0]],
        )
        for name, values in VALUES.items()
    }
    return own | {
        "SEX": listed("SEX", "Sex; codes of SDMX:CL_SEX", [*sexes, *common]),
        "AGE": listed("AGE", "Age; codes as SDMX:CL_AGE makes them", [*ages, *common]),
        "CITIZENSHIP": listed("AREA", "States (ISO 3166, ICAO 9303) and regions (M49)", _areas()),
        "DIRECTION": listed("DIRECTION", "Direction", [*ways, *common]),
        "HOUR": listed("HOUR", "Hour", [*hours, *common]),
        "ROLE": listed("ROLE", "Role on board", [*roles, *common]),
        "PARTY_SIZE": listed("PARTY_SIZE", "Size of the party", [*parties, *common]),
        "FREQ": listed("FREQ", "Frequency; codes of SDMX:CL_FREQ", [("D", "Daily"), ("M", "Monthly")]),
        "CONF_STATUS": listed(
            "CONF_STATUS",
            "Confidentiality; codes of SDMX:CL_CONF_STATUS",
            [(_FREE, "Free"), (_CONFIDENTIAL, "Confidential statistical information")],
        ),
        "OBS_STATUS": listed(
            "OBS_STATUS",
            "Observation status; codes of SDMX:CL_OBS_STATUS",
            [
                (_NORMAL, "Normal value"),
                (_ESTIMATE, "Estimated value"),
                (_SUPPRESSED, "Missing value; suppressed"),
            ],
        ),
    }


def _areas() -> list[tuple[str, str]]:
    states = {country.alpha_2: country.name for country in pycountry.countries} | {"XK": "Kosovo"}
    others = {name: f"{name}, as in ICAO Doc 9303" for name in SPECIAL}
    former = {name: f"{name}, a former State (ISO 3166-3)" for name in FORMER}
    known = {**others, **former, **states, **regions.NAMES, "XX": "Not stated"}
    return [*sorted(known.items()), ("_O", "No State of a region"), ("_T", "World"), ("_U", "Not known")]


@cache
def data_structure(definition: Definition) -> "DataStructureDefinition":
    """Return the data structure of a definition."""
    from pysdmx.model import Component, Components, DataStructureDefinition, DataType, ItemReference, Role

    def made(name: str, role: Role, **more: Any) -> Component:  # noqa: ANN401 (what Component takes)
        concept = ItemReference("Concept", AGENCY, _CONCEPTS, VERSION, name)
        listed = _code_lists().get("CITIZENSHIP" if name == "REF_AREA" else name)
        kind = {"local_codes": listed} if listed else {"local_dtype": DataType.STRING}
        return Component(name, role is not Role.MEASURE, role, concept, **(kind | more))

    kind = DataType.INTEGER if definition.whole else DataType.DOUBLE
    dimensions = [component(name) for name in definition.dimensions]
    return DataStructureDefinition(
        f"DSD_{definition.name.upper()}",
        name=f"{definition.title}; {definition.population}; unit: {definition.unit}",
        agency=AGENCY,
        version=VERSION,
        components=Components(
            [
                *(made(name, Role.DIMENSION) for name in ("FREQ", "REF_AREA", *dimensions)),
                made("TIME_PERIOD", Role.DIMENSION, local_dtype=DataType.PERIOD),
                made("OBS_VALUE", Role.MEASURE, local_dtype=kind),
                made("CONF_STATUS", Role.ATTRIBUTE, attachment_level="O"),
                made("OBS_STATUS", Role.ATTRIBUTE, attachment_level="O"),
            ]
        ),
    )


def _header(period: date, sender: str) -> "Header":
    from pysdmx.model import Organisation
    from pysdmx.model.message import Header

    moment = datetime(period.year, period.month, period.day)  # noqa: DTZ001 (a label, no moment)
    return Header(id=f"TRAFFIC-{period.isoformat()}", prepared=moment, sender=Organisation(id=sender))
