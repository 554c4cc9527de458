"""What a person can do about what was set aside: one sentence and one command, by the reason.

holds nobody          release it as nothing
too large             give it in smaller files; allow more for coming nights
cut off, unreadable   the carrier sends it again, and that file is given
another type          the carrier sends a type that is read
anything else         mend a copy, and give that
"""

from collections.abc import Sequence

_ROOM = frozenset({"file_too_large", "unpacked_too_large", "too_many_members"})
_AGAIN = frozenset(
    {
        *("traveller_cut_off", "unt_missing", "unz_missing", "file_empty", "interchange_without_message"),
        *("archive_unreadable", "archive_encrypted", "docs_of_nobody"),
    }
)
_TYPE = frozenset({"other_message_type", "unh_unreadable"})


def remedy(codes: Sequence[str], people: int | None, entry: str) -> tuple[str, str]:
    """Say what to do about an entry, and the command that does it.

    Args:
        codes: findings that set it aside.
        people: people in it; None where not known.
        entry: id of the quarantine entry, short enough to type.

    >>> remedy(["unb_missing"], 0, "ab12:0")[1]
    'screening quarantine release ab12:0 --reason "holds nobody"'
    >>> remedy(["traveller_cut_off"], 1, "ab12:9:3")[0]
    'ask the carrier to send it again, and give that file'
    """
    if people == 0:
        again = "ask the carrier whether something is missing, then " if "file_empty" in codes else ""
        return (
            f"it holds nobody: {again or 'look at it, then '}release it",
            f'screening quarantine release {entry} --reason "holds nobody"',
        )
    return _way(frozenset(codes)), f"screening quarantine replay {entry} --file FILE"


def _way(codes: frozenset[str]) -> str:
    if codes & _ROOM:
        return "it is larger than the profile allows (section intake): give it in smaller files"
    if codes & _AGAIN:
        return "ask the carrier to send it again, and give that file"
    if codes & _TYPE:
        return "nobody reads messages of this type: ask the carrier for PAXLST or PNRGOV, and give that file"
    return "look at its bytes (screening quarantine show), mend a copy, and give that file"


def not_screened(people: int | None) -> str:
    """Say how many people were not screened.

    >>> not_screened(1), not_screened(80), not_screened(None)
    ('1 traveller not screened', '80 travellers not screened', 'an unknown number of travellers not screened')
    """
    if people is None:
        return "an unknown number of travellers not screened"
    return f"{people} traveller{'' if people == 1 else 's'} not screened"
