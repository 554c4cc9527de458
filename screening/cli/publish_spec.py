"""The spec of `screening publish`: a TOML file beside the tables that it names."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from screening.disclosure.rules import Rules
from screening.tables.errors import UsageError

Name = Annotated[str, Field(min_length=1)]
Dimensions = Annotated[tuple[Name, ...], Field(min_length=1)]


class Linked(BaseModel):
    """One more table of the same people, protected together with `--table`.

    Attributes:
        table: its file.
        dimensions: its dimension columns.
        out: file to write.
        at: values that hold for the whole table, as if it had such a column.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Name
    dimensions: Dimensions
    out: Name
    at: dict[str, str] = Field(default_factory=dict)


class Earlier(BaseModel):
    """A table that is out already; what it told cannot be taken back.

    Attributes:
        table: its counts.
        published: what was written then (`value`, empty where withheld).
        dimensions: its dimension columns.
        at: values that hold for the whole table (one day of a month).
        revision: label of the earlier publication, if the tables revise it: the difference is who came late
            or was taken away. Else it is another table of the same people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    table: Name
    published: Name
    dimensions: Dimensions
    at: dict[str, str] = Field(default_factory=dict)
    revision: Name | None = None


class PublishSpec(Rules):
    """Rules, and the tables they are for.

    Attributes:
        dimensions: dimension columns of `--table`.
        hierarchies: dimension -> CSV files parent,child; several are several groupings.
        linked: more tables to protect.
        earlier: tables that are out already.
        respondents: CSV file of who stands in which cells of `--table`: its dimensions, `respondent`,
            `people`.
        ptable: CSV file of a p-table: original, perturbed, above, up_to.
    """

    dimensions: Dimensions
    hierarchies: dict[str, tuple[Name, ...]] = Field(default_factory=dict)
    linked: tuple[Linked, ...] = ()
    earlier: tuple[Earlier, ...] = ()
    respondents: Name | None = None
    ptable: Name | None = None

    @property
    def rules(self) -> Rules:
        """The rules alone."""
        return Rules.model_validate({name: getattr(self, name) for name in Rules.model_fields})


def read_spec(path: Path) -> PublishSpec:
    """Read a spec.

    Raises:
        UsageError: it is missing, is no TOML, or holds an unknown key or a value that is not allowed.
    """
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        told = str(fault) if isinstance(fault, tomllib.TOMLDecodeError) else type(fault).__name__
        raise _wrong(f"--spec: the file cannot be used ({told})", str(path)) from None
    try:
        spec = PublishSpec.model_validate(held)
    except ValidationError as fault:
        told = "; ".join(
            _told(".".join(str(part) for part in error["loc"]), error["type"], error["msg"])
            for error in fault.errors(include_input=False, include_url=False)
        )
        raise _wrong(f"--spec: {told}", str(path)) from None
    named = {*spec.dimensions}
    named.update(*(one.dimensions for one in spec.linked), *(one.dimensions for one in spec.earlier))
    strange = sorted(set(spec.hierarchies) - named)
    if strange:
        raise _wrong(f"--spec: hierarchies.{strange[0]} is no dimension of any table", str(path))
    return spec


def _told(key: str, kind: str, text: str) -> str:
    if kind == "extra_forbidden":
        return f"unknown key `{key}`"
    return f"`{key}`: {text}" if key else text


def _wrong(what: str, where: str) -> UsageError:
    return UsageError(
        what, where=where, effect="no table was written", remedy="keys and values: docs/disclosure.md"
    )
