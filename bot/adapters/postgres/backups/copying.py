"""A copy of a whole cluster by pg_basebackup: two archives of files, and the server's own manifest
of them."""

import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.postgres.backups.begun import begun
from bot.adapters.postgres.backups.following import Following
from bot.adapters.postgres.backups.schema_file import write_schema
from bot.adapters.postgres.backups.telling import Telling
from bot.adapters.postgres.catalogue import snapshot
from bot.adapters.postgres.connection import connect, explained
from bot.adapters.postgres.programs import running
from bot.adapters.postgres.tools import best_for_copy
from bot.core.backups.backup import CLUSTER_FORMAT, MANIFEST, Manifest
from bot.core.backups.level import Level
from bot.core.backups.prediction import Past, predict, require_affordable
from bot.core.rehearsals.sizes import size_text
from bot.core.targets.url import ConnectionUrl
from bot.errors import BackupError

COPY = "copy"

_CLUSTER = """
SELECT (SELECT sum(pg_database_size(oid)) FROM pg_database)::bigint,
    (SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY oid LIMIT 1),
    (SELECT count(*) FROM pg_tablespace WHERE spcname !~ '^pg_')
"""


@dataclass(frozen=True)
class Copying:
    """One copy that is to be made. See Dumping for the rest."""

    target: str
    url: ConnectionUrl
    run_id: str
    environ: Mapping[str, str]
    budget: float = 0.0
    level: Level = Level.RESTORE
    past: Sequence[Past] = ()
    follow: Callable[[str], None] | None = None


def take_copy(copying: Copying, staging: Path, note: Callable[[str], None]) -> Manifest:
    """Raises BackupError or PostgresError."""
    started, timer = begun(copying.target, copying.url, copying.run_id), time.monotonic()
    tool = best_for_copy(started.server_major, copying.environ)
    place = staging / started.path
    place.mkdir(mode=0o700)
    size, superuser = _look(copying, place)
    prediction = predict(size, copying.past, level=copying.level)
    free = shutil.disk_usage(staging).free
    note(f"copying the cluster, {size_text(size)}: {prediction.words(free)}")
    require_affordable(
        copying.target, prediction, budget=copying.budget, free=free, place=str(staging)
    )
    telling = Telling(note, copying.follow, prediction.size)
    with (
        # It goes back to the headers of the log's files.
        Following(place, append=False) as following,
        running(
            tool,
            "pg_basebackup",
            _arguments(place / COPY),
            url=copying.url,
            environ=copying.environ,
        ) as program,
    ):
        while not program.ended(telling.pause):
            telling.so_far(following.written)
    files = following.files()
    manifest = replace(
        started,
        tool_version=tool.version,
        finished_at=datetime.now(UTC),
        size=sum(file.size for file in files),
        seconds=round(time.monotonic() - timer, 3),
        format=CLUSTER_FORMAT,
        files=files,
        # Who can look at the copy; all roles are in it.
        roles=(superuser,),
        database_size=size,
        level=Level.RESTORE,
    )
    (place / MANIFEST).write_text(manifest.to_json(), "utf-8")
    return manifest


def _arguments(place: Path) -> list[str]:
    return [
        f"--pgdata={place}",
        "--format=tar",
        "--compress=1",
        "--wal-method=stream",
        "--checkpoint=fast",
        "--manifest-checksums=SHA256",
    ]


def _look(copying: Copying, place: Path) -> tuple[int, str]:
    """The cluster's size, and a superuser's name; the schema goes into its file."""
    name = f"migration-bot/backup {copying.run_id}"
    with (
        connect(copying.url, application_name=name) as connection,
        explained(f"read {copying.url.redacted}"),
    ):
        row = connection.execute(_CLUSTER).fetchone()
        assert row is not None
        size, superuser, tablespaces = row
        with connection.transaction():
            write_schema(place, snapshot(connection, exclude=(), privileges=True))
    if tablespaces:
        raise BackupError(
            f"{copying.target} has tablespaces of its own, which lie outside of a copy.",
            hint="Use `backup.provider: pg_dump`, or pgBackRest or Barman, which know them.",
        )
    return size, superuser
