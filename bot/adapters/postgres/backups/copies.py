"""Copies of a whole cluster, for whoever keeps them: proved by starting a server on one."""

import gzip
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.postgres.backups.content import table_contents
from bot.adapters.postgres.backups.copying import COPY, Copying, take_copy
from bot.adapters.postgres.backups.files import (
    broken,
    check_listed,
    read_all_to_end,
    require_named,
)
from bot.adapters.postgres.backups.proof import refused, require_provable
from bot.adapters.postgres.backups.schema_file import CATALOGUE, read_schema
from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import connect, explained
from bot.adapters.postgres.programs import running
from bot.adapters.postgres.recipe import Provision
from bot.adapters.postgres.server import Server, start_server
from bot.adapters.postgres.tools import best_for_copy
from bot.core.backups.backup import Manifest, Proof, TableContent
from bot.core.backups.level import Level
from bot.core.backups.prediction import Past
from bot.core.rehearsals.sizes import size_text
from bot.core.schemas.schema import Snapshot, differences
from bot.core.targets.target import Target
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError

Say = Callable[[str], None]

_ARCHIVES = {f"{COPY}/base.tar.gz": ".", f"{COPY}/pg_wal.tar.gz": "pg_wal"}
_SERVERS_MANIFEST = f"{COPY}/backup_manifest"
# Settings of the server that was copied, and what would make the copy follow it.
_NOT_OURS = ("postgresql.auto.conf", "standby.signal", "recovery.signal")
_NOBODY = ConnectionUrl("", 0, "")


@dataclass(frozen=True)
class Copies:
    """Of one target. See Dumps."""

    target: Target
    url: ConnectionUrl
    run_id: str
    environ: Mapping[str, str]
    past: Sequence[Past] = ()
    follow: Say | None = None

    def take(self, staging: Path, note: Say) -> Manifest:
        policy = self.target.backup
        copying = Copying(
            self.target.name,
            self.url,
            self.run_id,
            self.environ,
            budget=policy.budget,
            level=policy.level,
            past=self.past,
            follow=self.follow,
        )
        return take_copy(copying, staging, note)

    def prove(self, manifest: Manifest, place: Path, level: Level, note: Say) -> Proof:
        """Raises BackupError.

        A copy of a running cluster is of a moment of its own, so no rows can be compared. Every row
        of the target's database is read, and the schema has to be the same.
        """
        timer = time.monotonic()
        require_provable(manifest, level)
        check_listed(manifest, place)
        require_named(manifest, CATALOGUE, _SERVERS_MANIFEST, *_ARCHIVES)
        read_all_to_end(manifest, place)
        expected = read_schema(place)
        with tempfile.TemporaryDirectory(prefix="migration-bot-copy-") as directory:
            data = Path(directory) / "data"
            self._unpack(manifest, place, data, note)
            if level is Level.DECODE:
                return _proof(manifest, "", timer, (), level)
            note(f"starting PostgreSQL {manifest.server_version} on it")
            with _started(manifest, data, self.environ) as server:
                schema, tables = _read(server, manifest)
                version = server.version
        wrong = differences(expected, schema, across_majors=False).lines
        proof = _proof(manifest, version, timer, tables, level, wrong)
        if not proof.ok:
            raise refused(proof)
        return proof

    def _unpack(self, manifest: Manifest, place: Path, data: Path, note: Say) -> None:
        """Into a data directory that is what the server says it sent."""
        note("unpacking it, and checking every file by the server's own manifest")
        data.mkdir(mode=0o700)
        for name, inside in _ARCHIVES.items():
            try:
                with tarfile.open(place / name) as archive:
                    archive.extractall(data / inside, filter="data")
            except (tarfile.TarError, EOFError, gzip.BadGzipFile, zlib.error) as error:
                raise broken(manifest, f"{name}: {type(error).__name__}") from None
            except OSError as error:
                raise BackupError(
                    f"The copy {manifest.id} could not be unpacked: {error.strerror}.",
                    hint=f"It needs {size_text(manifest.database_size)} in "
                    f"{tempfile.gettempdir()}: free some, or set TMPDIR.",
                ) from None
        (data / "backup_manifest").write_bytes((place / _SERVERS_MANIFEST).read_bytes())
        tool = best_for_copy(manifest.server_major, self.environ)
        with running(
            tool,
            "pg_verifybackup",
            [str(data)],
            url=_NOBODY,
            environ=self.environ,
            connects=False,
        ) as verifying:
            verifying.wait()


@contextmanager
def _started(manifest: Manifest, data: Path, environ: Mapping[str, str]) -> Iterator[Server]:
    for name in _NOT_OURS:
        (data / name).unlink(missing_ok=True)
    (data / "backup_manifest").unlink()
    installation = best_for_copy(manifest.server_major, environ)
    with start_server(installation, provision=Provision(template=data)) as server:
        yield server


def _read(server: Server, manifest: Manifest) -> tuple[Snapshot, tuple[TableContent, ...]]:
    url = server.url(manifest.database, user=manifest.roles[0])
    with (
        connect(url, application_name="migration-bot/proof") as connection,
        explained("read the copy"),
        connection.transaction(),
    ):
        schema = snapshot(connection, exclude=(), privileges=True)
        # Summing reads every value, and not only that there is a row.
        return schema, table_contents(connection, summed=None)


def _proof(
    manifest: Manifest,
    version: str,
    timer: float,
    tables: Sequence[TableContent],
    level: Level,
    wrong: tuple[str, ...] = (),
) -> Proof:
    return Proof(
        backup=manifest.id,
        restored_on=version,
        seconds=round(time.monotonic() - timer, 3),
        tables=len(tables),
        rows=sum(table.rows for table in tables),
        differences=wrong,
        level=level,
    )
