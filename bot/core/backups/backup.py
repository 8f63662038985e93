"""A backup's manifest and its proof: what was saved, and that it can be brought back."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.core.backups.level import Level
from bot.errors import BackupError

SCHEMA = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class BackupFile:
    """One file of a backup; `name` has forward slashes and starts at the backup's directory."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class TableContent:
    """What a table held: how many rows, and a sum over their text that no order changes."""

    name: str
    rows: int
    content: str | None = None


@dataclass(frozen=True)
class Manifest:
    """Everything known about a backup from the moment it was complete.

    `path` is its directory's name. `lsn` is the position in the server's write-ahead log that the
    backup shows. `format` says how the dump is stored, `roles` who owns or may use what is in it.
    `database_size` is how large the database was, 0 where nobody noted it. `touched` are the tables
    whose rows it has; None is all. `level` is how far it can be proved: without sums no rows can be
    compared. Neither a host nor a user nor anything secret is part of it.
    """

    id: str
    target: str
    database: str
    system_identifier: str
    server_version: str
    tool_version: str
    started_at: datetime
    finished_at: datetime
    lsn: str
    size: int
    seconds: float
    path: str
    format: str
    files: tuple[BackupFile, ...] = ()
    tables: tuple[TableContent, ...] = ()
    roles: tuple[str, ...] = ()
    migration_head: str | None = None
    encoding: str = "UTF8"
    database_size: int = 0
    touched: tuple[str, ...] | None = None
    level: Level = Level.CONTENT
    schema: int = SCHEMA

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def server_major(self) -> int:
        return int(self.server_version.split(".")[0])

    @property
    def tool_major(self) -> int:
        return int(self.tool_version.split(".")[0])

    @property
    def digest(self) -> str:
        """What to write down elsewhere, to know later that the manifest is still this one."""
        return "sha256:" + hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        values = asdict(self)
        for name in ("started_at", "finished_at"):
            values[name] = values[name].astimezone(UTC).isoformat()
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read one back. A manifest of another schema, or with a part missing, is refused."""
        try:
            values = json.loads(text)
            if values["schema"] != SCHEMA:
                raise BackupError(
                    f"The manifest has schema {values['schema']}, and I know {SCHEMA}.",
                    hint="Use the version of migration-bot that took the backup.",
                )
            return _manifest(values)
        except (ValueError, KeyError, TypeError) as error:
            raise BackupError(
                f"The manifest cannot be read: {type(error).__name__}.",
                hint="Take a new backup; this one cannot be relied on.",
            ) from error


@dataclass(frozen=True)
class StoredBackup:
    """A backup on this machine: what is known about it, and the directory of its files."""

    manifest: Manifest
    place: Path


@dataclass(frozen=True)
class Proof:
    """What restoring a backup into a scratch server showed. `restored_on` is that one's version; ""
    where the files were read and nothing was restored."""

    backup: str
    restored_on: str
    seconds: float
    tables: int
    rows: int
    differences: tuple[str, ...] = ()
    level: Level = Level.RESTORE

    @property
    def ok(self) -> bool:
        return not self.differences


@dataclass(frozen=True)
class ProvedBackup:
    """A backup of which somebody has written down what restoring it showed."""

    manifest: Manifest
    proof: Proof


def backup_id(started: datetime, target: str, run_id: str) -> str:
    stamp = started.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return re.sub(r"[^A-Za-z0-9.-]+", "-", f"{stamp}-{target}-{run_id}")


def age(manifest: Manifest, now: datetime) -> timedelta:
    """How long ago the moment was that the backup shows."""
    return now - manifest.started_at


def differences_of_content(
    expected: tuple[TableContent, ...], found: tuple[TableContent, ...]
) -> tuple[str, ...]:
    """Where two sets of tables do not hold the same, one line for each table."""
    before = {table.name: table for table in expected}
    after = {table.name: table for table in found}
    lines = []
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            lines.append(f"table {name} is missing")
        elif name not in before:
            lines.append(f"table {name} was not in the backup")
        elif before[name].rows != after[name].rows:
            lines.append(f"table {name}: {before[name].rows} rows became {after[name].rows}")
        elif _summed(before[name], after[name]) and before[name].content != after[name].content:
            lines.append(f"table {name}: the rows are not the same")
    return tuple(lines)


def _summed(before: TableContent, after: TableContent) -> bool:
    return before.content is not None and after.content is not None


def _manifest(values: Mapping[str, Any]) -> Manifest:
    parts = dict(values)
    for name in ("started_at", "finished_at"):
        parts[name] = datetime.fromisoformat(parts[name])
    parts["files"] = tuple(BackupFile(**each) for each in parts["files"])
    parts["tables"] = tuple(TableContent(**each) for each in parts["tables"])
    parts["roles"] = tuple(parts["roles"])
    if parts.get("touched") is not None:
        parts["touched"] = tuple(parts["touched"])
    parts["level"] = Level(parts.get("level", Level.CONTENT))
    return Manifest(**parts)
