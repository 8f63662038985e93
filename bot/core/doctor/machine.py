"""The machine that the bot runs on, as far as its work depends on it."""

from dataclasses import dataclass

from bot.core.doctor.check import Trouble


@dataclass(frozen=True)
class Programs:
    """One installation of PostgreSQL's programs. `where` is its directory."""

    major: int
    version: str
    where: str
    dumps: bool = False
    runs_servers: bool = False
    copies: bool = False


@dataclass(frozen=True)
class Installation:
    """This very bot. `missing` are packages that it wants and that are not there; `other` those
    with another version than its lock has, as `name 2.0 (locked: 1.0)`. `locked` says that there is
    a lock to compare with."""

    version: str
    source: str | None = None
    missing: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    locked: bool = False


@dataclass(frozen=True)
class Place:
    """A directory to write to. `path` is "" where there is none; `free` is in bytes, None if
    nobody says."""

    path: str
    writable: bool = True
    free: int | None = None


@dataclass(frozen=True)
class Machine:
    """`git` and `node` are versions as the programs say them, None if there is no such program.
    `trouble` is what kept PostgreSQL's programs from being looked for."""

    python: tuple[int, int, int]
    installation: Installation
    cache: Place
    temporary: Place
    git: str | None = None
    node: str | None = None
    programs: tuple[Programs, ...] = ()
    trouble: Trouble | None = None
