"""`apply` where the backup before it fails, with PostgreSQL's own programs: one message, and no
migration has run."""

import sys
from pathlib import Path

import psycopg
import pytest

from bot.errors import ExitCode
from tests.adapters.postgres.other_programs import with_other
from tests.asking import ask
from tests.commands.place import CONFIGURATION, INIT, MORE, SCRIPT, Place
from tests.shell import Done

TARGETS = """
targets:
  development:
    kind: development
    url_env: DATABASE_URL
    backup: {required: true, level: restore, directory: %s}
"""
# It writes a part of what it has to, as a program that somebody kills does.
DIES = """
for each in "$@"; do case "$each" in --file=*) place="${each#--file=}";; esac; done
"$real" "$@" && truncate --size=20 "$place"/*.dat*
kill -9 $$
"""
# What a disk, or a mistake of ours, would do to a copy.
LOSES_A_ROW = f"""
"$real" "$@" || exit "$?"
for each in "$@"; do case "$each" in --dbname=*) name="${{each#--dbname=}}";; esac; done
[ -z "$name" ] || PGDATABASE="$name" {sys.executable} -c '
import psycopg
with psycopg.connect() as copy:
    copy.execute("DELETE FROM kept WHERE id = 50")
'
"""


@pytest.fixture
def private(place: Place, database: str) -> Path:
    """Where backups go. `development` has the first migration, and a table with rows."""
    directory = place.root.parent / "private"
    done = place.bot("apply", "development", environ={"DATABASE_URL": database})
    assert done.code == ExitCode.FINE, done.said
    place.write(CONFIGURATION, TARGETS.replace("%s", str(directory)))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT id FROM generate_series(1, 50) id")
    place.write(SCRIPT, "ALTER TABLE a ADD COLUMN n int;\n")
    return directory


def applied_with(place: Place, database: str, program: str, script: str) -> Done:
    with psycopg.connect(database) as connection:
        major = connection.info.server_version // 10000
    there = with_other(program, major, place.root.parent / "bin", script)
    return place.bot("apply", "development", environ={"DATABASE_URL": database, **there})


def untouched(done: Done, database: str, code: ExitCode = ExitCode.POSTGRES) -> None:
    assert done.code == code, done.said
    assert done.err.count("error: ") == 1
    assert "\nhint:  " in done.err
    rows = ask(database, "SELECT migration_name FROM _prisma_migrations")
    assert rows == [(INIT,)]
    columns = ask(database, "SELECT attname FROM pg_attribute WHERE attrelid = 'a'::regclass")
    assert ("n",) not in columns
    assert ask(database, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'") == []


@pytest.mark.slow
def test_where_pg_dump_dies_half_way_no_migration_runs(
    place: Place, database: str, private: Path
) -> None:
    done = applied_with(place, database, "pg_dump", DIES)
    untouched(done, database)
    assert "pg_dump was ended by signal 9" in done.err
    assert list(private.iterdir()) == []


@pytest.mark.slow
def test_a_key_that_is_missing_is_refused_before_anything_is_dumped(
    place: Place, database: str, private: Path
) -> None:
    place.write(CONFIGURATION, TARGETS.replace("%s", f"{private}, encrypt_to: [./nowhere.txt]"))
    told = f'touch {private.parent}/ran; exec "$real" "$@"'
    done = applied_with(place, database, "pg_dump", told)
    untouched(done, database, ExitCode.USAGE)
    assert "./nowhere.txt is neither a public key nor a file of them" in done.err
    assert not (private.parent / "ran").exists()


@pytest.mark.slow
def test_where_the_restored_copy_lacks_one_row_no_migration_runs(
    place: Place, database: str, private: Path
) -> None:
    done = applied_with(place, database, "pg_restore", LOSES_A_ROW)
    untouched(done, database)
    assert "table public.kept: 50 rows became 49" in done.err

    again = place.bot("apply", "development", environ={"DATABASE_URL": database})

    assert again.code == ExitCode.FINE, again.said
    assert ask(database, "SELECT migration_name FROM _prisma_migrations ORDER BY 1") == [
        (INIT,),
        (MORE,),
    ]
