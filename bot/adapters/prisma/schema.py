"""Which schema belongs to a migrations folder: one file, or a folder of several."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.prisma.installed import upwards
from bot.adapters.prisma.texts import names_schema, provider_in, schema_in
from bot.errors import UsageError

FILE = "schema.prisma"
_ENDING = ".prisma"
_ENDINGS = ("ts", "mts", "cts", "js", "mjs", "cjs")
_NAMES = ("prisma7.config", ".config/prisma7", "prisma.config", ".config/prisma")
_MOST_BYTES = 4 * 1024 * 1024
_MOST_FILES = 500
_POSTGRES = ("postgresql", "postgres")
_OTHERS = {
    "mysql": "MySQL",
    "sqlite": "SQLite",
    "sqlserver": "SQL Server",
    "mongodb": "MongoDB",
    "cockroachdb": "CockroachDB",
}


@dataclass(frozen=True)
class Config:
    """Prisma's configuration file, unrun; without one `path` is None."""

    path: Path | None = None
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Schema:
    """`path` is what Prisma is given, `texts` all of it."""

    path: Path
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)


def find_config(start: Path, root: Path | None) -> Config:
    """The nearest, as Prisma finds it where it is called from."""
    for folder in upwards(start, root):
        for name in _NAMES:
            for ending in _ENDINGS:
                path = folder / f"{name}.{ending}"
                if path.is_file():
                    return Config(path, _text(path))
    return Config()


def find_schema(
    migrations: Path, root: Path | None, config: Config, named: Path | None = None
) -> Schema:
    """The one that is named, or configured, or lies where Prisma looks for it.

    Raises UsageError without one, and for one that is not PostgreSQL's.
    """
    places = [named] if named else [*_places(migrations, root, config)]
    for place in places:
        if place.is_file():
            return _checked(Schema(place, {place.name: _text(place)}))
        files = [*_files(place)] if place.is_dir() else []
        if files:
            return _checked(
                Schema(place, {str(each.relative_to(place)): _text(each) for each in files})
            )
    looked = ", ".join(dict.fromkeys(_shown(each, root) for each in places))
    raise UsageError(
        f"There is no Prisma schema: not at {looked}.",
        hint="Name the file, or the folder of several, with `--schema PATH`; "
        "`create NAME --empty` needs none.",
    )


def _places(migrations: Path, root: Path | None, config: Config) -> Iterator[Path]:
    configured = schema_in(config.text)
    if config.path is not None and configured:
        yield config.path.parent / configured
        return
    if config.path is not None and names_schema(config.text):
        # Another one than is meant would lack models, and their tables would be dropped.
        raise UsageError(
            f"{_shown(config.path, root)} says where the schema is, but only by running can that "
            "be told.",
            hint="Name it with `--schema PATH`: the file, or the folder of several.",
        )
    beside = migrations.parent
    for folder in upwards(beside, root):
        if inside := _in_package(folder / "package.json"):
            yield folder / inside
            return
    yield beside / FILE
    yield beside / "schema"
    if len([*beside.glob(f"*{_ENDING}")]) > 1:
        yield beside
    if root is not None:
        yield root / FILE
        yield root / "prisma" / FILE


def _in_package(path: Path) -> str:
    """`prisma.schema` of a package.json, which Prisma 5 and 6 go by."""
    try:
        package = json.loads(path.read_bytes())
        found = package["prisma"]["schema"]
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return ""
    return found if isinstance(found, str) else ""


def _files(folder: Path) -> Iterator[Path]:
    found = sorted(each for each in folder.rglob(f"*{_ENDING}") if each.is_file())
    yield from (each for each in found[:_MOST_FILES] if "node_modules" not in each.parts)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _unreadable(path, "it is too large")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise _unreadable(path, "it is not UTF-8") from None
    except OSError as error:
        raise _unreadable(path, error.strerror or "the system refused") from None


def _unreadable(path: Path, reason: str) -> UsageError:
    return UsageError(f"{path} cannot be read: {reason}.", hint="Mend it, and try again.")


def _checked(schema: Schema) -> Schema:
    provider = provider_in(schema.texts.values())
    if provider is None:
        raise UsageError(
            f"{schema.path.name} has no datasource with a provider.",
            hint='Write `datasource db { provider = "postgresql" }` into it; of a schema in '
            "several files, name the folder with `--schema`.",
        )
    if provider not in _POSTGRES:
        said = _OTHERS.get(provider, provider)
        raise UsageError(
            f"The schema is for {said}, and migration-bot is for PostgreSQL alone.",
            hint='Only `provider = "postgresql"` can be worked on; `prisma migrate dev` makes '
            "migrations for others.",
        )
    return schema


def _shown(path: Path, root: Path | None) -> str:
    return str(path.relative_to(root) if root and path.is_relative_to(root) else path)
