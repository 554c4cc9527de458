"""How the agency's own alerts are written, approved and reviewed, and who sees those that protect somebody.

Neither section decides a row of a night.
"""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from screening.profile.section import Section
from screening.tables.codes import Category

_Days = Annotated[int, Field(gt=0, le=36_500)]
_Text = Annotated[str, Field(min_length=1)]
RoleName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,40}$")]
PROTECTING = (Category.VULNERABLE_PERSON, Category.MISSING_PERSON)
_PROTECT = (
    "Protect: this person is not suspected of anything. Do not refuse entry, do not question as a suspect, "
    "do not tell companions. Speak with the person alone and call the authority of the alert."
)


class AlertTerm(Section):
    """After how many days an alert of a category is reviewed, and after how many it lapses."""

    category: Category
    review_days: _Days
    expiry_days: _Days


class Authoring(Section):
    """How own alerts are nominated and approved.

    The defaults follow Regulation (EU) 2018/1862 art. 53 as far as it was read: review within three years,
    within one for discreet checks and vulnerable persons; notice four months before.
    """

    approvers: tuple[_Text, ...] = ()  # actors who may approve; none named: anybody but the author
    legal_basis: _Text | None = None  # of an alert that names none; without it one must be named
    require_legal_basis: bool = False  # refuse a nomination without one; else its approver is told
    review_days: _Days = 365
    expiry_days: _Days = 1095
    terms: tuple[AlertTerm, ...] = (
        AlertTerm(category=Category.DISCREET_CHECK, review_days=180, expiry_days=365),
        AlertTerm(category=Category.VULNERABLE_PERSON, review_days=180, expiry_days=365),
    )
    notice_days: _Days = 120  # before review or expiry
    keep_ended_days: Annotated[int, Field(ge=0)] = 90  # a withdrawn or lapsed alert stays in the list so long
    protecting_instructions: _Text = _PROTECT  # of an alert that protects and has none of its own

    @field_validator("terms")
    @classmethod
    def _once(cls, value: tuple[AlertTerm, ...]) -> tuple[AlertTerm, ...]:
        if len({term.category for term in value}) != len(value):
            raise ValueError("each category may stand once")
        return value

    def days(self, category: Category) -> tuple[int, int]:
        """Return after how many days an alert of a category is reviewed, and lapses.

        >>> Authoring().days(Category.WANTED), Authoring().days(Category.VULNERABLE_PERSON)
        ((365, 1095), (180, 365))
        """
        stated = next((term for term in self.terms if term.category is category), None)
        return (stated.review_days, stated.expiry_days) if stated else (self.review_days, self.expiry_days)


class Role(Section):
    """Actors who may see what is shown to few, and whom everybody else calls."""

    name: RoleName
    actors: Annotated[tuple[_Text, ...], Field(min_length=1)]
    contact: _Text


class Visibility(Section):
    """Who sees hits on alerts that are shown to few; all others see that there is one, and whom to call.

    An alert names its role in `visibility`. One that protects (`protecting`) and names none has `role`.
    """

    roles: tuple[Role, ...] = ()
    protecting: tuple[Category, ...] = PROTECTING
    role: RoleName | None = None

    @field_validator("roles")
    @classmethod
    def _once(cls, value: tuple[Role, ...]) -> tuple[Role, ...]:
        if len({one.name for one in value}) != len(value):
            raise ValueError("each role may stand once")
        return value

    @field_validator("role")
    @classmethod
    def _known(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and value not in {one.name for one in info.data.get("roles", ())}:
            raise ValueError("is no role of visibility.roles")
        return value

    def named(self, name: str | None) -> Role | None:
        """Return the role of a name."""
        return next((one for one in self.roles if one.name == name), None)
