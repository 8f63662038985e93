"""A program of the operator's own that takes a backup: it leaves files, or tells of a recovery
point as JSON."""

import hashlib
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.adapters.recovery.programs import Run, ordinary, output_of
from bot.adapters.recovery.reading import mapping, moment_at, parsed, text_at
from bot.core.backups.backup import BackupFile
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import Command
from bot.errors import BackupError, UsageError

TARGET_VARIABLE = "MIGRATION_BOT_TARGET"
DIRECTORY_VARIABLE = "MIGRATION_BOT_BACKUP_DIRECTORY"
_SHORTEST_SECRET = 6


@dataclass(frozen=True)
class Taken:
    """What a command left: files, or a recovery point."""

    files: tuple[BackupFile, ...] = ()
    point: RecoveryPoint | None = None


@dataclass(frozen=True)
class Commands:
    """`secrets` are struck out of whatever is shown of what it says; `root` is the checkout's top,
    where it starts."""

    source: Command
    target: str
    root: Path
    environ: Mapping[str, str] = os.environ
    secrets: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        return f"The backup command {self.source.arguments[0]}"

    def take(self, directory: Path) -> Taken:
        """Run it, with an empty directory to write to. Raises BackupError if it fails, or leaves
        neither a file nor a recovery point."""
        given = self._given()
        run = Run(
            self.who,
            {
                **ordinary(self.environ),
                **given,
                TARGET_VARIABLE: self.target,
                DIRECTORY_VARIABLE: str(directory),
            },
            seconds=self.source.timeout,
            secrets=[*self.secrets, *filter(_worth_hiding, given.values())],
            cwd=self.root,
        )
        said = output_of([self._program(), *self.source.arguments[1:]], run).strip()
        files = tuple(_files(directory))
        if files:
            return Taken(files=files)
        if said.startswith("{"):
            return Taken(point=self._point(parsed(said, who=self.who)))
        raise BackupError(
            f"{self.who} left no file in {DIRECTORY_VARIABLE}, and told of no recovery point.",
            hint=f"Write the backup's files to ${DIRECTORY_VARIABLE}, or print JSON with the "
            "recovery point's id and taken_at.",
        )

    def _given(self) -> dict[str, str]:
        missing = [name for name in self.source.environment if name not in self.environ]
        if missing:
            raise UsageError(
                f"{', '.join(missing)} is not set, and {self.who[0].lower()}{self.who[1:]} is to "
                "be handed it.",
                hint="Give the job that variable, or take it out of `backup.environment`.",
            )
        return {name: self.environ[name] for name in self.source.environment}

    def _program(self) -> str:
        """A path starts at the checkout; a bare name is looked for where programs are."""
        named = self.source.arguments[0]
        if os.sep in named:
            return str((self.root / named).resolve())
        return shutil.which(named, path=self.environ.get("PATH")) or named

    def _point(self, told: Any) -> RecoveryPoint:
        known = mapping(told)
        size = known.get("size")
        return RecoveryPoint(
            provider=self.source.arguments[0],
            id=text_at(told, "id", who=self.who),
            taken_at=moment_at(told, "taken_at", who=self.who),
            reaches=moment_at(told, "reaches", who=self.who) if known.get("reaches") else None,
            size=size if isinstance(size, int) else None,
            made=bool(known.get("made", True)),
        )


def _worth_hiding(value: str) -> bool:
    """A number or a word is no secret, and striking it out would make holes in every sentence."""
    return len(value) >= _SHORTEST_SECRET


def _files(directory: Path) -> list[BackupFile]:
    found = []
    for path in sorted(path for path in directory.rglob("*") if path.is_file()):
        if path.is_symlink():
            raise BackupError(
                f"The backup has a link in it: {path.name}.",
                hint="Write the files themselves: what a link leads to is not in the backup.",
            )
        with path.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        name = path.relative_to(directory).as_posix()
        found.append(BackupFile(name, path.stat().st_size, digest))
    return found
