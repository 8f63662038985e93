"""Rollouts through a real PgBouncer: what is safe there is done, everything else is refused."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from bot.adapters.postgres.target.locking import PRISMA_KEY
from bot.adapters.postgres.target.opening import open_target
from bot.core.backups.policy import BackupPolicy
from bot.core.rollouts.checkpoint import Whole
from bot.core.targets.server import Pooling
from bot.core.targets.url import parse_url
from bot.errors import HistoryError, PostgresError
from tests.asking import ask
from tests.bouncer import bouncer
from tests.fakes import migration
from tests.rollout.real import STAGING, Apply

pytestmark = pytest.mark.slow

INIT = migration("20260101000000_init", "CREATE TABLE a (id int PRIMARY KEY, n int);\n")
MIXED = migration(
    "20260102000000_mixed",
    "ALTER TABLE a ADD COLUMN m int;\nCREATE INDEX CONCURRENTLY a_n ON a (n);\n",
)


@pytest.fixture
def pooled(database: str, tmp_path: Path) -> Iterator[str]:
    tmp_path.chmod(0o755)
    with bouncer(database, tmp_path, mode="transaction") as url:
        yield url


@pytest.fixture
def apply(pooled: str) -> Apply:
    """Through the pooler."""
    return Apply(pooled)


@pytest.mark.parametrize("mode", ["transaction", "session"])
@pytest.mark.parametrize("size", [1, 4])
def test_a_pooler_is_found_out_and_told_by_its_mode(
    database: str, tmp_path: Path, mode: str, size: int
) -> None:
    # With one place, a session pooler lets our second session wait: that counts as the worse.
    expected = Pooling.SESSION if (mode, size) == ("session", 4) else Pooling.TRANSACTION
    with (
        bouncer(database, tmp_path, mode=mode, size=size) as url,
        open_target(STAGING, parse_url(url)) as opened,
    ):
        assert opened.facts().pooling is expected
    with open_target(STAGING, parse_url(database)) as opened:
        assert opened.facts().pooling is Pooling.NONE


@pytest.mark.parametrize("query", ["", "?pgbouncer=true"])
def test_a_file_that_is_one_transaction_is_applied_and_nothing_stays_in_the_pool(
    pooled: str, database: str, query: str
) -> None:
    more = migration("20260102000000_more", "SET LOCAL work_mem = '8MB'; ALTER TABLE a ADD b int;")

    outcome = Apply(pooled + query)(INIT, more)

    assert [each.name for each in outcome.applied] == [INIT.name, more.name]
    rows = ask(database, "SELECT migration_name, finished_at IS NOT NULL FROM _prisma_migrations")
    assert rows == [(INIT.name, True), (more.name, True)]
    assert ask(database, "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") == [(0,)]
    settings = "SELECT name FROM pg_settings WHERE source = 'session' AND name NOT IN %s"
    told_by_the_pooler = ("application_name", "client_encoding", "TimeZone", "DateStyle")
    with psycopg.connect(pooled, autocommit=True, prepare_threshold=None) as somebody:
        literal = psycopg.ClientCursor(somebody)
        changed = literal.execute(
            settings.replace("%s", str(told_by_the_pooler)).encode()
        ).fetchall()
        assert changed == []
    assert Apply(pooled + query)(INIT, more).applied == ()


def test_a_schema_is_searched_within_the_transaction_alone(pooled: str, database: str) -> None:
    Apply(f"{pooled}?schema=tenant")(INIT)

    assert ask(database, "SELECT to_regclass('tenant.a') IS NOT NULL") == [(True,)]
    assert ask(database, "SELECT count(*) FROM tenant._prisma_migrations") == [(1,)]
    assert ask(pooled, "SHOW search_path") == [('"$user", public',)]


def test_a_mixed_file_is_refused_before_anything_is_written(apply: Apply, database: str) -> None:
    with pytest.raises(PostgresError, match=f"{MIXED.name}, line 2") as error:
        apply(INIT, MIXED)

    assert "direct_url_env" in error.value.hint
    assert ask(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("SET lock_timeout = '5s';", "SET outlasts the transaction"),
        ("SELECT pg_catalog.set_config('search_path', '', false);", "SELECT outlasts"),
        ("CREATE TEMP TABLE t (id int);", "CREATE TABLE outlasts"),
        ("LISTEN news;", "LISTEN outlasts"),
        ("BEGIN; CREATE TABLE b (); COMMIT; CREATE TABLE c ();", "more than one transaction"),
    ],
)
def test_what_would_outlast_the_transaction_is_refused(
    apply: Apply, database: str, sql: str, what: str
) -> None:
    with pytest.raises(PostgresError, match=what):
        apply(INIT, migration("20260102000000_more", sql))

    assert ask(database, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_no_backup_is_taken_through_a_pooler(apply: Apply) -> None:
    with pytest.raises(PostgresError, match="no session to the backup"):
        apply(INIT, backup=BackupPolicy(required=True))


def test_prismas_lock_keeps_us_out_there_too(apply: Apply, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as prisma:
        prisma.execute("SELECT pg_advisory_lock(%s)", (PRISMA_KEY,))
        with pytest.raises(PostgresError, match="did not get its locks"):
            apply(INIT, lock_budget=0)

    assert ask(database, "SELECT count(*) FROM _prisma_migrations") == [(0,)]
    assert len(apply(INIT).applied) == 1


def test_what_somebody_else_recorded_meanwhile_is_not_run_again(
    apply: Apply, pooled: str, database: str
) -> None:
    apply(INIT)

    with (
        open_target(STAGING, parse_url(pooled)) as opened,
        pytest.raises(HistoryError, match="somebody else has applied this migration"),
    ):
        opened.together(["CREATE TABLE b ()"], Whole("x", INIT), needs=(), heard=lambda *_: None)

    assert ask(database, "SELECT to_regclass('b') IS NULL") == [(True,)]


def test_a_build_that_waits_for_others_is_cut_off_behind_a_session_pooler_too(
    database: str, tmp_path: Path
) -> None:
    with psycopg.connect(database, autocommit=True) as direct:
        direct.execute("CREATE TABLE a (id int); INSERT INTO a VALUES (1)")
    with (
        bouncer(database, tmp_path, mode="session", size=6) as url,
        psycopg.connect(database) as writer,
        open_target(STAGING, parse_url(url)) as opened,
    ):
        writer.execute("UPDATE a SET id = 2")
        build = "CREATE INDEX CONCURRENTLY a_id ON a (id)"
        with pytest.raises(PostgresError, match="was cut off"), opened.waiting_at_most(500):
            opened.alone(build, settings=(), heard=lambda *_: None)
