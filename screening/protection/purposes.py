"""For what an act uses individuals' data, and whether the agency's profile allows it.

An act on the record that shows or uses individuals has one use (`Use`); a profile says which uses serve a
purpose of its law (law.uses). An act of a use that it does not name is refused before it is recorded, so
before anything is shown or done; one that it names has use and purposes in its record. Acts that are not
named here use nobody's data, or tell of what was allowed when it began (`night.publish`). Rights of persons
rest on no profile: they are always allowed.

Source: Directive (EU) 2016/680 art. 4(1)(b), art. 25(1); Directive (EU) 2016/681 art. 6(2), 13(6).
"""

from screening.store.zones import Store
from screening.tables.codes import Use
from screening.tables.errors import ProfileError

_OF_KIND = {
    "hit": Use.REVIEW,
    "hits": Use.REVIEW,
    "report": Use.REVIEW,
    "review": Use.REVIEW,
    "clearance": Use.REVIEW,
    "clearances": Use.REVIEW,
    "statement": Use.REVIEW,
    "person": Use.ENQUIRY,
    "pair": Use.ENQUIRY,
    "message": Use.MENDING,
    "quarantine": Use.MENDING,
    "alert": Use.LISTS,
    "alerts": Use.LISTS,
    "exchange": Use.EXCHANGE,
    "unmask": Use.UNMASKING,
    "subject": Use.RIGHTS,
    "hold": Use.RIGHTS,
}
# Of kinds that have acts of several uses, or of none.
_OF_ACT = {
    "night.receive": Use.SCREENING,
    "night.rerun": Use.SCREENING,
    "night.rescreen": Use.SCREENING,
    "model.count": Use.SCREENING,
    "list.check": Use.LISTS,
    "list.diff": Use.LISTS,
    "list.load": Use.LISTS,
    "list.export": Use.LISTS,
    "hits.close": None,  # told of a re-screening that was allowed
}


def use_of(act: str) -> Use | None:
    """Return for what an act uses individuals' data; None where it uses nobody's.

    >>> use_of("hits.list"), use_of("subject.erase"), use_of("list.import")
    (<Use.REVIEW: 'review'>, <Use.RIGHTS: 'rights'>, None)
    """
    return _OF_ACT[act] if act in _OF_ACT else _OF_KIND.get(act.partition(".")[0])


def purpose_of(store: Store, act: str) -> str | None:
    """Return use and purposes of an act as its record has them; None where it uses nobody's data.

    Args:
        store: the store; its `uses` are the profile's.
        act: as the record names it.

    Raises:
        ProfileError: the profile does not allow this use.
    """
    use = use_of(act)
    if use is None:
        return None
    purposes = () if store.uses is None or use is Use.RIGHTS else dict(store.uses).get(use)
    if purposes is None:
        raise ProfileError(
            f"the profile does not allow individuals' data to be used for `{use}`",
            where=f"act {act}; section law.uses of the profile",
            effect="nothing was shown, done or recorded",
            remedy="`screening profile explain FILE` says which it allows; where the law allows this one, "
            f'enter {use} = ["PURPOSE"] there, PURPOSE being one of law.purposes',
        )
    return f"{use}: {', '.join(purposes)}" if purposes else str(use)
