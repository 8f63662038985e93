"""The moment before a rollout, as a server tells it."""

import pytest

from bot.adapters.postgres.backups.moment import mark
from bot.adapters.postgres.connection import connect
from bot.core.targets.url import parse_url


def file_of(url: str, lsn: str) -> str:
    with connect(url, application_name="test") as connection:
        row = connection.execute("SELECT pg_walfile_name(%s::pg_lsn)", (lsn,)).fetchone()
    assert row is not None
    return str(row[0])


def test_a_moment_is_marked_and_its_file_is_complete(database: str) -> None:
    first = mark(parse_url(database), "migration-bot-a1")
    assert first.label == "migration-bot-a1"
    assert first.at.tzinfo is not None
    assert first.wal_file == file_of(database, first.lsn)
    second = mark(parse_url(database), "x" * 80)
    assert second.wal_file > first.wal_file


def test_a_role_that_may_not_mark_it_still_reads_where_the_server_is(database: str) -> None:
    with connect(database, application_name="test") as connection:
        connection.execute("DROP ROLE IF EXISTS plain; CREATE ROLE plain LOGIN PASSWORD 'plain'")
    url = database.replace("//postgres@", "//plain:plain@")
    if url == database:
        pytest.skip("NOT CHECKED: this server's superuser has another name")
    found = mark(parse_url(url), "migration-bot-a1")
    assert found.label is None
    assert found.wal_file < file_of(database, found.lsn)
    with connect(database, application_name="test") as connection:
        connection.execute("DROP ROLE plain")
