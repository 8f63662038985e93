"""What a command line can name, read off the disk for a TAB: no git, no network, no complaint.

What cannot be read has no names: the verb itself will say why when it is called.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

_MOST_BYTES = 1_000_000


@dataclass(frozen=True)
class Database:
    """One of the configuration's: its migrations folder, its targets, where their backups lie."""

    name: str
    folder: str
    targets: Mapping[str, str]


class Nearby:
    """`start` is the working directory. A configuration or a folder that is named counts from
    there, the usual ones from the top of the repository."""

    def __init__(
        self,
        start: Path,
        *,
        usual_configuration: str,
        usual_folder: str,
        usual_targets: Sequence[str],
        usual_backups: str,
        configuration: str | None = None,
        folder: str | None = None,
        database: str | None = None,
    ) -> None:
        self._start = start
        self._top = _top_of(start)
        self._usual_folder = usual_folder
        self._usual_targets = usual_targets
        self._usual_backups = usual_backups
        self._configuration = (
            start / configuration if configuration else self._top / usual_configuration
        )
        self._folder = folder
        self._database = database

    def databases(self) -> Sequence[str]:
        return [each.name for each in self._all if each.name]

    def targets(self) -> Sequence[str]:
        return [name for each in self._chosen for name in each.targets]

    def migrations(self, target: str | None) -> Sequence[str]:
        folders = [self._start / self._folder] if self._folder else self._folders_of(target)
        found = {
            each.parent.name
            for folder in folders
            for each in _matches(folder, "*/migration.sql")
            if each.parent.name[:1] != "."
        }
        return sorted(found, reverse=True)

    def backups(self, target: str | None) -> Sequence[str]:
        from bot.core.backups.backup import MANIFEST
        from bot.core.backups.location import may_be_of

        places = {
            directory
            for each in self._chosen
            for name, directory in each.targets.items()
            if target in (None, name)
        }
        found = {
            manifest.parent.name
            for place in places
            for manifest in _matches(self._top / place, f"*/{MANIFEST}")
            if target is None or may_be_of(manifest.parent.name, target)
        }
        return sorted(found, reverse=True)

    def _folders_of(self, target: str | None) -> list[Path]:
        of_it = [each for each in self._chosen if target in each.targets]
        return [self._top / each.folder for each in of_it or self._chosen]

    @property
    def _chosen(self) -> Sequence[Database]:
        named = [each for each in self._all if each.name == self._database]
        return named if self._database else self._all

    @cached_property
    def _all(self) -> Sequence[Database]:
        written = _loaded(self._configuration)
        several = written.get("databases")
        if not isinstance(several, dict) or not several:
            return [self._read("", written)]
        whole = [(name, each) for name, each in several.items() if isinstance(each, dict)]
        return [self._read(str(name), each) for name, each in whole]

    def _read(self, name: str, written: Mapping[str, Any]) -> Database:
        targets = written.get("targets")
        if not isinstance(targets, dict):
            targets = {each: {} for each in self._usual_targets}
        folder = written.get("migrations")
        return Database(
            name,
            folder if isinstance(folder, str) else self._usual_folder,
            {str(each): self._backups_in(said) for each, said in targets.items()},
        )

    def _backups_in(self, target: object) -> str:
        """Those in a bucket are not asked for."""
        backup = target.get("backup") if isinstance(target, dict) else None
        if not isinstance(backup, dict):
            return self._usual_backups
        store = backup.get("store")
        if isinstance(store, str) and "://" not in store:
            return store
        directory = backup.get("directory")
        return directory if isinstance(directory, str) else self._usual_backups


def _top_of(start: Path) -> Path:
    """Without git: it would take longer than everything else here."""
    return next((each for each in (start, *start.parents) if (each / ".git").exists()), start)


def _matches(place: Path, pattern: str) -> Iterator[Path]:
    try:
        yield from place.glob(pattern)
    except (OSError, ValueError):
        return


def _loaded(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size > _MOST_BYTES:
                return {}
            loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
            loaded = yaml.load(file.read(_MOST_BYTES), Loader=loader)  # noqa: S506 - it is safe
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return loaded if isinstance(loaded, dict) else {}
