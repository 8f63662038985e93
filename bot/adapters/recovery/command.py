"""A program of the operator's own that takes a backup: it leaves files, or tells of a recovery
point as JSON."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bot.adapters.recovery.programs import Run, ordinary, output_of
from bot.adapters.recovery.reading import mapping, moment_at, parsed, text_at
from bot.core.backups.backup import COMMAND_FORMAT, MANIFEST, BackupFile, Manifest
from bot.core.backups.level import Level
from bot.core.backups.recovery_point import RecoveryPoint
from bot.core.backups.sources import Command
from bot.errors import BackupError, UsageError

TARGET_VARIABLE = "MIGRATION_BOT_TARGET"
DIRECTORY_VARIABLE = "MIGRATION_BOT_BACKUP_DIRECTORY"
_SHORTEST_SECRET = 6


@dataclass(frozen=True)
class Commands:
    """Runs one. `secrets` are struck out of whatever is shown of what it says; `root` is the
    checkout's top, where it starts."""

    source: Command
    target: str
    root: Path
    environ: Mapping[str, str]
    secrets: tuple[str, ...] = ()

    @property
    def who(self) -> str:
        return f"The backup command {self.source.arguments[0]}"

    def files(self, directory: Path) -> tuple[BackupFile, ...]:
        """What it leaves in an empty directory. Raises BackupError if it fails, or leaves none."""
        self._run({DIRECTORY_VARIABLE: str(directory)})
        files = tuple(_files(directory))
        if not files:
            raise BackupError(
                f"{self.who} left no file in {DIRECTORY_VARIABLE}.",
                hint=f"Write the backup's files to ${DIRECTORY_VARIABLE}; or set `backup.gives: "
                "recovery-point`, and print JSON with its id and taken_at.",
            )
        return files

    def point(self) -> RecoveryPoint:
        """What it tells of. Raises BackupError if it fails, or what it prints is no such thing."""
        told = parsed(self._run({}), who=self.who)
        known = mapping(told)
        size = known.get("size")
        return RecoveryPoint(
            provider=self.source.arguments[0],
            id=text_at(told, "id", who=self.who),
            taken_at=moment_at(told, "taken_at", who=self.who),
            reaches=moment_at(told, "reaches", who=self.who) if known.get("reaches") else None,
            size=size if isinstance(size, int) else None,
            made=known.get("made") is not False,
        )

    def _run(self, more: Mapping[str, str]) -> str:
        given = self._given()
        run = Run(
            self.who,
            {**ordinary(self.environ), **given, TARGET_VARIABLE: self.target, **more},
            seconds=self.source.timeout,
            secrets=[*self.secrets, *filter(_worth_hiding, given.values())],
            cwd=self.root,
        )
        return output_of([self._program(), *self.source.arguments[1:]], run)

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


@dataclass(frozen=True)
class CommandFiles:
    """See world.Provider: the files that a command leaves. `begun` is what is known of the target
    before it runs, as a manifest without files."""

    commands: Commands
    begun: Callable[[], Manifest]

    def take(self, staging: Path, note: Callable[[str], None]) -> Manifest:
        started, timer = self.begun(), time.monotonic()
        place = staging / started.path
        place.mkdir(mode=0o700)
        note(f"running {self.commands.source.arguments[0]}")
        files = self.commands.files(place)
        manifest = replace(
            started,
            files=files,
            size=sum(file.size for file in files),
            seconds=round(time.monotonic() - timer, 3),
            finished_at=datetime.now(UTC),
            format=COMMAND_FORMAT,
            level=Level.DECODE,
        )
        (place / MANIFEST).write_text(manifest.to_json(), "utf-8")
        return manifest


@dataclass(frozen=True)
class CommandPoints:
    """See world.RecoveryPoints."""

    commands: Commands

    @property
    def words(self) -> str:
        return self.commands.source.arguments[0]

    @property
    def makes(self) -> bool:
        return True

    def recent(self) -> RecoveryPoint:
        return self.commands.point()

    def make(self, label: str, note: Callable[[str], None]) -> RecoveryPoint:
        """It is not told the label: what it makes has a name of its own."""
        return self.commands.point()


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
