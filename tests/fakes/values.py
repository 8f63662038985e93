"""What tests say of migrations and times."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.core.backups.backup import Manifest
from bot.core.migrations.history import History
from bot.core.migrations.migration import AppliedMigration, Migration

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


MANIFEST = Manifest(
    id="b-1",
    target="production",
    database="shop",
    system_identifier="7",
    server_version="18.0",
    tool_version="18.0",
    started_at=NOON,
    finished_at=NOON,
    lsn="0/1",
    size=1024,
    seconds=2.0,
    path="b-1",
    format="directory, gzip:1",
)


def migration(name: str, sql: str = "SELECT 1;") -> Migration:
    return Migration(name, f"prisma/migrations/{name}/migration.sql", sql)


def history(*migrations: Migration) -> History:
    return History("prisma/migrations", migrations, provider="postgresql")


def applied(each: Migration, *, finished: bool = True) -> AppliedMigration:
    return AppliedMigration(
        id=f"id-{each.name}",
        name=each.name,
        checksum=each.checksum,
        started_at=NOON,
        finished_at=NOON if finished else None,
    )


def marked(each: Migration) -> AppliedMigration:
    """The row of `resolve --applied`."""
    return replace(applied(each), id=f"marked-{each.name}", logs="")
