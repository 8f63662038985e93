"""The proof of a backup: restored into a scratch server, it holds what the manifest says."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from psycopg import sql

from bot.adapters.postgres.backups.content import table_contents
from bot.adapters.postgres.backups.dump import CATALOGUE as CATALOGUE
from bot.adapters.postgres.backups.dump import DUMP, JOBS
from bot.adapters.postgres.backups.files import check_files as check_files
from bot.adapters.postgres.backups.files import read_all_to_end
from bot.adapters.postgres.backups.schema_file import read_schema
from bot.adapters.postgres.backups.touching import list_without, only, unchecked_in, without
from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import connect, explained
from bot.adapters.postgres.programs import running
from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.tools import Installation, best_for_proof, best_for_restore
from bot.core.backups.backup import Manifest, Proof, TableContent, differences_of_content
from bot.core.backups.level import Level
from bot.core.rehearsals.sizes import size_text
from bot.core.schemas.schema import Attribute, Definition, Snapshot, differences
from bot.core.targets.url import ConnectionUrl, parse_url
from bot.errors import BackupError, BrokenBackup

RESTORED = "restored"
SHOWN_DIFFERENCES = 10
_NOBODY = ConnectionUrl("", 0, "")

Scratch = Callable[[Installation], AbstractContextManager[Server]]


def scratch_server(installation: Installation) -> AbstractContextManager[Server]:
    """A throw-away server with settings for one large restore."""
    settings = {
        "shared_buffers": "128MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "4GB",
        "autovacuum": "off",
    }
    return start_server(installation, settings=settings)


def prove(
    manifest: Manifest,
    directory: Path,
    scratch: Scratch = scratch_server,
    *,
    level: Level = Level.RESTORE,
    progress: Callable[[str], None] = lambda _: None,
    environ: Mapping[str, str] = os.environ,
) -> Proof:
    """Check every file, and as far as the level asks for it restore the backup, and compare schema
    and rows with the manifest.

    Whatever is not as it was is a BackupError that names it. Four things do not count, because
    pg_dump leaves them out or PostgreSQL's majors write them differently: invalid indexes, the
    versions of extensions, whether an inherited constraint was validated apart from its parent's,
    and on another major how the text of views is written.
    """
    timer = time.monotonic()
    require_provable(manifest, level)
    place = directory / manifest.path
    check_files(manifest, place)
    expected = expected_schema(place)
    if level is Level.DECODE:
        decode(manifest, place, environ)
        seconds = round(time.monotonic() - timer, 3)
        return Proof(manifest.id, "", seconds, tables=0, rows=0, level=level)
    installation = best_for_proof(manifest.tool_major, environ)
    _require_room(manifest, Path(tempfile.gettempdir()))
    progress(f"restoring into PostgreSQL {installation.version}")
    with scratch(installation) as server:
        restore_into(server, manifest, place, environ)
        progress("comparing schema and rows")
        found, tables = _read(server, manifest, level)
    wrong = schema_differences(manifest, expected, found, server.major)
    wrong += differences_of_content(manifest.tables, tables)
    proof = Proof(
        backup=manifest.id,
        restored_on=server.version,
        seconds=round(time.monotonic() - timer, 3),
        tables=len(tables),
        rows=sum(table.rows for table in tables),
        differences=wrong,
        level=level,
    )
    if not proof.ok:
        raise refused(proof)
    return proof


def _require_room(manifest: Manifest, temporary: Path) -> None:
    """For all that was in the database, and the log of putting it there."""
    needed = 0 if manifest.touched is not None else manifest.database_size
    free = shutil.disk_usage(temporary).free
    if free < needed:
        raise BackupError(
            f"{temporary} has {size_text(free)} free; restoring the backup {manifest.id} needs "
            f"{size_text(needed)}.",
            hint="Free some disk space, or set TMPDIR to a larger place.",
        )


def require_provable(manifest: Manifest, level: Level) -> None:
    """Raises BackupError where what the level compares was not written down."""
    if not manifest.level.reaches(level):
        raise BackupError(
            f"The backup {manifest.id} was taken to be proved by {manifest.level.words}, and not "
            f"by {level.words}.",
            hint=f"Prove it at level {manifest.level}, or set `backup.level: {level}` and take a "
            "new one.",
        )


def decode(manifest: Manifest, place: Path, environ: Mapping[str, str]) -> None:
    """Read every file to its end, and let pg_restore read what is in them. Raises BackupError."""
    read_all_to_end(manifest, place)
    arguments = [f"--file={os.devnull}", str(place / DUMP)]
    tool = best_for_restore(manifest.tool_major, environ)
    with running(tool, "pg_restore", arguments, url=_NOBODY, environ=environ) as reading:
        reading.wait()


def restore_into(
    server: Server, manifest: Manifest, place: Path, environ: Mapping[str, str] = os.environ
) -> None:
    """Make the database RESTORED in a scratch server out of the backup, its roles first."""
    _prepare(server, manifest)
    arguments = ["--exit-on-error", f"--jobs={JOBS}", f"--dbname={RESTORED}"]
    url = parse_url(server.url())
    with tempfile.TemporaryDirectory() as directory:
        arguments += _chosen(server.installation, place, Path(directory), environ)
        with running(
            server.installation,
            "pg_restore",
            [*arguments, str(place / DUMP)],
            url=url,
            environ=environ,
        ) as restore:
            restore.wait()


def _chosen(
    tool: Installation, place: Path, directory: Path, environ: Mapping[str, str]
) -> list[str]:
    """Of a dump of touched tables, less the foreign keys that lead out of it."""
    unchecked = unchecked_in(place)
    if not unchecked:
        return []
    listed, kept = directory / "listed", directory / "kept"
    arguments = ["--list", f"--file={listed}", str(place / DUMP)]
    with running(tool, "pg_restore", arguments, url=_NOBODY, environ=environ) as listing:
        listing.wait()
    kept.write_text(
        list_without(listed.read_text("utf-8", "surrogateescape"), unchecked),
        "utf-8",
        "surrogateescape",
    )
    return [f"--use-list={kept}"]


def _prepare(server: Server, manifest: Manifest) -> None:
    with (
        connect(server.url(), application_name="migration-bot/proof") as connection,
        explained("prepare the scratch server"),
    ):
        there = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role in sorted(set(manifest.roles) - there):
            connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING {} {}").format(
                sql.Identifier(RESTORED),
                sql.Literal(manifest.encoding),
                # Only the C locale goes with every encoding.
                sql.SQL("" if manifest.encoding == "UTF8" else _c_locale(server.major)),
            )
        )


def _c_locale(major: int) -> str:
    return "LOCALE 'C'" + (" LOCALE_PROVIDER libc" if major >= 15 else "")


def _read(
    server: Server, manifest: Manifest, level: Level
) -> tuple[Snapshot, tuple[TableContent, ...]]:
    summed = {table.name for table in manifest.tables if table.content is not None}
    with (
        connect(server.url(RESTORED), application_name="migration-bot/proof") as connection,
        explained("read what was restored"),
        connection.transaction(),
    ):
        schema = snapshot(connection, exclude=(), privileges=True)
        tables = table_contents(connection, summed=summed if level is Level.CONTENT else ())
    return schema, tables if manifest.touched is None else only(tables, manifest.touched)


def expected_schema(place: Path) -> Snapshot:
    """The schema that was saved, as the backup keeps it, less what a dump of some tables cannot
    bring back."""
    return without(read_schema(place), unchecked_in(place))


def schema_differences(
    manifest: Manifest, expected: Snapshot, found: Snapshot, major: int
) -> tuple[str, ...]:
    """One line for each difference that counts: see `prove`. `major` is that of what was found."""
    return differences(
        _restorable(expected), _restorable(found), across_majors=major != manifest.server_major
    ).lines


def _restorable(schema: Snapshot) -> Snapshot:
    """Less what pg_dump leaves out: see `prove`."""
    return {
        key: tuple(part for part in map(partial(_kept, key[0], value), value) if part is not None)
        for key, value in schema.items()
        # A copy takes part in no replication.
        if key[0] != "subscription" and (key[0] != "index" or ("valid", False) not in value)
    }


def _kept(kind: str, whole: Definition, part: Attribute) -> Attribute | None:
    name, value = part
    if kind == "extension" and name == "version":
        return None
    if kind == "constraint" and name == "triggers":
        # Those that carry a foreign key are enabled in every copy.
        return None
    if kind == "constraint" and ("inherited", True) in whole:
        if name == "validated":
            return None
        if name == "definition":
            return name, str(value).removesuffix(" NOT VALID")
    return part


def refused(proof: Proof) -> BrokenBackup:
    shown = proof.differences[:SHOWN_DIFFERENCES]
    more = len(proof.differences) - len(shown)
    lines = [*shown, *([f"and {more} more"] if more else [])]
    return BrokenBackup(
        f"The backup {proof.backup} was restored, and is not the same: {'; '.join(lines)}.",
        hint="Do not rely on it. Take a new backup; if that differs too, report it as a bug.",
    )
