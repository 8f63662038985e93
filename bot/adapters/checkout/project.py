"""The Prisma schema and prisma.config.ts beside a migrations folder, where they can be read.

As with migrations, no link is followed out of the checkout. Whatever hinders reading means that
nothing is known, and never that something is missing.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from bot.adapters.checkout.git import Git
from bot.adapters.checkout.objects import by_id, objects_in, read_blobs
from bot.core.migrations.project import Project

_SCHEMA = ".prisma"
_ENDINGS = ("ts", "mts", "cts", "js", "mjs", "cjs")
_CONFIGS = (
    *(f"prisma.config.{each}" for each in _ENDINGS),
    *(f".config/prisma.{each}" for each in _ENDINGS),
)
_MOST_FILES = 500
_MOST_BYTES = 4 * 1024 * 1024
_DEEPEST = 4


def find_project(root: Path | None, folder: str) -> Project | None:
    """What lies beside the folder in the working tree; None if no schema does."""
    top = (root or Path()).resolve()
    migrations = (root or Path()) / folder
    beside = migrations.resolve().parent
    schemas: dict[str, str] = {}
    for file in _schemas(beside, migrations.resolve(), whole=beside != top):
        text = _text(file, root)
        if text is None or len(schemas) >= _MOST_FILES:
            return None
        schemas[_name(file, top)] = text
    if not schemas:
        return None
    config = next(iter(_configs(beside, top if root else beside.parent, root)), ("", ""))
    return Project(dict(sorted(schemas.items())), config=config[1], config_path=config[0])


def project_at(git: Git, commit: str, folder: str, at_hand: Project) -> Project | None:
    """The schema as a commit has it beside the folder; None if it has none there.

    What is the same at hand is not read again.
    """
    beside = folder.rpartition("/")[0]
    inside = folder.removeprefix(f"{beside}/")
    wanted = [
        each
        for each in objects_in(git, commit, beside)
        if each.path.endswith(_SCHEMA) and _belongs(each.path, inside, whole=bool(beside))
    ]
    if not wanted or len(wanted) > _MOST_FILES:
        return None
    known = by_id((text.encode("utf-8") for text in at_hand.schemas.values()), wanted)
    blobs = {**known, **read_blobs(git, (each.id for each in wanted if each.id not in known))}
    try:
        texts = {each.path: _decoded(blobs[each.id]) for each in wanted}
    except UnicodeDecodeError:
        return None
    prefix = f"{beside}/" if beside else ""
    return Project({prefix + path: texts[path] for path in sorted(texts)})


def _decoded(content: bytes | str) -> str:
    """A blob's text; what git could not read, and says why, is no schema either."""
    return content.decode("utf-8") if isinstance(content, bytes) else content


def _schemas(beside: Path, migrations: Path, *, whole: bool) -> Iterator[Path]:
    """The schema files in a folder and below it. At the top of a checkout only those in it, and
    below `schema/`: looking through all of the checkout would take long."""
    waiting = [(beside, 0)]
    while waiting:
        place, depth = waiting.pop()
        for entry in _entries(place):
            path = Path(entry.path)
            if entry.name.endswith(_SCHEMA) and entry.is_file():
                yield path
            below = depth or whole or entry.name == "schema"
            if below and depth < _DEEPEST and _may_hold_schemas(entry) and path != migrations:
                waiting.append((path, depth + 1))


def _may_hold_schemas(entry: os.DirEntry[str]) -> bool:
    ours = not entry.name.startswith(".") and entry.name != "node_modules"
    return ours and entry.is_dir(follow_symlinks=False)


def _belongs(path: str, migrations: str, *, whole: bool) -> bool:
    """As `_schemas` looks in the working tree."""
    if path.startswith(f"{migrations}/"):
        return False
    *folders, _ = path.split("/")
    hidden = any(each.startswith(".") or each == "node_modules" for each in folders)
    below = whole or not folders or folders[0] == "schema"
    return below and not hidden and len(folders) <= _DEEPEST


def _entries(place: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _configs(beside: Path, top: Path, root: Path | None) -> Iterator[tuple[str, str]]:
    """Prisma's configuration, the nearest first: it is where Prisma is called from."""
    for place in (beside, *beside.parents):
        for name in _CONFIGS:
            text = _text(place / name, root)
            if text is not None:
                yield _name(place / name, top), text
        if place == top:
            return


def _text(path: Path, root: Path | None) -> str | None:
    """A file's text; None if there is none, or it is not for us to read."""
    try:
        real = path.resolve()
        if root is not None and not real.is_relative_to(root.resolve()):
            return None
        if not real.is_file() or real.stat().st_size > _MOST_BYTES:
            return None
        return real.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _name(path: Path, top: Path) -> str:
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else str(path)
