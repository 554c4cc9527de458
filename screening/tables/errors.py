"""Exceptions for people and broken machines; bad data never raises (it becomes findings).

    ScreeningError           somebody must act: what, where, effect, remedy
    ├── UsageError           the command was called wrongly          exit 2
    ├── ProfileError         the profile does not hold               exit 2
    ├── UnprotectableError   a table must not be published           exit 1
    ├── InputError           an inbox or a list cannot be used       exit 3
    ├── UnreachableError     the object storage does not answer      exit 3
    └── StoreError           the store cannot be used                exit 3
        ├── BusyError        another run holds the night             exit 3
        ├── OtherCodeError   the run was begun by other code         exit 3
        ├── FormatError      the store has another release's form    exit 3
        └── BalanceError     counts do not add up; not published     exit 3

No text of any of them carries a name, a date of birth or a document number of a person.
"""


class ScreeningError(Exception):
    """Somebody must act: what, where, what happens to the rest, how to mend it."""

    exit_code = 3
    waiting_helps = False  # may the same call succeed a little later? Only then is a task tried again

    def __init__(self, what: str, *, where: str, effect: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.where, self.effect, self.remedy = what, where, effect, remedy

    def __str__(self) -> str:
        """Return the four parts on four lines, as the command line prints them."""
        return f"{self.what}\n  where:  {self.where}\n  effect: {self.effect}\n  remedy: {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        """Survive a process pool: keyword arguments are lost by the default reduction."""
        return _rebuild, (type(self), self.what, self.where, self.effect, self.remedy)


def _rebuild(kind: type[ScreeningError], what: str, where: str, effect: str, remedy: str) -> ScreeningError:
    return kind(what, where=where, effect=effect, remedy=remedy)


class UsageError(ScreeningError):
    """The command was called wrongly; the message names the option."""

    exit_code = 2


class ProfileError(ScreeningError):
    """The profile holds an unknown key or a value that is not allowed."""

    exit_code = 2


class UnprotectableError(ScreeningError):
    """A table of counts does not hold, or cannot be protected; nothing of it is published."""

    exit_code = 1


class InputError(ScreeningError):
    """An inbox, a message file or an alert list cannot be used as a whole."""


class UnreachableError(ScreeningError):
    """The object storage refuses or does not answer: nobody may conclude that a file is damaged or gone."""

    waiting_helps = True


class StoreError(ScreeningError):
    """The store is missing, damaged, full or open to others."""

    waiting_helps = True


class BusyError(StoreError):
    """Another run holds the night; nothing was changed."""


class OtherCodeError(StoreError):
    """Other code, packages or tables froze the run than those that would go on with it."""

    waiting_helps = False


class FormatError(StoreError):
    """The store lies in a form that this release does not read; nothing was read or written."""

    waiting_helps = False


class BalanceError(StoreError):
    """A byte, message or traveller is missing, nobody can tell of which flight; nothing is published."""

    waiting_helps = False
