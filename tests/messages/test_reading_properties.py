"""Properties of the readers: nothing raises, every byte has a byte range, unions, deviations keep travellers; fuzz."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.messages.describe import describe
from screening.messages.read import read_input
from screening.messages.tabulate import tabulate
from screening.profile.model import Intake

BOUNDED = settings(max_examples=60, deadline=None)
INTAKE = Intake()
PAXLST = (
    b"UNA:+.? 'UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'UNH+1+PAXLST:D:12B:UN:IATA+R+01:F'BGM+745'RFF+TN:T1'"
    b"TDT+20+XY0123+++XY'LOC+125+FRA'DTM+189:2611231730:201'LOC+87+IAD'DTM+232:2611232030:201'"
    b"NAD+FL+++O?'DOE:JANE'ATT+2++F'DTM+329:800201'LOC+178+FRA'LOC+179+IAD'NAT+2+GBR'RFF+AVF:ABC123'"
    b"DOC+P+X1234567'DTM+36:300101'LOC+91+GBR'NAD+FM+++ROE:JOHN'DTM+329:810203'RFF+SEA:9C'CNT+42:2'"
    b"UNT+24+1'UNZ+1+77'"
)
US = (
    b"UNA:+.? 'UNB+UNOA:1+XYAPIS+GOV+020131:2359+77'UNH+1+PAXLST:001:000:NZ'TDT++XY812+40+XY'LOC+005+NZAKL:50'"
    b"DTM+136+020131+1030+M05'LOC+008+USLAX:50'DTM+132+020131+2200+M05'UNS+D'"
    b"PDT+P/12:300101:US+DOE:JANE:Q:800201:F+PAX+NZAKL:USLAX'UNT+10+1'UNZ+1+77'"
)
PNRGOV = (
    b"UNB+IATA:1+XY+GOV+261120:2100+88'UNH+1+PNRGOV:13:1:IA+R'MSG+:22'ORG+XY:ABC'"
    b"TVL+231126:1730:231126:2030+FRA+IAD+XY+123'EQN+1'SRC'RCI+XY:ABC123'SSR+VGML:HK:1:XY'DAT+700:101126:1010'"
    b"TIF+DOE+JANEMRS:A:1'SSR+DOCS:HK:1:XY:::::/P/GBR/X1234567/GBR/01FEB80/F/01JAN30/DOE/JANE'"
    b"TVL+231126:1730:231126:2030+FRA+IAD+XY+123:B'RPI+1+HK'UNT+14+1'UNZ+1+88'"
)
SEEDS = (PAXLST, US, PNRGOV, PAXLST.replace(b"'", b"'\r\n"), PAXLST + PNRGOV + US)


def people(reading):
    return sorted(
        (
            one.surname or "",
            one.given_names or "",
            str(one.date_of_birth),
            tuple(doc.number for doc in one.documents),
        )
        for message in reading.messages
        for one in message.travellers
    )


def check(data):
    """No crash; each byte in one byte range; every message, quarantined unit and finding within the input."""
    reading = read_input(data, INTAKE)
    place = 0
    for span in reading.byte_ranges:
        assert span.offset == place
        assert span.length > 0
        place += span.length
    assert place == len(data)
    for message in reading.messages:
        told = any(found.code == "unh_damaged" for found in message.findings)
        assert told or data[message.offset : message.offset + 3] == b"UNH"
    fates = {span.offset: span.fate for span in reading.byte_ranges}
    for unit in reading.quarantined:
        assert 0 <= unit.offset <= unit.offset + unit.length <= len(data)
        assert unit.codes
    for offset, fate in fates.items():
        if fate in {"quarantined", "set_aside"}:
            assert any(unit.offset == offset for unit in reading.quarantined)
    for offset, length in reading.sensitive:
        assert 0 <= offset <= offset + length <= len(data)
    tabulate([reading])
    describe(reading, "x")
    return reading


@BOUNDED
@given(st.sampled_from((PAXLST, US, PNRGOV)), st.sampled_from((b"\r\n", b"\n")), st.data())
def test_a_fold_at_any_place_loses_nothing(data, fold, choice):
    place = choice.draw(st.integers(1, len(data) - 1))
    folded = read_input(data[:place] + fold + data[place:], INTAKE)
    plain = read_input(data, INTAKE)
    assert people(folded) == people(plain)
    assert [leg.flight_id for one in folded.messages for leg in one.legs] == [
        leg.flight_id for one in plain.messages for leg in one.legs
    ]
    assert [(one.sender, one.sent) for one in folded.messages] == [
        (one.sender, one.sent) for one in plain.messages
    ]


@BOUNDED
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_set_aside(data):
    check(data)


@BOUNDED
@given(st.lists(st.sampled_from([b"UNA:+.? '", b"UNB+UNOA:4+", b"UNH+1+PAXLST:D:12B:UN'", b"UNT+2+1'", b"UNZ+1+7'",
                                 b"NAD+FL+++A:B'", b"TDT+20+XY1'", b"LOC+125+FRA'", b"DTM+189:2611231730:201'", b"'", b"?",
                                 b"+", b"\r\n", b"\xff", b"TIF+A+B'", b"UNE+1'", b"UNG+'", b"PDT+'", b" "]), max_size=25))  # fmt: skip
def test_any_order_of_segments_is_read_or_set_aside(parts):
    check(b"".join(parts))


@BOUNDED
@given(st.lists(st.sampled_from(SEEDS[:3]), min_size=1, max_size=5), st.sampled_from([b"", b"\r\n", b" \n"]))
def test_interchanges_in_one_file_give_the_union(interchanges, between):
    together = check(between.join(interchanges))
    assert people(together) == sorted(
        one for data in interchanges for one in people(read_input(data, INTAKE))
    )


def _tagged(data, number):
    return data.split(b"'")[number]


REPAIRS = {
    "no UNA": lambda data: data.replace(b"UNA:+.? '", b""),
    "blank before": lambda data: b" \n" + data,
    "line ends": lambda data: data.replace(b"'", b"'\r\n").replace(b"?'\r\n", b"?'"),
    "other signs": lambda data: data.replace(b"+", b"|").replace(b":", b"^"),
    "UNT count": lambda data: data.replace(b"UNT+", b"UNT+9"),
    "UNZ reference": lambda data: data.replace(b"UNZ+1+", b"UNZ+1+X"),
    "no UNZ": lambda data: data[: data.rfind(b"UNZ")],
    "unterminated": lambda data: data[:-1],
    "junk segment": lambda data: data.replace(b"'UNT", b"'L'UNT"),
    "text after": lambda data: data + b"\nEND OF MESSAGE\n",
    "telex before": lambda data: b"QU ABCDEFG\r\n" + data,
    "blank after tag": lambda data: data.replace(b"UNT+", b"UNT +"),
}


@pytest.mark.parametrize("repair", REPAIRS, ids=list(REPAIRS))
@pytest.mark.parametrize("seed", SEEDS[:3], ids=["paxlst", "us", "pnrgov"])
def test_a_repaired_deviation_keeps_the_travellers(repair, seed):
    before = people(read_input(seed, INTAKE))
    assert before
    assert people(check(REPAIRS[repair](seed))) == before


def mutated(chance, data):
    out = bytearray(data)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(out) + 1)
        kind = chance.randrange(8)
        if kind == 0 and out:
            out[min(place, len(out) - 1)] = chance.randrange(256)
        elif kind == 1:
            del out[place : place + chance.randint(1, 30)]
        elif kind == 2:
            out[place:place] = bytes([chance.choice(b"?'+:*\n\r UNAB\x00\xff\x1b")]) * chance.randint(1, 3)
        elif kind == 3:
            start = chance.randrange(len(out) + 1)
            out[place:place] = out[start : start + chance.randint(1, 80)]
        elif kind == 4:
            del out[place:]
        elif kind == 5:
            out += chance.choice(SEEDS)
        else:
            segments = bytes(out).split(b"'")
            one, other = chance.randrange(len(segments)), chance.randrange(len(segments))
            if kind == 6:
                segments[one], segments[other] = segments[other], segments[one]
            else:
                segments.insert(one, segments[other])
            out = bytearray(b"'".join(segments))
    return bytes(out)


@pytest.mark.parametrize("block", range(2))
def test_mutated_messages_are_read_or_set_aside(block):
    chance = random.Random(block)
    for _ in range(500):
        check(mutated(chance, chance.choice(SEEDS)))
