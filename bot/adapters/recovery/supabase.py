"""Backups of Supabase and its point-in-time recovery: its Management API makes none itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.adapters.recovery.reading import list_at, mapping, moment_at, newest, part, text_at
from bot.adapters.recovery.rest import Rest
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import Supabase
from bot.errors import BackupError

WHO = "Supabase"
BASE = "https://api.supabase.com"
_COMPLETED = "COMPLETED"
_LATEST = "latest_physical_backup_date_unix"


@dataclass(frozen=True)
class SupabasePoints:
    source: Supabase
    environ: Mapping[str, str]

    def recent(self) -> RecoveryPoint:
        """Raises BackupError if there is none."""
        project = quote(self.source.project, safe="")
        rest = Rest(WHO, BASE, self.source.token_env, self.environ)
        answer = rest.get(f"/v1/projects/{project}/database/backups")
        if part(answer, "pitr_enabled", who=WHO) is True:
            return self._continuous(answer)
        return self._daily(answer)

    def _continuous(self, answer: Any) -> RecoveryPoint:
        """With point-in-time recovery, the end of its window is what is told."""
        if not mapping(part(answer, "physical_backup_data", who=WHO)).get(_LATEST):
            raise self._none("its point-in-time recovery has not begun")
        end = moment_at(answer, "physical_backup_data", _LATEST, who=WHO)
        return RecoveryPoint(WHO, "point-in-time recovery", end, end)

    def _daily(self, answer: Any) -> RecoveryPoint:
        backups = list_at(answer, "backups", who=WHO)
        good = [each for each in backups if text_at(each, "status", who=WHO) == _COMPLETED]
        last = newest(good, lambda each: moment_at(each, "inserted_at", who=WHO))
        if last is None:
            raise self._none("its list is empty")
        at = moment_at(last, "inserted_at", who=WHO)
        return RecoveryPoint(WHO, f"the daily backup of {at:%Y-%m-%d}", at)

    def _none(self, why: str) -> BackupError:
        return BackupError(
            f"Supabase has no backup of {self.source.project}: {why}.",
            hint="See Database, Backups in its dashboard.",
        )
