from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from bot.core.findings.finding import Finding
from bot.core.migrations.history import Change, History
from bot.judge.judge import judge
from bot.rules.constraints import not_valid_never_validated as rule
from tests.judging import FOLDER, migration

TABLE = "CREATE TABLE t (a INT);"
ADD = "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"
VALIDATE = "ALTER TABLE t VALIDATE CONSTRAINT c;"


def found(*files: str, day: int, merged: int = 0) -> Sequence[Finding]:
    """What is said of the files, made on the first days of May, `day` days after the first."""
    made = tuple(migration(f"202405{n + 1:02}000000_m", sql) for n, sql in enumerate(files))
    change = Change(
        head=History(FOLDER, made),
        base=History(FOLDER, made[:merged]) if merged else None,
        now=datetime(2024, 5 + day // 31, 1 + day % 31, tzinfo=UTC),
    )
    return judge(change, [rule]).all_findings


def test_a_constraint_that_nobody_validated_for_a_month_is_told_where_it_was_added() -> None:
    (only,) = found(TABLE, "SELECT 1;\n" + ADD, day=40)
    assert only.path == f"{FOLDER}/20240502000000_m/migration.sql"
    assert only.line == 2
    assert "c of t was never validated" in only.message


@pytest.mark.parametrize(
    "after",
    [
        VALIDATE,
        "ALTER TABLE t DROP CONSTRAINT c;",
        "DROP TABLE t;",
        "ALTER TABLE t DROP COLUMN a;",
    ],
)
def test_what_was_validated_or_is_gone_is_settled(after: str) -> None:
    assert found(TABLE, ADD, after, day=40) == ()


def test_there_is_a_month_to_do_it() -> None:
    assert found(TABLE, ADD, day=29) == ()


def test_a_pull_request_is_not_told_of_the_past() -> None:
    assert found(TABLE, ADD, "SELECT 1;", day=60, merged=2) == ()


def test_a_constraint_added_valid_has_nothing_to_settle() -> None:
    assert found(TABLE, ADD.replace(" NOT VALID", ""), day=60) == ()


def test_a_reason_for_the_file_allows_it() -> None:
    reason = (
        "-- migration-bot: allow-file not-valid-never-validated because old rows are kept as is\n"
    )
    (only,) = found(TABLE, reason + ADD, day=60)
    assert only.allowed is not None
