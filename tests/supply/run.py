"""What the packages of the lock are: known vulnerabilities, licences, a bill of materials. Run by `make supply`.

    var/supply/bin/python tests/supply/run.py OUT [ARGUMENTS OF pip-audit …]

Written into OUT: vulnerabilities.json, licences.json, sbom.json (CycloneDX 1.6, of the environment that the
locks make). Exit 1: a known vulnerability, a package that no service could tell of, or a licence that nobody has allowed.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALLOWED = Path(__file__).parent / "licences.toml"


def refused(
    found: Sequence[Mapping[str, str]], allowed: Mapping[str, str], packages: Mapping[str, str]
) -> list[str]:
    """Return the packages whose licence nobody has allowed, and the exceptions that no package needs.

    >>> refused([{"Name": "a", "License": "MIT OR GPL-3.0"}, {"Name": "b", "License": "GPL-3.0"}], {"MIT": ""}, {})
    ['b: GPL-3.0']
    """
    bad = {one["Name"]: one["License"] for one in found if not _holds(one["License"], allowed)}
    told = [f"{name}: {licence}" for name, licence in bad.items() if name not in packages]
    return told + [
        f"{name}: stands in licences.toml for nothing" for name in sorted(packages.keys() - bad.keys())
    ]


def _holds(licence: str, allowed: Mapping[str, str]) -> bool:
    choices = re.split(r"\s*;\s*|\s+OR\s+", licence)
    return any(all(part in allowed for part in re.split(r"\s+AND\s+", choice)) for choice in choices)


def told_of(report: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """Return the known vulnerabilities of pip-audit's report, and the packages that it could not ask for.

    pip-audit itself is content where its service knows nothing of a package.

    >>> told_of({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "X-1"}]}, {"name": "b",
    ...     "skip_reason": "not found"}]})
    (['a 1: X-1'], ['b'])
    """
    known, unknown = [], []
    dependencies = report["dependencies"]
    assert isinstance(dependencies, list)
    for one in dependencies:
        if "skip_reason" in one:
            unknown.append(one["name"])
        known += [f"{one['name']} {one['version']}: {found['id']}" for found in one.get("vulns", ())]
    return known, unknown


def _tool(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    start = [str(Path(sys.executable).with_name(name)), *words]
    return subprocess.run(start, capture_output=True, text=True, check=False, cwd=ROOT)


def _vulnerabilities(out: Path, words: Sequence[str]) -> list[str]:
    path = out / "vulnerabilities.json"
    path.unlink(missing_ok=True)
    lock = ("--require-hashes", "--disable-pip", "--progress-spinner", "off", "-r", "requirements.lock")
    lock += ("-r", "requirements-celery.lock")
    done = _tool("pip-audit", *lock, "-f", "json", "-o", str(path), *words)
    if not path.exists():
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return [f"no package could be asked for: {last.partition('(')[0].strip()}"]
    known, unknown = told_of(json.loads(path.read_text()))
    some = ", ".join(unknown[:3])
    return known + [f"{len(unknown)} packages are unknown to the service: {some} …"] * bool(unknown)


def _licences(out: Path, python: Path) -> list[str]:
    done = _tool("pip-licenses", f"--python={python}", "--format=json", "--from=mixed", "--with-system")
    (out / "licences.json").write_text(done.stdout)
    rules = tomllib.loads(ALLOWED.read_text())
    found = [one for one in json.loads(done.stdout) if one["Name"] != "advance-passenger-screening"]
    return refused(found, rules["allowed"], rules["packages"])


def _bill(out: Path, python: Path) -> list[str]:
    form = ("--output-reproducible", "--spec-version", "1.6", "--of", "JSON")
    done = _tool(
        "cyclonedx-py",
        "environment",
        *form,
        "--pyproject",
        "pyproject.toml",
        "-o",
        str(out / "sbom.json"),
        str(python),
    )
    return done.stderr.strip().splitlines()[-1:] if done.returncode else []


def main() -> None:
    """Run the three, and say what a person has to look at."""
    out, python = Path(sys.argv[1]), ROOT / ".venv" / "bin" / "python"
    out.mkdir(parents=True, exist_ok=True)
    parts = {
        "vulnerabilities": _vulnerabilities(out, sys.argv[2:]),
        "licences": _licences(out, python),
        "bill of materials": _bill(out, python),
    }
    for name, found in parts.items():
        sys.stdout.write("\n  ".join([f"{name}: {len(found) or 'nothing'} to look at", *found]) + "\n")
    sys.stdout.write(f"written: {', '.join(sorted(path.name for path in out.glob('*.json')))}, in {out}\n")
    sys.exit(1 if any(parts.values()) else 0)


if __name__ == "__main__":
    main()
