"""Backups of a database: pg_dump of an exported snapshot, and a manifest of what it must hold."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.adapters.postgres.backups.beside import require_alone
from bot.adapters.postgres.backups.content import Facts, facts, table_contents
from bot.adapters.postgres.backups.following import Following
from bot.adapters.postgres.backups.schema_file import CATALOGUE as CATALOGUE
from bot.adapters.postgres.backups.schema_file import write_schema
from bot.adapters.postgres.backups.staging import new_directory
from bot.adapters.postgres.backups.telling import Telling
from bot.adapters.postgres.backups.touching import TOUCHED, Touched, only, touched_of
from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.migrations_table import applied
from bot.adapters.postgres.programs import Program, running
from bot.adapters.postgres.tools import Installation, best_for_dump
from bot.core.backups.backup import MANIFEST, BackupFile, Manifest, TableContent, backup_id
from bot.core.backups.level import Level
from bot.core.backups.prediction import (
    Past,
    Prediction,
    odd_size,
    predict,
    require_affordable,
    too_small,
)
from bot.core.migrations.migration import sort_key
from bot.core.rehearsals.sizes import size_text
from bot.core.schemas.schema import Snapshot
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError

DUMP = "dump"
JOBS = 2
LOCK_WAIT_MILLISECONDS = 60_000


@dataclass(frozen=True)
class Dumping:
    """What is wanted of a dump beyond that there is one.

    `level` is how far it is going to be proved: sums over rows are only taken for `CONTENT`, and
    only of the tables in `touched`, if those are known. `only_touched` leaves the rows of all
    others out of the dump. `past` are earlier backups, newest first; `budget` is in seconds, 0 for
    no limit. `follow` shows how far it is, where somebody watches.
    """

    level: Level = Level.RESTORE
    touched: Collection[str] | None = None
    only_touched: bool = False
    past: Sequence[Past] = ()
    budget: float = 0.0
    follow: Callable[[str], None] | None = None


@dataclass(frozen=True)
class _Shown:
    """What the snapshot showed that was dumped, and the files."""

    facts: Facts
    schema: Snapshot
    tables: tuple[TableContent, ...]
    head: str | None
    files: tuple[BackupFile, ...]
    touched: Touched | None


@dataclass(frozen=True)
class _Run:
    """One dump, and what it is made with."""

    url: ConnectionUrl
    tool: Installation
    place: Path
    environ: Mapping[str, str]
    wanted: Dumping
    telling: Telling


def take_backup(
    target: str,
    url: ConnectionUrl,
    directory: Path,
    *,
    run_id: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    tool: Installation | None = None,
    progress: Callable[[str], None] = lambda _: None,
    free_space: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free,
    environ: Mapping[str, str] = os.environ,
    wanted: Dumping = Dumping(),
) -> Manifest:
    """Dump a database into a new directory below `directory`, and return its manifest.

    The directory appears under its name only when it is complete. Nothing is overwritten, and what
    an earlier run left unfinished is removed.
    """
    started, timer = clock(), time.monotonic()
    name = backup_id(started, target, run_id)
    with connect(url, application_name=f"migration-bot/backup {run_id}") as connection:
        with explained(f"read {url.redacted}"):
            source = facts(connection)
            require_alone(connection)
        chosen = tool or best_for_dump(source.major, environ)
        _require_new_enough(chosen, source)
        with new_directory(directory, name) as partial:
            prediction = predict(source.size, wanted.past, level=wanted.level)
            _tell(target, source, prediction, directory, free_space, wanted, progress)
            telling = Telling(progress, wanted.follow, prediction.size)
            run = _Run(url, chosen, partial, environ, wanted, telling)
            shown = _dump(connection, run)
            manifest = Manifest(
                id=name,
                target=target,
                database=source.database,
                system_identifier=source.system_identifier,
                server_version=source.server_version,
                tool_version=chosen.version,
                started_at=started,
                finished_at=clock(),
                lsn=shown.facts.lsn,
                size=sum(file.size for file in shown.files),
                seconds=round(time.monotonic() - timer, 3),
                path=name,
                format=f"directory, {compression(chosen)}",
                files=shown.files,
                tables=shown.tables,
                roles=shown.facts.roles,
                migration_head=shown.head,
                encoding=source.encoding,
                server_time=shown.facts.at,
                database_size=source.size,
                touched=None if shown.touched is None else shown.touched.tables,
                level=Level.CONTENT if wanted.level is Level.CONTENT else Level.RESTORE,
            )
            _require_likely(manifest, wanted, progress)
            _write(partial / MANIFEST, manifest.to_json())
    return manifest


@cache
def compression(tool: Installation) -> str:
    """How this pg_dump can compress fastest: zstd where it was built in, else the lightest gzip."""
    if tool.major < 16:
        return "gzip:1"
    # It looks at the method before it connects, and there is nobody there to connect to.
    tried = subprocess.run(  # noqa: S603 - a program we located, and no shell
        [tool.bin / "pg_dump", "--format=directory", "--file=/nowhere/at/all", "--compress=zstd:1"],
        env={"PGHOST": "/nowhere", "LC_ALL": "C"},
        capture_output=True,
        timeout=20,
        check=False,
    )
    return "zstd:1" if b"pg_dump: error: connection" in tried.stderr else "gzip:1"


def _dump(connection: Connection, run: _Run) -> _Shown:
    """Dump, and meanwhile read and count what the very same snapshot shows."""
    with explained(f"read {run.url.redacted}"), connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(b"SET LOCAL lock_timeout = %d" % LOCK_WAIT_MILLISECONDS)
        exported = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert exported is not None
        touched = _touched(connection, run.wanted)
        if touched is not None:
            run.telling.say(touched.words)
        with (
            Following(run.place) as following,
            _program(run, str(exported[0]), touched) as dumping,
        ):
            said = facts(connection)
            schema = snapshot(connection, exclude=(), privileges=True)
            write_schema(run.place, schema)
            if touched is not None:
                _write(run.place / TOUCHED, touched.to_json())
            tables = _contents(connection, run.wanted, touched, dumping)
            last = head(connection, run.url)
            while not dumping.ended(run.telling.pause):
                run.telling.so_far(following.written)
    return _Shown(said, schema, tables, last, following.files(), touched)


def _program(run: _Run, exported: str, touched: Touched | None) -> AbstractContextManager[Program]:
    arguments = [
        "--format=directory",
        f"--file={run.place / DUMP}",
        f"--snapshot={exported}",
        f"--jobs={JOBS}",
        f"--compress={_compress_argument(run.tool)}",
        f"--lock-wait-timeout={LOCK_WAIT_MILLISECONDS}",
        *(touched.arguments if touched else ()),
    ]
    return running(run.tool, "pg_dump", arguments, url=run.url, environ=run.environ)


def _touched(connection: Connection, wanted: Dumping) -> Touched | None:
    """None where the rows of all tables are dumped."""
    if not wanted.only_touched or wanted.touched is None:
        return None
    return touched_of(connection, wanted.touched)


def _contents(
    connection: Connection, wanted: Dumping, touched: Touched | None, dumping: Program
) -> tuple[TableContent, ...]:
    summed: Collection[str] | None = ()
    if wanted.level is Level.CONTENT:
        known = wanted.touched is not None
        summed = touched_of(connection, wanted.touched or ()).tables if known else None
    tables = table_contents(connection, summed=summed, before_each=dumping.check)
    return tables if touched is None else only(tables, touched.tables)


def _tell(
    target: str,
    source: Facts,
    prediction: Prediction,
    directory: Path,
    free_space: Callable[[Path], int],
    wanted: Dumping,
    progress: Callable[[str], None],
) -> None:
    """What it is going to take, before it is taken. Raises BackupError if that is too much."""
    free = free_space(directory)
    progress(f"dumping {source.database}, {size_text(source.size)}: {prediction.words(free)}")
    # How much of it is touched is not known yet: the dump of everything may be far beyond.
    budget = 0.0 if wanted.only_touched and wanted.touched is not None else wanted.budget
    require_affordable(target, prediction, budget=budget, free=free, place=str(directory))


def _require_likely(manifest: Manifest, wanted: Dumping, progress: Callable[[str], None]) -> None:
    """A size that is out of proportion is told. Where nothing is going to be restored, nothing else
    would notice that too little was dumped, so that is refused."""
    size, whole = manifest.size, manifest.database_size
    odd = odd_size(size=size, database_size=whole, past=wanted.past)
    if not odd or manifest.touched is not None:
        return
    if wanted.level is Level.DECODE and too_small(size=size, database_size=whole, past=wanted.past):
        raise BackupError(
            f"The backup of {manifest.target} is much smaller than it should be: {odd}.",
            hint="Prove it by restoring it (`backup.level: restore`): that compares every table.",
        )
    progress(f"note: {odd}")


def _compress_argument(tool: Installation) -> str:
    chosen = compression(tool)
    return chosen if tool.major >= 16 else chosen.removeprefix("gzip:")


def _require_new_enough(tool: Installation, source: Facts) -> None:
    if tool.major < source.major:
        raise BackupError(
            f"pg_dump {tool.version} is older than the server, which is {source.server_version}.",
            hint=f"Install PostgreSQL {source.major} client programs: an older pg_dump leaves out "
            "what it does not know.",
        )


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def head(connection: Connection, url: ConnectionUrl) -> str | None:
    """The last migration that is finished there."""
    finished = [row.name for row in applied(connection, url.schema) if row.finished]
    return max(finished, key=sort_key, default=None)
