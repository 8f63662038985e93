"""Backups of a database: pg_dump of an exported snapshot, and a manifest of what it must hold."""

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from bot.adapters.postgres.backups.content import Facts, facts, table_contents
from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import Connection, connect, explained
from bot.adapters.postgres.migrations_table import applied
from bot.adapters.postgres.programs import running
from bot.adapters.postgres.tools import Installation, best_for_dump
from bot.core.backups.backup import MANIFEST, BackupFile, Manifest, TableContent
from bot.core.migrations.migration import sort_key
from bot.core.schemas.schema import Snapshot
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError

CATALOGUE = "catalogue.json"
DUMP = "dump"
PARTIAL = ".partial-"
JOBS = 2
LOCK_WAIT_MILLISECONDS = 60_000

# A dump has no indexes and is compressed: 0.26 to 0.8 of the database, by what is in it.
_SPACE_NEEDED = 0.5


@dataclass(frozen=True)
class _Shown:
    """What the snapshot showed that was dumped."""

    facts: Facts
    schema: Snapshot
    tables: tuple[TableContent, ...]
    head: str | None


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
) -> Manifest:
    """Dump a database into a new directory below `directory`, and return its manifest.

    The directory appears under its name only when it is complete. Nothing is overwritten, and what
    an earlier run left unfinished is removed.
    """
    started, timer = clock(), time.monotonic()
    with connect(url, application_name=f"migration-bot/backup {run_id}") as connection:
        with explained(f"read {url.redacted}"):
            source = facts(connection)
        chosen = tool or best_for_dump(source.major, environ)
        _require_new_enough(chosen, source)
        with _new_directory(directory, _id(started, target, run_id)) as partial:
            _require_space(directory, source, free_space)
            progress(f"dumping {source.database}, {source.size / 1e6:,.0f} MB")
            shown = _dump(connection, url, chosen, partial / DUMP, environ)
            progress(f"counted {len(shown.tables)} tables; writing the manifest")
            _write(partial / CATALOGUE, _catalogue_json(shown.schema))
            files = tuple(_files(partial))
            manifest = Manifest(
                id=_id(started, target, run_id),
                target=target,
                database=source.database,
                system_identifier=source.system_identifier,
                server_version=source.server_version,
                tool_version=chosen.version,
                started_at=started,
                finished_at=clock(),
                lsn=shown.facts.lsn,
                size=sum(file.size for file in files),
                seconds=round(time.monotonic() - timer, 3),
                path=_id(started, target, run_id),
                format=f"directory, {compression(chosen)}",
                files=files,
                tables=shown.tables,
                roles=shown.facts.roles,
                migration_head=shown.head,
                encoding=source.encoding,
            )
            _write(partial / MANIFEST, manifest.to_json())
    return manifest


def list_backups(directory: Path) -> list[Manifest]:
    """Every complete backup, the newest first. A manifest that cannot be read is an error."""
    manifests = [read_manifest(path.parent) for path in directory.glob(f"*/{MANIFEST}")]
    return sorted(manifests, key=lambda manifest: manifest.started_at, reverse=True)


def read_manifest(place: Path) -> Manifest:
    try:
        return Manifest.from_json((place / MANIFEST).read_text("utf-8"))
    except OSError as error:
        raise BackupError(
            f"{place} has no readable manifest: {error.strerror}.",
            hint="Name a directory that `migration-bot backup` has written.",
        ) from error


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
        check=False,
    )
    return "zstd:1" if b"pg_dump: error: connection" in tried.stderr else "gzip:1"


def _dump(
    connection: Connection,
    url: ConnectionUrl,
    tool: Installation,
    place: Path,
    environ: Mapping[str, str],
) -> _Shown:
    """Dump, and meanwhile read and count what the very same snapshot shows."""
    with explained(f"read {url.redacted}"), connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(b"SET LOCAL lock_timeout = %d" % LOCK_WAIT_MILLISECONDS)
        exported = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert exported is not None
        arguments = [
            "--format=directory",
            f"--file={place}",
            f"--snapshot={exported[0]}",
            f"--jobs={JOBS}",
            f"--compress={_compress_argument(tool)}",
            f"--lock-wait-timeout={LOCK_WAIT_MILLISECONDS}",
        ]
        with running(tool, "pg_dump", arguments, url=url, environ=environ) as dumping:
            shown = _Shown(
                facts(connection),
                snapshot(connection, exclude=(), privileges=True),
                table_contents(connection, before_each=dumping.check),
                _head(connection, url),
            )
            dumping.wait()
    return shown


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


def _require_space(directory: Path, source: Facts, free_space: Callable[[Path], int]) -> None:
    needed, free = source.size * _SPACE_NEEDED, free_space(directory)
    if free < needed:
        raise BackupError(
            f"{directory} has {free / 1e6:,.0f} MB free; a backup of {source.database} "
            f"({source.size / 1e6:,.0f} MB) may take {needed / 1e6:,.0f} MB.",
            hint="Free some disk space, or keep backups on a larger disk.",
        )


@contextmanager
def _new_directory(directory: Path, name: str) -> Iterator[Path]:
    """A directory to fill, renamed to its name at the end, or removed if there is no good end."""
    place, partial = directory / name, directory / f"{PARTIAL}{name}"
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(directory)
        if place.exists():
            raise BackupError(
                f"There is a backup named {name} already.",
                hint="Nothing is overwritten: run the backup again, or move that one away.",
            )
        partial.mkdir(mode=0o700)
    except OSError as error:
        raise BackupError(
            f"Backups cannot be written to {directory}: {error.strerror}.",
            hint="Choose another directory in the target's `backup` settings, or mend this one.",
        ) from error
    held = os.open(partial, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield partial
        _publish(partial, place)
    except OSError as error:
        raise BackupError(
            f"The backup could not be written to {directory}: {error.strerror}.",
            hint="Free some disk space, or mend the directory, and try again.",
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        os.close(held)


def _publish(partial: Path, place: Path) -> None:
    for folder, _, names in os.walk(partial):
        for path in (*(Path(folder, name) for name in names), Path(folder)):
            _sync(path)
    partial.rename(place)
    _sync(place.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(directory: Path) -> None:
    """Remove what killed runs left: their lock has fallen open, a running one's has not."""
    for partial in directory.glob(f"{PARTIAL}*"):
        descriptor = os.open(partial, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(partial, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)


def _files(place: Path) -> Iterator[BackupFile]:
    for path in sorted(path for path in place.rglob("*") if path.is_file()):
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        yield BackupFile(path.relative_to(place).as_posix(), path.stat().st_size, digest)


def _catalogue_json(schema: Snapshot) -> str:
    return json.dumps([[kind, name, value] for (kind, name), value in schema.items()], indent=0)


def _write(path: Path, text: str) -> None:
    path.write_text(text, "utf-8")


def _head(connection: Connection, url: ConnectionUrl) -> str | None:
    finished = [row.name for row in applied(connection, url.schema) if row.finished]
    return max(finished, key=sort_key, default=None)


def _id(started: datetime, target: str, run_id: str) -> str:
    stamp = started.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return re.sub(r"[^A-Za-z0-9.-]+", "-", f"{stamp}-{target}-{run_id}")
