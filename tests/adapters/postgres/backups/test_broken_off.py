"""Dumps that break off: nothing is left of them, and one message says why."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.tools import best_for_dump
from bot.core.backups.level import Level
from bot.core.backups.policy import BackupPolicy
from bot.core.settings import default_targets
from bot.core.targets.target import Target
from bot.core.targets.url import parse_url
from bot.errors import BackupError, PostgresError
from bot.wiring.backups import Backups
from tests.adapters.postgres.other_programs import with_other
from tests.adapters.postgres.processes import becomes_true

PRODUCTION = replace(
    default_targets()["production"],
    backup=BackupPolicy(required=True, level=Level.DECODE, directory="kept"),
)
ROWS = "CREATE TABLE t AS SELECT n, md5(n::text) AS text FROM generate_series(1, 200000) n"
DUMPS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pg_dump'"

# Each stands before the real pg_dump, whose files grow in the directory that --file names.
HALF_WAY = """
for each in "$@"; do case "$each" in --file=*) place="${each#--file=}";; esac; done
"$real" "$@" &
while [ -z "$(find "$place" -name '*.dat*' -size +20k 2>/dev/null)" ]; do sleep 0.01; done
"""
BROKEN_OFF = {
    "it dies half-way": (f'{HALF_WAY} kill -9 $!; wait $!; exit "$?"', "exit status 137"),
    "it is told to end": (f'{HALF_WAY} kill -15 $!; wait $!; exit "$?"', "failed with exit status"),
    "it is killed itself": (f"{HALF_WAY} kill -9 $! $$", "ended by signal 9"),
    # A file may be no larger than that: what a full disk is, without one.
    "no room is left": ('trap \'\' XFSZ; ulimit -f 40; exec "$real" "$@"', "exit status 1"),
}


def run(url: str, script: str) -> int:
    with connect(url, application_name="test") as connection:
        row = connection.execute(script.encode())
        found = row.fetchone() if row.description else (0,)
    return int(found[0]) if found else 0


def major_of(url: str) -> int:
    with connect(url, application_name="test") as connection:
        return connection.info.server_version // 10000


def with_other_dump(url: str, directory: Path, script: str) -> dict[str, str]:
    """The environment in which PostgreSQL's programs are the real ones, but for pg_dump."""
    return {**os.environ, **with_other("pg_dump", major_of(url), directory, script)}


def keeper(target: Target, url: str, root: Path, environ: dict[str, str]) -> Backups:
    return Backups(environ, root, lambda _: target, lambda _: parse_url(url), lambda _: None)


@pytest.mark.slow
@pytest.mark.parametrize(("script", "why"), BROKEN_OFF.values(), ids=BROKEN_OFF)
def test_a_dump_that_breaks_off_leaves_nothing_and_is_told(
    database: str, tmp_path: Path, script: str, why: str
) -> None:
    run(database, ROWS)
    environ = with_other_dump(database, tmp_path / "bin", script)
    with pytest.raises(BackupError, match=f"pg_dump .*{why}"):
        keeper(PRODUCTION, database, tmp_path, environ).take(PRODUCTION, lambda _: None)
    assert list((tmp_path / "kept").iterdir()) == []
    assert becomes_true(lambda: run(database, DUMPS) == 0)


@pytest.mark.slow
def test_a_server_that_goes_away_half_way_leaves_nothing_either(
    database: str, tmp_path: Path
) -> None:
    run(database, ROWS)
    ends = (
        'psql -qXc "SELECT pg_terminate_backend(pid) FROM pg_stat_activity '
        "WHERE application_name = 'pg_dump'\""
    )
    tool = best_for_dump(major_of(database))
    script = f'{HALF_WAY} {tool.bin}/{ends}; wait $!; exit "$?"'
    environ = with_other_dump(database, tmp_path / "bin", script)
    with pytest.raises(PostgresError) as caught:
        keeper(PRODUCTION, database, tmp_path, environ).take(PRODUCTION, lambda _: None)
    assert "pg_dump failed" in caught.value.message
    assert list((tmp_path / "kept").iterdir()) == []
