"""Keys of the tokens that the shipped shares hold, worked out once at set-up and kept beside compiled code.

They take two seconds, which whoever looks up one person would wait for. What is kept names the code and the
shares that it was made from; where these changed, or nothing is kept, keys are worked out as for any token.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import screening.identity

_FOLDER = Path(__file__).parent
Keys = tuple[str, ...]


@cache
def kept() -> Mapping[str, list[list[str]]]:
    """Return what is kept of each token; nothing where it was made from other code or shares."""
    try:
        return _read(_file())
    except (OSError, ValueError):
        return {}


def _read(file: Path) -> Mapping[str, list[list[str]]]:
    read: Mapping[str, list[list[str]]] = json.loads(file.read_text("utf-8"))
    return read


def keep(tokens: Iterable[str], keys_of: Iterable[Callable[[str], Keys]]) -> None:
    """Keep the keys of these tokens; on a machine that keeps no compiled code either, nothing happens."""
    ways, file = list(keys_of), _file()
    text = json.dumps({token: [way(token) for way in ways] for token in sorted(tokens)})
    whole = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(exist_ok=True)
        whole.write_text(text, "utf-8")
        whole.replace(file)


def _file() -> Path:
    """Name the file by what its content follows from."""
    identity = Path(screening.identity.__file__).parent
    made_from = [
        *identity.rglob("*.py"),
        *identity.rglob("*.json"),
        _FOLDER / "tokens.py",
        _FOLDER / "data/tokens.json",
    ]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(made_from)))
    return _FOLDER / "__pycache__" / f"tokens-{digest.hexdigest()[:16]}.keys"
