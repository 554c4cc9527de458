"""The document that a person is handed: one HTML page that prints plainly and loads nothing."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

from markupsafe import Markup

from screening.reports.night_html import environment

MASKED = "[masked]"


@dataclass(frozen=True, slots=True)
class Part:
    """What is held of one kind from one source.

    Attributes:
        title: kind, as the person reads it.
        source: where it came from.
        received: when.
        purpose: what it is used for.
        until: when it goes.
        recipients: who sees it.
        rows: of each thing held, label and value.
        note: what the reader should know of it.
    """

    title: str
    source: str
    received: str
    purpose: str
    until: str
    recipients: str
    rows: tuple[tuple[tuple[str, str], ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SubjectDocument:
    """Everything that is held on one person.

    Attributes:
        agency: who holds it.
        made_at: when the document was made.
        made_by: who made it.
        parts: what is held.
        alerts: what everybody is told of alert lists, in the same words.
        statistics: what is said of statistics.
    """

    agency: str
    made_at: str
    made_by: str
    parts: tuple[Part, ...]
    alerts: str
    statistics: str

    def as_json(self) -> Mapping[str, Any]:
        """Return it as plain data: rows as objects, a label that comes again numbered."""
        found = asdict(self)
        for part in found["parts"]:
            part["rows"] = [_object(row) for row in part["rows"]]
        return found


def _object(row: tuple[tuple[str, str], ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for label, value in row:
        name, number = label, 2
        while name in found:
            name, number = f"{label} {number}", number + 1
        found[name] = value
    return found


def render_subject(document: SubjectDocument) -> str:
    """Render the document. Equal documents give equal text."""
    style = (resources.files("screening.reports") / "templates" / "style.css").read_text(encoding="utf-8")
    template = environment().get_template("subject.html.j2")
    return template.render(document=document, style=Markup(style))  # noqa: S704  # our own file
