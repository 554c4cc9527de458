"""Who acts: every act on record has an actor, and four eyes are two different actors.

The name given with the command (`--as`) goes before SCREENING_ACTOR, and that before the system's user. The
system's user is taken from the process, not from USER or LOGNAME, which anyone may set.
"""

import os
import pwd
import re
import unicodedata

from screening.tables.errors import UsageError

_NAME = re.compile(r"[^\W_][\w.@+-]{0,63}")


def who(given: str | None) -> str:
    """Return the actor of this command.

    >>> who(" analyst7 ")
    'analyst7'

    Args:
        given: name from `--as`, or None.

    Returns:
        A name of 1 to 64 letters, digits and `._@+-`.

    Raises:
        UsageError: the name holds other characters, so that it could be taken for something else in a record.
    """
    if given is not None:
        return named(given, "--as")
    if name := os.environ.get("SCREENING_ACTOR"):
        return named(name, "SCREENING_ACTOR")
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # containers often run under a number without a name
        return f"uid{os.geteuid()}"


def named(name: str, origin: str = "--second") -> str:
    """Return the name of a person or system as it is recorded, composed in one way (NFKC).

    Args:
        name: as given.
        origin: the option or variable that it was given with.

    Raises:
        UsageError: it holds other characters, so that it could be taken for something else in a record.
    """
    composed = unicodedata.normalize("NFKC", name).strip()
    if not _NAME.fullmatch(composed):
        raise UsageError(
            f"{origin} is no name of a person or system",
            where=origin,
            effect="nothing was done or recorded",
            remedy="1 to 64 letters, digits, . _ @ + or -, beginning with a letter or digit",
        )
    return composed
