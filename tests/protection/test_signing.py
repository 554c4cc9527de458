"""What leaves is signed with a key of the folder; what comes in holds only under the key that it names."""

import stat

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from screening.protection import signing
from screening.protection.keys import key_ids
from screening.protection.signing import PublicKey, UnsignedError
from screening.tables.errors import StoreError


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "keys"


def trusted(*keys):
    return {key.public.kid: key.public for key in keys}


def test_a_key_is_named_by_its_thumbprint_as_rfc_8037_shows_it():
    key = PublicKey("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    assert key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert key.fingerprint.startswith("90fa cafe a9b1 5566")


def test_a_signature_holds_and_is_the_same_each_time(folder):
    key = signing.make_signing_key(folder)
    document = key.sign(b"payload", "kind")
    assert key.sign(b"payload", "kind") == document
    assert signing.verified(document.encode(), trusted(key), "kind") == (b"payload", key.public.kid)


def test_another_key_kind_header_or_payload_does_not_hold(folder):
    key, other = signing.make_signing_key(folder), signing.make_signing_key(folder)
    document = key.sign(b"payload", "kind")
    head, body, sign = document.split(".")
    cases = {
        "unknown_issuer": (document, trusted(other), "kind"),
        "wrong_kind": (document, trusted(key), "other"),
        "bad_signature": (
            ".".join([head, jwt.utils.base64url_encode(b"changed").decode(), sign]),
            trusted(key),
            "kind",
        ),
        "no_signature": (f"{head}.{body}", trusted(key), "kind"),
    }
    for code, (text, keys, kind) in cases.items():
        with pytest.raises(UnsignedError) as told:
            signing.verified(text.encode(), keys, kind)
        assert told.value.code == code
    forged = ".".join([head, *other.sign(b"payload", "kind").split(".")[1:]])
    with pytest.raises(UnsignedError, match="bad_signature"):
        signing.verified(forged.encode(), trusted(key), "kind")


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_no_other_algorithm_is_taken_not_even_with_the_public_key_as_secret(folder, algorithm):
    key = signing.make_signing_key(folder)
    headers = {"kid": key.public.kid, "typ": "kind"}
    secret = None if algorithm == "none" else key.public.x
    document = jwt.PyJWS().encode(b"payload", secret, algorithm=algorithm, headers=headers)
    with pytest.raises(UnsignedError, match="bad_signature"):
        signing.verified(document.encode(), trusted(key), "kind")


def test_a_payload_that_is_not_in_the_document_is_not_taken(folder):
    key = signing.make_signing_key(folder)
    private = Ed25519PrivateKey.generate()
    headers = {"kid": key.public.kid, "typ": "kind", "b64": False}
    detached = jwt.PyJWS().encode(b"x", private, algorithm="EdDSA", headers=headers, is_payload_detached=True)
    with pytest.raises(UnsignedError):
        signing.verified(detached.encode(), trusted(key), "kind")


def test_the_first_key_is_in_use_a_second_one_when_it_is_said(folder):
    first, second = signing.make_signing_key(folder), signing.make_signing_key(folder)
    assert signing.current_signing_key(folder).name == first.name
    signing.use_signing_key(folder, second.name)
    assert signing.current_signing_key(folder).public == second.public
    assert signing.signing_key_names(folder) == tuple(sorted([first.name, second.name]))
    assert key_ids(folder) == ()  # no key of pseudonyms
    assert stat.S_IMODE((folder / first.name).stat().st_mode) == 0o600
    assert "PRIVATE" not in repr(first)


def test_a_key_that_is_open_to_others_missing_or_damaged_signs_nothing(folder):
    with pytest.raises(StoreError, match="no key to sign with"):
        signing.current_signing_key(folder)
    key = signing.make_signing_key(folder)
    (folder / key.name).chmod(0o644)
    with pytest.raises(StoreError, match="open to others"):
        signing.current_signing_key(folder)
    (folder / key.name).chmod(0o600)
    (folder / key.name).write_text("no key\n")
    with pytest.raises(StoreError, match="damaged"):
        signing.current_signing_key(folder)
    with pytest.raises(StoreError, match="no such signing key"):
        signing.use_signing_key(folder, "../current")
