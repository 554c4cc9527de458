"""Mutation run over the rule modules: does a test fail when a rule is changed?

`modules.toml` names the modules and the tests that state their rules, quickest first. mutmut's operators make
the mutants; a sample, which a seed draws, is run. mutmut's own runner mutates neither constants nor decorated
functions and knows no sample, and one process for each mutant costs seconds of imports: so each mutant is
written into a copy of the tree, and a fork of a process that holds the libraries already runs the tests there.
Nothing is written into the working tree but the record and its page.

A mutant is killed when a test fails, its import fails, or the time is over. Texts for people (literals with a
blank), annotations and decorators are not mutated.
"""

import argparse
import ast
import difflib
import gc
import hashlib
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import accumulate
from multiprocessing import Pool
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, WhitespaceInclusivePositionProvider

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
RECORD, PAGE = HERE / "results.json", ROOT / "docs" / "mutation.md"
SEED, SAMPLE = 1, 60
_TREE = ("screening", "tests", "dags", "sample_data", "schemas", "pyproject.toml")
_LIBRARIES = (
    "pytest", "hypothesis", "numpy", "pandas", "pyarrow.compute", "pyarrow.parquet", "pydantic", "rapidfuzz",
    "anyascii", "lxml.etree",
)  # fmt: skip
_PYTEST = (
    "-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout", "-p", "_hypothesis_pytestplugin",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip
_NO_TESTS = 5  # exit code of pytest


@dataclass(frozen=True, slots=True, order=True)
class Mutant:
    """One change of a module: the function it is in, and the line before and after."""

    within: str
    line: str
    changed: str


class _Changes(cst.CSTVisitor):
    """Collects every change that mutmut's operators propose."""

    def __init__(self) -> None:
        from mutmut.mutation.mutators import mutation_operators

        self.operators = mutation_operators
        self.names: list[str] = []
        self.found: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom):
            return False
        if isinstance(node, cst.SimpleString) and " " in node.value:
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.names.append(node.name.value)
        for kind, operator in self.operators:
            if isinstance(node, kind):
                self.found += [(".".join(self.names), node, changed) for changed in operator(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self.names.pop()


def mutants(source: str) -> dict[tuple[Mutant, int], str]:
    """Return the mutated source of each mutant; equal changes of equal lines of a function are numbered."""
    wrapper, changes = MetadataWrapper(cst.parse_module(source), unsafe_skip_copy=True), _Changes()
    wrapper.module.visit(changes)
    places = wrapper.resolve(WhitespaceInclusivePositionProvider)
    lines = source.splitlines(keepends=True)
    starts = [0, *accumulate(len(line) for line in lines)]
    found: dict[tuple[Mutant, int], str] = {}
    seen: set[str] = {source}
    numbers: Counter[Mutant] = Counter()
    for within, node, changed in changes.found:
        place = places[node]
        begin, end = (starts[at.line - 1] + at.column for at in (place.start, place.end))
        text = source[:begin] + wrapper.module.code_for_node(changed) + source[end:]
        if text in seen or not _parses(text):
            continue
        seen.add(text)
        diff = [*difflib.unified_diff(lines, text.splitlines(keepends=True), n=0)][3:]
        before, after = (" ".join(line[1:].strip() for line in diff if line[0] == sign) for sign in "-+")
        mutant = Mutant(within, before, after)
        found[mutant, numbers[mutant]] = text
        numbers[mutant] += 1
    return found


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def sample(found: dict[tuple[Mutant, int], str], seed: int, size: int) -> list[tuple[Mutant, str]]:
    """Draw mutants by a hash of each, so that a change elsewhere in the module leaves the others drawn."""

    def rank(key: tuple[Mutant, int]) -> str:
        mutant, number = key
        return hashlib.sha256(json.dumps([seed, asdict(mutant), number]).encode()).hexdigest()

    return [(key[0], found[key]) for key in sorted(found, key=rank)[:size]]


@contextmanager
def _copied_tree() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="screening-mutation-") as folder:
        tree = Path(folder) / "tree"
        for name in _TREE:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, tree / name)
        (Path(folder) / "tmp").mkdir()
        yield tree


def _in_fork(tree: Path, arguments: Sequence[str], limit: float) -> int | None:
    """Run the tests in a fork; return pytest's exit code, None when the time is over."""
    child = os.fork()
    if child == 0:
        code = 3
        try:
            code = _tests(tree, arguments)
        finally:
            os._exit(code)
    end = time.monotonic() + limit
    while time.monotonic() < end:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _tests(tree: Path, arguments: Sequence[str]) -> int:
    os.setsid()
    log = os.open(tree.parent / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.chdir(tree)
    os.environ |= {
        "PYTHONPATH": str(tree),
        "TMPDIR": str(tree.parent / "tmp"),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }
    tempfile.tempdir, sys.dont_write_bytecode = None, False
    import hypothesis
    import pytest

    hypothesis.settings.register_profile("mutation", derandomize=True, max_examples=25, deadline=None)
    hypothesis.settings.load_profile("mutation")
    return int(pytest.main([*_PYTEST, *arguments]))


@dataclass(frozen=True)
class Result:
    """What became of a module's sample."""

    module: str
    source: str
    date: str
    mutants: int
    sampled: int
    survivors: tuple[Mutant, ...]


def measure(module: str, seed: int, size: int, only: Sequence[Mutant] | None) -> Result:
    """Run a module's sample; `only`: those of it that survived the run before."""
    for library in _LIBRARIES:
        importlib.import_module(library)
    gc.collect()  # then they are old, and the forks hardly ever walk through the libraries' objects
    path = f"screening/{module}.py"
    source = (ROOT / path).read_text(encoding="utf-8")
    arguments = [path, *_modules()[module]]
    found = mutants(source)
    drawn = sample(found, seed, size)
    survivors: list[Mutant] = []
    with _copied_tree() as tree:
        begun = time.monotonic()
        if _in_fork(tree, arguments, 600) != 0:
            raise RuntimeError(
                f"{module}: its tests fail without a mutant\n{(tree.parent / 'log.txt').read_text()}"
            )
        limit = 20 + 5 * (time.monotonic() - begun)
        stamp = int(time.time())
        for number, (mutant, text) in enumerate(drawn):
            if only is not None and mutant not in only:
                continue
            (tree / path).write_text(text, encoding="utf-8")
            os.utime(
                tree / path, (stamp + number, stamp + number)
            )  # else a compiled file of the same size counts
            code = _in_fork(tree, arguments, limit)
            if code == _NO_TESTS:
                raise RuntimeError(f"{module}: no tests were run\n{(tree.parent / 'log.txt').read_text()}")
            if code == 0:
                survivors.append(mutant)
    digest = hashlib.sha256(source.encode()).hexdigest()
    today = datetime.now(UTC).date().isoformat()
    return Result(module, digest, today, len(found), len(drawn), tuple(sorted(survivors)))


def _modules() -> dict[str, list[str]]:
    return tomllib.loads((HERE / "modules.toml").read_text(encoding="utf-8"))["tests"]


def equivalents() -> dict[tuple[str, Mutant], str]:
    """Read why a mutant changes nothing that anybody could see."""
    rows = tomllib.loads((HERE / "equivalent.toml").read_text(encoding="utf-8")).get("equivalent", [])
    return {
        (row["module"], Mutant(row["within"], row["line"], row["changed"])): row["reason"] for row in rows
    }


def recorded() -> dict[str, Result]:
    """Read the record of earlier runs."""
    rows = json.loads(RECORD.read_text(encoding="utf-8")) if RECORD.exists() else []
    return {
        row["module"]: Result(**{**row, "survivors": tuple(Mutant(**one) for one in row["survivors"])})
        for row in rows
    }


def write(results: dict[str, Result]) -> None:
    """Write the record and its page."""
    rows = [asdict(results[module]) for module in _modules() if module in results]
    RECORD.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    same = equivalents()
    lines = [
        "# Mutation run",
        "",
        "Written by `make mutation`. A rule is changed in a small way; some test of its room must fail. For each",
        f"module of rules a sample of at most {SAMPLE} mutants (seed {SEED}) is run against the tests named in",
        "`tests/mutation/modules.toml`. Aim: 85 % killed. Mutants that change nothing anybody could see stand,",
        "each with its reason, in `tests/mutation/equivalent.toml` and are left out of the score. Survivors of",
        "this sample were given tests, so the scores say little of mutants outside it: another seed does.",
        "",
        "```sh",
        "make mutation                             # all modules; some 20 minutes on 2 cores",
        "make mutation MODULE=manifests/join       # one of them",
        "make mutation ARGUMENTS=--survivors       # after a new test: only who survived the last run",
        'make mutation ARGUMENTS="--seed 2"        # another sample; printed, not recorded',
        "```",
        "",
        "| Module | Mutants | Sampled | Equivalent | Killed | Score | Date |",
        "|---|---:|---:|---:|---:|---:|---|",
    ]
    open_: list[str] = []
    for module, result in ((name, results[name]) for name in _modules() if name in results):
        alive = [one for one in result.survivors if (module, one) not in same]
        out = len(result.survivors) - len(alive)
        killed = result.sampled - len(result.survivors)
        score = killed / (result.sampled - out)
        lines.append(
            f"| {module} | {result.mutants} | {result.sampled} | {out} | {killed} | {score:.0%} | {result.date} |"
        )
        open_ += [
            f"{module}, {one.within or 'constants'}:\n  - {one.line}\n  + {one.changed}" for one in alive
        ]
    lines += [
        "",
        "## Survivors",
        "",
        "Read, and neither killed nor equivalent:",
        "",
        "```text",
        *open_,
        "```",
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Run the modules named, or all, and print who survived."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("modules", nargs="*", help="modules, e.g. manifests/join; all when none is named")
    parser.add_argument("--survivors", action="store_true", help="only who survived the last run")
    parser.add_argument("--seed", type=int, default=SEED, help="another sample, which is not recorded")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--page", action="store_true", help="run nothing, write the page from the record")
    asked = parser.parse_args()
    results = recorded()
    jobs = []
    for module in asked.modules or _modules():
        source = (ROOT / f"screening/{module}.py").read_bytes()
        before = results.get(module)
        fresh = before is not None and before.source == hashlib.sha256(source).hexdigest()
        again = asked.survivors and asked.seed == SEED
        only = before.survivors if again and before is not None and fresh else None
        if not asked.page and (only is None or only):
            jobs.append((module, asked.seed, SAMPLE, only))
    same = equivalents()
    with Pool(asked.jobs, maxtasksperchild=1) as pool:
        for result in pool.imap_unordered(_measure, jobs):
            if asked.seed == SEED:
                results = {**recorded(), result.module: result}
                write(results)
            alive = [one for one in result.survivors if (result.module, one) not in same]
            print(f"{result.module}: {result.sampled - len(result.survivors)} of {result.sampled} killed")
            for one in alive:
                print(f"    {one.within}\n      - {one.line}\n      + {one.changed}", flush=True)
    if asked.seed == SEED:
        write(results)


def _measure(job: tuple[str, int, int, Sequence[Mutant] | None]) -> Result:
    return measure(*job)


if __name__ == "__main__":
    main()
