"""Branches and snapshots of Neon, by its API. A branch is there at once, whatever its size."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from bot.adapters.recovery.reading import list_at, mapping, moment_at, number_at, part, text_at
from bot.adapters.recovery.rest import Rest
from bot.adapters.recovery.waiting import Waiting
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import Neon
from bot.errors import BackupError

WHO = "Neon"
BASE = "https://console.neon.tech/api/v2"
_OVER = frozenset({"finished", "skipped"})
_FAILED = frozenset({"failed", "error", "cancelled"})


@dataclass(frozen=True)
class NeonPoints:
    source: Neon
    environ: Mapping[str, str]

    def recent(self) -> RecoveryPoint:
        """Neon keeps every change of a branch for as long as the project's settings say: the branch
        itself is the recovery point, up to now."""
        project = self._rest.get(self._project)
        seconds = number_at(project, "project", "history_retention_seconds", who=WHO)
        branch = self._rest.get(f"{self._project}/branches/{self._branch}")
        if seconds <= 0:
            raise BackupError(
                f"Neon keeps no history of the project {self.source.project}.",
                hint="Set its restore window, or let a branch be made: `backup.make: true`.",
            )
        now = datetime.now(UTC)
        size = mapping(part(branch, "branch", who=WHO)).get("logical_size")
        return RecoveryPoint(WHO, text_at(branch, "branch", "id", who=WHO), now, now, size)

    def make(self, label: str, waiting: Waiting) -> RecoveryPoint:
        """Raises BackupError if it is not there in the end."""
        kind = "snapshot" if self.source.snapshot else "branch"
        begun = self._begun(label)
        id = text_at(begun, kind, "id", who=WHO)
        waiting.until(lambda: self._left_of(begun), f"the {kind} {id} of Neon")
        made_at = moment_at(begun, kind, "created_at", who=WHO)
        return RecoveryPoint(WHO, id, made_at, made=True)

    def _begun(self, label: str) -> Any:
        if self.source.snapshot:
            path = f"{self._project}/branches/{self._branch}/snapshot"
            return self._rest.send("POST", path, query={"name": label})
        body = {"branch": {"parent_id": self.source.branch, "name": label}}
        return self._rest.send("POST", f"{self._project}/branches", body)

    def _left_of(self, begun: Any) -> str:
        for each in list_at(begun, "operations", who=WHO):
            id = quote(text_at(each, "id", who=WHO), safe="")
            answer = self._rest.get(f"{self._project}/operations/{id}")
            status = text_at(answer, "operation", "status", who=WHO)
            if status in _FAILED:
                raise BackupError(
                    f"Neon could not make it: its operation {id} is {status}.",
                    hint="See the project's operations in Neon's console.",
                )
            if status not in _OVER:
                return status
        return ""

    @property
    def _project(self) -> str:
        return f"/projects/{quote(self.source.project, safe='')}"

    @property
    def _branch(self) -> str:
        return quote(self.source.branch, safe="")

    @property
    def _rest(self) -> Rest:
        return Rest(WHO, BASE, self.source.token_env, self.environ)
