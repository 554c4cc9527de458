"""Naming cultures of States: for reports by culture and for what a name's order can mean; never for scoring.

Rule: the State's majority practice of forming names, in the groups of docs/matching.md "Variation". A
traveller's nationality says nothing certain about their name, so no weight depends on it.

>>> culture("EG"), culture("CN"), culture("XXA"), culture(None)
('arab', 'chinese', 'other', 'unknown')
"""

_GROUPS = {
    "arab": "AE BH DJ DZ EG IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TN YE EH",
    "persian": "AF IR TJ",
    "south_asian": "BD IN LK MV NP PK BT",
    "turkic": "AZ KG KZ TM TR UZ",
    "slavic": "BA BG BY CZ HR ME MK PL RS RU SI SK UA",
    "chinese": "CN HK MO SG TW",
    "korean": "KP KR",
    "japanese": "JP",
    "southeast_asian": "BN ID KH LA MM MY TH TL VN",
    "hispanic": "AD AR BO CL CO CR CU DO EC ES GQ GT HN MX NI PA PE PH PR PY SV UY VE AO BR CV GW MZ PT ST",
    "african": "BF BI BJ BW CD CF CG CI CM ER ET GA GH GM GN KE LR LS MG ML MW NA NE NG RW SL SN SS SZ TD TG "
    "TZ UG ZA ZM ZW",
    "western": "AT AU BE CA CH DE DK EE FI FR GB IE IS IT LI LT LU LV MC MT NL NO NZ SE SM US VA",
    "other_european": "AL AM CY GE GR HU IL MD RO XK",
}
_OF = {state: name for name, states in _GROUPS.items() for state in states.split()}
NAMES: tuple[str, ...] = (*_GROUPS, "other", "unknown")


def culture(state: str | None) -> str:
    """Return the naming culture of a State (inner code); `other` where no group has it."""
    if not state:
        return "unknown"
    return _OF.get(state, "other")
