"""Every finding that a reader can make is declared, and every declared code is a name."""

import ast
import re
from pathlib import Path

import pytest

from screening.messages.finding_kinds import KINDS

ROOM = Path(__file__).parents[2] / "screening" / "messages"
DECLARED = {kind.code for kind in KINDS}
CALLS = {"finding", "note", "note_at", "note_message", "set_aside", "_note", "_loose", "_once", "note_once"}


def named_codes(path):
    """Give string constants that stand where a code is expected."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in CALLS:
            for argument in node.args:
                for one in ast.walk(argument):
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        yield one.value


@pytest.mark.parametrize(
    "path", sorted(ROOM.rglob("*.py")), ids=lambda path: path.relative_to(ROOM).as_posix()
)
def test_a_code_that_is_used_is_declared(path):
    used = {code for code in named_codes(path) if re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", code)}
    assert used - DECLARED - {"set_aside"} == set()


def test_codes_are_declared_once():
    codes = [kind.code for kind in KINDS]
    assert len(codes) == len(set(codes))


def test_texts_are_sentences():
    for kind in KINDS:
        assert kind.meaning[0].isupper()
        assert kind.meaning.endswith(".")
        assert kind.remedy
