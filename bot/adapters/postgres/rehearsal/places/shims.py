"""Extensions for servers that lack the real ones, and files that let an author create some itself.

PostgreSQL 18 looks for extensions in the directories of `extension_control_path`, too. In one that
we fill, the functions of uuid-ossp and pgcrypto are there in SQL, and a few harmless extensions
that the installation has, but leaves to superusers, are marked as trusted: whoever owns a database
may create those.
"""

import subprocess
from collections.abc import Collection, Iterator
from importlib.resources import files
from pathlib import Path

from bot.adapters.postgres.rehearsal.places.extensions import LET_IN
from bot.adapters.postgres.tools import Installation

SHIMS = ("pgcrypto", "uuid-ossp")
# The first major with extension_control_path.
SINCE = 18


def shims_for(installation: Installation, wanted: Collection[str]) -> tuple[str, ...]:
    """Those of the wanted extensions that a shim has to stand in for, and can."""
    if installation.major < SINCE:
        return ()
    there = extension_directory(installation)
    return tuple(
        name
        for name in SHIMS
        if name in wanted and not (there and (there / f"{name}.control").exists())
    )


def extension_files(installation: Installation, wanted: Collection[str]) -> dict[str, str]:
    """What the wanted extensions need, by the names of the files."""
    shims = shims_for(installation, wanted)
    found = [*_shim_files(shims), *_trusted_files(installation, wanted)]
    return {name: content.decode("utf-8") for name, content in found}


def extension_directory(installation: Installation) -> Path | None:
    """Where an installation keeps the files of its extensions; None if that cannot be found."""
    prefix = installation.bin.parent
    debian = Path("/usr/share/postgresql") / prefix.name
    candidates = [prefix / "share", prefix / "share" / "postgresql", debian]
    told = _shared_directory(installation)
    for candidate in [told, *candidates] if told else candidates:
        if (candidate / "extension" / "plpgsql.control").exists():
            return candidate / "extension"
    return None


def _shared_directory(installation: Installation) -> Path | None:
    program = installation.bin / "pg_config"
    if not program.exists():
        return None
    done = subprocess.run(  # noqa: S603 - a program we located, and no shell
        [program, "--sharedir"], capture_output=True, text=True, check=False
    )
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def _shim_files(names: Collection[str]) -> Iterator[tuple[str, bytes]]:
    folder = files("bot.adapters.postgres.rehearsal.places") / "shims"
    for each in sorted(folder.iterdir(), key=lambda file: file.name):
        if _extension_of(each.name) in names:
            yield each.name, each.read_bytes()


def _trusted_files(
    installation: Installation, wanted: Collection[str]
) -> Iterator[tuple[str, bytes]]:
    """Copies of what the installation has, with the mark that lets an owner create it."""
    there = extension_directory(installation) if installation.major >= SINCE else None
    if there is None:
        return
    for name in sorted(LET_IN.intersection(wanted)):
        for path in sorted([*there.glob(f"{name}.control"), *there.glob(f"{name}--*.sql")]):
            content = path.read_bytes()
            marked = content + b"\ntrusted = true\n" if path.suffix == ".control" else content
            yield path.name, marked


def _extension_of(file_name: str) -> str:
    return file_name.removesuffix(".control").partition("--")[0]
