"""The documents name what is there: links, paths, commands and options; and nothing that belongs to a machine."""

import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GENERATED = {
    "docs/commands.md",
    "docs/data-dictionary.md",
    "docs/findings.md",
    "docs/rooms.md",
    "docs/benchmarks.md",
}
PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "sample_data/README.md")
)
RECORDS = [page for page in PAGES if page.startswith("docs/decisions/")]
BY_HAND = [page for page in PAGES if page not in GENERATED]
HEADINGS = ["Question", "Choice", "Measured", "Given up", "When to look again"]
_TOP = ("screening/", "docs/", "tests/", "dags/", "schemas/", "sample_data/", ".ci/")
_FILES = {"Makefile", "pyproject.toml", "requirements.in", "requirements.lock", "LICENSE", "README.md"}
_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_ABBREVIATED = re.compile(r"^(…|\.\.\.)$")


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def prose_of(page: str) -> str:
    return _FENCE.sub("", text_of(page))


def anchors_of(page: Path) -> set[str]:
    titles = re.findall(r"^#+ +(.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_leads_somewhere(page):
    for target in _LINK.findall(prose_of(page)):
        if re.match(r"^[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (ROOT / page).parent / path if path else ROOT / page
        assert found.exists(), target
        if anchor:
            assert anchor in anchors_of(found), target


def paths_in(page: str) -> list[str]:
    """Give what stands in backticks and looks like a path of the repository, patterns left out."""
    found = []
    for code in _INLINE.findall(prose_of(page)):
        named = code.strip()
        if not (named.startswith(_TOP) or named in _FILES) or re.search(r"[\s<>*{}…=]", named):
            continue
        found.append(named)
    return found


@pytest.mark.parametrize("page", BY_HAND)
def test_every_path_of_the_repository_is_there(page):
    assert [path for path in paths_in(page) if not (ROOT / path).exists()] == []


def commands_in(page: str) -> list[list[str]]:
    """Give the `screening …` command lines of a page, in fences and in backticks, as words."""
    text = text_of(page)
    lines = [
        line for _, _, body in _FENCE.findall(text) for line in re.sub(r"\\\n\s*", " ", body).splitlines()
    ]
    lines += _INLINE.findall(_FENCE.sub("", text))
    found = []
    for line in lines:
        plain = re.sub(r"^\$ +", "", line.strip())
        plain = re.sub(r"^([A-Z_]+=\S* +)+", "", plain)
        plain = re.sub(r"^\S*\.venv/bin/", "", plain)
        if plain.startswith("screening "):
            found.append(plain)
    # what a shell would do with the rest of the line is not the command's
    return [
        shlex.split(re.split(r" (?:\||&&|>>?|;) |  +#", line + " ")[0], comments=True)[1:] for line in found
    ]


def fault_of(words: list[str]) -> str | None:
    """Say what a command line names that does not exist; None where all is well."""
    from screening.cli.main import tree as command

    rest = list(words)
    while hasattr(command, "commands"):
        if not rest or _ABBREVIATED.match(rest[0]) or rest == ["--help"]:
            return None
        if rest[0] not in command.commands:
            return f"no command {rest[0]}"
        command = command.commands[rest.pop(0)]
    options = {name for one in command.params for name in (*one.opts, *one.secondary_opts) if name[:1] == "-"}
    named = [word.partition("=")[0] for word in rest if word.startswith("--") and word != "--"]
    unknown = [name for name in named if name not in {*options, "--help"}]
    return f"no option {', '.join(unknown)}" if unknown else None


@pytest.mark.parametrize("page", BY_HAND)
def test_every_command_line_names_a_command_and_options_that_exist(page):
    faults = {" ".join(words): fault_of(words) for words in commands_in(page)}
    assert {line: fault for line, fault in faults.items() if fault} == {}


def test_a_command_that_is_not_there_would_be_seen():
    assert fault_of(["alarms", "show"]) == "no command alarms"
    assert fault_of(["run", "--nite", "2026-11-23"]) == "no option --nite"
    assert fault_of(["alerts", "diff", "--list", "a", "--from", "b", "--to", "c"]) is None


@pytest.mark.parametrize("page", RECORDS)
def test_a_decision_record_has_its_five_parts_and_is_short(page):
    text = text_of(page)
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    assert 10 <= len(text.splitlines()) <= 30
    number = re.match(r"docs/decisions/(\d{4})-[a-z0-9-]+\.md$", page)
    assert number
    assert text.startswith(f"# {int(number[1])}. ")


def test_decision_records_are_numbered_without_a_gap():
    assert [int(Path(page).name[:4]) for page in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("page", PAGES)
def test_no_page_names_a_place_of_one_machine_or_a_package_index(page):
    text = text_of(page)
    assert re.findall(r"(?:^|[\s`(])(/(?:home|work|tmp|Users|var/folders)/\S*)", text) == []
    assert (
        re.findall(r"\b(?:pypi|files\.pythonhosted|registry|artifactory|nexus)\.[a-z0-9.-]+", text, re.I)
        == []
    )
    assert re.findall(r"--(?:extra-)?index-url|PIP_INDEX_URL|UV_INDEX_URL", text) == []


def test_the_index_names_every_page(root):
    linked = set(_LINK.findall(text_of("docs/index.md")))
    pages = {path.name for path in (root / "docs").glob("*.md")} - {"index.md"}
    assert pages <= linked


def test_every_document_that_code_names_is_there(root):
    missing = {
        f"{path.relative_to(root).as_posix()}: {named}"
        for folder in ("screening", "dags")
        for path in (root / folder).rglob("*.py")
        for named in re.findall(r"docs/[a-z-]+\.md", path.read_text(encoding="utf-8"))
        if not (root / named).exists()
    }
    assert missing == set()


def test_every_command_that_an_error_or_finding_advises_is_there(root):
    """Remedies in code: `screening …` in backticks or brackets, as far as its words are fixed."""
    faults = {}
    for path in sorted((root / "screening").rglob("*.py")):
        text = re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8"))  # strings parted over lines
        for line in re.findall(r"[`(]screening ([a-z][^`)\n]*)[`)]", text):
            words = [word for word in line.split() if not re.search(r"[{}\"'…]", word)]
            fault = fault_of(words)
            if fault:
                faults[f"{path.relative_to(root).as_posix()}: screening {line}"] = fault
    assert faults == {}
