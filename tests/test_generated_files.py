"""Files that are made from declarations in code are up to date, and findings are declared where they are given."""

import ast

import pytest


@pytest.fixture(scope="module")
def documents():
    import typer

    from screening.cli.main import cli
    from screening.lab.declarations import documents as make

    return make(typer.main.get_command(cli))


def test_schemas_and_generated_pages_are_those_of_the_code(root, documents):
    stale = [
        name
        for name, text in documents.items()
        if not (root / name).exists() or (root / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `make schemas`"


def test_no_schema_is_left_of_a_table_that_is_gone(root, documents):
    left = {path.relative_to(root).as_posix() for path in (root / "schemas").rglob("*.json")}
    assert left <= set(documents)


def test_every_command_has_help_and_an_example(documents):
    page = documents["docs/commands.md"]
    sections = [section for section in page.split("\n## ") if "| option | meaning |" in section]
    assert len(sections) > 20
    assert [section.splitlines()[0] for section in sections if "Example: " not in section] == []


def test_finding_codes_are_declared_once(root):
    from screening.lab.declarations import kinds

    codes = [kind.code for _, kind in kinds()]
    assert sorted(set(codes)) == sorted(codes)


def test_every_code_given_to_a_finding_is_declared(root):
    from screening.lab.declarations import kinds

    declared = {kind.code for _, kind in kinds()}
    given = set()
    for path in (root / "screening").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") in {"Finding", "finding"}
                and node.args
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    given.add(first.value)
    assert given <= declared
