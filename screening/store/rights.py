"""Rights of persons that outlast a re-run: what of an input is erased or corrected, beside its bytes.

    landing/rights/<input_id>.json      ids, places and completeness; corrected values

It lies in landing because it holds with the bytes: who reads them again leaves the erased out and takes the
corrected values (`messages.rights`). It goes with the last of them (`protection.retention`). Ordinals and
places name nobody; a corrected value does.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from screening.messages.rights import Rights, Stood
from screening.store.files import disk_faults, json_if_there, names_in, sync_folder, write_json
from screening.store.landing import landed
from screening.store.zones import Store, open_zones
from screening.tables.codes import Level, Zone
from screening.tables.errors import StoreError
from screening.tables.findings import Finding

_FOLDER = "rights"


def rights_of(store: Store, input_id: str) -> Rights | None:
    """Return what persons' rights changed of an input; None for nearly all.

    Raises:
        StoreError: the file is damaged.
    """
    path = rights_path(store, input_id)
    document = json_if_there(path)
    return None if document is None else _parsed(path, document)


def with_rights(store: Store) -> set[str]:
    """Return the inputs of which persons' rights changed something; few."""
    folder = open_zones(store, {Zone.LANDING}).path(Zone.LANDING, _FOLDER)
    return {name.removesuffix(".json") for name in names_in(folder)}


def keep_rights(store: Store, input_id: str, rights: Rights) -> None:
    """Write what persons' rights changed of an input, whole, in place of what stood there.

    Raises:
        StoreError: the disk is full or fails.
    """
    path = open_zones(store, {Zone.LANDING}).path(Zone.LANDING, _FOLDER, f"{input_id}.json")
    write_json(
        path,
        {
            "erased": {str(offset): sorted(ordinals) for offset, ordinals in rights.erased.items()},
            "stood": {
                str(offset): {
                    "complete": stood.complete,
                    "status": stood.status,
                    "findings": [found.row() for found in stood.findings],
                    "stated": stood.stated,
                }
                for offset, stood in rights.stood.items()
            },
            "blank": [list(place) for place in rights.blank],
            "corrected": {
                f"{offset}:{ordinal}": dict(changed)
                for (offset, ordinal), changed in rights.corrected.items()
            },
        },
    )


def rights_path(store: Store, input_id: str) -> Path:
    """Return where an input's file lies, whether there is one or not."""
    return store.root / Zone.LANDING / _FOLDER / f"{input_id}.json"


def inputs_with_rights(store: Store) -> list[str]:
    """Return the ids of inputs of which something is erased or corrected, sorted."""
    return sorted(path.stem for path in (store.root / Zone.LANDING / _FOLDER).glob("*.json"))


def clear_unnamed(store: Store, input_id: str) -> int:
    """Remove content of an input that its list does not name: what a killed act has replaced or begun.

    Returns:
        Number of files removed.

    Raises:
        StoreError: the list is damaged, or a file cannot be removed.
    """
    kept = landed(store, input_id)
    named = {store.root / item.path for item in kept.contents} if kept is not None else set()
    content = open_zones(store, {Zone.LANDING}).path(Zone.LANDING, "content")
    others = [path for path in content.glob(f"*/{input_id}-*.bin") if path not in named]
    for path in others:
        with disk_faults(path, effect="bytes that were replaced are still there"):
            path.unlink(missing_ok=True)
            sync_folder(path.parent)
    return len(others)


def _parsed(path: Path, document: object) -> Rights:
    try:
        return _read(document)
    except (AttributeError, KeyError, TypeError, ValueError):
        raise StoreError(
            "the file that says what of an input is erased or corrected is damaged",
            where=str(path),
            effect="the input was not read: who is erased must not come back",
            remedy="restore it from the backup",
        ) from None


def _read(document: Any) -> Rights:  # noqa: ANN401  (JSON as read)
    corrected: dict[tuple[int, int], Mapping[str, str | None]] = {}
    for key, changed in document["corrected"].items():
        offset, _, ordinal = key.partition(":")
        corrected[int(offset), int(ordinal)] = dict(changed)
    return Rights(
        erased={int(offset): tuple(ordinals) for offset, ordinals in document["erased"].items()},
        stood={int(offset): _stood(one) for offset, one in document["stood"].items()},
        blank=tuple((int(offset), int(length)) for offset, length in document["blank"]),
        corrected=corrected,
    )


def _stood(document: Mapping[str, Any]) -> Stood:
    rows = document["findings"]
    keys = ("code", "level", "offset", "segment", "text")
    found = (tuple(row[key] for key in keys) for row in rows)
    return Stood(
        bool(document["complete"]),
        str(document["status"]),
        tuple(
            Finding(str(code), Level(level), int(offset), segment, str(text))
            for code, level, offset, segment, text in found
        ),
        None if document["stated"] is None else int(document["stated"]),
    )
