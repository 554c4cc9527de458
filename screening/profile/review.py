"""Who reviews hits, and for how long an act may be undone. The section decides no row of a night."""

from typing import Annotated

from pydantic import Field

from screening.profile.section import Section
from screening.tables.codes import ReviewRole

_Actors = tuple[Annotated[str, Field(min_length=1)], ...]


class Review(Section):
    """Actors by role. Where no role names anybody, everybody is an analyst and nobody a supervisor."""

    analysts: _Actors = ()
    supervisors: _Actors = ()
    border: _Actors = ()
    auditors: _Actors = ()
    statisticians: _Actors = ()
    list_administrators: _Actors = ()
    undo_minutes: Annotated[int, Field(ge=0)] = 60  # after an act, by who acted or a supervisor; 0: never

    def people(self) -> dict[ReviewRole, tuple[str, ...]]:
        """Return the actors of each role."""
        return {
            ReviewRole.ANALYST: self.analysts,
            ReviewRole.SUPERVISOR: self.supervisors,
            ReviewRole.BORDER: self.border,
            ReviewRole.AUDITOR: self.auditors,
            ReviewRole.STATISTICIAN: self.statisticians,
            ReviewRole.LIST_ADMINISTRATOR: self.list_administrators,
        }
