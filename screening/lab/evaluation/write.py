"""Write an evaluation set: travellers.parquet, alerts.parquet, truth.parquet, history.parquet."""

from pathlib import Path

import pyarrow.parquet as pq

from screening.lab.evaluation.sets import EvaluationSet


def write(folder: Path, made: EvaluationSet) -> None:
    """Write the four tables into a folder; earlier ones in it are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("travellers", "alerts", "truth", "history"):
        pq.write_table(getattr(made, name), folder / f"{name}.parquet")
