"""How good merge proposals are: two public lists against the people who are known to stand on both.

    python -m screening.lab.duplicates --one ofac FOLDER --other un FILE

Rule: people who stand on both are known by documents or birthdays alone (`evaluation.two_lists`), never by a
score. Recall is the share of them that is proposed. Of the proposals, those are judged that name one of these
people: a pair that the rule links is right, any other of an entry that is linked elsewhere counts as wrong,
also where a list has the person twice. Pairs of entries that the rule links with nobody are only counted.
"""

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path

from screening.alerts.duplicates import as_travellers, floor_of, proposals
from screening.alerts.model import Imported, ImportOptions
from screening.lab.evaluation.public_lists import as_alerts
from screening.lab.evaluation.two_lists import BY_DOCUMENT, linked
from screening.list_keeping.lists import importer_of, read_files
from screening.matching.index import AlertTables, build_index
from screening.matching.match import match
from screening.matching.model import load_model


@dataclass(frozen=True, slots=True)
class Judgement:
    """Merge proposals across two lists.

    Attributes:
        threshold: centibits.
        known: people who are known to stand on both; by_document of them by a document.
        recall: share of them that is proposed.
        recall_without_documents: the same when no document is compared.
        proposed: pairs across the lists.
        right, wrong: of these with an entry that is linked; unknown: the others.
        precision: right of right and wrong.
    """

    threshold: int
    known: int
    by_document: int
    recall: float
    recall_without_documents: float
    proposed: int
    right: int
    wrong: int
    unknown: int
    precision: float


def judge(one: Imported, other: Imported) -> Judgement:
    """Propose pairs across two lists and judge them; their ids must differ."""
    known = linked(as_alerts(one, "one"), as_alerts(other, "other"))
    truth = {(mine, theirs) for mine, (theirs, _) in known.items()}
    found = _pairs(one, other, documents=True)
    bare = _pairs(one, other, documents=False)
    entries = {entry for pair in truth for entry in pair}
    right = found & truth
    wrong = {pair for pair in found - truth if entries.intersection(pair)}
    return Judgement(
        threshold=floor_of(one.alerts.num_rows + other.alerts.num_rows),
        known=len(truth),
        by_document=sum(rule == BY_DOCUMENT for _, rule in known.values()),
        recall=len(right) / len(truth),
        recall_without_documents=len(bare & truth) / len(truth),
        proposed=len(found),
        right=len(right),
        wrong=len(wrong),
        unknown=len(found - truth - wrong),
        precision=len(right) / max(1, len(right) + len(wrong)),
    )


def _pairs(one: Imported, other: Imported, *, documents: bool) -> set[tuple[str, str]]:
    """Let the other list travel against the one, as a check does; the one's id comes first."""
    tables = AlertTables(one.alerts, one.names, one.dates, one.documents, one.facts)
    if not documents:
        tables = AlertTables(one.alerts, one.names, one.dates, one.documents.slice(0, 0), one.facts)
    alerts = one.alerts.num_rows + other.alerts.num_rows
    scored = match(as_travellers(other), build_index(tables, load_model()), floor=floor_of(alerts))
    ones = set(one.alerts["alert_id"].to_pylist())
    found = proposals([scored], alerts)
    return {(pair.one, pair.other) if pair.one in ones else (pair.other, pair.one) for pair in found}


def _read(source: str, path: str) -> Imported:
    importer = importer_of(source)
    return importer.read(read_files(importer, Path(path)), ImportOptions(source))


def main() -> None:
    """Print the judgement."""
    parser = argparse.ArgumentParser(description="judge merge proposals across two lists")
    parser.add_argument("--one", nargs=2, metavar=("SOURCE", "PATH"), required=True)
    parser.add_argument("--other", nargs=2, metavar=("SOURCE", "PATH"), required=True)
    given = parser.parse_args()
    for name, value in asdict(judge(_read(*given.one), _read(*given.other))).items():
        print(f"{name:<26}{value:.3f}" if isinstance(value, float) else f"{name:<26}{value}")  # noqa: T201


if __name__ == "__main__":
    main()
