"""Drafts of the review go at a purge, also where nobody enters the application any more."""

from datetime import UTC, datetime, timedelta

import pytest

from screening.review.claims import draft, keep_draft
from screening.review.desk import desk_of
from screening.store.review_rows import DESK, KEEP_DRAFTS, forget_drafts
from screening.tables.codes import Zone
from screening.tables.errors import StoreError

NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)
PLANTED = "QVARNSTEDT seen twice"


def test_a_draft_goes_after_a_week_and_leaves_no_byte(store):
    desk = desk_of(store)
    keep_draft(desk, "h1", "anna", "false_match", PLANTED, NOW - KEEP_DRAFTS - timedelta(seconds=1))
    keep_draft(desk, "h2", "anna", "true_match", "still written", NOW - KEEP_DRAFTS + timedelta(hours=1))
    forget_drafts(store, NOW)
    assert draft(desk, "h1", "anna") == ("", "")
    assert draft(desk, "h2", "anna") == ("true_match", "still written")
    folder = store.root.joinpath(Zone.ANALYST, *DESK).parent
    assert not [path for path in folder.iterdir() if PLANTED.encode() in path.read_bytes()]


def test_without_a_review_there_is_nothing_to_do(store):
    forget_drafts(store, NOW)
    assert not store.root.joinpath(Zone.ANALYST, *DESK).exists()


def test_a_desk_that_cannot_be_read_is_kept_and_told(store):
    keep_draft(desk_of(store), "h1", "anna", "false_match", PLANTED, NOW)
    path = store.root.joinpath(Zone.ANALYST, *DESK)
    path.write_bytes(b"no database" * 100)
    with pytest.raises(StoreError, match="drafts of the review"):
        forget_drafts(store, NOW)
    assert path.read_bytes().startswith(b"no database")
