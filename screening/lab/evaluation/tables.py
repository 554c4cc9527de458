"""Romanisation tables: the same name as another passport office or clerk writes it (data/tables.toml).

Rule: a table is applied to all words of a name alike, as an office does, each place of a word once, the
longest rule first. Which tables a people's names are met in is part of the people (`peoples.People.table`).

>>> written("cyrillic", "german", "SHCHERBAKOV")
'SCHTSCHERBAKOW'
>>> tables_of("korean")
('revised', 'mccune', 'customary', 'northern')
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType

_SHORTEST = 2
_UNITS = tuple("SHCH DZH SCH TCH KH SH CH TH GH ZH DH PH TS DJ OU EE OO".split())  # noqa: SIM905 - a table


@dataclass(frozen=True, slots=True)
class Table:
    """One table: a pattern of all its rules, and what each writes, in the order of the groups."""

    pattern: re.Pattern[str]
    spellings: tuple[str, ...]


@lru_cache(maxsize=1)
def _load() -> MappingProxyType[str, dict[str, Table]]:
    text = files("screening.lab.evaluation").joinpath("data/tables.toml").read_text("utf-8")
    return MappingProxyType(
        {
            key: {name: _table(str(rules)) for name, rules in tables.items()}
            for key, tables in tomllib.loads(text).items()
        }
    )


def _table(text: str) -> Table:
    rules = [(found, other) for found, _, other in (rule.partition(">") for rule in text.split())]
    rules += [(unit, unit) for unit in _UNITS]
    rules.sort(key=lambda rule: -len(re.sub(r"\(\?.*?\)|[\^$?]", "", rule[0])))
    return Table(re.compile("|".join(f"({found})" for found, _ in rules)), tuple(other for _, other in rules))


def tables_of(key: str) -> tuple[str, ...]:
    """Return the names of a people's tables; empty where its names are written in one way only."""
    return tuple(_load().get(key, {}))


@lru_cache(maxsize=400_000)
def written(key: str, table: str, word: str) -> str:
    """Return a word (A-Z) by a table; the word itself where no rule fits or next to nothing would be left."""
    chosen = _load()[key][table]
    other = chosen.pattern.sub(lambda found: chosen.spellings[(found.lastindex or 1) - 1], word)
    return other if len(other) >= _SHORTEST or len(other) == len(word) else word


__all__ = ["tables_of", "written"]
