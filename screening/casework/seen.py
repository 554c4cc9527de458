"""A hit that is shown to few is refused to everybody else, with whom to call."""

from datetime import date

from screening.list_keeping.alerts_of_hits import alerts_of_hits
from screening.night.settings import Settings
from screening.tables.errors import UsageError
from screening.tables.rows import HitRow


def check_seen(settings: Settings, hit: HitRow, actor: str) -> None:
    """Refuse a hit to an actor who may not see it.

    Raises:
        UsageError: it is shown to few; says whom to call.
    """
    state = alerts_of_hits(settings.store, [hit]).state(hit, settings.profile.visibility, actor, date.min)
    if state.call is not None:
        raise shown_to_few(f"hit {hit['hit_id']}", state.call)


def shown_to_few(where: str, call: str) -> UsageError:
    """Return the refusal: there is a hit, and whom to call."""
    return UsageError(
        "this hit is shown to few", where=where, effect="nothing was shown or decided", remedy=f"call {call}"
    )
