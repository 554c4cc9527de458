"""Shares of name tokens before any history: one file from several licensed sources.

    python -m screening.lab.shares --census CSV --forenames CSV --surnames CSV [--faker] \
        [--leave-out KH,KZ] --out screening/matching/data

Rule: each State has a mixture of given names and surnames, half each; a source says how much of its people
its list covers (`_covered`), and the rest is unseen. Of two sources the larger share of a token counts. A
State without a source of its own takes half of the mean of its naming culture, since a list of neighbours
says which names are common but not how common. Overall shares are those of the States by their share in
traffic (states.json). States that are left out give nothing and get nothing: so an evaluation can ask what
happens to a people that the model doesn't know.

Sources, each named in docs/matching.md with its licence: surnames of the US census of 2010 (public domain);
popular names by country (CC0 1.0); locale lists of Faker (MIT), those in Latin, Cyrillic, Greek, Georgian,
Armenian and Hangul letters or romanised, read where the package is installed; lists written for this
project (lab/data/common_names.json).
"""

import argparse
import csv
import importlib
import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from screening.identity.cultures import culture
from screening.identity.names import tokens

Shares = dict[str, float]
PER = 10_000_000
_LEAST = 1 / 120_000  # below the rarity that one token may say at most
_LEAST_IN_STATE = 1 / 2_500
_ZIPF_OFFSET = 3
# States where a few hundred surnames serve nearly everybody.
_FEW_SURNAMES = frozenset({"CN", "HK", "KP", "KR", "MO", "SG", "TW", "VN"})
# Faker's locale and the States whose names it lists.
_LOCALES = {
    "az_AZ": "AZ", "bg_BG": "BG", "cs_CZ": "CZ", "da_DK": "DK", "de_AT": "AT", "de_CH": "CH", "de_DE": "DE",
    "el_GR": "GR CY", "en_GB": "GB", "en_IE": "IE", "en_IN": "IN LK", "en_KE": "KE UG TZ", "en_NG": "NG",
    "en_NZ": "NZ AU", "en_PK": "PK", "en_TH": "TH", "en_US": "US CA AU", "es_AR": "AR UY", "es_CL": "CL",
    "es_CO": "CO VE", "es_ES": "ES", "es_MX": "MX GT SV HN", "et_EE": "EE", "fi_FI": "FI", "fr_BE": "BE LU",
    "fr_DZ": "DZ MA TN", "fr_FR": "FR", "ha_NG": "NG NE", "hr_HR": "HR BA", "hu_HU": "HU", "hy_AM": "AM",
    "id_ID": "ID MY", "ig_NG": "NG", "is_IS": "IS", "it_IT": "IT", "ka_GE": "GE", "ko_KR": "KR KP",
    "lt_LT": "LT", "lv_LV": "LV", "mk_MK": "MK", "nl_BE": "BE", "nl_NL": "NL", "no_NO": "NO", "pl_PL": "PL",
    "pt_BR": "BR", "pt_PT": "PT AO MZ", "ro_RO": "RO MD", "ru_RU": "RU BY KZ", "sk_SK": "SK", "sl_SI": "SI",
    "sv_SE": "SE", "tr_TR": "TR", "tw_GH": "GH", "uk_UA": "UA", "uz_UZ": "UZ TJ", "vi_VN": "VN",
    "yo_NG": "NG", "zu_ZA": "ZA", "ja_JP": "JP", "zh_CN": "CN SG",
}  # fmt: skip
_ROMANISED = {"ja_JP": ("first_romanized_names", "last_romanized_names"),
              "zh_CN": ("first_romanized_names", "last_romanized_names")}  # fmt: skip


class Census:
    """Shares of given names and surnames of each State, the largest of all sources."""

    def __init__(self) -> None:
        """Begin without a source."""
        self.given: dict[str, Shares] = {}
        self.surnames: dict[str, Shares] = {}

    def add(self, kind: str, states: Iterable[str], found: Mapping[str, float]) -> None:
        """Take one list; `found` has the share of each written name among all bearers."""
        own: Shares = {}
        for name, share in found.items():
            parts = tokens(name)
            for part in parts:
                own[part] = own.get(part, 0.0) + share / len(parts)
        for state in states:
            of = (self.given if kind == "given" else self.surnames).setdefault(state, {})
            for token, share in own.items():
                of[token] = max(of.get(token, 0.0), share)

    def states(self) -> dict[str, Shares]:
        """Return the share of each token among the tokens of a State's people."""
        found: dict[str, Shares] = {}
        for state in sorted({*self.given, *self.surnames}):
            parts = [_at_most(of.get(state, {}), 0.97) for of in (self.given, self.surnames)]
            merged: Shares = {}
            for part in parts:
                for token, share in part.items():
                    merged[token] = merged.get(token, 0.0) + share / 2
            found[state] = merged
        return found


def _at_most(shares: Shares, most: float) -> Shares:
    total = sum(shares.values())
    return shares if total <= most else {token: share * most / total for token, share in shares.items()}


def _covered(length: int, *, few: bool = False) -> float:
    """Return how much of a people a list of its most common names covers.

    By the US census of 2010 the 20 commonest surnames cover 7 %, 100 17 %, 1,000 40 % and 20,000 82 %;
    smaller and older peoples about twice as much. Where few surnames serve everybody, 20 cover two thirds.
    """
    covered = 0.66 * math.pow(length / 20, 0.2) if few else 0.12 * math.pow(length / 20, 0.5)
    return min(covered, 0.92)


def _ranked(names: Sequence[str], covered: float) -> Shares:
    """Return shares that fall with rank and add up to `covered`."""
    weights = [1 / (rank + _ZIPF_OFFSET) for rank in range(len(names))]
    found: Shares = {}
    for name, weight in zip(names, weights, strict=True):
        found[name] = found.get(name, 0.0) + covered * weight / sum(weights)
    return found


def read_census(path: Path, census: Census) -> None:
    """Read surnames of the US census: last_name, count."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        counts = {row["last_name"]: int(row["count"]) for row in csv.DictReader(file)}
    total = sum(counts.values()) / 0.9  # surnames with fewer than 100 bearers are not in the file
    census.add("surname", ("US",), {name: count / total for name, count in counts.items()})


def read_popular(path: Path, kind: str, census: Census) -> None:
    """Read common names by country: Country, (Gender), Romanized Name, (Percent), in the order of ranks."""
    by_state: dict[str, dict[str, list[tuple[str, str]]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            name = row["Romanized Name"] or row["Localized Name"]
            lists = by_state.setdefault(row["Country"], {}).setdefault(row.get("Gender") or "", [])
            if name not in {known for known, _ in lists}:
                lists.append((name, row.get("Percent") or ""))
    for state, genders in by_state.items():
        for rows in genders.values():
            percents = [_percent(text) for _, text in rows]
            if all(percents):
                found = {name: share for (name, _), share in zip(rows, percents, strict=True)}
            else:
                few = kind == "surname" and state in _FEW_SURNAMES
                found = _ranked([name for name, _ in rows], _covered(len(rows), few=few))
            census.add(kind, (state,), {name: share / len(genders) for name, share in found.items()})


def _percent(text: str) -> float:
    try:
        return float(text.strip().rstrip("%")) / 100
    except ValueError:
        return 0.0


def read_project(census: Census) -> None:
    """Read the lists written for this project."""
    read = json.loads(files("screening.lab").joinpath("data/common_names.json").read_text("utf-8"))
    for people in read["peoples"]:
        states = people["states"].split()
        given = _ranked(people["given"].split(), people.get("covers", 0.6))
        census.add("given", states, given)
        surnames = people["surnames"].split()
        few = frozenset(states) <= _FEW_SURNAMES
        own = _ranked(surnames, _covered(len(surnames), few=few)) if surnames else {}
        if people["fathers"]:
            own = {name: own.get(name, 0.0) / 2 + given.get(name, 0.0) / 2 for name in {**own, **given}}
        census.add("surname", states, own)


def read_faker(census: Census) -> None:
    """Read the locale lists of Faker, an MIT package that nothing else here needs."""
    for locale, states in _LOCALES.items():
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        for kind, stem in (("given", "first"), ("surname", "last")):
            names = _ROMANISED.get(locale)
            attributes = (
                (names[kind == "surname"],)
                if names
                else (f"{stem}_names", f"{stem}_names_male", f"{stem}_names_female")
            )
            lists = [found for name in attributes if (found := getattr(provider, name, None))]
            if len(lists) == 3:
                lists = lists[1:]
            for found in lists:
                few = kind == "surname" and frozenset(states.split()) & _FEW_SURNAMES
                covered = _covered(len(found), few=bool(few))
                if isinstance(found, dict):
                    total = sum(found.values())
                    shares = {name: covered * weight / total for name, weight in found.items()}
                else:
                    shares = {name: covered / len(found) for name in found}
                census.add(kind, states.split(), {name: s / len(lists) for name, s in shares.items()})


def shares_of(
    by_state: Mapping[str, Shares],
    traffic: Mapping[str, float],
    *,
    unlisted: float = 0.0,
    left_out: frozenset[str] = frozenset(),
) -> tuple[Shares, dict[str, Shares]]:
    """Return overall shares and shares within each State.

    Args:
        by_state: share of each token among a State's people, where a source knows it.
        traffic: share of each State in traffic.
        unlisted: share of a State that `traffic` does not hold.
        left_out: States that are not to be known.
    """
    known = {state: shares for state, shares in by_state.items() if state not in left_out}
    cultures: dict[str, list[Shares]] = {}
    for state, shares in sorted(known.items()):
        cultures.setdefault(culture(state), []).append(shares)
    for state in sorted(traffic):
        lists = cultures.get(culture(state), [])
        if state not in known and state not in left_out and culture(state) != "other" and lists:
            known[state] = _mean(lists, 0.5 / len(lists))
    overall: Shares = {}
    total = sum(traffic.get(state, unlisted) for state in {*known, *traffic, *left_out})
    for state, shares in sorted(known.items()):
        for token, share in shares.items():
            overall[token] = overall.get(token, 0.0) + share * traffic.get(state, unlisted) / total
    within = {
        state: {token: share for token, share in sorted(shares.items()) if share >= _LEAST_IN_STATE}
        for state, shares in sorted(known.items())
    }
    seen = {token for shares in within.values() for token in shares}
    return {t: s for t, s in sorted(overall.items()) if s >= _LEAST or t in seen}, within


def _mean(lists: Sequence[Shares], factor: float) -> Shares:
    found: Shares = {}
    for shares in lists:
        for token, share in shares.items():
            found[token] = found.get(token, 0.0) + share * factor
    return found


def written(overall: Shares, within: Mapping[str, Shares], about: str) -> str:
    """Return the file: one token a line, one State a line."""
    lines = [f'"{token}":{max(1, round(share * PER))}' for token, share in overall.items()]
    states = [
        f'"{state}":{json.dumps({t: round(s * PER) for t, s in shares.items()}, separators=(",", ":"))}'
        for state, shares in within.items()
    ]
    return (
        f'{{"about": {json.dumps(about)},\n"per": {PER},\n"shares": {{\n'
        + ",\n".join(lines)
        + '\n},\n"by_state": {\n'
        + ",\n".join(states)
        + "\n}}\n"
    )


def main(arguments: Sequence[str]) -> None:
    """Make tokens.json; see the head of this module."""
    parser = argparse.ArgumentParser(prog="python -m screening.lab.shares")
    parser.add_argument("--census", type=Path)
    parser.add_argument("--forenames", type=Path)
    parser.add_argument("--surnames", type=Path)
    parser.add_argument("--faker", action="store_true", help="read the locales of an installed Faker")
    parser.add_argument("--leave-out", default="", help="States that are not to be known, e.g. KH,KZ")
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args(arguments)
    census = Census()
    sources = ["lists written for this project"]
    if given.census:
        read_census(given.census, census)
        sources.append("surnames of the US census of 2010 (public domain)")
    for path, kind in ((given.forenames, "given"), (given.surnames, "surname")):
        if path:
            read_popular(path, kind, census)
            sources.append(f"common {kind} names by country (CC0 1.0)")
    if given.faker:
        read_faker(census)
        sources.append(f"locale lists of Faker {importlib.import_module('faker').VERSION} (MIT)")
    read_project(census)
    states = json.loads((files("screening.matching") / "data" / "states.json").read_text("utf-8"))
    traffic = {state: count / states["per"] for state, count in states["shares"].items()}
    left_out = frozenset(filter(None, given.leave_out.split(",")))
    overall, within = shares_of(
        census.states(), traffic, unlisted=states["unlisted"] / states["per"], left_out=left_out
    )
    about = (
        f"Share of a name token in traffic, per {PER:,} tokens, and within the tokens of a State's people. "
        f"Made by screening.lab.shares from {'; '.join(sorted(sources))}. Never from a night or a list."
    )
    if left_out:
        about += f" Left out: {', '.join(sorted(left_out))}."
    (given.out / "tokens.json").write_text(written(overall, within, about), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
