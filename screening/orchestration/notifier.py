"""Airflow's notifiers: callbacks of tasks that hand over to `screening.night.notices`, and to the run's note.

They hang on tasks, not on DAGs: they run in the worker, and what could not be sent stands in the log of the
task. One that is killed has its callback run by the DAG processor, which needs the same variables and store;
so has a run that its time-out ends, the one thing that no task can tell of.
"""

import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

from airflow.sdk import BaseNotifier  # noqa: TID253  (only DAG files import this)

from screening.night.settings import Settings, load_settings
from screening.orchestration.run_notes import write_note
from screening.orchestration.schedule import night_of
from screening.tables.errors import UsageError


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")  # a task's log, or the terminal of an embedded run


def _wrong_use(fault: object) -> bool:
    return isinstance(fault, BaseException) and isinstance(fault.__context__, UsageError)


def _tell_failure(context: Mapping[str, Any], settings: Settings, night: date, cause: str) -> None:
    from screening.night import notices

    notices.tell_failure(settings, night, cause, say=_say)
    write_note(context, lambda: notices.failure(settings.store, night, cause).text)


class NightNotifier(BaseNotifier):
    """Tells of a night: how it stands once it was judged, else that a task of it failed."""

    def __init__(self, *, judged: bool) -> None:
        """Make it.

        Args:
            judged: the task says how the night stands; false where its failure is what is told.
        """
        super().__init__()
        self._judged = judged

    def notify(self, context: Mapping[str, Any]) -> None:
        """Tell, if it was not told; an error of telling ends nothing."""
        from screening.night import notices

        with notices.harmless(_say):
            settings, night = load_settings(), night_of(context)
            if _wrong_use(context.get("exception")):
                return  # whoever triggered the run sees it
            if self._judged:
                notices.tell_night(settings, night, say=_say)
                write_note(
                    context, lambda: " ".join(found.text for found in notices.left_by_run(settings, night))
                )
            else:
                _tell_failure(context, settings, night, f"task {context['ti'].task_id} failed")


class RunNotifier(BaseNotifier):
    """Tells of a run that its time-out has ended: none of its tasks failed, so none of them tells of it."""

    def notify(self, context: Mapping[str, Any]) -> None:
        """Tell of a run that took too long, and of nothing else; an error of telling ends nothing."""
        from screening.night import notices

        with notices.harmless(_say):
            if context.get("reason") == "timed_out":
                _tell_failure(context, load_settings(), night_of(context), "the run took too long")


class RetentionNotifier(BaseNotifier):
    """Tells that what has come to its term could not be removed, and once that it could again."""

    def __init__(self, *, failed: bool) -> None:
        """Make it.

        Args:
            failed: did the purge fail?
        """
        super().__init__()
        self._failed = failed

    def notify(self, context: Mapping[str, Any]) -> None:
        """Tell, if it was not told; an error of telling ends nothing."""
        del context
        from screening.night import notices

        with notices.harmless(_say):
            notices.tell_retention(load_settings(), failed=self._failed, say=_say)


class FetchingNotifier(BaseNotifier):
    """Tells that manifests could not be fetched from a place, and once that they could again."""

    def __init__(self, *, failed: bool) -> None:
        """Make it.

        Args:
            failed: could a place not be read?
        """
        super().__init__()
        self._failed = failed

    def notify(self, context: Mapping[str, Any]) -> None:
        """Tell, if it was not told; an error of telling ends nothing."""
        del context
        from screening.night import notices

        with notices.harmless(_say):
            notices.tell_fetching(load_settings(), failed=self._failed, say=_say)
