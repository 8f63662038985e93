"""What is decided about a statement that runs alone, from what is found of it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.findings.found import Attachment, FoundIndex
from bot.core.migrations.statement import Statement
from bot.errors import HistoryError, PostgresError
from bot.rollout.outside.alone import TRIES, outside_of, see_through
from bot.rollout.outside.outside import Outside
from bot.sql.parse import parse
from tests.fakes import FakeDatabase

BUILD = "CREATE INDEX CONCURRENTLY i ON t (c)"
DETACH = "ALTER TABLE t DETACH PARTITION p CONCURRENTLY"
WHOLE = FoundIndex("public.i", "i", '"t"', "CREATE INDEX i ON public.t USING btree (c)")
HALF = replace(WHOLE, valid=False)
OTHER = replace(WHOLE, definition="CREATE INDEX i ON public.t USING btree (d)")
FINALIZE = 'ALTER TABLE "t" DETACH PARTITION "p" FINALIZE'


def refusal(sqlstate: str) -> PostgresError:
    return PostgresError("No.", hint="Look.", sqlstate=sqlstate)


def outside(sql: str) -> Outside:
    (statement,) = parse(sql).statements
    found = outside_of(statement)
    assert found is not None
    return found


def settle(sql: str, database: FakeDatabase, there: Sequence[str] = ()) -> list[str]:
    """What is run, in order."""

    def run() -> None:
        database.alone(sql, settings=(), heard=lambda *_: None)

    see_through(outside(sql), tuple(there), run, database)
    return [each for each in database.diary if "timeouts" not in each]


def test_what_is_absent_is_built_and_looked_at_again() -> None:
    database = FakeDatabase(makes={BUILD: [WHOLE]})

    assert settle(BUILD, database) == [BUILD]


def test_what_is_there_and_works_is_not_built_again() -> None:
    assert settle(BUILD, FakeDatabase(found=[WHOLE])) == []


def test_what_is_half_built_is_dropped_first() -> None:
    database = FakeDatabase(found=[HALF], makes={BUILD: [WHOLE]})

    assert settle(BUILD, database) == ["DROP INDEX CONCURRENTLY public.i", BUILD]


def test_a_build_without_an_error_that_left_an_index_nobody_uses_is_done_again() -> None:
    database = FakeDatabase(makes={BUILD: [HALF, WHOLE]})

    assert settle(BUILD, database) == [BUILD, "DROP INDEX CONCURRENTLY public.i", BUILD]


@pytest.mark.parametrize("sqlstate", ["40P01", "55P03"])
def test_a_deadlock_and_a_lock_that_is_taken_are_tried_again(sqlstate: str) -> None:
    database = FakeDatabase(
        refuse={BUILD: [refusal(sqlstate)] * 2}, makes={BUILD: [HALF, HALF, WHOLE]}
    )

    assert settle(BUILD, database).count(BUILD) == 3
    assert database.found == [WHOLE]


def test_after_six_times_it_is_given_up_and_nothing_is_left() -> None:
    database = FakeDatabase(refuse={BUILD: [refusal("40P01")] * 100}, makes={BUILD: [HALF] * 100})

    with pytest.raises(PostgresError, match="No"):
        settle(BUILD, database)

    assert database.diary.count(BUILD) == TRIES
    assert database.found == []


def test_a_build_that_never_makes_anything_is_not_called_done() -> None:
    database = FakeDatabase()

    with pytest.raises(PostgresError, match="it is not done"):
        settle(BUILD, database)


def test_another_error_is_told_at_once_and_nothing_is_left() -> None:
    database = FakeDatabase(refuse={BUILD: [refusal("23505")]}, makes={BUILD: [HALF]})

    with pytest.raises(PostgresError, match="No"):
        settle(BUILD, database)

    assert database.diary.count(BUILD) == 1
    assert database.found == []


def test_after_a_lost_connection_nothing_is_asked_any_more() -> None:
    database = FakeDatabase(refuse={BUILD: [refusal("08006")]}, makes={BUILD: [HALF]})

    with pytest.raises(PostgresError, match="No"):
        settle(BUILD, database)

    assert database.found == [HALF]


def test_an_index_that_is_being_built_by_another_session_is_left_alone() -> None:
    database = FakeDatabase(found=[replace(HALF, builder=77)])

    with pytest.raises(PostgresError, match=r"being built right now, by process 77"):
        settle(BUILD, database)

    assert database.diary == []


def test_another_index_of_the_same_name_is_left_alone() -> None:
    database = FakeDatabase(found=[OTHER])

    with pytest.raises(HistoryError, match=r"it is CREATE INDEX i ON public\.t USING btree \(d\)"):
        settle(BUILD, database)


def test_without_a_name_another_index_is_nobodys_business() -> None:
    unnamed = BUILD.replace(" i ", " ")
    theirs = replace(HALF, name="public.t_c_idx", bare="t_c_idx")
    ours = replace(WHOLE, name="public.t_c_idx1", bare="t_c_idx1")
    database = FakeDatabase(found=[theirs], makes={unnamed: [ours]})

    assert settle(unnamed, database, ["public.t_c_idx"]) == [unnamed]
    assert database.found == [theirs, ours]


def test_a_detached_partition_is_done_and_a_pending_one_is_finalized() -> None:
    assert settle(DETACH, FakeDatabase(attached=Attachment.DETACHED)) == []

    database = FakeDatabase(attached=Attachment.PENDING, makes={FINALIZE: [Attachment.DETACHED]})
    assert settle(DETACH, database) == [FINALIZE]


def test_a_detach_that_breaks_off_is_finalized_at_once() -> None:
    database = FakeDatabase(
        refuse={DETACH: [refusal("40P01")]},
        makes={DETACH: [Attachment.PENDING], FINALIZE: [Attachment.DETACHED]},
    )

    assert settle(DETACH, database) == [DETACH, FINALIZE]


def test_the_copies_that_a_rebuild_left_are_dropped_and_others_are_not() -> None:
    sql = "REINDEX TABLE CONCURRENTLY t"
    copy, old = (replace(HALF, name=f"public.i_cc{end}", bare="i") for end in ("new", "old1"))
    theirs = replace(HALF, name="public.x_ccnew", bare="x")
    building = replace(HALF, name="public.y_ccnew", bare="y", builder=77)
    database = FakeDatabase(found=[HALF, copy, old, theirs, building])

    run = settle(sql, database, ["public.x_ccnew"])

    assert run[-1] == sql
    assert database.found == [HALF, theirs, building]


@pytest.mark.parametrize("sql", ["VACUUM t", "ANALYZE", "CLUSTER", "REINDEX SCHEMA s"])
def test_what_leaves_nothing_to_be_seen_is_run(sql: str) -> None:
    assert settle(sql, FakeDatabase()) == [sql]


@pytest.mark.parametrize("sql", ["CREATE DATABASE d", "ALTER SYSTEM SET a = 1", "CALL f()"])
def test_of_anything_else_one_cannot_see_whether_it_was_done(sql: str) -> None:
    statement: Statement = parse(sql).statements[0]

    assert outside_of(statement) is None
