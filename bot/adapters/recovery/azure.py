"""On-demand backups of a flexible server of Azure Database for PostgreSQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.adapters.recovery.reading import mapping, moment_at, text_at
from bot.adapters.recovery.rest import Rest
from bot.adapters.recovery.waiting import Waiting
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import AzureFlexible
from bot.errors import BackupError

WHO = "Azure"
BASE = "https://management.azure.com"
_VERSION = {"api-version": "2024-08-01"}


@dataclass(frozen=True)
class AzurePoints:
    source: AzureFlexible
    environ: Mapping[str, str]

    def recent(self) -> RecoveryPoint:
        """Azure tells from when one can go back, and not up to when: so nothing can be proved."""
        server = self._rest.get(self._server, _VERSION)
        earliest = moment_at(server, "properties", "backup", "earliestRestoreDate", who=WHO)
        raise BackupError(
            f"Azure says that {self.source.server} can be restored from {earliest:%Y-%m-%d %H:%M} "
            "UTC on, and not up to when.",
            hint="Let a backup be made before a rollout: `backup.make: true`.",
        )

    def make(self, label: str, waiting: Waiting) -> RecoveryPoint:
        """Raises BackupError if it is not there in the end."""
        path = f"{self._server}/backups/{quote(label, safe='')}"
        self._rest.send("PUT", path, query=_VERSION)
        found: dict[str, Any] = {}

        def left() -> str:
            # The list has it when it is begun; asking for it alone is a 404 until then.
            backups = mapping(self._rest.get(f"{self._server}/backups", _VERSION)).get("value", [])
            own = [each for each in backups if text_at(each, "name", who=WHO) == label]
            if not own:
                return "not begun yet"
            found.update(mapping(own[0].get("properties")))
            return "" if found.get("completedTime") else "being made"

        waiting.until(left, f"the backup {label} of Azure")
        return RecoveryPoint(WHO, label, moment_at(found, "completedTime", who=WHO), made=True)

    @property
    def _server(self) -> str:
        source = self.source
        subscription, group, server = (
            quote(each, safe="")
            for each in (source.subscription, source.resource_group, source.server)
        )
        return (
            f"/subscriptions/{subscription}/resourceGroups/{group}"
            f"/providers/Microsoft.DBforPostgreSQL/flexibleServers/{server}"
        )

    @property
    def _rest(self) -> Rest:
        return Rest(WHO, BASE, self.source.token_env, self.environ)
