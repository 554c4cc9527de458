"""Partners that alerts are exchanged with: what each may get, what is taken from each, whose keys sign.

The issuer decides recipient, fields and onward use (originator control). What is not named here leaves for
nobody and comes in from nobody.
"""

import base64
import binascii
from datetime import date
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from screening.profile.section import Section
from screening.tables.codes import Category, Tier

ANY = "any"
"""Stands for every agency where the onward use of a caveat is stated."""
_ID = r"^[a-z0-9][a-z0-9_-]{0,40}$"
AgencyId = Annotated[str, Field(pattern=_ID)]
_ListId = Annotated[str, Field(pattern=_ID)]
_Caveat = Annotated[str, Field(min_length=1, max_length=200)]
_KEY_BYTES = 32


class PartnerKey(Section):
    """A public key of a partner, as its `screening keys signing show` prints it."""

    public: str  # 32 bytes, base64url (RFC 8037, "x")
    until: date | None = None  # last day that what it signed is taken; None while it is in use

    @field_validator("public")
    @classmethod
    def _is_key(cls, value: str) -> str:
        try:
            data = base64.b64decode(value.rstrip("=") + "=", altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            data = b""
        if len(data) != _KEY_BYTES:
            raise ValueError("must be an Ed25519 public key: 43 letters, digits, - and _")
        return value.rstrip("=")


class Onward(Section):
    """To whom a recipient may hand on the alerts of a caveat; without an entry: to nobody."""

    caveat: _Caveat
    to: Annotated[tuple[AgencyId, ...], Field(min_length=1)]  # agencies, or "any"


class Partner(Section):
    """One agency that alerts are exchanged with."""

    id: AgencyId
    keys: Annotated[tuple[PartnerKey, ...], Field(min_length=1)]
    gives: tuple[_ListId, ...] = ()  # our lists that it gets
    tier: Tier = Tier.FULL  # what of each alert
    caveats: tuple[_Caveat, ...] = ()  # alerts with another caveat do not leave; those without one do
    categories: tuple[Category, ...] = tuple(
        word for word in Category if word is not Category.VULNERABLE_PERSON
    )
    takes: dict[_ListId, _ListId] = Field(default_factory=dict)  # its lists that we take, and under which id
    questions_per_day: Annotated[int, Field(ge=0)] = 100  # that it may ask about lists that it is given
    terms: str | None = None  # table from its words to ours; relative to the profile's folder

    @model_validator(mode="after")
    def _once(self) -> Self:
        into = list(self.takes.values())
        if len(set(into)) != len(into):
            raise ValueError("two lists of a partner cannot be taken under one id")
        return self


class Exchange(Section):
    """Exchange of alerts with other agencies. It decides no row of a night."""

    agency: AgencyId | None = None  # our own id in packages
    valid_hours: Annotated[int, Field(gt=0)] = 168  # how long a package of ours may be taken in
    max_bytes: Annotated[int, Field(gt=0)] = 536_870_912  # of a package, and of each file in it unpacked
    onward: tuple[Onward, ...] = ()
    partners: tuple[Partner, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [partner.id for partner in self.partners]
        if len(set(ids)) != len(ids):
            raise ValueError("each partner may stand once")
        if self.partners and self.agency is None:
            raise ValueError("`agency` is missing: partners know us by it")
        if self.agency in ids:
            raise ValueError("`agency` is ours: no partner has it")
        keys = [key.public for partner in self.partners for key in partner.keys]
        if len(set(keys)) != len(keys):
            raise ValueError("one key stands twice: who signed would not be known")
        into = [name for partner in self.partners for name in partner.takes.values()]
        if len(set(into)) != len(into):
            raise ValueError("lists of two partners cannot be taken under one id")
        return self

    def partner(self, agency: str) -> Partner | None:
        """Return the partner of an id, None where it is unknown."""
        return next((one for one in self.partners if one.id == agency), None)

    def may_go_on(self) -> dict[str, tuple[str, ...]]:
        """Return to whom alerts of each caveat may be handed on."""
        return {one.caveat: one.to for one in self.onward}
