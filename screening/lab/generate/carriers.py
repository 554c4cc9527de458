"""Carriers and routes: fifteen invented carriers, each with the habits of one host, and real airports.

Designators end in 0 or begin with a digit and are not known to belong to a passenger airline in 2026; a
likeness is chance. Habits follow what real files show (docs/messages.md): separators, line ends, titles,
place of DOCS.
"""

from dataclasses import dataclass, field
from types import MappingProxyType

from screening.messages.syntax.segments import Separators
from screening.messages.write.segments import DEFAULT_SEPARATORS, DocsPlace, Titles, WriteOptions

HOME = "BRU"
HOME_STATE = "BE"
HOME_CULTURES = MappingProxyType(
    {"dutch": 5, "french": 5, "germanic": 2, "maghrebi": 2, "turkish": 1, "english": 1}
)
RECIPIENT = "BEBORDER"

_STARS = Separators(component=".", element="*", decimal=",", release="?", repetition=" ", terminator="$")
_NO_REPETITION = Separators(
    component=":", element="+", decimal=".", release="?", repetition=" ", terminator="'"
)
_BACKSLASH = Separators(component=":", element="+", decimal=".", release="\\", repetition="*", terminator="'")


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier: designator, whose names its crew bears, versions and habits of its host."""

    code: str
    crew: str
    api_version: str
    pnr_version: str
    api: WriteOptions
    pnr: WriteOptions
    pushes: bool = True  # PNR at -72, -48, -24 h besides the one at closure
    crew_in_own_file: bool = True
    interactive: bool = False  # one API message a party instead of a manifest
    diacritics: bool = False
    partners: tuple[str, ...] = ()  # designators under which partners sell the seats
    parts_of: int = 60  # PNRs in one message of a push


def _pnr(**habits: object) -> WriteOptions:
    return WriteOptions(syntax="IATA:1", **habits)  # type: ignore[arg-type]  # keywords of the table below


CARRIERS: tuple[Carrier, ...] = (
    Carrier(
        "Q0",
        "arabic",
        "D:12B",
        "13:1",
        WriteOptions(qualifier="ZZ", group=True, document_qualifier="110:111"),
        _pnr(titles=Titles.GLUED, docs=DocsPlace.TRAVELLER, line_end="\r\n"),
        partners=("R0",),
    ),
    Carrier(
        "X0",
        "dutch",
        "D:15B",
        "17:1",
        WriteOptions(qualifier="ZZ", line_end="\n", full_years=True, verified=True),
        _pnr(titles=Titles.SPACED, docs=DocsPlace.LEG, line_end="\n"),
        partners=("J0", "4X"),
    ),
    Carrier(
        "J0",
        "persian",
        "D:02B",
        "11:1",
        WriteOptions(line_end="\r\n"),
        _pnr(titles=Titles.SPACED, docs=DocsPlace.TRAVELLER, separators=_BACKSLASH),
    ),
    Carrier(
        "K0",
        "turkish",
        "D:05B",
        "13:1",
        WriteOptions(una=False, qualifier="ZZ"),
        _pnr(titles=Titles.GLUED, docs=DocsPlace.BOOKING, check_in=True),
        partners=("X0",),
    ),
    Carrier(
        "T0",
        "chinese",
        "D:12B",
        "21:1",
        WriteOptions(qualifier="ZZ", group=True, line_end="\n"),
        _pnr(titles=Titles.NONE, docs=DocsPlace.TRAVELLER),
        parts_of=40,
    ),
    Carrier(
        "R0",
        "english",
        "D:02B",
        "11:1",
        WriteOptions(separators=_STARS, group=True, line_end="\n", document_qualifier="110.111"),
        _pnr(titles=Titles.GLUED, docs=DocsPlace.LEG, short_states=True, line_end="\r\n"),
    ),
    Carrier(
        "H0",
        "greek",
        "D:05B",
        "13:1",
        WriteOptions(separators=_NO_REPETITION, fold=80),
        _pnr(titles=Titles.SPACED, docs=DocsPlace.TRAVELLER, fold=69),
        pushes=False,
    ),
    Carrier(
        "E0",
        "indic",
        "D:12B",
        "17:1",
        WriteOptions(qualifier="ZZ", line_end="\n", document_qualifier="110:111"),
        _pnr(titles=Titles.GLUED, docs=DocsPlace.TRAVELLER, docs_reference=False, line_end="\n"),
    ),
    Carrier(
        "S0",
        "english",
        "001:000",
        "11:1",
        WriteOptions(syntax="UNOA:1", separators=_NO_REPETITION, group=True),
        _pnr(titles=Titles.GLUED, docs=DocsPlace.TRAVELLER),
        pushes=False,
    ),
    Carrier(
        "L0",
        "hispanic",
        "D:05B",
        "10:1",
        WriteOptions(syntax="UNOC:3", qualifier="ZZ", line_end="\n"),
        _pnr(titles=Titles.GLUED, docs=DocsPlace.TRAVELLER, line_end=" \n"),
        diacritics=True,
    ),
    Carrier(
        "G0",
        "slavic_east",
        "D:12B",
        "13:1",
        WriteOptions(qualifier="ZZ", full_years=True),
        _pnr(titles=Titles.NONE, docs=DocsPlace.BOOKING, infant_tif=False),
        crew_in_own_file=False,
    ),
    Carrier(
        "4X",
        "nordic",
        "D:15B",
        "21:1",
        WriteOptions(syntax="UNOY:4", qualifier="ZZ", line_end="\n", full_years=True),
        _pnr(titles=Titles.NONE, docs=DocsPlace.TRAVELLER, line_end="\n", check_in=True),
        diacritics=True,
    ),
    Carrier(
        "6Z",
        "west_african",
        "D:02B",
        "11:1",
        WriteOptions(line_end="\r\n", document_qualifier="1812019"),
        _pnr(titles=Titles.GLUED, docs=DocsPlace.BOOKING, short_states=True),
        pushes=False,
    ),
    Carrier(
        "7Y",
        "ethiopian",
        "D:05B",
        "13:1",
        WriteOptions(qualifier="ZZ", group=True, legs_under_one_tdt=True),
        _pnr(titles=Titles.SPACED, docs=DocsPlace.LEG, line_end="\n"),
        partners=("Q0",),
    ),
    Carrier(
        "9X",
        "korean",
        "D:12B",
        "17:1",
        WriteOptions(qualifier="ZZ", line_end="\n"),
        _pnr(titles=Titles.NONE, docs=DocsPlace.TRAVELLER, line_end="\n"),
        interactive=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Route:
    """A place that is flown to and from, the carriers that do, and who lives there."""

    airport: str
    carriers: tuple[str, ...]
    cultures: dict[str, int] = field(default_factory=dict)
    via: str | None = None  # flights to HOME touch down here


def _route(airport: str, carriers: str, via: str | None = None, **cultures: int) -> Route:
    return Route(airport, tuple(carriers.split()), cultures, via)


ROUTES: tuple[Route, ...] = (
    _route("CAI", "Q0 X0", arabic=9),
    _route("AMM", "Q0", arabic=8),
    _route("DXB", "Q0 E0", arabic=3, indic=4, pakistani=3, persian=1, english=1),
    _route("CMN", "J0 X0", maghrebi=9, french=1),
    _route("TUN", "X0", maghrebi=9),
    _route("IST", "K0", turkish=7, arabic=2, persian=1, slavic_east=1),
    _route("ESB", "K0", turkish=9),
    _route("IKA", "J0", persian=9),
    _route("ISB", "Q0", via="DXB", pakistani=9),
    _route("DEL", "E0", indic=9),
    _route("BOM", "E0", indic=9),
    _route("CMB", "E0", via="DEL", indic=8),
    _route("BKK", "T0 9X", thai=6, chinese=2, english=1),
    _route("SGN", "T0", via="BKK", vietnamese=9),
    _route("PEK", "T0", chinese=9),
    _route("HKG", "T0", chinese=8, english=1),
    _route("ICN", "9X", korean=9),
    _route("NRT", "9X", japanese=8, korean=1),
    _route("CGK", "T0", via="BKK", indonesian=9),
    _route("ATH", "H0", greek=9),
    _route("LCA", "H0", greek=7, slavic_east=1, arabic=1),
    _route("TBS", "G0", caucasian=9),
    _route("EVN", "G0", caucasian=8, slavic_east=1),
    _route("ALA", "G0 K0", slavic_east=5, turkish=4),
    _route("BEG", "4X", slavic_west=9),
    _route("WAW", "4X X0", slavic_west=8, slavic_east=2),
    _route("MAD", "L0", hispanic=9),
    _route("BOG", "L0", hispanic=9),
    _route("MEX", "L0", hispanic=9),
    _route("GRU", "L0", portuguese=8, italian=1, japanese=1),
    _route("LIS", "L0 X0", portuguese=9),
    _route("LOS", "6Z", west_african=9),
    _route("ACC", "6Z", west_african=9),
    _route("DSS", "6Z X0", west_african=9, french=1),
    _route("ADD", "7Y", ethiopian=9),
    _route("NBO", "7Y", via="ADD", west_african=2, indic=2, ethiopian=2, english=1),
    _route("JFK", "S0", english=6, hispanic=2, italian=1, chinese=1, indic=1),
    _route("IAD", "S0", english=6, hispanic=2, korean=1, ethiopian=1),
    _route("LHR", "R0", english=7, irish=1, indic=1, pakistani=1),
    _route("DUB", "R0", irish=8, english=2),
    _route("YUL", "X0", french=5, english=3, arabic=1),
    _route("CPH", "4X", nordic=9),
    _route("KEF", "4X", nordic=8),
    _route("VIE", "4X", germanic=8, slavic_west=2),
    _route("FCO", "H0", italian=9),
)
EVERYWHERE = MappingProxyType(
    {
        "germanic": 2,
        "english": 2,
        "french": 1,
        "italian": 1,
        "chinese": 1,
        "indic": 1,
        "arabic": 1,
        "hispanic": 1,
        "slavic_east": 1,
        "turkish": 1,
        "nordic": 1,
        "slavic_west": 1,
    }
)
__all__ = [
    "CARRIERS",
    "DEFAULT_SEPARATORS",
    "EVERYWHERE",
    "HOME",
    "HOME_CULTURES",
    "ROUTES",
    "Carrier",
    "Route",
]
