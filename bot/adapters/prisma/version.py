"""Which version of Prisma a program is: by its package, which takes no time, or by its word."""

import json
import re
from pathlib import Path

PACKAGES = ("prisma", "@prisma/prisma7")
_VERSION = re.compile(r"(\d{1,4})\.\d{1,4}\.\d{1,4}[\w.+-]{0,40}")
_SAID = re.compile(rf"^prisma\s*:\s*({_VERSION.pattern})\s*$", re.MULTILINE)


def version_beside(program: Path) -> str:
    """As its package has it; "" if there is none.

    npm and yarn link to a file of the package; pnpm writes a script beside the package's folder.
    """
    folders = [*program.resolve().parents[:3]]
    if program.parent.name == ".bin":
        folders += [program.parent.parent / name for name in PACKAGES if _named(program, name)]
    for folder in folders:
        try:
            package = json.loads((folder / "package.json").read_bytes())
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(package, dict) and package.get("name") in PACKAGES:
            version = str(package.get("version"))
            return version if _VERSION.fullmatch(version) else ""
    return ""


def version_in(said: str) -> str:
    """As `prisma --version` says it; "" if it does not."""
    found = _SAID.search(said)
    return found[1] if found else ""


def major_of(version: str) -> int:
    return int(version.partition(".")[0])


def is_at_least(version: str, major: int, minor: int) -> bool:
    first, second, *_ = version.split(".")
    return (int(first), int(second)) >= (major, minor)


def _named(program: Path, package: str) -> bool:
    return package.rpartition("/")[2] == program.name
