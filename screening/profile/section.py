"""What every section of a profile is: frozen, and an unknown key is an error."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A section of the profile."""

    model_config = ConfigDict(frozen=True, extra="forbid")
