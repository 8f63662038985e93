"""What happened last on a target."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.rollouts.audit import Sealed
from bot.core.rollouts.last import LastDrift, LastRollout, last_backup, last_drift, last_rollout
from tests.fakes import applied, migration
from tests.fakes.values import NOON

INIT = migration("20260101000000_init", "CREATE TABLE a ()")
ROW = replace(applied(INIT), finished_at=NOON)
RECORD: dict[str, Any] = {
    "at": NOON.isoformat(),
    "outcome": {"state": "failed", "milliseconds": 1500},
    "trigger": {"login": "ada", "event": ""},
}


def test_a_record_tells_how_it_went() -> None:
    found = last_rollout([Sealed(RECORD)], [ROW])
    assert found == LastRollout(NOON, "failed", 1.5, "ada")


def test_without_a_record_the_rows_tell_when() -> None:
    assert last_rollout([], [ROW]) == LastRollout(NOON, "applied")
    assert last_rollout([], []) is None


def test_what_was_applied_since_the_last_record_is_newer() -> None:
    later = replace(ROW, finished_at=NOON + timedelta(hours=1))
    assert last_rollout([Sealed(RECORD)], [later]) == LastRollout(later.finished_at, "applied")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        RECORD | {"at": "yesterday"},
        RECORD | {"at": "2026-01-01T00:00:00"},
        RECORD | {"outcome": []},
        RECORD | {"trigger": None},
        RECORD | {"outcome": {"state": "applied", "milliseconds": "soon"}},
    ],
)
def test_what_is_no_record_of_ours_tells_nothing(wrong: dict[str, Any]) -> None:
    assert last_rollout([Sealed(wrong)], []) is None
    assert last_rollout([Sealed(wrong)], [ROW]) == LastRollout(NOON, "applied")


def test_without_a_proof_there_is_no_last_backup() -> None:
    assert last_backup(None) is None


def test_the_newest_that_looked_tells_what_it_saw_of_drift() -> None:
    closed, saw = RECORD | {"drift": None}, RECORD | {"drift": ["lacks table a"]}
    assert last_drift([Sealed(closed), Sealed(saw)]) == LastDrift(NOON, ("lacks table a",))
    assert last_drift([Sealed(RECORD | {"drift": []}), Sealed(saw)]) is None
    assert last_drift([Sealed(closed)]) is None


def test_what_is_no_record_of_ours_tells_nothing_of_drift() -> None:
    assert last_drift([Sealed({"drift": ["a"], "at": "soon"})]) is None
    assert last_drift([Sealed([1])]) is None  # type: ignore[arg-type]
