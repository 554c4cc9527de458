"""Files of the store are written and locked in `screening/store/` alone: there object storage parts from a folder."""

import re

import pytest

CALLS = re.compile(
    r"\bos\.(open|stat|utime|replace|rename|link|symlink|unlink|scandir|walk|fsync|ftruncate|truncate)\("
    r"|\b(shutil\.(rmtree|copy\w*|move)|fcntl\.|sqlite3\.connect|tempfile\.|mmap\.mmap)"
    r"|\.(write_text|hardlink_to|symlink_to|touch|rename)\("
)
ELSEWHERE = {
    "matching/compiled.py": "our own compiled loops, beside the code",
    "orchestration/fetching.py": "a fetched list, in a folder of its own",
    "orchestration/embedded.py": "Airflow's home",
    "orchestration/manifest_sources.py": "the inbox",
    "list_keeping/exchange/accepting.py": "lines of a package, on this machine's disk (`zones.beside`)",
    "review/database.py": "SQLite, on this machine's disk (`zones.beside`)",
    "night/inbox.py": "the inbox",
    "night/sightings.py": "the inbox",
    "night/solver.py": "what the solver prints",
    "night/deliveries.py": "the file of notices",
    "cli/output.py": "a file that a person names",
    "protection/masked.py": "the key folder",
    "protection/audit_lines.py": "lines of the record, where the store is a folder",
    "protection/audit_end.py": "a line of it that does not hold, the same",
}


def test_no_other_module_takes_files_by_the_operating_system(root):
    found = {
        path.relative_to(root / "screening").as_posix()
        for path in (root / "screening").rglob("*.py")
        if CALLS.search(path.read_text(encoding="utf-8"))
    }
    beside = {name for name in found if name.startswith(("store/", "lab/", "cli/laboratory/"))}
    assert sorted(found - beside) == sorted(ELSEWHERE)


@pytest.mark.parametrize("text", ["os.replace(a, b)", "shutil.rmtree(x)", "fcntl.flock(x)", "path.rename(x)"])
def test_such_calls_are_seen(text):
    assert CALLS.search(text)
