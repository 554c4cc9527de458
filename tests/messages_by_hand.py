"""Small agencies made by hand: a list with one person, and messages as carriers send them. All invented."""

import copy
import json
import shutil
import subprocess
from pathlib import Path

import pytest

SOUGHT = {
    "alert_id": "watch:A1",
    "list": "watch",
    "source_id": "A1",
    "version": "1",
    "category": "inform",
    "severity": 3,
    "authority": "Example authority",
    "sufficient": True,
    "names": [
        {
            "full": "QVARNSTEDT, Ylvalinn Torbjorg",
            "surname": "QVARNSTEDT",
            "given_names": "Ylvalinn Torbjorg",
            "kind": "primary",
            "script": "Latn",
            "identity": 0,
        }
    ],
    "dates_of_birth": [
        {"value": "1984-03-17", "from": "1984-03-17", "to": "1984-03-17", "precision": "day", "identity": 0}
    ],
    "sex": ["F"],
    "nationalities": ["SE"],
    "birth_places": [],
    "documents": [
        {"type": "passport", "number": "ZZ9081726", "issuing_state": "SE", "status": "valid", "identity": 0}
    ],
    "legal_basis": None,
    "visibility": None,
    "caveat": None,
    "instructions": "inform the duty officer",
    "valid_from": None,
    "review_by": None,
    "expires": None,
    "provenance": {},
}
FILLERS = [
    ("OKONJO", "BAKARI", "900101", "M", "NGA", "B1112223"),
    ("DRUMMOND", "ISLA MAY", "750630", "F", "GBR", "511222333"),
    ("HARTNAGEL", "KORBINIAN", "610412", "M", "D", "C01X00T47"),
]
YLVA = ("QVARNSTEDT", "YLVALINN TORBJORG", "840317", "F", "SWE", "ZZ9081726")


def paxlst(
    people,
    *,
    flight="XQ0401",
    day="261123",
    sent="261122:1800",
    reference="1",
    origin="ARN",
    destination="VIE",
    function="745",
    count=None,
):
    """A D.12B passenger list as a carrier sends it."""
    body = [
        f"UNH+{reference}+PAXLST:D:12B:UN:IATA+{flight}{day}'",
        f"BGM+{function}'",
        "NAD+MS+++OPS DESK'",
        f"TDT+20+{flight}+++{flight[:2]}'",
        f"LOC+125+{origin}'",
        f"DTM+189:{day}0915:201'",
        f"LOC+87+{destination}'",
        f"DTM+232:{day}1130:201'",
    ]
    for surname, given, born, sex, state, number in people:
        first, _, second = given.partition(" ")
        name = ":".join(part for part in (surname, first, second) if part)
        body += [
            f"NAD+FL+++{name}'",
            f"ATT+2++{sex}'",
            f"DTM+329:{born}'",
            f"LOC+178+{origin}'",
            f"LOC+179+{destination}'",
            f"NAT+2+{state}'",
            f"DOC+P+{number}'",
            "DTM+36:310101'",
            f"LOC+91+{state}'",
        ]
    body.append(f"CNT+42:{len(people) if count is None else count}'")
    body.append(f"UNT+{len(body) + 1}+{reference}'")
    return (
        f"UNA:+.? '\r\nUNB+UNOA:4+{flight[:2]}AIR+AGENCY+{sent}+{reference}{sent[:6]}++APIS'\r\n"
        + "\r\n".join(body)
        + f"\r\nUNZ+1+{reference}{sent[:6]}'\r\n"
    )


def pnrgov(
    bookings,
    *,
    flight=("XQ", "401"),
    day="231126",
    sent="261121:0600",
    reference="1",
    origin="ARN",
    destination="VIE",
):
    """A 13.1 push of a flight's bookings: locator -> people."""
    body = [
        f"UNH+{reference}+PNRGOV:13:1:IA+{flight[0]}{flight[1]}'",
        "MSG+:22'",
        f"ORG+{flight[0]}:STO'",
        f"TVL+{day}:0915:{day}:1130+{origin}+{destination}+{flight[0]}+{flight[1]}'",
        f"EQN+{len(bookings)}'",
    ]
    for locator, people in bookings.items():
        body += ["SRC'", f"RCI+{flight[0]}:{locator}::011026:0930'", "DAT+700:011026:0930'"]
        for place, (surname, given, born, sex, state, number) in enumerate(people, start=1):
            title = "MRS" if sex == "F" else "MR"
            month = "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split()[int(born[2:4]) - 1]
            docs = f"/P/{state}/{number}/{state}/{born[4:]}{month}{born[:2]}/{sex}/01JAN31/{surname}/{given}"
            body += [
                f"TIF+{surname}+{given.replace(' ', '')}{title}:A:{place}'",
                f"SSR+DOCS:HK:1:{flight[0]}:::::{docs}+::{place}'",
            ]
        body += [f"TVL+{day}:0915:{day}:1130+{origin}+{destination}+{flight[0]}+{flight[1]}:Y'", "RPI+1+HK'"]
    body.append(f"UNT+{len(body) + 1}+{reference}'")
    return (
        f"UNA:+.?*'\nUNB+IATA:1+{flight[0]}+AGENCY+{sent}+P{reference}{sent[:6]}'\n"
        + "\n".join(body)
        + f"\nUNZ+1+P{reference}{sent[:6]}'\n"
    )


class Agency:
    """A folder with inbox/, a list and a profile, and the command line in it."""

    def __init__(self, folder: Path, screening) -> None:
        self.folder, self._screening = folder, screening
        (folder / "inbox").mkdir(parents=True)
        (folder / "watch.jsonl").write_text(json.dumps(SOUGHT) + "\n")
        (folder / "profile.toml").write_text(
            'lists = [{ id = "watch", source = "canonical", path = "watch.jsonl", category = "inform", '
            'severity = 3, authority = "Example authority" }]\n[agency]\ntime_zone = "Europe/Vienna"\n'
        )

    def copy(self, folder: Path) -> "Agency":
        """Give the same agency in another folder: what is made once for many tests is copied, never changed."""
        other = copy.copy(self)
        other.folder = shutil.copytree(self.folder, folder, symlinks=True)
        return other

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def send(self, name: str, text: str | bytes) -> Path:
        path = self.folder / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def __call__(self, *arguments: str, check: int | None = None, **environment: str):
        return self._screening(self.folder, *arguments, check=check, **environment)

    def run(self, night: str, check: int | None = 0, **environment: str) -> subprocess.CompletedProcess:
        return self("run", "--night", night, "--inbox", "inbox", check=check, **environment)

    def json(self, *arguments: str):
        return json.loads(self(*arguments, "--format", "json").stdout)

    def status(self, night: str) -> dict[str, dict]:
        """Rows of the status; of an input that names no leg under the names of its file."""
        rows = self.json("status", "--night", night)
        named = [
            ([f"input:{one}" for one in row["file"].split(", ")] if row["file"] else [row["flight_id"]], row)
            for row in rows
        ]
        return {name: row for names, row in named for name in names}


@pytest.fixture
def by_hand(tmp_path, screening) -> Agency:
    return Agency(tmp_path / "by_hand", screening)


@pytest.fixture(scope="session")
def written():
    """Builders of messages and invented people, for tests that cannot import this file."""
    from types import SimpleNamespace

    return SimpleNamespace(paxlst=paxlst, pnrgov=pnrgov, ylva=YLVA, fillers=FILLERS, sought=SOUGHT)
