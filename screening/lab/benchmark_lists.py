"""What a large list costs: its import, its differences, and further versions of which a little changed.

The list is an own one (CSV) of invented people: two names, day of birth, nationality, each third a passport.
"""

import random
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from screening.alerts.diff import diff
from screening.list_keeping.lists import import_list, open_version
from screening.profile.model import ListPolicy
from screening.store.zones import Store

_SYLLABLES = tuple(
    "ka lo mi ra te shu vo ben dar nel pos tri gan hul zem fra qui wol yas ert".split()  # noqa: SIM905
)
_STATES = ("MA", "FR", "DZ", "NG", "TR", "BR", "VN")
_MAPPING = """
[columns]
source_id = "id"
surname = "surname"
given_names = "given"
date_of_birth = "born"
nationality = "state"
document_number = "passport"
document_state = "issued"
"""
_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ListCost:
    """One step.

    Attributes:
        step: what was done.
        seconds: wall clock.
        cpu_seconds: of this process.
        stored_mib: bytes that the store then holds, each file once.
    """

    step: str
    seconds: float
    cpu_seconds: float
    stored_mib: float


def word(chance: random.Random) -> str:
    """Return an invented name."""
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 3))).title()


def write_list(path: Path, names: int, seed: int, changed: int = 0, first: int = 0) -> None:
    """Write an own list; of two with one seed `changed` rows differ, evenly spread from row `first` on."""
    chance = random.Random(seed)  # noqa: S311  # invented people, no secret
    step = names // changed if changed else 0
    with path.open("w") as file:
        file.write("id;surname;given;born;state;passport;issued\n")
        for number in range(names):
            born = f"{chance.randint(1940, 2005)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
            surname, given = word(chance).upper(), f"{word(chance)} {word(chance)}"
            if step and number % step == first % step:
                given += " Nova"
            paper = f"X{number:07};FR" if number % 3 == 0 else ";"
            file.write(f"P{number};{surname};{given};{born};{chance.choice(_STATES)};{paper}\n")


def _stored(root: Path) -> float:
    files = {
        (found.st_dev, found.st_ino): found.st_size
        for path in root.rglob("*.parquet")
        if (found := path.stat())
    }
    return sum(files.values()) / 2**20


def list_cost(
    names: int, changed: int, seed: int, tell: Callable[[str], None]
) -> tuple[list[ListCost], float]:
    """Import three versions of a list into a store of their own and compare the first two.

    Args:
        names: alerts of the list.
        changed: how many of them differ in the second version, and as many others in the third.
        seed: of the generator.
        tell: progress.

    Returns:
        The cost of each step, and the peak memory of the process in MiB.
    """
    costs = []
    with tempfile.TemporaryDirectory(prefix="screening-lists-") as folder:
        root = Path(folder)
        mapping = root / "mapping.toml"
        mapping.write_text(_MAPPING)
        store, policy = Store(root / "store"), ListPolicy(id="large", source="own")
        versions = []
        for place, word in enumerate(
            ("first import", "import again, a little changed", "and again, others changed")
        ):
            path = root / f"{place}.csv"
            write_list(path, names, seed, changed if place else 0, place)
            tell(word)
            wall, cpu = time.perf_counter(), time.process_time()
            done = import_list(store, policy, "own", path, mapping=mapping, actor="benchmark", at=_AT)
            versions.append(done.version)
            costs.append(_cost(word, wall, cpu, store.root))
        old, new = (open_version(store, "large", version) for version in versions[:2])
        wall, cpu = time.perf_counter(), time.process_time()
        found = diff(old, new)
        costs.append(
            _cost(f"differences of the first two ({len(found.changed)} changed)", wall, cpu, store.root)
        )
    return costs, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cost(step: str, wall: float, cpu: float, root: Path) -> ListCost:
    return ListCost(step, time.perf_counter() - wall, time.process_time() - cpu, _stored(root))
