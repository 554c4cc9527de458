"""Where an alert list comes from in Airflow: the agency's own URL or folder, named by a connection.

A connection `screening_list_ID` says where the list ID lies; without one the path of the profile is used.

| connection | means |
|---|---|
| type `http` or `https`, host, port, schema | `https://HOST:PORT/SCHEMA` |
| login, password | basic authentication |
| extra `files`: `["sdn.csv", "alt.csv"]` | files of one publisher, each below that address |
| extra `path`: `/srv/lists/ofac` | a folder or file of this machine instead; no host |

Fetched files lie in a folder of their own in the zone of the lists, are read by the importer of the profile
and go. No address, name or password of a connection comes into a log: errors name the connection.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from screening.alerts.source import MAX_BYTES
from screening.store.files import make_folder
from screening.store.zones import Store, open_zones
from screening.tables.codes import Zone
from screening.tables.errors import InputError, UsageError

_SECONDS = 60.0
_NOTHING = "this list stays as it is; the others are not touched"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list lies.

    Attributes:
        name: the connection, for errors.
        path: folder or file of this machine; None for an address.
        addresses: addresses of its files.
        login: name and password of basic authentication.
    """

    name: str
    path: Path | None = None
    addresses: tuple[str, ...] = ()
    login: tuple[str, str] | None = None


def connection_id(list_id: str) -> str:
    """Return the connection that says where a list lies."""
    return f"screening_list_{list_id}"


def place_named(name: str) -> Place | None:
    """Return the place that a connection of Airflow names; None where there is no such connection.

    Raises:
        UsageError: as `place_of`.
    """
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

    try:
        connection = Connection.get(name)
    except (AirflowNotFoundException, AirflowRuntimeError):
        return None
    return place_of(name, connection)


def place_of(name: str, connection: Any) -> Place:  # noqa: ANN401  (Airflow's own type, imported late)
    """Read a connection.

    Raises:
        UsageError: it names neither a host nor a path, or its extra is not understood.
    """
    try:
        extra = json.loads(connection.extra or "{}")
        path, files = extra.get("path"), extra.get("files", [])
        understood = isinstance(files, list) and all(map(_is_plain, files))
    except (ValueError, AttributeError):
        understood = False
    if not understood:
        raise _unusable(name, 'its extra is not understood: {"path": …} or {"files": ["a.csv", …]}')
    if path:
        return Place(name, path=Path(str(path)))
    if not connection.host:
        raise _unusable(name, "it names neither a host nor a path")
    base = _address(connection)
    if urlsplit(base).scheme not in {"http", "https"}:
        raise _unusable(name, "its address is neither http nor https")
    addresses = tuple(f"{base.rstrip('/')}/{file}" for file in files) or (base,)
    login = (connection.login, connection.password or "") if connection.login else None
    return Place(name, addresses=addresses, login=login)


def _is_plain(name: object) -> bool:
    return isinstance(name, str) and bool(name) and PurePosixPath(name).name == name


def _address(connection: Any) -> str:  # noqa: ANN401  (as above)
    host = str(connection.host)
    if "://" not in host:
        scheme = connection.conn_type if connection.conn_type in {"http", "https"} else "https"
        host = f"{scheme}://{host}"
    port = f":{connection.port}" if connection.port else ""
    below = f"/{str(connection.schema).lstrip('/')}" if connection.schema else ""
    return f"{host.rstrip('/')}{port}{below}"


@contextmanager
def fetched(store: Store, place: Place) -> Iterator[Path]:
    """Give the folder or file of a list for the block; what was fetched goes afterwards.

    Raises:
        InputError: it cannot be fetched, or is larger than any list; nothing was imported.
    """
    if place.path is not None:
        yield place.path
        return
    root = open_zones(store, [Zone.ALERTS]).path(Zone.ALERTS, "_fetched")
    make_folder(root)
    folder = Path(tempfile.mkdtemp(dir=root))
    try:
        _fetch(place, folder)
        files = list(folder.iterdir())
        yield files[0] if len(files) == 1 else folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fetch(place: Place, folder: Path) -> None:
    import httpx

    try:
        with httpx.Client(auth=place.login, timeout=_SECONDS, follow_redirects=True) as client:
            for address in place.addresses:
                name = PurePosixPath(urlsplit(address).path).name or "list"
                _fetch_one(client, place, address, folder / name)
    except httpx.HTTPError as fault:
        raise _unreachable(place, type(fault).__name__) from None


def _fetch_one(client: Any, place: Place, address: str, path: Path) -> None:  # noqa: ANN401  (imported late)
    size = 0
    with client.stream("GET", address) as answer, path.open("wb") as file:
        if answer.status_code != 200:
            raise _unreachable(place, f"the answer was {answer.status_code}")
        for part in answer.iter_bytes():
            size += len(part)
            if size > MAX_BYTES:
                raise _unreachable(place, f"it is larger than {MAX_BYTES} bytes")
            file.write(part)


def _unreachable(place: Place, why: str) -> InputError:
    return InputError(
        f"the list could not be fetched: {why}",
        where=f"connection {place.name}",
        effect=_NOTHING,
        remedy="check the connection in Airflow, and whether the publisher's address answers",
    )


def _unusable(name: str, why: str) -> UsageError:
    return UsageError(
        f"the connection cannot be used: {why}",
        where=f"connection {name}",
        effect=_NOTHING,
        remedy="mend it in Airflow (Admin, Connections); docs/alert-lists.md, Lists come by themselves",
    )
