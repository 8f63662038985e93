"""How files are cut; the texts are real, the effects those that judgement finds."""

import pytest

from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.effects import Effects
from bot.errors import UsageError
from bot.judge.transactions import runs_in_transaction
from bot.rollout.runnable import require_runnable
from bot.rollout.segments import segments_of
from bot.sql.parse import parse
from bot.sql.read import actions_of
from tests.fakes import migration

BUILD = "CREATE INDEX CONCURRENTLY i ON t (c)"


def judged(sql: str) -> JudgedMigration:
    script = parse(sql)
    statements = tuple(
        JudgedStatement(each, Effects(runs_in_transaction(actions_of(each), 18)))
        for each in script.statements
    )
    return JudgedMigration(migration("20260101000000_x", sql), statements, fault=script.fault)


def cut(sql: str) -> list[str]:
    """Each segment as its settings, a mark, and its statements."""
    return [
        "; ".join(each.sql for each in segment.settings)
        + ("{" if segment.transactional else "!")
        + "; ".join(each.sql for each in segment.statements)
        for segment in segments_of(judged(sql))
    ]


@pytest.mark.parametrize(
    ("sql", "segments"),
    [
        ("SELECT 1; SELECT 2", ["{SELECT 1; SELECT 2"]),
        (f"SELECT 1; {BUILD}; SELECT 2", ["{SELECT 1", f"!{BUILD}", "{SELECT 2"]),
        ("SELECT 1; COMMIT; SELECT 2", ["{SELECT 1", "{SELECT 2"]),
        ("BEGIN; SELECT 1; SELECT 2", ["{SELECT 1; SELECT 2"]),
        ("BEGIN; SELECT 1; COMMIT; BEGIN; SELECT 2", ["{SELECT 1", "{SELECT 2"]),
        (
            "ALTER TYPE m ADD VALUE 'x'; SELECT 1",
            ["{ALTER TYPE m ADD VALUE 'x'", "{SELECT 1"],
        ),
        (
            "ALTER TYPE m RENAME VALUE 'x' TO 'y'; SELECT 1",
            ["{ALTER TYPE m RENAME VALUE 'x' TO 'y'; SELECT 1"],
        ),
        (
            "SAVEPOINT s; SELECT 1; ROLLBACK TO s; RELEASE s",
            ["{SAVEPOINT s; SELECT 1; ROLLBACK TO s; RELEASE s"],
        ),
        ("DISCARD ALL", []),
        ("", []),
        (
            "SELECT 1; BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 2; COMMIT",
            ["{SELECT 1", "{SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SELECT 2"],
        ),
        ("start transaction read write; SELECT 2", ["{SET TRANSACTION read write; SELECT 2"]),
    ],
)
def test_a_file_is_cut_so_that_as_much_as_possible_is_atomic(sql: str, segments: list[str]) -> None:
    assert cut(sql) == segments


@pytest.mark.parametrize(
    "kept",
    [
        "SET search_path = aside",
        "SET ROLE weak",
        "SET SESSION AUTHORIZATION weak",
        "RESET ALL",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
        "SELECT pg_catalog.set_config('search_path', '', false)",
    ],
)
def test_what_a_file_sets_for_its_session_goes_before_each_later_segment(kept: str) -> None:
    assert cut(f"{kept}; SELECT 1; {BUILD}; SELECT 2")[1:] == [
        f"{kept}!{BUILD}",
        f"{kept}{{SELECT 2",
    ]


@pytest.mark.parametrize(
    "ended",
    [
        "SET LOCAL search_path = aside",
        "SET TRANSACTION READ WRITE",
        "SET CONSTRAINTS ALL DEFERRED",
        "SELECT set_config('search_path', '', true)",
        "BEGIN READ WRITE",
    ],
)
def test_what_holds_for_one_transaction_ends_with_it(ended: str) -> None:
    assert cut(f"{ended}; SELECT 1; {BUILD}; SELECT 2")[1:] == [f"!{BUILD}", "{SELECT 2"]


def test_after_discard_all_nothing_is_set_any_more() -> None:
    found = cut("SET work_mem = 64; SELECT 1; DISCARD ALL; SELECT 2")

    assert found == ["{SET work_mem = 64; SELECT 1", "{SELECT 2"]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("SELECT 1;\nROLLBACK", "line 2: ROLLBACK"),
        ("PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION"),
        ("CREATE DATABASE d", "CREATE DATABASE cannot be run safely"),
        ("ALTER SYSTEM SET work_mem = 64", "ALTER SYSTEM cannot be run safely"),
        ("CREATE TABLESPACE s LOCATION '/x'", "CREATE TABLESPACE cannot be run safely"),
        (
            "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p",
            "CREATE SUBSCRIPTION cannot be run safely",
        ),
        ("COPY t FROM STDIN", "COPY"),
        ("COPY t TO STDOUT", "nobody takes them"),
        ("COPY (SELECT 1) TO STDOUT", "nobody takes them"),
        (f"BEGIN;\n{BUILD};\nCOMMIT", "line 2: .* cannot run between BEGIN and COMMIT"),
        (f"BEGIN;\n{BUILD}", "cannot run between BEGIN and COMMIT"),
        ("COPY t TO STDOUT (FORMAT csv)", "nobody takes them"),
        ("BEGIN READ ONLY; SELECT 1; COMMIT", "line 1: .* READ ONLY nothing can be recorded"),
        ("START TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ ONLY", "READ ONLY"),
        ("SELECT 1;\nSET TRANSACTION READ ONLY", "line 2: .*READ ONLY"),
        ("SET LOCAL transaction_read_only = 1", "READ ONLY"),
        ("SET transaction_read_only TO 'ON'", "READ ONLY"),
        ("SELECT set_config('client_encoding', 'LATIN1', false); SELECT 'ü'", "beyond ASCII"),
        ("DO $$BEGIN SET client_encoding = latin1; END$$; SELECT 'ü'", "beyond ASCII"),
        ("SELECT 1;\nDROP INDEX CONCURRENTLY i, j", "line 2: .* one index at a time"),
        ("SELECT pg_advisory_unlock_all()", "let go of the migration lock"),
        (f"CREATE TEMP TABLE x (a int); {BUILD}", "ends with the session"),
        (f"CREATE TEMP TABLE x AS SELECT 1; {BUILD}", "ends with the session"),
        (f"SELECT 1 AS a INTO TEMP x; {BUILD}", "ends with the session"),
        (f"PREPARE p AS SELECT 1; {BUILD}", "ends with the session"),
    ],
)
def test_what_could_not_be_gone_on_with_is_refused_with_its_line(sql: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as error:
        require_runnable([judged(sql)])

    assert error.value.hint


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMP TABLE x (a int); INSERT INTO x VALUES (1)",
        f"BEGIN; SELECT 1; COMMIT; {BUILD}",
        "DROP INDEX CONCURRENTLY i",
        "DROP INDEX i, j",
        "REINDEX TABLE CONCURRENTLY t",
        "REINDEX SCHEMA public",
        "ALTER TABLE t DETACH PARTITION p CONCURRENTLY",
        "VACUUM (ANALYZE) t",
        "VACUUM",
        "CLUSTER",
        "ANALYZE t",
        "SELECT pg_advisory_unlock(1)",
        "DISCARD ALL",
        "SAVEPOINT s; ROLLBACK TO s",
        "COPY t TO '/tmp/t'",
        "COPY t TO PROGRAM 'cat'",
        "BEGIN READ WRITE; SELECT 1; COMMIT",
        "SET transaction_read_only = off",
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
        "SET default_transaction_read_only = on",
        "SELECT set_config('client_encoding', 'LATIN1', false); SELECT 'u'",
        "SELECT set_config('client_encoding', 'utf-8', false); SELECT 'ü'",
        "SET NAMES 'LATIN1'; SELECT 'ü'",
        "SELECT current_setting('client_encoding'), 'ü'",
    ],
)
def test_what_can_be_gone_on_with_is_let_through(sql: str) -> None:
    require_runnable([judged(sql)])
