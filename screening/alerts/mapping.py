"""What a mapping file says of a list, whatever its format: how it is encoded, and by which terms it is read.

An own list says in the same file which column holds what (`importers.own`).
"""

import codecs
import tomllib
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from screening.alerts.model import ImportOptions
from screening.alerts.terms import TermsTable, parse_terms
from screening.tables.errors import ProfileError


class SourceMapping(BaseModel):
    """Keys that every format takes.

    Attributes:
        encoding: what the file was written in (`cp1250`, `mac_roman`, `utf-8`), where its signs or the
            publisher say so.
        terms: file of the table of terms, relative to the mapping.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
    encoding: str | None = None
    terms: str | None = None

    @field_validator("encoding")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                "a".encode(codecs.lookup(value).name)
            except (LookupError, ValueError, TypeError):
                raise ValueError("no character set of this name; such as cp1250, mac_roman, utf-8") from None
        return value


Mapping = TypeVar("Mapping", bound=SourceMapping)


def parse_mapping(data: bytes | None, shape: type[Mapping], keys: str = "encoding, terms") -> Mapping:
    """Read a mapping file.

    Args:
        data: the file; None where there is none.
        shape: SourceMapping, or the shape of a format that asks for more.
        keys: what the remedy names.

    Raises:
        ProfileError: it is no TOML, lacks a key, or holds one that it may not.
    """
    problem = "this list needs a mapping file"
    try:
        return shape.model_validate(tomllib.loads(data.decode("utf-8-sig")) if data is not None else {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        problem = f"the mapping is no TOML: {fault}"
    except ValidationError as fault:
        if data is not None:
            problem = "; ".join(
                f"`{'.'.join(str(part) for part in error['loc'])}`: {error['msg']}"
                for error in fault.errors(include_input=False, include_url=False)
            )
    raise ProfileError(problem, where="--mapping", effect="nothing was imported", remedy=f"keys: {keys}")


def encoding_of(options: ImportOptions) -> str | None:
    """Return the encoding that the mapping names."""
    return parse_mapping(options.mapping, SourceMapping).encoding


def terms_of(options: ImportOptions) -> TermsTable | None:
    """Return the list's table of terms.

    Raises:
        ProfileError: it does not hold.
    """
    return parse_terms(options.terms) if options.terms is not None else None
