"""Why a package or a receipt is refused, and what the person who reads it does then.

Nothing of what is refused is stored. The code goes into the record of acts with the hash of the file.
"""

from enum import StrEnum


class Refusal(StrEnum):
    """Reasons, one word each."""

    NOT_A_PACKAGE = "not_a_package"
    TOO_LARGE = "too_large"
    UNSAFE_ARCHIVE = "unsafe_archive"
    UNKNOWN_ISSUER = "unknown_issuer"
    WRONG_KIND = "wrong_kind"
    BAD_SIGNATURE = "bad_signature"
    KEY_ENDED = "key_ended"
    SCHEMA = "schema"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_RECIPIENT = "wrong_recipient"
    LIST_NOT_TAKEN = "list_not_taken"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    REPLAYED = "replayed"
    OUT_OF_ORDER = "out_of_order"
    OTHER_CHAIN = "other_chain"
    HASH_DIFFERS = "hash_differs"
    COUNT_DIFFERS = "count_differs"
    DOUBLED = "doubled"
    CAVEAT_UNDECLARED = "caveat_undeclared"
    NOT_OURS = "not_ours"
    LIST_NOT_GIVEN = "list_not_given"
    QUOTA = "quota"


_AGAIN = "ask {issuer} to send it again"
REMEDIES: dict[Refusal, str] = {
    Refusal.NOT_A_PACKAGE: "name the file as it came from the partner; docs/exchange.md says what it is",
    Refusal.TOO_LARGE: "ask the partner how large its list is; if that is right, raise exchange.max_bytes",
    Refusal.UNSAFE_ARCHIVE: "no issuer's program makes such a file: ask the partner, by another way, whether "
    "it sent it",
    Refusal.UNKNOWN_ISSUER: "ask the partner by telephone for the fingerprint of its key; if it fits, enter "
    "the key under exchange.partners of the profile",
    Refusal.WRONG_KIND: "ask the partner for a package or a receipt of this format",
    Refusal.BAD_SIGNATURE: "it was changed on its way or forged: tell the partner by another way, and "
    + _AGAIN.format(issuer="it"),
    Refusal.KEY_ENDED: "ask the partner to sign with its new key; `until` of the old one stands in "
    "exchange.partners of the profile",
    Refusal.SCHEMA: "tell the partner the field: its program does not keep the format (`screening alerts "
    "conformance FILE` shows it)",
    Refusal.WRONG_ISSUER: "tell the partner: it signed in another agency's name",
    Refusal.WRONG_RECIPIENT: "tell the partner: it is meant for another agency; remove the file",
    Refusal.LIST_NOT_TAKEN: "add the list to `takes` of the partner in the profile, if it is agreed",
    Refusal.EXPIRED: "ask the partner for a new package: `screening alerts package` there makes one",
    Refusal.NOT_YET: "compare the clocks: it is dated later than now",
    Refusal.REPLAYED: "nothing is to be done if it came twice; if the partner lost its counter, it continues "
    "with `screening alerts package --list LIST --to PARTNER --out FILE --after NUMBER`",
    Refusal.OUT_OF_ORDER: "accept those in between first; if one is lost, `screening alerts accept FILE "
    "--after-gap REASON` takes this one, as it holds the whole list",
    Refusal.OTHER_CHAIN: "ask the partner by another way whether it began its counter anew; if so, "
    "`screening alerts accept FILE --after-gap REASON`",
    Refusal.HASH_DIFFERS: "a file in it was changed on its way: " + _AGAIN.format(issuer="the partner"),
    Refusal.COUNT_DIFFERS: "tell the partner: its manifest does not count its own lines",
    Refusal.DOUBLED: "tell the partner: one alert stands in it twice, or as withdrawn and in force",
    Refusal.CAVEAT_UNDECLARED: "tell the partner: an alert has a caveat of which the manifest does not say "
    "to whom it may be handed on",
    Refusal.NOT_OURS: "tell the partner: we made no such package or question",
    Refusal.LIST_NOT_GIVEN: "add the list to `gives` of the partner in the profile, if it is agreed",
    Refusal.QUOTA: "tomorrow again; if more is agreed, raise `questions_per_day` of the partner",
}


class RefusedError(Exception):
    """A package or receipt is refused.

    Attributes:
        code: why, in one word.
        what: why, in a sentence that names field and figure, never a value of an alert.
    """

    def __init__(self, code: Refusal, what: str) -> None:
        super().__init__(what)
        self.code, self.what = code, what

    @property
    def remedy(self) -> str:
        """What to do."""
        return REMEDIES[self.code]
