"""A repository that the bot has not moved into yet: its migrations, and its main branch."""

import os
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.checkout.base import find_base
from bot.adapters.checkout.git import Git
from bot.core.initial import Ground
from bot.core.migrations.migration import LOCK_FILE
from bot.errors import UsageError

_SCHEMA = "schema.prisma"
# A schema in several files has a folder of this name to itself.
_SCHEMAS = "schema"
_MIGRATIONS = "migrations"
_PASSED_OVER = frozenset({"node_modules", "dist", "build", "vendor", "venv"})
_DEPTH = 6


def ground_of(root: Path, git: Git) -> Ground:
    folders: set[str] = set()
    expected: set[str] = set()
    for folder, files in _looked_at(root):
        if LOCK_FILE in files:
            folders.add(folder)
        elif _SCHEMA in files:
            above, _, name = folder.rpartition("/")
            expected.add(
                "/".join(filter(None, (above if name == _SCHEMAS else folder, _MIGRATIONS)))
            )
    return Ground(
        root=str(root),
        branch=_branch(git),
        folders=tuple(sorted(folders)),
        expected=tuple(sorted(expected - folders)),
    )


def _looked_at(root: Path) -> Iterator[tuple[str, list[str]]]:
    """Every folder that a project of its own may be in, with the names of its files."""
    for place, folders, files in os.walk(root):
        path = Path(place).relative_to(root)
        folders[:] = [
            each
            for each in folders
            if each not in _PASSED_OVER and not each.startswith(".") and len(path.parts) < _DEPTH
        ]
        yield "" if path == Path() else path.as_posix(), files


def _branch(git: Git) -> str:
    """The remote's default branch, or else the one that is checked out."""
    try:
        return find_base(git, None, {}).name
    except UsageError:
        return git.ask("symbolic-ref", "--short", "HEAD") or "main"
