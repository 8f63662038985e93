"""Backups and point-in-time recovery of Cloud SQL, by its Admin API."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from bot.adapters.recovery.reading import (
    list_at,
    mapping,
    moment_at,
    newest,
    text_at,
)
from bot.adapters.recovery.rest import Rest
from bot.adapters.recovery.waiting import Waiting
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import CloudSql
from bot.errors import BackupError

WHO = "Cloud SQL"
BASE = "https://sqladmin.googleapis.com/v1"

_DONE = "DONE"
_SUCCESSFUL = "SUCCESSFUL"


@dataclass(frozen=True)
class CloudSqlPoints:
    source: CloudSql
    environ: Mapping[str, str]
    sleep: Callable[[float], None] = time.sleep

    def recent(self) -> RecoveryPoint:
        """Raises BackupError if there is none."""
        answer = self._rest.get(f"{self._instance}/backupRuns")
        runs = mapping(answer).get("items", [])
        good = [each for each in runs if text_at(each, "status", who=WHO) == _SUCCESSFUL]
        last = newest(good, lambda each: moment_at(each, "endTime", who=WHO))
        if last is None:
            raise BackupError(
                f"Cloud SQL has no backup of {self.source.instance}.",
                hint="Switch on automated backups, or set `backup.make: true`.",
            )
        latest = self._rest.get(f"{self._instance}/getLatestRecoveryTime")
        reaches = moment_at(latest, "latestRecoveryTime", who=WHO)
        return RecoveryPoint(
            WHO, text_at(last, "id", who=WHO), moment_at(last, "endTime", who=WHO), reaches
        )

    def make(self, label: str, waiting: Waiting) -> RecoveryPoint:
        """Raises BackupError if it is not there in the end."""
        begun = self._rest.send("POST", f"{self._instance}/backupRuns", {"description": label})
        operation = text_at(begun, "name", who=WHO)
        backup = text_at(begun, "backupContext", "backupId", who=WHO)
        waiting.until(lambda: self._left_of(operation), f"the backup {backup} of Cloud SQL")
        run = self._rest.get(f"{self._instance}/backupRuns/{quote(backup, safe='')}")
        status = text_at(run, "status", who=WHO)
        if status != _SUCCESSFUL:
            raise BackupError(
                f"The backup {backup} of Cloud SQL is {status}.",
                hint="See the operations of the instance in Google's console.",
            )
        return RecoveryPoint(WHO, backup, moment_at(run, "endTime", who=WHO), made=True)

    def _left_of(self, operation: str) -> str:
        project = quote(self.source.project, safe="")
        answer = self._rest.get(f"/projects/{project}/operations/{quote(operation, safe='')}")
        errors = mapping(mapping(answer).get("error")).get("errors")
        if errors:
            raise _failed(list_at(answer, "error", "errors", who=WHO))
        status = text_at(answer, "status", who=WHO)
        return "" if status == _DONE else status.lower()

    @property
    def _instance(self) -> str:
        project, instance = (
            quote(each, safe="") for each in (self.source.project, self.source.instance)
        )
        return f"/projects/{project}/instances/{instance}"

    @property
    def _rest(self) -> Rest:
        return Rest(WHO, BASE, self.source.token_env, self.environ, self.sleep)


def _failed(errors: Any) -> BackupError:
    told = "; ".join(text_at(each, "message", who=WHO) for each in errors)
    return BackupError(
        f"Cloud SQL could not make the backup: {told}",
        hint="See the operations of the instance in Google's console.",
    )
