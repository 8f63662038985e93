"""Prisma's reading of a migrations folder: from what was found in it to a History.

What counts, and how it is read, is as in Prisma 6.6 to 7.10; the working tree and a commit of git
are found by different means and loaded by the same rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.core.migrations.history import History
from bot.core.migrations.migration import DOWN_SCRIPT, LOCK_FILE, SCRIPT, Migration, sort_key

READ = (SCRIPT, DOWN_SCRIPT)
SIZE_LIMIT = 10 * 1024 * 1024

LINKED_FOLDER = "a symbolic link to a folder, and Prisma does not follow those"
LINK_OUTSIDE = "a symbolic link that leads out of the checkout"
LINK_BROKEN = "a symbolic link that leads nowhere"
NO_UTF8_NAME = "its name is not UTF-8"
NO_FILE = "not a file"
SUBMODULE = "a submodule, whose files are not in this repository"
TOO_LARGE = f"larger than {SIZE_LIMIT // 1024 // 1024} MB"

_PROVIDER = "provider = "
_PRISMA_8_FILES = {"migration.json", "ops.json"}


@dataclass
class Found:
    """What lies in a migrations folder, by paths relative to it.

    `folders` maps each folder directly in it to the names inside; a folder's name ends with a
    slash there. `loose` is everything else directly in it. `texts` are the bytes of the files that
    Prisma or the bot reads, `faults` why others could not be read.
    """

    folders: dict[str, list[str]] = field(default_factory=dict)
    loose: list[str] = field(default_factory=list)
    texts: dict[str, bytes] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    prisma_8: bool = False


def load(folder: str, found: Found) -> History:
    prefix = f"{folder}/" if folder else ""
    complete = [name for name in found.folders if f"{name}/{SCRIPT}" in found.texts]
    incomplete = [
        name
        for name, inside in found.folders.items()
        if SCRIPT not in inside and name not in found.faults
    ]
    lock = found.texts.get(LOCK_FILE)
    return History(
        folder=folder,
        migrations=tuple(
            _migration(name, prefix, found.texts) for name in sorted(complete, key=sort_key)
        ),
        incomplete=tuple(sorted(incomplete, key=sort_key)),
        strays=tuple(sorted(prefix + path for path in _strays(found))),
        unreadable={prefix + path: reason for path, reason in sorted(found.faults.items())},
        provider=None if lock is None else provider_of(lock),
        prisma_8=found.prisma_8,
    )


def provider_of(lock: bytes) -> str:
    """The provider as Prisma reads it: by line and prefix, not as TOML. "" if there is none."""
    for line in lock.decode("utf-8", "replace").split("\n"):
        if line.startswith("provider"):
            value = line.removesuffix("\r")
            while value.startswith(_PROVIDER):
                value = value.removeprefix(_PROVIDER)
            return value.strip('"')
    return ""


def is_prisma_8(names: Iterable[str]) -> bool:
    """Whether a folder with these names inside is a migration in the format of Prisma 8."""
    return set(names) >= _PRISMA_8_FILES


def printable_name(name: str) -> str:
    """A name that was read with surrogates for bytes that are not UTF-8, without them."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _migration(name: str, prefix: str, texts: Mapping[str, bytes]) -> Migration:
    script, valid = _decode(texts[f"{name}/{SCRIPT}"])
    down = texts.get(f"{name}/{DOWN_SCRIPT}")
    return Migration(
        name=name,
        path=f"{prefix}{name}/{SCRIPT}",
        sql=script,
        down=None if down is None else _decode(down)[0],
        valid_utf8=valid,
    )


def _decode(data: bytes) -> tuple[str, bool]:
    try:
        return data.decode("utf-8"), True
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace"), False


def _strays(found: Found) -> list[str]:
    inside = [
        f"{folder}/{name}"
        for folder, names in found.folders.items()
        for name in names
        if name not in READ and f"{folder}/{name}" not in found.faults
    ]
    return [*found.loose, *inside]
