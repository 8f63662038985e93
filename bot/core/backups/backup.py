"""A backup's manifest and its proof: what was saved, and that it can be brought back."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.core.backups.level import Level
from bot.core.backups.stored import MOST_PARTS, StoredBytes
from bot.core.counting import count
from bot.errors import BackupError

SCHEMA = 2
OLDEST_SCHEMA = 1
MANIFEST = "manifest.json"

# What a manifest says of files that are not the dump of a database by pg_dump.
COMMAND_FORMAT = "files of a command"
CLUSTER_FORMAT = "cluster, gzip:1"

_TIMES = ("started_at", "finished_at", "server_time")
_SINCE_2 = frozenset({"database_size", "touched", "level", "location", "recipients", "server_time"})


@dataclass(frozen=True)
class BackupFile:
    """One file of a backup; `name` has forward slashes and starts at the backup's directory.

    `stored` is None where it is kept as it is, under its own name.
    """

    name: str
    size: int
    sha256: str
    stored: StoredBytes | None = None

    @property
    def kept_as(self) -> StoredBytes:
        return self.stored or StoredBytes(self.name, self.size, self.sha256)


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
    backup shows, `server_time` the server's own clock then. `format` says how the dump is stored,
    `roles` who owns or may use what is in it. `database_size` is how large the database was, 0
    where nobody noted it. `touched` are the tables whose rows it has; None is all. `level` is how
    far it can be proved: without sums no rows can be compared. `location` is where it is kept, ""
    for the directory that it was written to; `recipients` are the public keys it is encrypted to,
    none if it is not. Neither a host nor a user nor anything secret is part of it.
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
    location: str = ""
    recipients: tuple[str, ...] = ()
    server_time: datetime | None = None
    schema: int = SCHEMA

    @property
    def encrypted(self) -> bool:
        return bool(self.recipients)

    @property
    def stored_size(self) -> int:
        """How much is kept, which is a little more than was dumped where it is encrypted."""
        return sum(file.kept_as.size for file in self.files) or self.size

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
        for name in _TIMES:
            if values[name] is not None:
                values[name] = values[name].astimezone(UTC).isoformat()
        if self.schema == OLDEST_SCHEMA:
            # As it was written then: its digest may be written down somewhere.
            values = {name: each for name, each in values.items() if name not in _SINCE_2}
            values["files"] = [
                {k: v for k, v in each.items() if k != "stored"} for each in values["files"]
            ]
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Manifest":
        """Read one back. A manifest of another schema, or with a part missing, is refused."""
        try:
            values = json.loads(text)
            if values["schema"] not in range(OLDEST_SCHEMA, SCHEMA + 1):
                raise BackupError(
                    f"The manifest has schema {values['schema']}, and I know up to {SCHEMA}.",
                    hint="Use the version of migration-bot that took the backup.",
                )
            return _manifest(values)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise BackupError(
                f"The manifest cannot be read: {type(error).__name__}.",
                hint="Take a new backup; this one cannot be relied on.",
            ) from error


@dataclass(frozen=True)
class Proof:
    """What restoring a backup into a scratch server showed. `restored_on` is that one's version; ""
    where the files were read and nothing was restored. `manifest` is the digest of the manifest
    that was proved, "" where nobody noted it."""

    backup: str
    restored_on: str
    seconds: float
    tables: int
    rows: int
    differences: tuple[str, ...] = ()
    level: Level = Level.RESTORE
    manifest: str = ""

    @property
    def ok(self) -> bool:
        return not self.differences

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Proof | None":
        """Read one back; None for what is none."""
        try:
            values = json.loads(text)
            told = {"differences": tuple(values["differences"]), "level": Level(values["level"])}
            return cls(**{**values, **told})
        except (ValueError, TypeError, LookupError, RecursionError):
            return None

    @property
    def words(self) -> str:
        """As in "it is …"."""
        if self.differences:
            return f"proved to differ: {self.differences[0]}"
        if not self.restored_on:
            return "proved by reading every file to its end"
        what = f"{count(self.tables, 'table')} and {count(self.rows, 'row')}"
        return f"proved by restoring {what} on PostgreSQL {self.restored_on}"

    def is_of(self, manifest: Manifest) -> bool:
        """Whether it is about this backup, and the manifest has not changed since."""
        return self.backup == manifest.id and self.manifest in ("", manifest.digest)


@dataclass(frozen=True)
class StoredBackup:
    """A backup that is kept. `place` is the directory of its files, where they lie on this machine
    as they were dumped; None if they have to be fetched or decrypted first. `location` says in
    words where it is kept, `proof` what somebody has written down about bringing it back.
    """

    manifest: Manifest
    place: Path | None = None
    location: str = ""
    proof: Proof | None = None

    @property
    def proved(self) -> bool:
        return self.proof is not None and self.proof.ok

    @property
    def files(self) -> Path:
        """The directory of its files, for who has made sure that there is one."""
        assert self.place is not None
        return self.place


@dataclass(frozen=True)
class ProvedBackup:
    """A backup of which somebody has written down what restoring it showed."""

    manifest: Manifest
    proof: Proof


def backup_id(started: datetime, target: str, run_id: str) -> str:
    stamp = started.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return re.sub(r"[^A-Za-z0-9.-]+", "-", f"{stamp}-{target}-{run_id}")


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
    for name in _TIMES:
        if parts.get(name) is not None:
            parts[name] = datetime.fromisoformat(parts[name])
    parts["files"] = tuple(_file(each) for each in parts["files"])
    parts["tables"] = tuple(TableContent(**each) for each in parts["tables"])
    for name in ("roles", "recipients"):
        parts[name] = tuple(parts.get(name, ()))
    if parts.get("touched") is not None:
        parts["touched"] = tuple(parts["touched"])
    parts["level"] = Level(parts.get("level", Level.CONTENT))
    manifest = Manifest(**parts)
    _require_forms(manifest)
    return manifest


def _require_forms(manifest: Manifest) -> None:
    """It may have been written by whoever can write where backups are kept. Raises TypeError."""
    names = [manifest.id, manifest.target, manifest.path, manifest.location, manifest.format]
    numbers = [manifest.size, manifest.database_size]
    for file in manifest.files:
        kept = file.kept_as
        names += [file.name, file.sha256, kept.name, kept.sha256]
        numbers += [file.size, kept.size, kept.parts]
        if not 1 <= kept.parts <= MOST_PARTS:
            raise ValueError("a file of so many parts")
    for table in manifest.tables:
        names.append(table.name)
        numbers.append(table.rows)
    if not all(isinstance(each, str) for each in names):
        raise TypeError("a name is no text")
    if not all(type(each) is int and each >= 0 for each in numbers):
        raise TypeError("a size is no number")


def _file(values: Mapping[str, Any]) -> BackupFile:
    stored = values.get("stored")
    return BackupFile(**{**values, "stored": StoredBytes(**stored) if stored else None})
