"""In which form a store lies: a number in a file at its root, written when the store begins.

A release reads and writes one form. It refuses a store of a newer one, because it would misread it, and one
of an older one until `screening store migrate` has brought it up: so what a release does not know cannot lie
where it reads. The number changes when something lies elsewhere or means something else; columns that a table
gains at its end do not change it (`store.parquet`).

| format | what is new in it |
|---|---|
| 1 | everything written before 0.2.0; it has no such file |
| 2 | this file; every table of a published night under today's name, in today's zone |

>>> described()
'screening 0.2.0, store format 2'
"""

from pathlib import Path

from screening import __version__
from screening.store.files import by_hand, read_json, write_json
from screening.tables.codes import Zone
from screening.tables.errors import FormatError

FORMAT = 2
FILE = "FORMAT.json"
FIRST = 1
_ZONES = tuple(zone for zone in Zone if zone is not Zone.AUDIT)


def described() -> str:
    """Return version of the program and form of the store that it reads and writes."""
    return f"screening {__version__}, store format {FORMAT}"


def format_of(root: Path) -> int | None:
    """Return the form of the store in a folder, None where none has begun.

    What stands there of a notice or a lock before a zone was opened is no store yet, nor is a record of acts
    that was kept from another disk.

    Raises:
        FormatError: the file does not say a number.
    """
    path = root / FILE
    if not path.exists():
        return FIRST if any((root / zone).is_dir() for zone in _ZONES) else None
    return _stated(path)[0]


def begin(root: Path) -> None:
    """Write down the form of a store that begins now; one that has begun is left as it is."""
    if format_of(root) is None:
        write_format(root)


def write_format(root: Path) -> None:
    """Write down that the store has this code's form."""
    write_json(root / FILE, {"format": FORMAT, "written_by": __version__})


def check_format(root: Path) -> None:
    """Refuse a store that this code would misread.

    Raises:
        FormatError: its form is a newer or an older one; the text says what to do.
    """
    found = format_of(root)
    if found is None or found == FORMAT:
        return
    if found > FORMAT:
        release = _stated(root / FILE)[1]
        raise FormatError(
            f"the store has format {found}; this is {described()}",
            where=str(root / FILE),
            effect="nothing was read or written: a newer release wrote this store",
            remedy=f"install release {release} or a later one again, or restore the backup made before the "
            "upgrade",
        )
    raise FormatError(
        f"the store has format {found}; this is {described()}",
        where=str(root),
        effect="nothing was read or written: an older release wrote this store",
        remedy="let every run end and back the store up, then: `screening store migrate` "
        "(`screening store check` says first what it would do)",
    )


def _stated(path: Path) -> tuple[int, str]:
    remedy = (
        f"restore it from the backup; or {by_hand('rm', path)}, then `screening store migrate` writes it anew"
    )
    try:
        plain = read_json(path, remedy=remedy)
        number, release = plain["format"], plain["written_by"]  # type: ignore[index]
        if isinstance(number, int) and isinstance(release, str):
            return number, release
    except (KeyError, TypeError):
        pass
    raise FormatError(
        "the file does not say which format the store has",
        where=str(path),
        effect="nothing was read or written",
        remedy=remedy,
    )
