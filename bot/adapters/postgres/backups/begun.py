"""What is known of a target before another program backs it up: a manifest without files."""

from collections.abc import Callable
from datetime import UTC, datetime

from bot.adapters.postgres.backups.content import facts
from bot.adapters.postgres.backups.dump import head
from bot.adapters.postgres.connection import connect, explained
from bot.core.backups.backup import Manifest, backup_id
from bot.core.targets.url import ConnectionUrl


def begun(
    target: str,
    url: ConnectionUrl,
    run_id: str,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Manifest:
    """Raises PostgresError."""
    with (
        connect(url, application_name=f"migration-bot/backup {run_id}") as connection,
        explained(f"read {url.redacted}"),
    ):
        source, last = facts(connection), head(connection, url)
    started = clock()
    name = backup_id(started, target, run_id)
    return Manifest(
        id=name,
        target=target,
        database=source.database,
        system_identifier=source.system_identifier,
        server_version=source.server_version,
        # No program of PostgreSQL's: whoever restores it has to know with what.
        tool_version=source.server_version,
        started_at=started,
        finished_at=started,
        lsn=source.lsn,
        size=0,
        seconds=0.0,
        path=name,
        format="",
        roles=source.roles,
        migration_head=last,
        encoding=source.encoding,
        database_size=source.size,
        server_time=source.at,
    )
