"""Envelopes and syntax: separators, folds, release, several interchanges, wrong ends; no byte is lost."""

import re

import pytest

from screening.messages.read import read_input
from screening.messages.syntax.charsets import codec_of, decode
from screening.messages.syntax.envelope import OutsideMessages, RawMessage, frames
from screening.messages.syntax.segments import DEFAULT, Segment, Syntax, pieces
from screening.profile.model import Intake

UNB = "UNB+UNOA:4+XYAPIS+GOV+261123:1545+77'"
BODY = (
    "BGM+745'TDT+20+XY0123+++XY'LOC+125+FRA'DTM+189:2611231730:201'LOC+87+IAD'DTM+232:2611232030:201'"
    "NAD+FL+++DOE:JANE:QUINN'ATT+2++F'DTM+329:800201'NAT+2+GBR'DOC+P+X1234567'DTM+36:300101'LOC+91+GBR'CNT+42:1'"
)


def message(body=BODY, reference="1", count=None, unt=True):
    head = f"UNH+{reference}+PAXLST:D:12B:UN:IATA'"
    number = body.count("'") + 2 if count is None else count
    return head + body + (f"UNT+{number}+{reference}'" if unt else "")


def interchange(*messages, una="UNA:+.? '", unb=UNB, unz=True, reference="77"):
    return una + unb + "".join(messages) + (f"UNZ+{len(messages)}+{reference}'" if unz else "")


def read(text):
    data = text if isinstance(text, bytes) else text.encode("latin_1")
    reading = read_input(data, Intake())
    assert [span.offset for span in reading.byte_ranges] == [
        sum(span.length for span in reading.byte_ranges[:place]) for place in range(len(reading.byte_ranges))
    ]
    assert sum(span.length for span in reading.byte_ranges) == len(data)
    return reading


def codes(reading):
    return {
        found.code
        for told in reading.messages
        for found in [*told.findings, *(one for person in told.travellers for one in person.findings)]
    } | {found.code for found in reading.findings}


def names(reading):
    return [(one.surname, one.given_names) for told in reading.messages for one in told.travellers]


WITHOUT_FAULT = interchange(message())


def test_a_message_without_fault_has_status_ok():
    reading = read(WITHOUT_FAULT)
    assert codes(reading) == set()
    assert [str(told.status) for told in reading.messages] == ["ok"]
    assert [span.fate for span in reading.byte_ranges] == ["envelope", "message", "envelope"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(interchange(message(), una=""), "una_missing", id="no UNA"),
        pytest.param(" \r\n" + WITHOUT_FAULT, "white_space_before_una", id="blank before UNA"),
        pytest.param(interchange(message(), una="UNA:+?*'\n"), "una_too_short", id="five characters"),
        pytest.param(
            interchange(message(), una="UNA:+.?*%"), "una_terminator_not_used", id="other terminator"
        ),
        pytest.param(WITHOUT_FAULT.replace("'", "~").replace("+", "|"), "una_other_characters", id="signs"),
        pytest.param(interchange(message(count=99)), "unt_count_differs", id="UNT count"),
        pytest.param(
            WITHOUT_FAULT.replace("UNT+16+1", "UNT+16+9"), "unt_reference_differs", id="UNT reference"
        ),
        pytest.param(
            WITHOUT_FAULT.replace("UNT+16+1", "UNT+16"), "unt_reference_missing", id="no UNT reference"
        ),
        pytest.param(interchange(message(unt=False)), "unt_missing", id="no UNT"),
        pytest.param(interchange(message(), reference="8"), "unz_reference_differs", id="UNZ reference"),
        pytest.param(WITHOUT_FAULT.replace("UNZ+1", "UNZ+5"), "unz_count_differs", id="UNZ count"),
        pytest.param(interchange(message(), unz=False), "unz_missing", id="no UNZ"),
        pytest.param(WITHOUT_FAULT[:-1], "last_segment_unterminated", id="UNZ without terminator"),
        pytest.param(WITHOUT_FAULT + "\nEND OF TELEX", "text_after_unz", id="text after"),
        pytest.param(
            "QU XYZAPIS\r\n.FRAKMXY\r\n" + WITHOUT_FAULT, "text_before_interchange", id="telex lines"
        ),
        pytest.param(
            WITHOUT_FAULT.replace("UNZ+1", "UNE+1+5'UNZ+1"), "une_without_ung", id="UNE without UNG"
        ),
        pytest.param(WITHOUT_FAULT.replace("ATT+2", "ATT +2"), "space_after_tag", id="blank after tag"),
        pytest.param(WITHOUT_FAULT.replace("JANE", "JA\r\nNE"), "line_break_in_value", id="fold"),
        pytest.param(WITHOUT_FAULT.replace("NAD+", "N\r\nAD+"), "line_break_in_value", id="fold in a tag"),
        pytest.param(
            WITHOUT_FAULT.replace("DOC+", "DO \r\nC+"), "line_break_in_value", id="fold and blank in a tag"
        ),
        pytest.param(WITHOUT_FAULT.replace("UNT+", "U\nNT+"), "line_break_in_value", id="fold in UNT"),
        pytest.param(WITHOUT_FAULT.replace("UNH+", "UN\r\nH+"), "line_break_in_value", id="fold in UNH"),
        pytest.param(WITHOUT_FAULT.replace("UNZ+", "UN\r\nZ+"), "line_break_in_value", id="fold in UNZ"),
        pytest.param(WITHOUT_FAULT.replace("JANE", "JAN\xc9"), "code_page_used", id="Latin-1 under UNOA"),
        pytest.param(WITHOUT_FAULT.replace("JANE", "J\x92ANE"), "undecodable_byte", id="fits two code pages"),
        pytest.param(
            WITHOUT_FAULT.replace("JANE", "JAN\xc9").encode("utf_8"),
            "charset_label_differs",
            id="UTF-8 under UNOA",
        ),
        pytest.param(
            WITHOUT_FAULT.replace("QUINN'", "QUINN?'\n"), "dangling_release", id="release before line end"
        ),
        pytest.param(WITHOUT_FAULT.replace("NAT+2", "L'NAT+2"), "unknown_segment", id="junk segment"),
        pytest.param(WITHOUT_FAULT.replace("GBR'DOC", "GBRDOC"), "terminator_lost", id="no terminator"),
        pytest.param(
            WITHOUT_FAULT.replace("GBR'DOC", "GBR’DOC").encode("utf_8"),
            "terminator_lost",
            id="typographic quote",
        ),
        pytest.param(WITHOUT_FAULT.replace("1'UNT", "1UNT"), "terminator_lost", id="UNT glued to CNT"),
        pytest.param(WITHOUT_FAULT.replace("1'UNZ", "1UNZ"), "terminator_lost", id="UNZ glued to UNT"),
        pytest.param(
            interchange(message()).replace("IATA'", "IATA+REF+01:C'"), "sequence_without_last_part", id="C"
        ),
        pytest.param(
            WITHOUT_FAULT.replace("261123:1545", "999999:1545"), "unb_date_unreadable", id="UNB date"
        ),
        pytest.param(WITHOUT_FAULT.replace("D:12B", "D:99Z"), "unh_version_unknown", id="version"),
    ],
)
def test_a_repaired_deviation_is_found_and_keeps_the_traveller(text, code):
    reading = read(text)
    assert code in codes(reading)
    assert len(reading.messages) == 1
    assert [str(told.status) for told in reading.messages] == ["repaired"]
    (person,) = reading.messages[0].travellers
    assert (person.surname, person.documents[0].number) == ("DOE", "X1234567")
    assert not person.quarantined


def test_a_release_frees_exactly_the_next_character():
    body = BODY.replace("DOE:JANE:QUINN'", "O?'DOE:JA??:QU?+IN?:N'")
    assert names(read(interchange(message(body)))) == [("O'DOE", "JA? QU+IN:N")]


def test_a_run_of_release_characters_before_a_terminator_is_counted():
    body = BODY.replace("QUINN'", "QUINN??'")
    assert names(read(interchange(message(body)))) == [("DOE", "JANE QUINN?")]


def test_repetition_counts_only_in_version_four_with_a_sign_in_una():
    syntax = Syntax(DEFAULT, "ascii", 4)
    assert Segment(b"NAT+2+GBR*USA", 0, 13, 1, syntax).get(1) == "GBR*USA"


def test_spans_lead_to_the_raw_bytes():
    raw = b"PDT+P/1:2+O?'DOE:J?+N::X+PAX"
    segment = Segment(raw, 50, len(raw), 1, Syntax(DEFAULT, "ascii", 3))
    for element, component, expected in [
        (1, None, b"O?'DOE:J?+N::X"),
        (1, 1, b"J?+N"),
        (1, 2, b""),
        (9, None, b""),
    ]:
        offset, length = segment.span(element, component)
        assert raw[offset - 50 : offset - 50 + length] == expected


@pytest.mark.parametrize("window", [8, 21, 64, 1 << 20])
def test_segments_do_not_depend_on_the_window(window):
    data = WITHOUT_FAULT.replace("JANE", "J?'A??'N?+E").replace("'", "'\r\n").encode()
    syntax = Syntax(DEFAULT, "ascii", 4)
    parts, begins, ends = [], [], []
    for some, starts, stops, _ in pieces(data, 9, len(data), syntax, window):
        parts += some
        begins += starts
        ends += stops
    whole = [(one, start, stop) for one, start, stop in zip(parts, begins, ends, strict=True) if one]
    (once,) = pieces(data, 9, len(data), syntax)
    assert whole == [(one, start, stop) for one, start, stop in zip(*once[:3], strict=True) if one]
    assert all(data[start : start + len(one)] == one for one, start, _ in whole)


def test_several_interchanges_with_their_own_separators_are_all_read():
    other = WITHOUT_FAULT.replace("DOE", "ROE").replace("'", "$").replace("+", "*")
    assert names(read(WITHOUT_FAULT + "\r\n" + other + other.replace("ROE", "POE"))) == [
        ("DOE", "JANE QUINN"),
        ("ROE", "JANE QUINN"),
        ("POE", "JANE QUINN"),
    ]


def test_an_interchange_without_end_does_not_swallow_the_next():
    other = WITHOUT_FAULT.replace("DOE", "ROE").replace("'", "$").replace("+", "*")
    reading = read(interchange(message(unt=False), unz=False) + other)
    assert [name for name, _ in names(reading)] == ["DOE", "ROE"]
    assert [told.complete for told in reading.messages] == [False, True]


def test_a_message_after_unz_is_read():
    reading = read(WITHOUT_FAULT + message(BODY.replace("DOE", "ROE"), "2"))
    assert [name for name, _ in names(reading)] == ["DOE", "ROE"]
    assert "message_after_unz" in codes(reading)


def test_una_inside_a_name_is_a_name():
    reading = read(WITHOUT_FAULT.replace("DOE", "MAGUNA"))
    assert [name for name, _ in names(reading)] == ["MAGUNA"]
    assert codes(reading) == set()


def test_uno_b_without_una_may_separate_by_control_characters():
    text = WITHOUT_FAULT[9:].replace("UNOA", "UNOB")
    text = text.replace("'", "\x1c").replace("+", "\x1d").replace(":", "\x1f")
    reading = read(text)
    assert names(reading) == [("DOE", "JANE QUINN")]
    assert codes(reading) == set()


def test_line_ends_may_end_segments():
    text = WITHOUT_FAULT[9:].replace("'", "\n")
    assert names(read(text)) == [("DOE", "JANE QUINN")]


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        pytest.param("no interchange here", "interchange", "unb_missing", id="no UNB"),
        pytest.param(interchange(), "interchange", "interchange_without_message", id="no message"),
        pytest.param(
            interchange(message()).replace("PAXLST", "INVOIC"), "interchange", "other_message_type", id="type"
        ),
        pytest.param(
            interchange(message()).replace("+PAXLST:D:12B:UN:IATA", "").replace("NAD+FL", "NAD+XX"),
            "message",
            "unh_unreadable",
            id="UNH, and nobody",
        ),
        pytest.param(
            re.sub("NAD.FL.*(?=CNT)", "", WITHOUT_FAULT.replace("LOC+", "FTX+")),
            "message",
            "no_leg_with_date",
            id="no leg and nobody",
        ),
        pytest.param(
            WITHOUT_FAULT.replace("UNZ", "XXX+1'UNZ"), "bytes", "segment_outside_message", id="between"
        ),
    ],
)
def test_the_smallest_bad_unit_is_set_aside_with_its_bytes(text, unit, code):
    reading = read(text)
    assert [(str(one.unit), one.codes) for one in reading.quarantined] == [(unit, (code,))]
    (one,) = reading.quarantined
    assert 0 <= one.offset < one.offset + one.length <= len(text)


def test_a_traveller_cut_off_is_set_aside_and_the_others_stay():
    body = BODY.replace("CNT+42:1'", "NAD+FL+++ROE:JOHN'DTM+329:8102")
    reading = read(interchange(message(body, unt=False), unz=False))
    (told,) = reading.messages
    assert [(one.surname, one.quarantined) for one in told.travellers] == [("DOE", False), ("ROE", True)]
    assert not told.complete
    assert {"traveller_cut_off", "last_segment_unterminated", "unt_missing"} <= codes(reading)


def test_an_empty_input_has_no_byte_ranges_and_is_told():
    reading = read("")
    assert (reading.byte_ranges, [found.code for found in reading.findings]) == ([], ["file_empty"])


@pytest.mark.parametrize(
    ("raw", "identifier", "text"),
    [
        pytest.param(b"M\xfcLLER", "UNOC", "MüLLER", id="Latin-1"),
        pytest.param("МИР".encode("iso8859_5"), "UNOE", "МИР", id="Cyrillic"),
        pytest.param("ΝΙΚ".encode("iso8859_7"), "UNOF", "ΝΙΚ", id="Greek"),
        pytest.param("ĞİŞ".encode("iso8859_9"), "UNOK", "ĞİŞ", id="Turkish"),
        pytest.param("王小明".encode(), "UNOY", "王小明", id="ISO 10646"),
        pytest.param("王".encode("iso2022_jp"), "UNOX", "王", id="ISO 2022"),
        pytest.param("Ü".encode(), "UNOC", "Ü", id="UTF-8 under Latin-1"),
        pytest.param(b"\x9a", "UNOA", "�", id="code page 437 under UNOA"),
    ],
)
def test_text_is_ascii_then_utf8_then_what_the_label_says(raw, identifier, text):
    assert decode(raw, codec_of(identifier)) == text


def test_a_name_in_iso_2022_may_hold_bytes_of_separators():
    name = "カБ"
    raw = name.encode("iso2022_jp")
    assert any(sign in raw for sign in b"'+:")
    data = WITHOUT_FAULT.replace("UNOA", "UNOX").encode().replace(b"DOE", raw)
    assert names(read(data)) == [(name, "JANE QUINN")]


def test_frames_cover_the_input_in_order():
    data = (WITHOUT_FAULT + "\nX\n" + WITHOUT_FAULT).encode()
    place = 0
    for frame in frames(data):
        assert frame.offset == place
        place += frame.length
        assert isinstance(frame, RawMessage | OutsideMessages)
    assert place == len(data)


def test_a_fold_between_release_and_sign_moves_no_place():
    raw = b"SSR+OTHS:A?\r\n:B+C"
    segment = Segment(raw, 0, len(raw), 1, Syntax(DEFAULT, "ascii", 3))
    assert segment.get(0, 1) == "A:B"
    offset, length = segment.span(0, 1)
    assert raw[offset : offset + length] == b"A?\r\n:B"
