"""What nights have received, and which of it is in use: equal bytes are read once, not left out for ever."""

from collections.abc import Iterable
from datetime import date

from screening.night.frozen import published_frozen
from screening.profile.model import Intake
from screening.store.current_json import current, nights
from screening.store.landing import landed, missing
from screening.store.published import read_current
from screening.store.zones import Store
from screening.tables.codes import InputStatus
from screening.tables.landing import INPUTS

_LIMITS = frozenset({"file_too_large", "unpacked_too_large", "too_many_members"})


class Received:
    """What published nights have received."""

    def __init__(self, store: Store, chosen: Iterable[date]) -> None:
        self._store = store
        self._rows = [
            (night, row) for night in chosen for row in read_current(store, night, INPUTS).to_pylist()
        ]
        good = {InputStatus.READ, InputStatus.READ_IN_PART}
        self._read = {row["input_id"] for _, row in self._rows if row["status"] in good}
        self._members: dict[str, set[str]] = {}
        for _, row in self._rows:
            if row["status"] == InputStatus.UNPACKED and row["reason_code"] is None:
                self._members.setdefault(row["input_id"], set())
        for _, row in self._rows:
            if row["container"] in self._members:
                self._members[row["container"]].add(row["input_id"])

    def __contains__(self, input_id: object) -> bool:
        """Say whether bytes are in use: read as a whole, and all still there.

        What was set aside, refused, or has come to the end of its term is no reason to leave the same bytes
        unread.
        """
        if not isinstance(input_id, str):
            return False
        if input_id in self._members:
            return all(member in self for member in self._members[input_id])
        if input_id not in self._read:
            return False
        return landed(self._store, input_id) is not None and not missing(self._store, input_id)

    def files(self) -> set[tuple[str, str]]:
        """Return name and id of every file."""
        return {(row["name"], row["input_id"]) for _, row in self._rows}

    def done(self, intake: Intake) -> set[tuple[str, str]]:
        """Return name and id of the files that need not be received again while they lie in the inbox.

        An empty file tells of a broken feed in each night, an entry that cannot be taken in lacks in each; a
        file beyond the limits of its night is received again when the limits are larger.
        """
        return {
            (row["name"], row["input_id"])
            for night, row in self._rows
            if row["bytes"] and not (row["reason_code"] in _LIMITS and self._has_grown(night, intake))
        }

    def _has_grown(self, night: date, intake: Intake) -> bool:
        """Say whether a limit is larger than it was in a night."""
        now = current(self._store, night)
        frozen = published_frozen(self._store, night, now.revision) if now else None
        return any(
            then is not None and then < getattr(intake, limit)
            for limit in ("max_file_bytes", "max_unpacked_bytes", "max_unpack_ratio", "max_members")
            for then in ([frozen.stated("intake", limit)] if frozen else [])
        )


def other_nights(store: Store, night: date) -> list[date]:
    """Published nights but this one."""
    return [found for found in nights(store) if found != night and current(store, found) is not None]
