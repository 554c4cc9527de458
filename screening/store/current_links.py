"""The link `<zone>/current/night=D` to the folder in force: for pandas, DuckDB and people, never for us.

It follows CURRENT.json: a publication sets it last, and every command mends what a kill has left between. On
object storage there is none.
"""

from pathlib import Path

from screening.store.current_json import NIGHT_ZONES, Current, current, nights, revisions_folder
from screening.store.files import disk_faults, make_folder, sync_folder
from screening.store.object_path import ObjectPath
from screening.store.zones import Store


def mend_links(store: Store) -> int:
    """Set every `current/night=D` link to what CURRENT.json says; run at the start of every command.

    Returns:
        Number of links that were wrong, missing or left over; object storage has none.

    Raises:
        StoreError: a CURRENT.json is damaged, or a link cannot be set.
    """
    if isinstance(store.root, ObjectPath):
        return 0
    published = nights(store)
    mended = 0
    for night in published:
        now = current(store, night)
        if now is not None:
            mended += set_link(store, now)
    names = {f"night={night.isoformat()}" for night in published}
    for zone in NIGHT_ZONES:
        for link in (store.root / zone / "current").glob("night=*"):
            if link.is_symlink() and link.name not in names:
                link.unlink()
                mended += 1
    return mended


def set_link(store: Store, now: Current) -> int:
    """Set the links of a night to the revision in force; those of zones without a file of it go.

    Returns:
        Number of links that were wrong, missing or left over.

    Raises:
        StoreError: a link cannot be set.
    """
    zones = {file.zone for file in now.files}
    changed = 0
    for zone in NIGHT_ZONES:
        name = f"night={now.night.isoformat()}"
        link = store.root / zone / "current" / name
        target = Path("..") / "revisions" / name / f"{now.revision:04d}"
        if zone not in zones:
            if link.is_symlink():
                link.unlink()
                changed += 1
            continue
        if link.is_symlink() and link.readlink() == target:
            continue
        with disk_faults(link, effect="the night is published; only this link still shows what was before"):
            make_folder(link.parent)
            fresh = revisions_folder(store, now.night, zone) / ".link"  # where no glob of a reader looks
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(target)
            fresh.replace(link)
            sync_folder(link.parent)
        changed += 1
    return changed
