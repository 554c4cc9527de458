"""What it costs to package a list for another agency and to accept it, each in a process of its own.

    python -m screening.lab.benchmark_exchange --alerts 100000

The list is invented: a name and an alias, day of birth, nationality, each third a passport. CPU seconds and
the peak of memory are those of the step's process, which begins as a small one.
"""

import argparse
import json
import os
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
_STATES = ("MA", "FR", "DZ", "NG", "TR", "BR", "VN")


@dataclass(frozen=True, slots=True)
class StepCost:
    """One step: CPU seconds and the highest memory of its process, in MiB."""

    step: str
    cpu_seconds: float
    peak_mib: float


def _apart(step: str, work: Callable[[], object]) -> StepCost:
    """Do a step in a process of its own and measure that."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001  # the child must never come back into the parent's code
            os._exit(1)
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise RuntimeError(f"{step} failed")
    return StepCost(step, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def _write(path: Path, alerts: int) -> None:
    from screening.lab.benchmark_lists import word

    chance = random.Random(1)  # noqa: S311  # invented people, no secret
    with path.open("w") as out:
        for number in range(alerts):
            full = f"{word(chance).upper()}, {word(chance)}"
            line = {
                "source_id": f"P{number}", "category": "inform", "severity": 3, "authority": "Police",
                "names": [{"full": full, "kind": "primary"}, {"full": word(chance), "kind": "alias"}],
                "dates_of_birth": [{"value": f"19{chance.randint(40, 99)}-05-06", "precision": "day"}],
                "nationalities": [chance.choice(_STATES)],
            }  # fmt: skip
            if number % 3 == 0:
                passport = {"type": "passport", "number": f"X{number:07}", "issuing_state": "FR"}
                line["documents"] = [{**passport, "status": "valid"}]
            out.write(json.dumps(line) + "\n")


def exchange_cost(alerts: int) -> list[StepCost]:
    """Package a list at one agency and accept it at another.

    Args:
        alerts: of the list.

    Returns:
        The cost of each step.
    """
    with tempfile.TemporaryDirectory(prefix="screening-exchange-") as name:
        folder = Path(name)
        return [_apart(step, work) for step, work in _steps(folder, alerts).items()]


def _steps(folder: Path, alerts: int) -> dict[str, Callable[[], object]]:
    def profile(mine: str, other: str) -> object:
        from screening.profile.model import Profile
        from screening.protection.signing import current_signing_key

        public = current_signing_key(folder / other).public.x
        partner = {"id": other, "keys": [{"public": public}], "gives": ["own"], "takes": {"own": "theirs"}}
        lists = [{"id": "own"}, {"id": "theirs"}]
        return Profile.model_validate({"lists": lists, "exchange": {"agency": mine, "partners": [partner]}})

    def keys() -> None:
        from screening.protection.signing import make_signing_key

        make_signing_key(folder / "aa")
        make_signing_key(folder / "bb")
        _write(folder / "own.jsonl", alerts)

    def take_in() -> None:
        from screening.list_keeping.lists import import_list
        from screening.profile.model import ListPolicy
        from screening.store.zones import Store

        store, policy = Store(folder / "store-aa"), ListPolicy(id="own")
        import_list(store, policy, "canonical", folder / "own.jsonl", actor="benchmark", at=_AT)

    def pack() -> None:
        from screening.list_keeping.exchange.sending import package
        from screening.store.zones import Store

        os.environ["SCREENING_KEYS"] = str(folder / "aa")
        exchange = profile("aa", "bb").exchange  # type: ignore[attr-defined]  # imported late
        store = Store(folder / "store-aa")
        package(store, exchange, "own", "bb", folder / "own.zip", actor="benchmark", at=_AT)

    def accepted() -> None:
        from screening.list_keeping.exchange.accepting import accept
        from screening.store.zones import Store

        mine, store = profile("bb", "aa"), Store(folder / "store-bb")
        accept(store, mine, folder / "own.zip", folder=folder, actor="benchmark", at=_AT)  # type: ignore[arg-type]

    return {"invent a list": keys, "import": take_in, "package": pack, "accept": accepted}


def main() -> None:
    """Print the cost of each step."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--alerts", type=int, default=100_000)
    for cost in exchange_cost(options.parse_args().alerts):
        print(f"{cost.step:16} {cost.cpu_seconds:8.1f} CPU s {cost.peak_mib:8.0f} MiB")  # noqa: T201


if __name__ == "__main__":
    main()
