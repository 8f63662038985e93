"""Rows that are marked by hand, on real servers."""

from collections.abc import Iterator

import psycopg
import pytest

from bot.adapters.postgres.target.opening import TargetDatabase, open_target
from bot.core.rollouts.checkpoint import Checkpoint
from bot.core.rollouts.plan import make_plan
from bot.core.rollouts.standing import MigrationState
from bot.core.settings import default_targets
from bot.core.targets.url import parse_url
from bot.errors import HistoryError, PostgresError
from tests.fakes import migration

STAGING = default_targets()["staging"]
INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY);")
MORE = migration("20260102000000_more", "CREATE TABLE b (id int PRIMARY KEY);")


@pytest.fixture
def target(database: str) -> Iterator[TargetDatabase]:
    with open_target(STAGING, parse_url(database)) as opened:
        yield opened


def test_a_baseline_makes_the_table_and_all_rows_in_one_transaction(
    target: TargetDatabase, database: str
) -> None:
    target.execute("CREATE TABLE a (id int)")
    assert target.unbaselined()
    too_long = migration("x" * 256)

    with pytest.raises(PostgresError):
        target.resolve(applied=[INIT, too_long])
    # An empty migrations table would hide that a baseline is needed.
    assert target.unbaselined()

    target.resolve(applied=[INIT, MORE])
    first, second = target.applied()
    assert not target.unbaselined()
    assert (first.name, second.name) == (INIT.name, MORE.name)
    assert (first.checksum, second.checksum) == (INIT.checksum, MORE.checksum)
    assert first.started_at == first.finished_at
    assert first.started_at < second.started_at
    assert (first.logs, first.applied_steps_count, first.rolled_back_at) == ("", 0, None)
    assert first.marked
    assert len({first.id, second.id}) == 2
    assert len(first.id) == 36


def test_what_a_trigger_swallows_is_not_said_to_be_marked(target: TargetDatabase) -> None:
    target.create_table()
    target.execute(
        "CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        f"IF NEW.migration_name = '{MORE.name}' THEN RETURN NULL; END IF; RETURN NEW; END$$;"
        "CREATE TRIGGER t BEFORE INSERT ON _prisma_migrations "
        "FOR EACH ROW EXECUTE FUNCTION meddle()"
    )

    with pytest.raises(HistoryError, match="keeps 1 of the 2 rows") as error:
        target.resolve(applied=[INIT, MORE])

    assert "a trigger" in error.value.hint
    assert target.applied() == ()


def test_what_is_unfinished_is_rolled_back_and_keeps_its_logs(target: TargetDatabase) -> None:
    target.create_table()
    logs = Checkpoint(INIT.checksum, ("d",)).text()
    target.start("one", INIT.name, Checkpoint(INIT.checksum, ("d",)))
    target.start("two", MORE.name, Checkpoint(MORE.checksum))

    target.resolve(applied=[INIT], rolled_back=[MORE.name])

    one, two, new = target.applied()
    assert one.rolled_back_at is not None
    assert two.rolled_back_at is not None
    assert one.logs == logs
    assert (new.name, new.finished) == (INIT.name, True)
    states = [each.state for each in make_plan("x", [INIT, MORE], target.applied()).standings]
    assert states == [MigrationState.MARKED, MigrationState.ROLLED_BACK]


def test_columns_and_indexes_of_others_do_no_harm(target: TargetDatabase) -> None:
    target.create_table()
    target.execute(
        "ALTER TABLE _prisma_migrations ADD note text DEFAULT 'ours', ADD who text;"
        "CREATE INDEX ON _prisma_migrations (note)"
    )
    target.resolve(applied=[INIT])

    assert [row.name for row in target.applied()] == [INIT.name]


def test_a_table_that_may_not_be_read_is_not_taken_for_none(
    target: TargetDatabase, database: str
) -> None:
    target.create_table()
    target.execute(
        "DROP ROLE IF EXISTS blind; CREATE ROLE blind; GRANT USAGE ON SCHEMA public TO blind"
    )
    with psycopg.connect(database, autocommit=True) as other:
        try:
            target.execute("SET ROLE blind")
            with pytest.raises(PostgresError, match="permission denied") as error:
                target.applied()
            assert "Grant this role" in error.value.hint
            assert not target.unbaselined()
        finally:
            target.execute("RESET ROLE")
            other.execute("DROP OWNED BY blind; DROP ROLE blind")
