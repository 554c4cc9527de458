"""Examples of the package format, good and bad, for whoever writes or reads it without us.

Written to `schemas/exchange/` by `make schemas`. Everybody in them is invented; the keys are made from fixed
words, known to everyone, and worth nothing. Same code, same bytes.
"""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import BaseModel

from screening.alerts.exchange.archive import pack
from screening.alerts.exchange.model import (
    ALERTS_FILE,
    MANIFEST_FILE,
    PACKAGE_KIND,
    RECEIPT_KIND,
    WITHDRAWALS_FILE,
    AlertLine,
    Manifest,
    Receipt,
    Withdrawal,
    utc_text,
)
from screening.alerts.exchange.questions import Answers, Questions
from screening.alerts.exchange.refusals import REMEDIES, Refusal
from screening.protection.signing import PublicKey, SigningKey

FOLDER = "schemas/exchange"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ISSUER, RECIPIENT, LIST = "aa-border", "bb-border", "watch"
MOST_BYTES = 1_048_576
MODELS: dict[str, type[BaseModel]] = {
    "manifest": Manifest,
    "alert": AlertLine,
    "withdrawal": Withdrawal,
    "receipt": Receipt,
    "question": Questions,
    "answer": Answers,
}
_ALERT: dict[str, Any] = {
    "list": LIST,
    "source_id": "A-1",
    "category": "refuse_entry",
    "severity": 4,
    "authority": "Example immigration office",
    "names": [{"full": "Orlenko, Tadeus", "kind": "primary", "surname": "Orlenko", "given_names": "Tadeus"}],
    "dates_of_birth": [{"value": "1971-02", "from": "1971-02-01", "to": "1971-02-28", "precision": "month"}],
    "sex": ["M"],
    "nationalities": ["MD"],
    "facts": [{"kind": "sex", "value": "M"}, {"kind": "nationality", "value": "MD"}],
    "documents": [{"type": "passport", "number": "K1234567", "issuing_state": "MD", "status": "valid"}],
    "caveat": "releasable",
}
_CHILD: dict[str, Any] = {
    "list": LIST,
    "source_id": "A-2",
    "category": "missing_person",
    "severity": 5,
    "authority": "Example police",
    "names": [{"full": "Zoya Temerin", "kind": "primary"}],
    "dates_of_birth": [{"value": "2014", "from": "2014-01-01", "to": "2014-12-31", "precision": "year"}],
    "instructions": "A child to be protected. Call the duty officer; the child's best interests go first.",
}
_PAPER: dict[str, Any] = {
    "list": LIST,
    "source_id": "L7654321@BA",
    "category": "document",
    "severity": 3,
    "authority": "Example police",
    "documents": [{"type": "passport", "number": "L7654321", "issuing_state": "BA", "status": "stolen"}],
}


@dataclass(frozen=True, slots=True)
class Example:
    """One file.

    Attributes:
        data: its bytes.
        expected: `accepted`, or the code of the refusal.
        what: what it shows.
        after: the example that was accepted before, None for none.
    """

    data: bytes
    expected: str
    what: str
    after: str | None = None


@dataclass
class _Made:
    """A package while it is made."""

    manifest: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        return hashlib.sha256(_json(self.manifest)).hexdigest()

    def packed(self, key: SigningKey, kind: str = PACKAGE_KIND) -> bytes:
        return pack(key.sign(_json(self.manifest), kind), self.files)


def example_key(word: str) -> SigningKey:
    """Return a key that everyone knows, made from a word."""
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(_words(word).encode()).digest())
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SigningKey(word, PublicKey(base64.urlsafe_b64encode(raw).rstrip(b"=").decode()), private)


def _words(word: str) -> str:
    return f"example key {word}"


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _lines(items: list[dict[str, Any]]) -> bytes:
    return b"".join(_json(item) + b"\n" for item in items)


def _made(
    sequence: int,
    previous: str | None,
    alerts: list[dict[str, Any]],
    withdrawals: list[dict[str, Any]] | None = None,
    **other: object,
) -> _Made:
    files = {ALERTS_FILE: _lines(alerts), WITHDRAWALS_FILE: _lines(withdrawals or [])}
    created = NOW - timedelta(hours=4 - sequence % 4)
    manifest = {
        "format": "alert-package",
        "schema_version": "1",
        "issuer": ISSUER,
        "recipient": RECIPIENT,
        "originator": ISSUER,
        "list": LIST,
        "version": "0123456789abcdef",
        "sequence": sequence,
        "previous": previous,
        "created": utc_text(created),
        "valid_until": utc_text(created + timedelta(days=7)),
        "tier": "full",
        "caveats": [{"caveat": "releasable", "onward": ["any"]}],
        "terms": [],
        "files": [
            {
                "name": name,
                "sha256": hashlib.sha256(data).hexdigest(),
                "bytes": len(data),
                "count": data.count(b"\n"),
            }
            for name, data in files.items()
        ],
    }
    return _Made(manifest | other, files)


def _repacked(members: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members:
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return stream.getvalue()


def examples() -> dict[str, Example]:
    """Return every example by the name of its file."""
    key, second_key = example_key("issuer"), example_key("issuer, second")
    first = _made(1, None, [_ALERT, _CHILD, _PAPER])
    gone = {
        "source_id": "A-2", "reason": "withdrawn", "at": utc_text(NOW - timedelta(hours=3)),
        "since_sequence": 2,
    }  # fmt: skip
    second = _made(2, first.digest, [_ALERT, _PAPER], [gone])
    good = {
        "first.zip": Example(first.packed(key), "accepted", "a first package: a person, a child, a document"),
        "second.zip": Example(
            second.packed(key), "accepted", "the next one, which withdraws the child's alert", "first.zip"
        ),
        "second-key.zip": Example(
            second.packed(second_key),
            "accepted",
            "the same, signed with the issuer's second key",
            "first.zip",
        ),
        "receipt.jws": Example(_receipt(second), "accepted", "the recipient's receipt of second.zip"),
    }
    return good | _bad_signatures(first, key) | _bad_order(first, second, key) | _bad_content(key)


def _receipt(second: _Made) -> bytes:
    receipt = {
        "format": "alert-receipt", "schema_version": "1", "issuer": RECIPIENT, "recipient": ISSUER,
        "list": LIST, "sequence": 2, "package": second.digest, "accepted": utc_text(NOW), "outcome": "in_use",
        "alerts": 2, "withdrawn": ["A-2"], "waiting": [],
        "refused": [{"source_id": "A-1", "reason": "no basis in our law", "at": utc_text(NOW)}],
    }  # fmt: skip
    return example_key("recipient").sign(_json(receipt), RECEIPT_KIND).encode() + b"\n"


def _bad_signatures(first: _Made, key: SigningKey) -> dict[str, Example]:
    stranger = example_key("stranger")
    document = key.sign(_json(first.manifest), PACKAGE_KIND)
    head, _, _ = document.split(".")
    forged = ".".join([head, *stranger.sign(_json(first.manifest), PACKAGE_KIND).split(".")[1:]])
    changed = document.split(".")
    changed[1] = (
        base64.urlsafe_b64encode(_json(first.manifest | {"recipient": "cc-border"})).rstrip(b"=").decode()
    )
    tampered = dict(first.files) | {ALERTS_FILE: first.files[ALERTS_FILE].replace(b"Orlenko", b"Orlenka")}
    return {
        "tampered.zip": Example(
            pack(document, tampered), Refusal.HASH_DIFFERS, "a name was changed on the way"
        ),
        "manifest-changed.zip": Example(
            pack(".".join(changed), first.files), Refusal.BAD_SIGNATURE, "the manifest was changed on the way"
        ),
        "forged.zip": Example(
            pack(forged, first.files), Refusal.BAD_SIGNATURE, "signed by a stranger in the issuer's name"
        ),
        "stranger.zip": Example(
            first.packed(stranger), Refusal.UNKNOWN_ISSUER, "signed with a key that nobody was given"
        ),
        "wrong-kind.zip": Example(
            first.packed(key, RECEIPT_KIND), Refusal.WRONG_KIND, "signed as a receipt, packed as a package"
        ),
        "wrong-issuer.zip": Example(
            _made(1, None, [_ALERT], issuer="cc-border").packed(key),
            Refusal.WRONG_ISSUER,
            "the issuer's key, another agency's name",
        ),
    }


def _bad_order(first: _Made, second: _Made, key: SigningKey) -> dict[str, Example]:
    past = utc_text(NOW - timedelta(days=9))
    return {
        "replayed.zip": Example(
            first.packed(key), Refusal.REPLAYED, "the first package once more", "second.zip"
        ),
        "out-of-order.zip": Example(
            _made(4, second.digest, [_ALERT]).packed(key), Refusal.OUT_OF_ORDER, "one is missing before it",
            "second.zip",
        ),
        "other-chain.zip": Example(
            _made(3, "0" * 64, [_ALERT]).packed(key), Refusal.OTHER_CHAIN, "it follows another package",
            "second.zip",
        ),
        "expired.zip": Example(
            _made(1, None, [_ALERT], created=past, valid_until=utc_text(NOW - timedelta(days=2))).packed(key),
            Refusal.EXPIRED,
            "its validity is over",
        ),
        "not-yet.zip": Example(
            _made(1, None, [_ALERT], created=utc_text(NOW + timedelta(hours=1))).packed(key),
            Refusal.NOT_YET,
            "it is dated an hour ahead",
        ),
        "key-ended.zip": Example(
            _made(1, None, [_ALERT]).packed(example_key("issuer, ended")),
            Refusal.KEY_ENDED,
            "signed with a key after its last day",
        ),
        "wrong-recipient.zip": Example(
            _made(1, None, [_ALERT], recipient="cc-border").packed(key),
            Refusal.WRONG_RECIPIENT,
            "meant for another agency",
        ),
        "other-list.zip": Example(
            _made(1, None, [_ALERT | {"list": "other"}], list="other").packed(key),
            Refusal.LIST_NOT_TAKEN,
            "a list that the recipient does not take",
        ),
    }  # fmt: skip


def _bad_content(key: SigningKey) -> dict[str, Example]:
    plain = _made(1, None, [_ALERT])
    document = key.sign(_json(plain.manifest), PACKAGE_KIND)
    members = [(MANIFEST_FILE, document.encode()), *plain.files.items()]
    bomb = [*members[:1], (ALERTS_FILE, b"\0" * (8 * MOST_BYTES)), members[2]]
    doubled = _made(1, None, [_ALERT, _ALERT])
    miscounted = _made(1, None, [_ALERT])
    miscounted.manifest["files"][0]["count"] = 2
    return {
        "climbing.zip": Example(
            _repacked([*members, ("../../etc/cron.d/x", b"")]),
            Refusal.UNSAFE_ARCHIVE,
            "a member whose name leads out of the folder",
        ),
        "missing.zip": Example(
            _repacked(members[:2]), Refusal.UNSAFE_ARCHIVE, "withdrawals.jsonl is missing"
        ),
        "bomb.zip": Example(
            _repacked(bomb), Refusal.TOO_LARGE, "eight times the limit of these examples when unpacked"
        ),
        "cut.zip": Example(_repacked(members)[:-40], Refusal.NOT_A_PACKAGE, "the end of the file is missing"),
        "doubled.zip": Example(doubled.packed(key), Refusal.DOUBLED, "one alert stands in it twice"),
        "miscounted.zip": Example(
            miscounted.packed(key), Refusal.COUNT_DIFFERS, "the manifest counts more lines than there are"
        ),
        "unknown-key.zip": Example(
            _made(1, None, [_ALERT | {"religion": "none"}]).packed(key),
            Refusal.SCHEMA,
            "an alert has a key that the schema does not know",
        ),
        "undeclared-caveat.zip": Example(
            _made(1, None, [_ALERT], caveats=[]).packed(key),
            Refusal.CAVEAT_UNDECLARED,
            "the manifest does not say to whom alerts of a caveat may go on",
        ),
        "empty.zip": Example(_made(1, None, []).packed(key), Refusal.SCHEMA, "it holds nothing"),
    }


def documents() -> dict[str, str]:
    """Return the schemas and the account of the examples, as text by path."""
    found = {
        f"{FOLDER}/{name}.schema.json": _pretty(model.model_json_schema(mode="validation"))
        for name, model in MODELS.items()
    }
    issuer = [example_key(word) for word in ("issuer", "issuer, second", "issuer, ended")]
    account = {
        "about": "Expected results of the files in examples/. Everybody is invented, every key known to all.",
        "recipient": RECIPIENT,
        "issuer": ISSUER,
        "takes": [LIST],
        "now": utc_text(NOW),
        "max_bytes": MOST_BYTES,
        "issuer_keys": [
            {"x": key.public.x, "kid": key.public.kid, "until": "2026-11-01" if "ended" in key.name else None}
            for key in issuer
        ],
        "issuer_private_key": f"the 32 bytes of sha256 over `{_words('issuer')}`",
        "recipient_key": {"x": (key := example_key("recipient")).public.x, "kid": key.public.kid},
        "refusals": {str(code): REMEDIES[code] for code in Refusal},
        "examples": [
            {"file": name, "expected": str(one.expected), "after": one.after, "what": one.what}
            for name, one in sorted(examples().items())
        ],
    }
    return found | {f"{FOLDER}/examples.json": _pretty(account)}


def binaries() -> Mapping[str, bytes]:
    """Return the example files by path."""
    return {f"{FOLDER}/examples/{name}": one.data for name, one in examples().items()}


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
