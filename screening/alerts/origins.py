"""Nationalities and birth places, alike for every format: a code where a State is named, else the text."""

from screening.alerts.model import AlertFinding, Fact, Record
from screening.alerts.states import state_named, states_in
from screening.alerts.terms import Words
from screening.tables.codes import FactKind


def add_birth_place(record: Record, place: str, source: str) -> None:
    """Add a birth place as written, and its state where its last part names one."""
    record.own.facts.append(Fact(FactKind.BIRTH_PLACE, place, source))
    state = state_named(place.rsplit(",", 1)[-1].strip())
    if state:
        record.own.facts.append(Fact(FactKind.BIRTH_COUNTRY, state, source))


def add_nationality(
    record: Record, written: str, source: str, role: str, findings: list[AlertFinding], words: Words
) -> None:
    """Add a nationality: by the table of terms where it covers States.

    Else a sentence gives every state that it names, with a finding; none is kept as text.
    """
    states: tuple[str, ...] = ()
    if code := words.state(written, record):
        states = (code,)
    elif words.decides("state"):
        return
    elif states := states_in(written):
        record.remark("nationality", written)
        findings.append(
            AlertFinding("list_nationality_in_words", role, record.source_id, f"{len(states)} states taken")
        )
    else:
        record.remark("nationality", written)
        findings.append(AlertFinding("list_state_unread", role, record.source_id, "nationality kept as text"))
    record.own.facts.extend(Fact(FactKind.NATIONALITY, state, source) for state in states)
