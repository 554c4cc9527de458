"""Pseudonyms need the agency's key, differ by purpose, and never come from a key that is open to others."""

import hashlib
import hmac
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.protection.keys import DEMONSTRATION_ID, Keys, load_key, load_keys, make_key, put_in_use
from screening.tables.errors import ProfileError, StoreError

KEY = Keys("example", bytes(range(32)), demonstration=False)


def new_keys(folder):
    """Make a key and put it in use."""
    key_id = make_key(folder)
    put_in_use(folder, key_id)
    return key_id


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / "keys"
    monkeypatch.setenv("SCREENING_KEYS", str(path))
    return path


def test_a_pseudonym_is_the_left_half_of_hmac_sha256():
    whole = hmac.new(bytes(range(32)), b"person\0L898902C3@UT", hashlib.sha256).hexdigest()
    assert KEY.pseudonym("person", "L898902C3@UT") == whole[:32]


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(st.text(st.characters(codec=None)), min_size=2, max_size=2, unique=True))
def test_pseudonyms_differ_by_text_purpose_and_key(texts):
    one, two = texts
    other = Keys("other", bytes(32), demonstration=False)
    names = {
        KEY.pseudonym("person", one),
        KEY.pseudonym("person", two),
        KEY.pseudonym("traveller", one),
        other.pseudonym("person", one),
    }
    assert len(names) == 4
    assert KEY.pseudonym("person", one) in names


@pytest.mark.parametrize("purpose", ["", "Person", "a\0b", "a b", "1"], ids=repr)
def test_a_purpose_is_a_word(purpose):
    with pytest.raises(ValueError, match="lower-case"):
        KEY.pseudonym(purpose, "x")


def test_the_key_is_never_printed_and_outlives_a_process_pool():
    assert "secret" not in repr(KEY)
    assert pickle.loads(pickle.dumps(KEY)) == KEY


def test_without_keys_the_demonstration_key_is_marked_and_production_is_refused(monkeypatch):
    monkeypatch.delenv("SCREENING_KEYS", raising=False)
    keys = load_keys(production=False)
    assert (keys.key_id, keys.demonstration) == (DEMONSTRATION_ID, True)
    assert keys.pseudonym("person", "L898902C3@UT") == load_keys(False).pseudonym("person", "L898902C3@UT")
    with pytest.raises(ProfileError) as caught:
        load_keys(production=True)
    assert "screening keys new" in caught.value.remedy


def test_a_new_key_is_in_use_and_the_older_ones_stay(folder):
    first = new_keys(folder)
    before = load_keys(production=True)
    second = new_keys(folder)
    after = load_keys(production=True)
    assert (before.key_id, after.key_id, after.demonstration) == (first, second, False)
    assert first != second
    assert len(after.secret) == 32
    assert before.secret != after.secret
    assert load_key(folder, first) == before
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        pytest.param(lambda folder, key: (folder / key).chmod(0o640), "open to others", id="key open"),
        pytest.param(lambda folder, key: (folder / "current").chmod(0o604), "open to others", id="name open"),
        pytest.param(lambda folder, key: (folder / key).unlink(), "missing", id="key gone"),
        pytest.param(lambda folder, key: (folder / "current").unlink(), "missing", id="name gone"),
        pytest.param(lambda folder, key: (folder / key).write_bytes(b"0" * 63), "damaged", id="key cut"),
        pytest.param(lambda folder, key: (folder / key).write_bytes(b"g" * 64), "damaged", id="no hex"),
        pytest.param(lambda folder, key: (folder / key).write_bytes(b"\xff" * 64), "damaged", id="no text"),
        pytest.param(
            lambda folder, key: (folder / "current").write_bytes(b"../../x"), "no such", id="climbs"
        ),
        pytest.param(lambda folder, key: (folder / "current").write_bytes(b"\xff"), "no such", id="no name"),
    ],
)
def test_a_key_that_cannot_be_trusted_is_refused_without_being_shown(folder, spoil, message):
    key_id = new_keys(folder)
    secret = (folder / key_id).read_text().strip()
    spoil(folder, key_id)
    with pytest.raises(StoreError, match=message) as caught:
        load_keys(production=False)
    assert secret[:16] not in str(caught.value)


def test_keys_in_the_store_are_refused(folder, tmp_path):
    new_keys(folder)
    assert not load_keys(production=True, store_root=tmp_path / "store").demonstration
    with pytest.raises(StoreError, match="lies in the store"):
        load_keys(production=True, store_root=tmp_path)


def test_no_key_is_made_in_a_folder_open_to_others(folder):
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(StoreError, match="open to others"):
        new_keys(folder)
    assert list(folder.iterdir()) == []
