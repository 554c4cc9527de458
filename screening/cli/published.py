"""`screening tables`: what is published, where it lies, and how to open it."""

from screening.cli.options import LatestNight, Shape, label
from screening.cli.output import Format, say, show


def tables(night: LatestNight = None, shape: Shape = Format.TABLE) -> None:
    """List the published tables of a night: files, rows, schema version; and how to open them.

    Of the latest night, where none is named.

    Example: screening tables --night 2026-11-23
    """
    from screening.night.quarantine_entries import published_nights
    from screening.night.receive import published
    from screening.night.settings import load_settings
    from screening.store.object_path import ObjectPath
    from screening.store.zones import open_zones

    store = load_settings().store
    known = published_nights(store)
    chosen = label(night) if night else (known[-1] if known else None)
    if chosen is None:
        say("No night is published in this store. `screening run --night DATE --inbox DIR` publishes one.")
        return
    now = published(store, chosen)
    open_zones(store, [])
    rows = [
        {
            "table": file.table,
            "zone": str(file.zone),
            "class": str(file.cls),
            "rows": file.rows,
            "schema_version": file.schema_version,
            "path": file.path,
        }
        for file in now.files
    ]
    show(rows, shape)
    if shape is Format.TABLE:
        root = store.root.resolve()
        if isinstance(root, ObjectPath):
            say(f"\nEach lies at {root}/<path>. Columns: docs/data-dictionary.md and schemas/tables/")
            return
        one = f"{root}/analyst/current/night={chosen}/hits.parquet"
        every = f"{root}/analyst/current/*/hits.parquet"
        say(
            f"\npandas  pd.read_parquet('{one}')"
            f"\nDuckDB  FROM read_parquet('{every}', hive_partitioning=false)"
            f"\nPolars  pl.read_parquet('{every}')"
            "\nColumns: docs/data-dictionary.md and schemas/tables/"
        )
