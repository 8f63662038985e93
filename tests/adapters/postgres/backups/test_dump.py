"""Backups of real databases, and the proof that they can be brought back."""

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.adapters.postgres import migrations_table
from bot.adapters.postgres.backups.dump import (
    CATALOGUE,
    Dumping,
    compression,
    take_backup,
)
from bot.adapters.postgres.backups.proof import prove
from bot.adapters.postgres.connection import connect
from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.tools import Installation, best_for_dump
from bot.core.backups.backup import MANIFEST, BackupFile, Manifest, TableContent
from bot.core.backups.level import Level
from bot.core.targets.url import parse_url
from bot.errors import BackupError, PostgresError
from tests.adapters.postgres.processes import ROOT, becomes_true
from tests.conftest import SERVERS, RunningServer

CANARY = "canary 5150/#@'"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KITCHEN_SINK = "\n".join(
    line
    for line in (Path(__file__).parents[1] / "kitchen_sink.sql").read_text("utf-8").splitlines()
    if "_prisma" not in line
)
ROWS = """
INSERT INTO "User" ("eMail", name, note, tags)
    SELECT 'a@b', 'name ' || n, 'é\\n' || n, ARRAY['a', NULL]
    FROM generate_series(1, 500) n;
INSERT INTO shop.orders (who, total, at) SELECT n, n / 7.0, '2024-05-05'
    FROM generate_series(1, 500) n;
INSERT INTO shop.kid (id, big, "eMail", note) VALUES (9001, 5, 'c@d', 'child');
REFRESH MATERIALIZED VIEW shop.m;
CREATE TABLE odd (f float8, b bytea, i interval, t timestamptz, j jsonb, x money, m money[]);
INSERT INTO odd
    VALUES (0.1 + 0.2, '\\x00ff', '1 mon 2 days', '2024-01-01 00:00+05', '{"a": 1}', 5);
CREATE TABLE t (t int, migration_bot text); INSERT INTO t VALUES (1);
CREATE TABLE nothing ();
INSERT INTO nothing DEFAULT VALUES;
SELECT lo_create(0);
"""
ROLES = """
CREATE ROLE "shop owner"; CREATE ROLE reader;
ALTER TABLE shop.orders OWNER TO "shop owner"; GRANT SELECT ON shop.v TO reader;
CREATE POLICY readers ON shop.orders TO reader USING (true);
"""


def run(url: str, script: str) -> None:
    with connect(url, application_name="test") as connection:
        connection.execute(script.encode())


@pytest.fixture(scope="module")
def source(server: RunningServer) -> Iterator[str]:
    """A database with one of everything, rows in it, and roles of its own."""
    run(server.url(), "CREATE DATABASE backed_up TEMPLATE template0")
    run(server.url("backed_up"), KITCHEN_SINK)
    run(server.url("backed_up"), ROWS)
    with connect(server.url("backed_up"), application_name="test") as connection:
        migrations_table.create(connection)
        for name in ("20240102000000_b", "20240101000000_a"):
            id = migrations_table.new_id()
            migrations_table.insert_finished(connection, name, "0" * 64, id=id)
    run(server.url("backed_up"), ROLES)
    yield server.url("backed_up")
    run(server.url(), "DROP DATABASE backed_up WITH (FORCE)")
    run(server.url(), 'DROP ROLE "shop owner"; DROP ROLE reader')


@pytest.fixture(scope="module")
def backups(source: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Manifest]:
    directory = tmp_path_factory.mktemp("backups") / "kept"
    told: list[str] = []
    manifest = take_backup(
        "production",
        parse_url(source),
        directory,
        run_id="run/1",
        clock=lambda: NOON,
        progress=told.append,
        wanted=Dumping(level=Level.CONTENT),
    )
    assert any("backed_up" in line for line in told)
    return directory, manifest


@pytest.fixture
def copy(backups: tuple[Path, Manifest], tmp_path: Path) -> tuple[Path, Manifest]:
    """A copy of the backup that a test may spoil."""
    directory, manifest = backups
    shutil.copytree(directory, tmp_path / "kept")
    return tmp_path / "kept", manifest


def no_server(_: Installation) -> AbstractContextManager[Server]:
    raise AssertionError("a broken backup is found before anything is started")


def test_a_backup_says_what_it_is(backups: tuple[Path, Manifest]) -> None:
    directory, manifest = backups
    assert manifest.id == "20261122T120000Z-production-run-1"
    assert (manifest.target, manifest.database) == ("production", "backed_up")
    assert manifest.started_at == NOON
    assert int(manifest.system_identifier) > 0
    assert "/" in manifest.lsn
    assert manifest.migration_head == "20240102000000_b"
    assert manifest.size == sum(file.size for file in manifest.files)
    assert {"shop owner", "reader"} <= set(manifest.roles)
    assert manifest.tool_major >= manifest.server_major
    rows = {table.name: table.rows for table in manifest.tables}
    assert rows["public.User"] == 500
    assert rows["shop.orders_1"] == 500
    assert rows["shop.kid"] == 1
    assert rows["public.nothing"] == 1
    assert rows["public._prisma_migrations"] == 2
    assert rows["large objects"] == 1
    written = (directory / manifest.path / MANIFEST).read_text("utf-8")
    assert Manifest.from_json(written) == manifest


def test_a_backup_is_for_its_owner_alone(backups: tuple[Path, Manifest]) -> None:
    directory, manifest = backups
    assert stat.S_IMODE((directory / manifest.path).stat().st_mode) == 0o700
    assert [path.name for path in directory.iterdir()] == [manifest.path]


def test_a_backup_is_proved_by_restoring_it(backups: tuple[Path, Manifest]) -> None:
    directory, manifest = backups
    proof = prove(manifest, directory)
    assert proof.ok
    assert proof.level == "restore"
    assert proof.rows == manifest.rows
    assert proof.tables == len(manifest.tables)
    assert proof.restored_on.split(".")[0] == str(manifest.tool_major)


def spoil(path: Path, how: str) -> None:
    raw = path.read_bytes()
    middle = len(raw) // 2
    if how == "truncated":
        path.write_bytes(raw[:middle])
    elif how == "one bit flipped":
        path.write_bytes(raw[:middle] + bytes([raw[middle] ^ 1]) + raw[middle + 1 :])
    elif how == "zeroed":
        path.write_bytes(b"\0" * len(raw))
    elif how == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()


def data_files(directory: Path, manifest: Manifest) -> list[Path]:
    """Dumped rows first, then the table of contents and the catalogue."""
    place = directory / manifest.path
    rows = sorted(place.glob("dump/[0-9]*.dat*"), key=lambda path: path.stat().st_size)
    return [rows[-1], place / "dump" / "toc.dat", place / CATALOGUE]


@pytest.mark.parametrize("which", [0, 1, 2], ids=["rows", "contents", "catalogue"])
@pytest.mark.parametrize("how", ["truncated", "one bit flipped", "zeroed", "empty", "missing"])
def test_a_spoiled_backup_is_refused(copy: tuple[Path, Manifest], which: int, how: str) -> None:
    directory, manifest = copy
    spoiled = data_files(directory, manifest)[which]
    spoil(spoiled, how)
    with pytest.raises(BackupError, match="is not what was written") as caught:
        prove(manifest, directory, no_server)
    assert spoiled.name in caught.value.message
    assert caught.value.exit_code == 4


def test_two_files_swapped_are_refused(copy: tuple[Path, Manifest]) -> None:
    directory, manifest = copy
    one, other, _ = data_files(directory, manifest)
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    with pytest.raises(BackupError, match="is not what was written"):
        prove(manifest, directory, no_server)


def test_an_added_file_is_refused(copy: tuple[Path, Manifest]) -> None:
    directory, manifest = copy
    (directory / manifest.path / "dump" / "9999.dat").write_text("x")
    with pytest.raises(BackupError, match="does not belong to it"):
        prove(manifest, directory, no_server)


def test_a_manifest_that_leads_elsewhere_is_refused(copy: tuple[Path, Manifest]) -> None:
    directory, manifest = copy
    outside = replace(manifest, files=(*manifest.files, BackupFile("../../etc/passwd", 1, "0")))
    with pytest.raises(BackupError, match="does not belong to it"):
        prove(outside, directory, no_server)


def test_a_restored_copy_that_differs_is_refused(backups: tuple[Path, Manifest]) -> None:
    directory, manifest = backups
    wrong = {
        "public.User": TableContent("public.User", 501),
        "public.odd": TableContent("public.odd", 1, "12345"),
    }
    tables = tuple(wrong.get(table.name, table) for table in manifest.tables)
    with pytest.raises(BackupError) as caught:
        prove(replace(manifest, tables=tables), directory, level=Level.CONTENT)
    assert "table public.User: 501 rows became 500" in caught.value.message
    assert "table public.odd: the rows are not the same" in caught.value.message


@pytest.mark.slow
def test_a_restored_schema_that_differs_is_refused(copy: tuple[Path, Manifest]) -> None:
    directory, manifest = copy
    catalogue = directory / manifest.path / CATALOGUE
    listed = json.loads(catalogue.read_text())
    listed.append(["table", "public.lost", []])
    catalogue.write_text(json.dumps(listed))
    rehashed = rehash(manifest, directory, CATALOGUE)
    with pytest.raises(BackupError, match=r"removed table public\.lost"):
        prove(rehashed, directory)


def rehash(manifest: Manifest, directory: Path, name: str) -> Manifest:
    raw = (directory / manifest.path / name).read_bytes()
    changed = BackupFile(name, len(raw), hashlib.sha256(raw).hexdigest())
    files = tuple(changed if file.name == name else file for file in manifest.files)
    return replace(manifest, files=files)


def wrapped(tool: Installation, directory: Path, script: str) -> Installation:
    """The same programs, with a script that runs before pg_dump."""
    shutil.copytree(tool.bin, directory, copy_function=os.symlink, symlinks=True)
    (directory / "pg_dump").unlink()
    program = directory / "pg_dump"
    program.write_text(f'#!/bin/sh\n{script}\nexec {tool.bin}/pg_dump "$@"\n')
    program.chmod(0o755)
    return replace(tool, bin=directory)


def major_of(url: str) -> int:
    with connect(url, application_name="test") as connection:
        return connection.info.server_version // 10000


def test_rows_written_meanwhile_are_in_neither_dump_nor_count(
    database: str, tmp_path: Path
) -> None:
    run(database, "CREATE TABLE t AS SELECT generate_series(1, 100) AS n")
    tool = best_for_dump(major_of(database))
    insert = f"{tool.bin}/psql -qc 'INSERT INTO t SELECT 1; CREATE TABLE later ()' || exit 9"
    tool = wrapped(tool, tmp_path / "bin", insert)
    manifest = take_backup("t", parse_url(database), tmp_path / "kept", run_id="1", tool=tool)
    assert [(table.name, table.rows) for table in manifest.tables] == [("public.t", 100)]
    assert prove(manifest, tmp_path / "kept").rows == 100
    with connect(database, application_name="test") as connection:
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (101,)


@pytest.mark.slow
def test_no_secret_is_in_an_argument_an_error_or_a_file(
    installation: Installation, tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    with start_server(installation, tcp=True, password=CANARY, databases=("shop",)) as server:
        url = parse_url(server.url("shop"))
        run(url.text, "CREATE TABLE t (n int)")
        spy = f"cat /proc/[0-9]*/cmdline | tr '\\0' ' ' > {lines}; env > {lines}.env"
        tool = wrapped(best_for_dump(installation.major), tmp_path / "bin", spy)
        os.environ["OTHER_SECRET"] = "canary"
        manifest = take_backup("t", url, tmp_path / "kept", run_id="1", tool=tool)
        assert prove(manifest, tmp_path / "kept").ok
        failing = wrapped(tool, tmp_path / "broken", 'echo "$PGPASSWORD" >&2; exit 1')
        with pytest.raises(BackupError) as caught:
            take_backup("t", url, tmp_path / "kept", run_id="2", tool=failing)
    del os.environ["OTHER_SECRET"]
    seen = lines.read_text(errors="replace")
    assert "--snapshot=" in seen
    texts = [seen, caught.value.message, caught.value.hint, manifest.to_json()]
    texts += [
        path.read_text(errors="replace") for path in tmp_path.rglob("kept/*/*") if path.is_file()
    ]
    for text in texts:
        assert CANARY not in text
        assert quote(CANARY, safe="") not in text
    assert "***" in caught.value.hint
    assert "OTHER_SECRET" not in Path(f"{lines}.env").read_text()


def test_a_dump_that_fails_leaves_nothing(database: str, tmp_path: Path) -> None:
    real = best_for_dump(major_of(database))
    tool = wrapped(
        real, tmp_path / "bin", "mkdir -p x; echo 'disk: No space left on device' >&2; exit 3"
    )
    with pytest.raises(BackupError) as caught:
        take_backup("t", parse_url(database), tmp_path / "kept", run_id="1", tool=tool)
    assert "pg_dump failed with exit status 3" in caught.value.message
    assert "Free some disk space" in caught.value.hint
    assert "No space left on device" in caught.value.hint
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_dump_that_is_killed_leaves_nothing(database: str, tmp_path: Path) -> None:
    tool = wrapped(best_for_dump(major_of(database)), tmp_path / "bin", "kill -9 $$")
    with pytest.raises(BackupError, match="ended by signal 9"):
        take_backup("t", parse_url(database), tmp_path / "kept", run_id="1", tool=tool)
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="Linux alone can promise it")
def test_a_killed_run_takes_its_pg_dump_along(database: str, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path\n"
        "from bot.adapters.postgres.backups.dump import take_backup\n"
        "from bot.core.targets.url import parse_url\n"
        "take_backup('t', parse_url(sys.argv[1]), Path(sys.argv[2]), run_id='1')\n"
    )
    dumps = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'pg_dump'"
    )
    with connect(database, application_name="test") as connection:

        def dumping() -> bool:
            row = connection.execute(dumps.encode()).fetchone()
            return row is not None and row[0] > 0

        connection.execute("CREATE TABLE t ()")
        with connect(database, application_name="holder") as holder, holder.transaction():
            holder.execute("LOCK TABLE t")
            process = subprocess.Popen(
                [sys.executable, "-c", script, database, str(tmp_path)],
                env={**os.environ, "PYTHONPATH": str(ROOT)},
            )
            assert becomes_true(dumping)
            process.kill()
            process.wait()
            assert becomes_true(lambda: not dumping())
    manifest = take_backup("t", parse_url(database), tmp_path, run_id="2")
    assert [path.name for path in tmp_path.iterdir()] == [manifest.path]


def test_nothing_is_overwritten(backups: tuple[Path, Manifest], source: str) -> None:
    directory, manifest = backups
    before = (directory / manifest.path / MANIFEST).stat()
    with pytest.raises(BackupError, match="already"):
        take_backup("production", parse_url(source), directory, run_id="run/1", clock=lambda: NOON)
    assert (directory / manifest.path / MANIFEST).stat().st_mtime_ns == before.st_mtime_ns


def test_what_a_killed_run_left_is_removed(database: str, tmp_path: Path) -> None:
    stale = tmp_path / ".partial-of-a-killed-run"
    (stale / "dump").mkdir(parents=True)
    manifest = take_backup("t", parse_url(database), tmp_path, run_id="1")
    assert [path.name for path in tmp_path.iterdir()] == [manifest.path]


def test_too_little_space_is_told_before_anything_is_written(database: str, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="MB free"):
        take_backup("t", parse_url(database), tmp_path, run_id="1", free_space=lambda _: 1_000_000)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_told(database: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="cannot be written"):
        take_backup("t", parse_url(database), tmp_path / "file" / "kept", run_id="1")


@pytest.mark.skipif(len(SERVERS) < 2, reason="needs two majors of PostgreSQL")
def test_a_pg_dump_older_than_the_server_is_refused(tmp_path: Path) -> None:
    old, new = sorted(SERVERS.values(), key=lambda each: each.major)[:2]
    with (
        start_server(new) as server,
        pytest.raises(BackupError, match="older than the server") as caught,
    ):
        take_backup("t", parse_url(server.url()), tmp_path, run_id="1", tool=old)
    assert f"PostgreSQL {new.major} client" in caught.value.hint


@pytest.mark.slow
@pytest.mark.skipif(len(SERVERS) < 2, reason="needs two majors of PostgreSQL")
def test_a_backup_is_proved_on_a_newer_major_too(tmp_path: Path) -> None:
    old, new = sorted(SERVERS.values(), key=lambda each: each.major)[:2]
    with start_server(old, databases=("sink",)) as server:
        run(server.url("sink"), KITCHEN_SINK)
        run(server.url("sink"), ROWS)
        manifest = take_backup("t", parse_url(server.url("sink")), tmp_path, run_id="1", tool=new)
    assert prove(manifest, tmp_path).restored_on == new.version


def test_a_role_that_does_not_see_every_row_cannot_take_a_backup(
    database: str, tmp_path: Path
) -> None:
    run(
        database,
        "DROP ROLE IF EXISTS half; CREATE ROLE half LOGIN PASSWORD 'half';"
        "CREATE TABLE t (n int); ALTER TABLE t ENABLE ROW LEVEL SECURITY;"
        "GRANT SELECT ON t TO half; CREATE POLICY visible ON t TO half USING (n > 1)",
    )
    half = re.sub("//[^@]*@", "//half:half@", database)
    with pytest.raises(PostgresError) as caught:
        take_backup("t", parse_url(half), tmp_path, run_id="1")
    assert "row" in caught.value.message + caught.value.hint
    assert list(tmp_path.iterdir()) == []
    run(database, "DROP OWNED BY half; DROP ROLE half")


def test_an_invalid_index_and_an_old_extension_do_not_count(database: str, tmp_path: Path) -> None:
    run(database, "CREATE TABLE t AS SELECT 1 AS n; CREATE INDEX broken ON t (n)")
    run(database, "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken'::regclass")
    run(database, "CREATE EXTENSION citext VERSION '1.4'")
    manifest = take_backup("t", parse_url(database), tmp_path, run_id="1")
    assert prove(manifest, tmp_path).ok


def test_a_database_in_another_encoding_is_proved(server: RunningServer, tmp_path: Path) -> None:
    run(
        server.url(),
        "CREATE DATABASE western TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"
        + (" LOCALE_PROVIDER libc" if major_of(server.url()) >= 15 else ""),
    )
    run(server.url("western"), "CREATE TABLE t AS SELECT 'é'::text AS letter")
    manifest = take_backup("t", parse_url(server.url("western")), tmp_path, run_id="1")
    assert manifest.encoding == "LATIN1"
    assert prove(manifest, tmp_path).ok
    run(server.url(), "DROP DATABASE western")


def test_compression_is_one_that_the_program_knows(installation: Installation) -> None:
    assert compression(installation) in ("gzip:1", "zstd:1")
