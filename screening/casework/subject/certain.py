"""What has to hold before anything of a person is handed out, corrected or erased."""

from screening.casework.subject.person import Subject
from screening.casework.subject.places import unfinished
from screening.store.zones import Store
from screening.tables.errors import UsageError

NOTHING = "nothing was handed out, erased or changed"


def certain(subject: Subject) -> Subject:
    """Return the person where it is settled whose the rows are.

    Raises:
        UsageError: nobody is found, or doubts stand.
    """
    if not subject.found:
        raise UsageError(
            "nobody is found who is surely this person",
            where="all nights of the store",
            effect=NOTHING,
            remedy="`screening subject find` shows what is held and what is only like it",
        )
    if not subject.clear:
        raise UsageError(
            f"it is not settled whose rows these are: {'; '.join(subject.doubts)}",
            where="all nights of the store",
            effect=f"{NOTHING}: nobody gets another's data, nor loses theirs",
            remedy="ask again with document, name and date of birth; `screening subject find` shows the rows",
        )
    return subject


def refuse_unfinished(store: Store) -> None:
    """Refuse to change rows while a run holds others of its own.

    Raises:
        UsageError: names the runs.
    """
    left = unfinished(store)
    if left:
        night = left[0][:10]
        raise UsageError(
            f"{len(left)} runs or inputs are not finished: what they hold would come back",
            where=f"work and landing/incoming: {', '.join(one[:16] for one in left[:5])}",
            effect=NOTHING,
            remedy=f"end the run first: `screening run --night {night}`; what no run takes up goes "
            "with `screening retention purge` at the shortest term",
        )
