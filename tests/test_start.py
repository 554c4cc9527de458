"""The command line starts fast: nothing heavy is imported before a command asks for it."""

import subprocess
import sys

HEAVY = (
    "airflow",
    "great_expectations",
    "numpy",
    "pandas",
    "pyarrow",
    "pydantic",
    "screening.lab",
    "screening.messages",
)


def test_help_imports_nothing_heavy(root):
    code = f"import sys, screening.cli.main; print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
