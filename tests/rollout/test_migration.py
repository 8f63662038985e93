from dataclasses import replace

import pytest

from bot.core.findings.found import FoundIndex
from bot.core.findings.review import JudgedMigration, JudgedStatement
from bot.core.migrations.effects import Effects
from bot.core.migrations.statement import Position, Statement
from bot.core.settings import default_targets
from bot.errors import PostgresError
from bot.rollout.migration import run_script
from bot.rollout.recovery import checkpoint_of
from bot.rollout.telling.steps import Steps
from bot.rollout.telling.telling import Telling
from bot.rollout.ways import Up
from bot.sql.parse import parse
from tests.fakes import FakeCheckout, FakeDatabase, history, migration, world

STAGING = default_targets()["staging"]
NAME = "20260101000000_x"
CONCURRENTLY = "CREATE INDEX CONCURRENTLY i ON t (c)"
WHOLE = FoundIndex("public.i", "i", '"t"', "CREATE INDEX i ON public.t USING btree (c)")
HALF = replace(WHOLE, valid=False)


def judged(*sqls: str) -> JudgedMigration:
    """A file with a statement on each line; what is no SQL stands for any transactional one."""
    return JudgedMigration(
        migration(NAME, ";\n".join(sqls)),
        tuple(
            JudgedStatement(_statement(index, sql), Effects("CONCURRENTLY" not in sql))
            for index, sql in enumerate(sqls)
        ),
    )


def _statement(index: int, sql: str) -> Statement:
    read = parse(sql).statements
    found = read[0] if read else Statement(0, sql, Position(1, 1), Position(1, 9), "OTHER", "", {})
    return replace(found, index=index, start=Position(index + 1, 1), end=Position(index + 1, 9))


def run(file: JudgedMigration, database: FakeDatabase, **target: int) -> int:
    here = world(FakeCheckout(history()))
    made = replace(STAGING, **target)  # type: ignore[arg-type]
    begun = next((row for row in database.rows if row.unfinished), None)
    steps = Steps(Telling(made, here))
    return run_script(
        file, Up(file.migration, begun), database, made, here, steps, here.console.say
    ).attempts


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


def test_a_transaction_that_another_got_ahead_of_is_tried_again_within_the_budget() -> None:
    once = FakeDatabase(refuse={"a": [refusal("40001")]})
    always = FakeDatabase(refuse={"a": [refusal("40001", "could not serialize")] * 1000})

    assert run(judged("a"), once) == 2
    with pytest.raises(PostgresError, match="line 1: could not serialize") as error:
        run(judged("a"), always, lock_budget=5_000)

    assert error.value.sqlstate == "40001"


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
    database = FakeDatabase(makes={CONCURRENTLY: [WHOLE]})

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
        refuse={CONCURRENTLY: [refusal("23505", "duplicate key.")]}, makes={CONCURRENTLY: [HALF]}
    )

    with pytest.raises(PostgresError, match=r"duplicate key .* Nothing of"):
        run(judged(CONCURRENTLY), database)

    assert database.found == []
    assert database.rows == []


def test_a_build_that_failed_and_cannot_be_cleared_away_keeps_its_row_and_its_intent() -> None:
    database = FakeDatabase(
        refuse={
            CONCURRENTLY: [refusal("23505", "duplicate key.")],
            "DROP INDEX CONCURRENTLY public.i": [refusal("42501", "not the owner.")],
        },
        makes={CONCURRENTLY: [HALF]},
    )

    with pytest.raises(PostgresError, match="not the owner") as error:
        run(judged(CONCURRENTLY), database)

    assert "goes on at line 1" in error.value.hint
    assert checkpoint_of(database.rows[0]).intent is not None


def test_a_lost_connection_leaves_the_row_as_it_is_and_writes_nothing_more() -> None:
    database = FakeDatabase(refuse={"b": [refusal("08006", "lost.")]})

    with pytest.raises(PostgresError, match="lost"):
        run(judged("a", "SET x = 1", "COMMIT", "b"), database)

    assert database.diary[-2:] == ["b", "rollback"]
    assert checkpoint_of(database.rows[0]).steps == 1


def test_the_next_run_goes_on_at_the_segment_that_failed() -> None:
    database = FakeDatabase(refuse={"b": [refusal(message="no space.")]})
    database.makes = {CONCURRENTLY: [WHOLE]}
    file = judged("a", CONCURRENTLY, "b")
    with pytest.raises(PostgresError, match="no space") as error:
        run(file, database)
    assert "goes on at line 3" in error.value.hint
    assert "no space" in checkpoint_of(database.rows[0]).error
    database.diary.clear()

    run(file, database)

    assert database.diary == ["begin", "b", "finished", "commit"]


def test_what_a_file_sets_for_its_session_holds_in_its_later_segments() -> None:
    database = FakeDatabase(makes={CONCURRENTLY: [WHOLE]})

    run(judged("SET work_mem = '1GB'", "SET LOCAL x.y = 1", CONCURRENTLY, "RESET ALL"), database)

    alone = database.diary.index("no timeouts")
    assert database.diary[alone - 1] == "SET work_mem = '1GB'"
    assert database.diary[-6:] == [
        "begin",
        "SET work_mem = '1GB'",
        "RESET ALL",
        "limits again",
        "finished",
        "commit",
    ]


def test_a_mixed_file_runs_in_segments_each_with_its_checkpoint_in_the_same_transaction() -> None:
    database = FakeDatabase(makes={CONCURRENTLY: [WHOLE]})

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
    checkpoint = checkpoint_of(row)
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


def test_an_interrupted_transaction_is_rolled_back() -> None:
    database = FakeDatabase(interrupt="b")

    with pytest.raises(KeyboardInterrupt):
        run(judged("a", "b"), database)

    assert database.diary == ["begin", "a", "b", "rollback"]


def test_an_interrupted_concurrent_build_is_left_to_the_next_run_with_its_intent() -> None:
    database = FakeDatabase(interrupt=CONCURRENTLY, makes={CONCURRENTLY: [HALF, WHOLE]})
    file = judged(CONCURRENTLY, "b")
    with pytest.raises(KeyboardInterrupt):
        run(file, database)
    assert checkpoint_of(database.rows[0]).intent is not None
    database.interrupt = None

    run(file, database)

    assert database.found == [WHOLE]
    assert database.diary.count(CONCURRENTLY) == 2
    assert database.rows[0].finished


def test_a_build_that_is_done_and_cannot_be_counted_is_still_known_to_be_ours() -> None:
    database = FakeDatabase(
        makes={CONCURRENTLY: [WHOLE]}, refuse={"count": [refusal("53100", "no space left.")]}
    )
    with pytest.raises(PostgresError, match="no space left") as error:
        run(judged(CONCURRENTLY), database)
    assert "Nothing of" not in error.value.message
    assert checkpoint_of(database.rows[0]).intent is not None

    run(judged(CONCURRENTLY), database)

    assert database.diary.count(CONCURRENTLY) == 1
    assert database.found == [WHOLE]
    assert database.rows[0].finished


def test_whoever_goes_on_with_an_intent_writes_down_that_it_is_at_it_now() -> None:
    database = FakeDatabase(interrupt=CONCURRENTLY, makes={CONCURRENTLY: [HALF, HALF]})
    for process in (7, 8):
        database.process = process
        with pytest.raises(KeyboardInterrupt):
            run(judged(CONCURRENTLY), database)

        intent = checkpoint_of(database.rows[0]).intent
        assert intent is not None
        assert (intent.pid, intent.there) == (process, ())


def test_an_interruption_after_a_segment_leaves_a_row_that_says_how_far_it_is() -> None:
    database = FakeDatabase(interrupt="b", makes={CONCURRENTLY: [WHOLE]})

    with pytest.raises(KeyboardInterrupt):
        run(judged("a", CONCURRENTLY, "b"), database)

    assert database.rows[0].unfinished
    assert checkpoint_of(database.rows[0]).steps == 2
