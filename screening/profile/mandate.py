"""What may be processed: which flights (section intake.flights), which data elements (intake.elements).

Both are allow-lists that are carried out at intake: what they leave out is counted and not stored. Without
them everything is processed, as before they were there.

Source: Directive (EU) 2016/681 art. 2, 3, 6(1), annex I; CJEU C-817/19 (21 June 2022) on flights within the
Union; Regulation (EU) 2025/12 art. 4 on API. What a State takes of these is its own profile's.
"""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from screening.profile.section import Section
from screening.tables.codes import ApiElement, Direction, Handling, PnrElement

State = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
_Airport = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
_Carrier = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")]
_Designator = Annotated[str, Field(pattern=r"^(?:[A-Z][A-Z0-9]|[0-9][A-Z])[A-Z]?[1-9][0-9]{0,5}[A-Z]?$")]
_Route = Annotated[str, Field(pattern=r"^[A-Z]{3}-[A-Z]{3}$")]

# Without these no traveller can be told from another, and no message belongs to a flight.
_NEEDED_PNR = (PnrElement.LOCATOR, PnrElement.TRAVEL_DATES, PnrElement.NAMES, PnrElement.ITINERARY)
_NEEDED_API = (ApiElement.NAMES,)


class Selected(Section):
    """A decision that selects flights, for a time: all its filters must fit; one left out fits all."""

    id: Annotated[str, Field(min_length=1, max_length=80)]  # file number of the decision
    authority: Annotated[str, Field(min_length=1)]  # who decided, in words
    since: date  # first local date of departure
    until: date  # last one
    review: date  # by when it must be looked at again
    carriers: tuple[_Carrier, ...] = ()
    flights: tuple[_Designator, ...] = ()
    routes: tuple[_Route, ...] = ()  # `FRA-CDG`, one direction
    airports: tuple[_Airport, ...] = ()  # at either end

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.since <= self.review <= self.until:
            raise ValueError(
                "since, review, until must follow in this order: a decision is reviewed before it ends"
            )
        return self


class Flights(Section):
    """Which legs may be processed, by their direction as seen from the State `home`.

    A leg whose direction cannot be told is processed, and said to be so.
    """

    home: tuple[State, ...] = ()  # the State, and its territories that have codes of their own
    region: tuple[
        State, ...
    ] = ()  # States whose flights with `home` are within the region, such as the Union
    inbound: Handling = Handling.ALL
    outbound: Handling = Handling.ALL
    intra_region: Handling = Handling.ALL
    domestic: Handling = Handling.ALL
    elsewhere: Handling = Handling.ALL  # neither end lies in `home`
    selected: tuple[Selected, ...] = ()

    @model_validator(mode="after")
    def _decidable(self) -> Self:
        if self.restricted and not self.home:
            raise ValueError(
                "`home` must name the State (codes of two letters) that directions are seen from"
            )
        if Handling.SELECTED not in self.handling().values() and self.selected:
            raise ValueError('`selected` decides nothing: no direction is handled as "selected"')
        ids = [one.id for one in self.selected]
        if len(set(ids)) != len(ids):
            raise ValueError("each decision may stand once")
        return self

    def handling(self) -> dict[Direction, Handling]:
        """Return how the legs of each direction are handled."""
        return {
            Direction.INBOUND: self.inbound,
            Direction.OUTBOUND: self.outbound,
            Direction.INTRA_REGION: self.intra_region,
            Direction.DOMESTIC: self.domestic,
            Direction.ELSEWHERE: self.elsewhere,
        }

    @property
    def restricted(self) -> bool:
        """Is there a leg that may not be processed?"""
        return any(one is not Handling.ALL for one in self.handling().values())


class Elements(Section):
    """Which data elements may be kept; None: all that is read; an empty list: no such messages."""

    pnr: tuple[PnrElement, ...] | None = None
    api: tuple[ApiElement, ...] | None = None

    @model_validator(mode="after")
    def _usable(self) -> Self:
        for name, given, needed in (("pnr", self.pnr, _NEEDED_PNR), ("api", self.api, _NEEDED_API)):
            missing = [str(one) for one in needed if given and one not in given]
            if missing:
                raise ValueError(
                    f"`{name}` lacks {', '.join(missing)}, without which nobody can be compared; "
                    "an empty list leaves these messages out altogether"
                )
        return self

    @property
    def restricted(self) -> bool:
        """Is there an element that may not be kept?"""
        return self.pnr is not None or self.api is not None
