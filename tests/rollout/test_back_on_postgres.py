"""Rollbacks on real servers: by the scripts of authors, recorded as Prisma would mark them."""

from dataclasses import replace

import pytest

from bot.core.migrations.migration import Migration
from bot.errors import HistoryError, PostgresError, UsageError
from tests.asking import ask
from tests.fakes import migration
from tests.rollout.real import Apply, TakeBack

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY, n int);\n")
MORE = replace(
    migration("20260102000000_more", "CREATE TABLE b (id int);\n"), down="DROP TABLE b;\n"
)
INDEX = replace(
    migration("20260103000000_index", "CREATE INDEX CONCURRENTLY a_n ON a (n);\n"),
    down="DROP INDEX CONCURRENTLY a_n;\n",
)
MIXED = replace(
    migration(
        "20260104000000_mixed",
        "ALTER TABLE a ADD COLUMN m int;\nCREATE INDEX CONCURRENTLY a_m ON a (m);\n",
    ),
    down="COMMENT ON TABLE a IS 'taken back';\nDROP INDEX CONCURRENTLY a_m;\n"
    "ALTER TABLE a DROP COLUMN m;\n",
)
ALL = (INIT, MORE, INDEX, MIXED)


def rows(database: str) -> list[tuple[object, ...]]:
    """Name, whether it counts as applied, whether it is rolled back."""
    return ask(
        database,
        "SELECT migration_name, finished_at IS NOT NULL, rolled_back_at IS NOT NULL "
        "FROM _prisma_migrations ORDER BY started_at",
    )


def shape(database: str) -> list[tuple[object, ...]]:
    return ask(
        database,
        "SELECT to_regclass('b') IS NOT NULL, to_regclass('a_n') IS NOT NULL, "
        "to_regclass('a_m') IS NOT NULL, (SELECT count(*) FROM pg_attribute "
        "WHERE attrelid = 'a'::regclass AND attname = 'm')",
    )


def test_what_comes_after_a_migration_is_taken_back_from_the_newest_on(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    apply(*ALL)

    done = take_back(*ALL, to=INIT.name)

    assert [each.name for each in done.applied] == [MIXED.name, INDEX.name, MORE.name]
    assert shape(database) == [(False, False, False, 0)]
    assert rows(database) == [
        (INIT.name, True, False),
        (MORE.name, False, True),
        (INDEX.name, False, True),
        (MIXED.name, False, True),
    ]


def test_the_row_says_when_it_had_been_applied(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    apply(INIT, MORE)
    take_back(INIT, MORE, steps=1)

    ((logs, steps),) = ask(
        database,
        "SELECT logs, applied_steps_count FROM _prisma_migrations WHERE rolled_back_at IS NOT NULL",
    )

    assert str(logs).startswith("Taken back by migration-bot. It had been applied at 20")
    assert steps == 1


def test_a_rollback_that_is_done_has_nothing_left_to_do(apply: Apply, take_back: TakeBack) -> None:
    apply(*ALL)
    take_back(*ALL, to=INDEX.name)

    assert take_back(*ALL, to=INDEX.name).applied == ()


def test_what_was_taken_back_is_applied_again_by_the_next_deploy(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    apply(*ALL)
    take_back(*ALL, steps=2)

    assert [each.name for each in apply(*ALL).applied] == [INDEX.name, MIXED.name]
    assert shape(database) == [(True, True, True, 1)]


def test_without_saying_how_far_the_last_five_are_shown(apply: Apply, take_back: TakeBack) -> None:
    apply(*ALL)

    with pytest.raises(UsageError, match="how far") as error:
        take_back(*ALL)

    assert f"{MIXED.name}, {INDEX.name}, {MORE.name}, {INIT.name}" in error.value.hint


def test_another_digest_than_the_expected_one_stops(apply: Apply, take_back: TakeBack) -> None:
    apply(*ALL)

    with pytest.raises(HistoryError, match="not the one that was agreed to"):
        take_back(*ALL, steps=1, digest="sha256:other")


def test_a_migration_that_was_edited_since_is_not_taken_back(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    apply(INIT, MORE)

    with pytest.raises(HistoryError, match="edited after it was applied"):
        take_back(INIT, replace(MORE, sql="CREATE TABLE b (id bigint);"), steps=1)

    assert rows(database)[1] == (MORE.name, True, False)


def test_a_migration_without_a_script_names_the_restore(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    apply(INIT, replace(MORE, down=None))

    with pytest.raises(HistoryError, match=r"has no down\.sql") as error:
        take_back(INIT, replace(MORE, down=None), steps=1)

    assert "migration-bot restore staging BACKUP" in error.value.hint
    assert rows(database)[1] == (MORE.name, True, False)


def test_a_script_that_is_refused_leaves_its_migration_applied(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    wrong = replace(MORE, down="DROP TABLE b;\nDROP TABLE nowhere;\n")
    apply(INIT, wrong)

    with pytest.raises(PostgresError, match=r"down\.sql of 20260102000000_more, line 2") as error:
        take_back(INIT, wrong, steps=1)

    assert "P3018" not in error.value.message
    assert shape(database)[0][0] is True
    assert rows(database)[1] == (MORE.name, True, False)


def test_a_script_that_stops_before_its_first_part_is_done_leaves_the_row_as_it_was(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    wrong = replace(MIXED, down="DROP TABLE nowhere;\nDROP INDEX CONCURRENTLY a_m;\n")
    apply(INIT, wrong)
    before = ask(database, "SELECT * FROM _prisma_migrations ORDER BY started_at")

    with pytest.raises(PostgresError, match=r"Nothing of down\.sql of"):
        take_back(INIT, wrong, steps=1)

    assert ask(database, "SELECT * FROM _prisma_migrations ORDER BY started_at") == before


def test_a_script_that_stops_half_way_keeps_everybody_out_and_goes_on(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    wrong = replace(
        MIXED, down="DROP INDEX CONCURRENTLY a_m;\nALTER TABLE a DROP COLUMN nowhere;\n"
    )
    apply(INIT, wrong)
    with pytest.raises(PostgresError, match=r"Everything before line 2 .* is taken back and stays"):
        take_back(INIT, wrong, steps=1)

    assert rows(database)[1] == (MIXED.name, False, False)
    with pytest.raises(HistoryError, match="is taken back in part") as error:
        apply(INIT, wrong)
    assert "migration-bot rollback staging --steps 1" in error.value.hint
    mended = replace(MIXED, down="DROP INDEX CONCURRENTLY a_m;\nALTER TABLE a DROP COLUMN m;\n")
    assert [each.name for each in take_back(INIT, mended, steps=1).applied] == [MIXED.name]
    assert shape(database) == [(False, False, False, 0)]
    assert rows(database)[1] == (MIXED.name, False, True)


def test_what_is_on_top_of_it_now_is_not_passed_over(apply: Apply, take_back: TakeBack) -> None:
    apply(INIT, MORE, INDEX)

    with pytest.raises(HistoryError, match="missing from the history"):
        take_back(INIT, MORE, steps=1)


def test_an_empty_script_takes_back_the_row_alone(
    apply: Apply, take_back: TakeBack, database: str
) -> None:
    nothing = Migration(
        "20260105000000_words", "m/20260105000000_words/migration.sql", "ANALYZE a;", "-- none\n"
    )
    apply(INIT, nothing)

    take_back(INIT, nothing, steps=1)

    assert rows(database)[1] == (nothing.name, False, True)
