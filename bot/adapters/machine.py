"""The machine that the bot runs on: programs, packages, disks. Looked at, and never changed."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from bot import __version__
from bot.core.doctor.machine import Installation, Place

_NAME = "migration-bot"
_TOP = Path(__file__).parents[2]
_LOCK = _TOP / "requirements.txt"
_LOCKED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;\\]+)", re.MULTILINE)
_REQUIRED = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._-]*")
_SAID = re.compile(r"\d+(?:\.\d+)+")
_SECONDS = 10


def python() -> tuple[int, int, int]:
    return sys.version_info[:3]


def program_version(name: str, environ: Mapping[str, str]) -> str | None:
    """What a program on the PATH says of itself; None if there is none, or it does not answer."""
    found = shutil.which(name, path=environ.get("PATH", os.defpath))
    if found is None:
        return None
    try:
        done = subprocess.run(  # noqa: S603 - found by its own name, no shell
            [found, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    said = _SAID.search(done.stdout.decode("utf-8", "replace"))
    return said[0] if said else None


def installation(source: str | None, lock: Path = _LOCK) -> Installation:
    """`source` is where this bot came from, if anything says so. A lock is only beside a checkout
    of the bot; a package has none."""
    locked = dict(_locked(lock))
    return Installation(
        version=__version__,
        source=source,
        missing=tuple(each for each in _required() if _installed(each) is None),
        other=tuple(_others(locked)),
        locked=bool(locked),
    )


def place(path: Path | None) -> Place:
    """A directory, or where it would be made."""
    if path is None:
        return Place("")
    near = path
    while not near.exists() and near != near.parent:
        near = near.parent
    writable = near.is_dir() and os.access(near, os.W_OK | os.X_OK)
    try:
        return Place(str(path), writable, shutil.disk_usage(near).free)
    except OSError:
        return Place(str(path), writable)


def _required() -> Iterator[str]:
    """What it cannot do without, as its package says; nothing of a checkout that is not one."""
    try:
        wanted = distribution(_NAME).requires or []
    except PackageNotFoundError:
        return
    for each in wanted:
        if ";" not in each and (found := _REQUIRED.match(each)):
            yield found[0]


def _locked(lock: Path) -> list[tuple[str, str]]:
    try:
        return _LOCKED.findall(lock.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return []


def _others(locked: Mapping[str, str]) -> Iterator[str]:
    """Those that are there in another version; what is not there, an import or a marker tells."""
    for name, wanted in locked.items():
        has = _installed(name)
        if has is not None and has != wanted:
            yield f"{name} {has} (locked: {wanted})"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
