"""Values that no other user of the machine should see: typed at a prompt, or read from standard input."""

import sys


def typed(what: str, given: str | None = "-") -> str | None:
    """Return a value; read a line of standard input where `-` stands for it, an empty line is no value.

    Args:
        what: what is asked for, told at a terminal.
        given: the value as an argument, where the command takes one.
    """
    if given != "-":
        return given
    if sys.stdin.isatty():
        sys.stderr.write(f"{what}: ")
        sys.stderr.flush()
    return sys.stdin.readline().strip() or None
