"""What is no id, code or count does not reach a log, whoever forgot it."""

import io
import logging
from pathlib import Path

import pytest

from screening.protection.logs import WITHHELD, guard
from screening.tables.codes import Level
from screening.tables.errors import StoreError


@pytest.fixture
def written():
    """A logger and what its handler has written so far."""
    stream = io.StringIO()
    logger = logging.Logger("screening.tests")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(handler)
    guard(logger)
    guard(logger)
    assert len(handler.filters) == 1
    return logger, stream


@pytest.mark.parametrize(
    ("text", "args", "kept"),
    [
        pytest.param("%d of %d travellers read", (3, 4), "3 of 4 travellers read", id="counts"),
        pytest.param("leg %s", ("UA988-20261123-FRA-IAD",), "leg UA988-20261123-FRA-IAD", id="leg"),
        pytest.param("input %s", ("a" * 64 + ":12:0",), "input " + "a" * 64 + ":12:0", id="statement"),
        pytest.param(
            "%s as %s", ("unt_count_differs", Level.ERROR), "unt_count_differs as error", id="codes"
        ),
        pytest.param("for night=2026-11-23", (), "for night=2026-11-23", id="night"),
        pytest.param("read %s", ("MUELLER/ANNA MRS",), f"read {WITHHELD}/{WITHHELD} {WITHHELD}", id="name"),
        pytest.param("born %s", ("1980-02-01",), f"born {WITHHELD}", id="date of birth"),
        pytest.param("number %s", ("X1234567",), f"number {WITHHELD}", id="document"),
        pytest.param("number %s", ("512345678",), f"number {WITHHELD}", id="number of digits only"),
        pytest.param("row %s", ({"surname": "MUELLER"},), f"row {{'surname': '{WITHHELD}'}}", id="row"),
        pytest.param("file %s", (Path("/in/MUELLER.edi"),), f"file /{WITHHELD}/{WITHHELD}", id="path"),
        pytest.param("%(who)s", ({"who": "MUELLER"},), WITHHELD, id="by name"),
        pytest.param("cannot read MUELLER/ANNA", (), f"cannot read {WITHHELD}/{WITHHELD}", id="f-string"),
        pytest.param("Cannot read Anna", (), f"Cannot read {WITHHELD}", id="sentence"),
        pytest.param("100% of X1234567", (), f"{WITHHELD} of {WITHHELD}", id="per cent"),
    ],
)
def test_ids_codes_and_counts_pass_and_nothing_else(written, text, args, kept):
    logger, stream = written
    logger.warning(text, *args)
    assert stream.getvalue() == kept + "\n"


def test_of_an_exception_only_type_and_place_pass(written):
    logger, stream = written
    try:
        int("MUELLER")
    except ValueError:
        logger.exception("stage failed", stack_info=True)
    assert "MUELLER" not in stream.getvalue()
    assert stream.getvalue().startswith("stage failed [ValueError at test_logs.py:")


def test_our_own_errors_are_told_as_they_are(written):
    logger, stream = written
    try:
        raise StoreError("no room left", where="x", effect="y", remedy="z")
    except StoreError:
        logger.exception("stage failed")
    assert stream.getvalue() == "stage failed [StoreError: no room left]\n"
