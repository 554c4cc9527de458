"""Keys that are kept from set-up on are those that would be worked out."""

import random

from screening.matching import kept_keys, tokens


def test_kept_keys_are_those_that_are_made(model, monkeypatch, tmp_path):
    monkeypatch.setattr(kept_keys, "_FOLDER", tmp_path)
    monkeypatch.setattr(kept_keys, "_file", lambda: tmp_path / "__pycache__" / "some.keys")
    chosen = random.Random(1).sample(sorted(model.token_shares), 200)
    tokens.keep_keys(chosen)
    kept = kept_keys._read(tmp_path / "__pycache__" / "some.keys")
    assert sorted(kept) == sorted(chosen)
    for token in chosen:
        assert [tuple(keys) for keys in kept[token]] == [make(token) for make in tokens._MADE]


def test_where_nothing_can_be_kept_nothing_happens(monkeypatch, tmp_path):
    (tmp_path / "a file").write_text("")
    monkeypatch.setattr(kept_keys, "_file", lambda: tmp_path / "a file" / "some.keys")
    tokens.keep_keys(["ANNA"])
    kept_keys.kept.cache_clear()
    assert kept_keys.kept() == {}
    kept_keys.kept.cache_clear()
