from dataclasses import replace

import pytest

from bot.core.checkpoint import read_checkpoint
from bot.core.effects import Effects
from bot.core.review import JudgedMigration, JudgedStatement
from bot.core.settings import default_targets
from bot.core.statement import Position, Statement
from bot.errors import PostgresError, UsageError
from bot.rollout.migration import apply_migration
from tests.fakes import FakeCheckout, FakeDatabase, history, migration, world

STAGING = default_targets()["staging"]
NAME = "20260101000000_x"
CONCURRENTLY = "CREATE INDEX CONCURRENTLY i ON t (c)"


def judged(*sqls: str) -> JudgedMigration:
    statements = tuple(
        JudgedStatement(
            Statement(
                index, sql, Position(index + 1, 1), Position(index + 1, 9), _kind(sql), "", {}
            ),
            Effects(transactional="CONCURRENTLY" not in sql),
        )
        for index, sql in enumerate(sqls)
    )
    return JudgedMigration(migration(NAME, ";\n".join(sqls)), statements)


def _kind(sql: str) -> str:
    first = sql.split()[0]
    return first if first in ("BEGIN", "COMMIT", "ROLLBACK") else "OTHER"


def run(file: JudgedMigration, database: FakeDatabase, **target: int) -> int:
    checkout = FakeCheckout(history())
    made = replace(STAGING, **target)  # type: ignore[arg-type]
    return apply_migration(file, database, made, world(checkout)).attempts


def refusal(sqlstate: str = "42P07", message: str = "it exists") -> PostgresError:
    return PostgresError(message, hint="Look.", sqlstate=sqlstate)


def test_a_statement_that_fails_rolls_everything_back_and_names_its_line() -> None:
    database = FakeDatabase(refuse={"b": [refusal()]})

    with pytest.raises(PostgresError, match=f"{NAME}, line 2: it exists") as error:
        run(judged("a", "b", "c"), database)

    assert error.value.hint == "Look."
    assert database.diary == ["begin", "a", "b", "rollback"]
    assert database.rows == []


def test_a_taken_lock_is_tried_again_from_the_start() -> None:
    database = FakeDatabase(refuse={"a": [refusal("55P03"), refusal("40P01")]})

    assert run(judged("a"), database) == 3
    assert database.diary.count("rollback") == 2
    assert database.diary[-1] == "commit"


def test_a_lock_that_stays_taken_ends_with_advice_when_the_budget_is_used_up() -> None:
    database = FakeDatabase(refuse={"a": [refusal("55P03")] * 1000})

    with pytest.raises(PostgresError, match="did not get its locks in") as error:
        run(judged("a"), database, lock_budget=5_000)

    assert "pg_stat_activity" in error.value.hint
    assert 7 < database.diary.count("rollback") < 20


def test_an_empty_file_is_recorded() -> None:
    database = FakeDatabase()

    run(judged(), database)

    assert database.diary == ["begin", f"record {NAME}", "commit"]


def test_a_concurrent_build_runs_alone_without_timeouts_and_without_prismas_lock() -> None:
    database = FakeDatabase()

    run(judged(CONCURRENTLY), database)

    assert database.diary == [
        f"started {NAME}",
        "intent 0",
        "let go of Prisma's lock",
        "no timeouts",
        CONCURRENTLY,
        "timeouts",
        "take Prisma's lock",
        "begin",
        "finished",
        "commit",
    ]


def test_a_failed_concurrent_build_leaves_neither_an_index_nor_a_row() -> None:
    database = FakeDatabase(
        refuse={CONCURRENTLY: [refusal("23505", "duplicate key")]},
        leaves_invalid={CONCURRENTLY: "public.i"},
    )

    with pytest.raises(PostgresError, match="duplicate key Nothing of"):
        run(judged(CONCURRENTLY), database)

    assert database.invalid == set()
    assert database.rows == []


def test_somebody_elses_invalid_index_is_not_dropped() -> None:
    database = FakeDatabase(refuse={CONCURRENTLY: [refusal()]}, invalid={"public.theirs"})

    with pytest.raises(PostgresError):
        run(judged(CONCURRENTLY), database)

    assert database.invalid == {"public.theirs"}


def test_a_build_that_ends_well_but_leaves_an_invalid_index_is_no_success() -> None:
    database = FakeDatabase(leaves_invalid={CONCURRENTLY: "public.i"})

    with pytest.raises(PostgresError, match=r"left an index .*: public\.i"):
        run(judged(CONCURRENTLY), database)


def test_a_mixed_file_runs_in_segments_each_with_its_checkpoint_in_the_same_transaction() -> None:
    database = FakeDatabase()

    run(judged("a", "b", CONCURRENTLY, "c"), database)

    begin = database.diary.index("begin")
    assert database.diary[begin : begin + 5] == ["begin", "a", "b", "step 1", "commit"]
    assert database.diary[-4:] == ["begin", "c", "finished", "commit"]


def test_a_mixed_file_that_stops_in_the_middle_says_what_stays() -> None:
    database = FakeDatabase(refuse={CONCURRENTLY: [refusal()]})

    with pytest.raises(
        PostgresError, match=r"Everything before line 2 .* is applied and stays"
    ) as e:
        run(judged("a", CONCURRENTLY), database)

    assert "it goes on at line 2" in e.value.hint
    (row,) = database.rows
    assert row.unfinished
    checkpoint = read_checkpoint(row.logs)
    assert checkpoint is not None
    assert (checkpoint.steps, "it exists" in checkpoint.error) == (1, True)


def test_the_authors_own_commit_ends_a_segment() -> None:
    database = FakeDatabase()

    run(judged("BEGIN", "a", "COMMIT", "b"), database)

    assert [entry for entry in database.diary if entry in ("begin", "commit", "a", "b")] == [
        "begin",
        "a",
        "commit",
        "begin",
        "b",
        "commit",
    ]


def test_one_block_of_the_authors_own_is_as_atomic_as_without_it() -> None:
    database = FakeDatabase()

    run(judged("BEGIN", "a", "b", "COMMIT"), database)

    assert database.diary == ["begin", "a", "b", f"record {NAME}", "commit"]


def test_a_rollback_in_a_file_is_refused_before_anything_runs() -> None:
    database = FakeDatabase()

    with pytest.raises(UsageError, match="line 2: ROLLBACK"):
        run(judged("a", "ROLLBACK"), database)

    assert database.diary == []


def test_an_interrupted_transaction_is_rolled_back() -> None:
    database = FakeDatabase(interrupt="b")

    with pytest.raises(KeyboardInterrupt):
        run(judged("a", "b"), database)

    assert database.diary == ["begin", "a", "b", "rollback"]


def test_an_interrupted_concurrent_build_leaves_no_index_and_a_row_with_its_intent() -> None:
    database = FakeDatabase(interrupt=CONCURRENTLY, leaves_invalid={CONCURRENTLY: "public.i"})

    with pytest.raises(KeyboardInterrupt):
        run(judged(CONCURRENTLY, "b"), database)

    assert database.invalid == set()
    checkpoint = read_checkpoint(database.rows[0].logs)
    assert checkpoint is not None
    assert checkpoint.intent is not None


def test_an_interruption_after_a_segment_leaves_a_row_that_says_how_far_it_is() -> None:
    database = FakeDatabase(interrupt="b")

    with pytest.raises(KeyboardInterrupt):
        run(judged("a", CONCURRENTLY, "b"), database)

    assert database.rows[0].unfinished
    checkpoint = read_checkpoint(database.rows[0].logs)
    assert checkpoint is not None
    assert checkpoint.steps == 2
