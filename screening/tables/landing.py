"""Tables of the landing zone: which bytes came in, and where each byte went."""

from screening.tables.codes import (
    InputKind,
    InputStatus,
    RetentionClass,
    Zone,
)
from screening.tables.model import INT32, INT64, Column, TableSpec

INPUTS = TableSpec(
    name="inputs",
    zone=Zone.LANDING,
    classes=(RetentionClass.RECORD,),
    key=("input_id", "name", "container", "ordinal"),
    meaning="Every file that a night received, and each member of a compressed one.",
    columns=(
        Column("input_id", "sha256 of the bytes as received (a member: of its unpacked bytes)"),
        Column("name", "path below the inbox; a member: container!member"),
        Column("container", "input_id of the file that it was unpacked from", nullable=True),
        Column("kind", "what kind of file it is", values=InputKind),
        Column("bytes", "size", INT64, unit="bytes"),
        Column("messages", "messages found in it, quarantined ones included", INT32),
        Column("status", "what became of it", values=InputStatus),
        Column("stored_hash", "sha256 after sensitive free text was blanked", nullable=True),
        Column("reason_code", "finding that set it aside as a whole", nullable=True),
        Column(
            "ordinal",
            "place of a member in its container, from 1: two may have one name",
            INT32,
            nullable=True,
        ),
    ),
    version="1.1",
)

BYTE_RANGES = TableSpec(
    name="byte_ranges",
    zone=Zone.LANDING,
    classes=(RetentionClass.RECORD,),
    key=("input_id", "offset"),
    meaning="Where each byte of an input went: to a message, an envelope, or set aside, no byte twice.",
    columns=(
        Column("input_id", "the input"),
        Column("offset", "first byte", INT64, unit="bytes"),
        Column("length", "number of bytes", INT64, unit="bytes"),
        Column(
            "fate",
            "message, quarantined, outside_mandate, envelope (UNA UNB UNG UNE UNZ, white space) or set_aside",
        ),
        Column("class", "retention class of these bytes: api, pnr or unread", values=RetentionClass),
        Column("blanked", "bytes of sensitive free text replaced by blanks", INT64, unit="bytes"),
    ),
    former_name="tiles",
)
