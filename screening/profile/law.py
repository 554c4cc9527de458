"""Which law a profile carries out: validity, purposes, and the source of each clause (section law)."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from screening.profile.section import Section
from screening.tables.codes import Use

Purpose = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]


class Duty(Section):
    """What the law asks and the software does not do: the agency's."""

    text: Annotated[str, Field(min_length=1)]
    source: Annotated[str, Field(min_length=1)]


class Law(Section):
    """The law behind the profile. It is the agency's word: the software carries out the keys, not the law."""

    title: Annotated[str, Field(min_length=1)] | None = None
    valid_from: date | None = None  # first night
    valid_to: date | None = None  # last night
    purposes: tuple[Purpose, ...] = ()  # stand with each published file, in CURRENT.json
    # Use of individuals' data -> purposes that it serves; what is not named is refused. None named: every use
    # is for all purposes. Rights of persons are always served.
    uses: dict[Use, Annotated[tuple[Purpose, ...], Field(min_length=1)]] = Field(default_factory=dict)
    # Clause (`profile explain` names them), or the beginning of several -> act and article in free words;
    # what nobody has read in the act itself says `(unverified)`.
    sources: dict[str, Annotated[str, Field(min_length=1)]] = Field(default_factory=dict)

    duties: tuple[Duty, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValueError("`valid_to` lies before `valid_from`")
        return self

    @model_validator(mode="after")
    def _of_the_law(self) -> Self:
        foreign = sorted({one for purposes in self.uses.values() for one in purposes} - {*self.purposes})
        if foreign:
            raise ValueError(f"`uses` names {', '.join(foreign)}, which `purposes` lacks")
        if Use.RIGHTS in self.uses:
            raise ValueError("rights of persons rest on no purpose: leave `rights` out of `uses`")
        return self

    @property
    def allowed(self) -> tuple[tuple[Use, tuple[Purpose, ...]], ...] | None:
        """Return each use that the profile allows, with its purposes; None where it names neither."""
        if not self.purposes:
            return None
        return tuple(self.uses.items() if self.uses else ((use, self.purposes) for use in Use))

    def allows(self, use: Use) -> bool:
        """Say whether individuals' data may be used so."""
        return not self.uses or use in self.uses

    def covers(self, night: date) -> bool:
        """Say whether the profile is valid in a night."""
        return (self.valid_from or night) <= night <= (self.valid_to or night)
