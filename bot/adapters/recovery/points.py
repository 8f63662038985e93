"""Whoever keeps a target's recovery points, by what its configuration says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.adapters.recovery import barman, pgbackrest, wal_g
from bot.adapters.recovery.azure import AzurePoints
from bot.adapters.recovery.cloud_sql import CloudSqlPoints
from bot.adapters.recovery.neon import NeonPoints
from bot.adapters.recovery.rds import RdsPoints, rds_client
from bot.adapters.recovery.supabase import SupabasePoints
from bot.adapters.recovery.waiting import Waiting
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import (
    Archive,
    AzureFlexible,
    Barman,
    CloudSql,
    Managed,
    Neon,
    PgBackRest,
    Rds,
    Supabase,
    WalG,
    makes_points,
    words_of,
)
from bot.errors import BackupError

Making = RdsPoints | CloudSqlPoints | AzurePoints | NeonPoints


@dataclass(frozen=True)
class Points:
    """See world.RecoveryPoints. `seconds` is how long one may take to be made."""

    source: Archive | Managed
    environ: Mapping[str, str]
    seconds: float

    @property
    def words(self) -> str:
        return words_of(self.source)

    @property
    def makes(self) -> bool:
        return makes_points(self.source)

    def recent(self) -> RecoveryPoint:
        if isinstance(self.source, PgBackRest):
            return pgbackrest.recent(self.source, self.environ)
        if isinstance(self.source, Barman):
            return barman.recent(self.source, self.environ)
        making = self._making()
        if making is not None:
            return making.recent()
        if isinstance(self.source, WalG):
            return wal_g.recent(self.source, self.environ)
        assert isinstance(self.source, Supabase)
        return SupabasePoints(self.source, self.environ).recent()

    def make(self, label: str, note: Callable[[str], None]) -> RecoveryPoint:
        making = self._making()
        if making is None:
            raise BackupError(
                f"{self.words} makes no recovery point when it is asked to.",
                hint="Let a recent one be looked for: `backup.make: false`.",
            )
        return making.make(label, Waiting(note, self.seconds))

    def _making(self) -> Making | None:
        source = self.source
        if isinstance(source, Rds):
            return RdsPoints(source, rds_client)
        if isinstance(source, CloudSql):
            return CloudSqlPoints(source, self.environ)
        if isinstance(source, AzureFlexible):
            return AzurePoints(source, self.environ)
        return NeonPoints(source, self.environ) if isinstance(source, Neon) else None
