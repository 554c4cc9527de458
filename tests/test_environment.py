"""Every environment variable that the code reads is declared and documented, and none is declared in vain."""

import ast
import re

from screening.profile.environment import VARIABLES


def _read(tree: ast.Module) -> set[str]:
    """Names of variables read in a module; a name that cannot be told stands as its source text."""
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and re.fullmatch(
            r"os\.(environ\.(get|pop|setdefault)|getenv)", ast.unparse(node.func)
        ):
            found.append(node.args[0])
        elif isinstance(node, ast.Call):
            found += [one.value for one in node.keywords if one.arg == "envvar"]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) == "os.environ":
            found += [node.slice] if isinstance(node.ctx, ast.Load) else []
        elif isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) == "os.environ":
            found.append(node.left)
    return {
        one.value if isinstance(one, ast.Constant) else constants.get(ast.unparse(one), ast.unparse(one))
        for one in found
    }


def test_the_variables_declared_are_those_that_are_read(root):
    texts = (path.read_text() for path in (root / "screening").rglob("*.py"))
    trees = [ast.parse(text) for text in texts if re.search("environ|getenv|envvar", text)]
    assert set().union(*map(_read, trees)) == set(VARIABLES)


def test_each_stands_in_the_table_of_operations(root):
    rows = re.findall(r"^\| ([A-Z_]+) \|", (root / "docs" / "operations.md").read_text(), re.MULTILINE)
    assert rows == list(VARIABLES)
