"""What border points are handed of a night, and for how long it holds; no row of a night follows from it."""

from typing import Annotated

from pydantic import Field

from screening.profile.section import Section
from screening.tables.codes import Decision


class Handout(Section):
    """Hits with which decisions stand on a sheet, and after how many hours a fresh one is asked for."""

    decisions: Annotated[tuple[Decision, ...], Field(min_length=1)] = (Decision.TRUE_MATCH,)
    hours: Annotated[int, Field(gt=0, le=168)] = 24
