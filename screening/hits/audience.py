"""Who may see a hit on an alert that is shown to few; all others see that there is one, and whom to call.

Rules:

* An alert whose `visibility` names a role of the profile is shown to that role.
* One of a protecting category (vulnerable, missing) that names none is shown to the profile's role for them.
* Without such a role, an own alert of a protecting category is shown to who wrote and who approved it. Of any
  other alert the profile names nobody: it is shown as all are, since a hit that nobody sees protects nobody.
* People are compared as people (`four_eyes`). It is what our commands and pages show: whoever may open the
  files of the zone reads them without us.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from screening.hits.cleared_content import remarks
from screening.hits.four_eyes import same_person
from screening.profile.authoring import Visibility
from screening.tables.codes import Category
from screening.tables.rows import AlertRow

PROTECTS = "A person to protect, suspected of nothing."


@dataclass(frozen=True, slots=True)
class Audience:
    """Who sees it, and what everybody else is told: whom to call."""

    actors: tuple[str, ...]
    call: str

    def holds(self, actor: str | None) -> bool:
        """May this actor see it?"""
        return actor is not None and any(same_person(actor, one) for one in self.actors)


def protects(category: str, visibility: Visibility) -> bool:
    """Say whether alerts of a category are there to protect the person."""
    return Category(category) in visibility.protecting


def audience(alert: AlertRow, visibility: Visibility) -> Audience | None:
    """Return who may see hits on an alert; None where everybody may."""
    protecting = protects(alert["category"], visibility)
    role = visibility.named(alert["visibility"]) or (
        visibility.named(visibility.role) if protecting else None
    )
    if role is not None:
        return Audience(role.actors, role.contact)
    if not protecting:
        return None
    told = remarks(alert)
    people = tuple(sorted({*told.get("written_by", ()), *told.get("approved_by", ())}))
    return Audience(people, f"{alert['authority']}: {' or '.join(people)}") if people else None


def closed_to(actor: str | None, alerts: Iterable[AlertRow], visibility: Visibility) -> str | None:
    """Return whom to call where an actor may not see one of some alerts; None where they may see all."""
    for alert in alerts:
        found = audience(alert, visibility)
        if found is not None and not found.holds(actor):
            return found.call
    return None
