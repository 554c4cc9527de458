"""Every act has one actor, whose name cannot be taken for anything else."""

import os
import pwd

import pytest

from screening.protection.actor import who
from screening.tables.errors import UsageError


def test_the_command_goes_before_the_environment_and_that_before_the_system(monkeypatch):
    monkeypatch.setenv("SCREENING_ACTOR", "robot")
    assert who("analyst7") == "analyst7"
    assert who(None) == "robot"
    monkeypatch.setenv("SCREENING_ACTOR", "")
    monkeypatch.setenv("USER", "somebody_else")
    monkeypatch.setenv("LOGNAME", "somebody_else")
    assert who(None) == pwd.getpwuid(os.geteuid()).pw_name


def test_a_user_without_a_name_is_a_number(monkeypatch):
    monkeypatch.delenv("SCREENING_ACTOR", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 40_000_123)
    assert who(None) == "uid40000123"


@pytest.mark.parametrize(
    "name", ["", " ", "a b", "a\nb", "a\x1b[0m", "-rf", "a" * 65, "a;b", "\u202eanalyst"], ids=repr
)
def test_a_name_that_could_be_taken_for_something_else_is_refused(monkeypatch, name):
    with pytest.raises(UsageError, match="--as"):
        who(name)
    if name:
        monkeypatch.setenv("SCREENING_ACTOR", name)
        with pytest.raises(UsageError, match="SCREENING_ACTOR"):
            who(None)


def test_names_of_all_scripts_are_names():
    assert who("Ольга.7") == "Ольга.7"
