"""This machine: what the bot is run by, and what it starts."""

import re
from collections.abc import Iterator, Sequence

from bot.core.counting import count
from bot.core.doctor.check import Check, Trouble, failed, passed, refused, skipped, warned
from bot.core.doctor.machine import Installation, Machine, Place, Programs
from bot.core.rehearsals.sizes import size_text
from bot.core.settings import NEWEST_POSTGRES

OLDEST_PYTHON, NEWEST_PYTHON = (3, 11), (3, 14)
# `rev-parse --is-shallow-repository` came with it.
OLDEST_GIT = (2, 15)
OLDEST_PRISMA, NEWEST_PRISMA = 5, 7
# What a rehearsal of a small history takes, and what leaves it room.
LITTLE, ENOUGH = 200_000_000, 1_000_000_000

_NUMBERS = re.compile(r"(\d+)\.(\d+)")


def machine_checks(machine: Machine, prisma: str | Trouble | None) -> Iterator[Check]:
    """`prisma` is its version, or why it does not say; None where the project has none."""
    yield python(machine.python)
    yield installation(machine.installation)
    yield git(machine.git)
    yield client_programs(machine)
    yield throw_away_server(machine)
    yield prisma_cli(prisma, machine.node)
    yield cache(machine.cache)
    yield disk(machine.temporary)


def python(version: tuple[int, int, int]) -> Check:
    said = f"Python {'.'.join(map(str, version))}"
    if version[:2] < OLDEST_PYTHON:
        return failed("python", f"{said} is too old.", "Install Python 3.11 or newer.")
    if version[:2] > NEWEST_PYTHON:
        advice = "Use Python 3.14 if something does not work."
        return warned("python", f"{said} is newer than what was tried.", advice)
    return passed("python", f"{said}.")


def installation(found: Installation) -> Check:
    said = f"migration-bot {found.version}" + (f" of {found.source}" if found.source else "")
    again = "`python -m pip install --force-reinstall migration-bot`"
    if found.missing:
        missing = ", ".join(found.missing)
        return failed("installation", f"{said} lacks packages: {missing}.", f"Run {again}.")
    if found.other:
        return warned(
            "installation",
            f"{said} runs with other packages than it was tried with: {_some(found.other)}.",
            "Run `python -m pip install --require-hashes -r requirements.txt` in its checkout.",
        )
    return passed("installation", f"{said}, {'as its lock has it' if found.locked else 'whole'}.")


def git(version: str | None) -> Check:
    if version is None:
        return failed(
            "git",
            "The program git is not installed: only `check --all` does without.",
            "Install git, such as with `apt-get install git` or `brew install git`.",
        )
    if _numbers(version) < OLDEST_GIT:
        said = f"git {version} does not know what it is asked."
        return failed("git", said, "Install git 2.15 or newer.")
    return passed("git", f"git {version}.")


def client_programs(machine: Machine) -> Check:
    """Whether backups can be taken here of any server; that of each target says of its own."""
    if machine.trouble is not None:
        return refused("client-programs", machine.trouble)
    able = _majors(each for each in machine.programs if each.dumps)
    if not able:
        return warned(
            "client-programs",
            "There is no pg_dump here, so no backup can be taken or restored.",
            f"Install it, such as with `apt-get install postgresql-client-{NEWEST_POSTGRES}`, or "
            "`python -m pip install 'migration-bot[embedded]'`.",
        )
    return passed("client-programs", f"pg_dump and pg_restore of PostgreSQL {_listed(able)}.")


def throw_away_server(machine: Machine) -> Check:
    """What rehearsals run on, and backups are proved on."""
    if machine.trouble is not None:
        return skipped("throw-away-server", "not looked for, as PostgreSQL's programs were not.")
    able = _majors(each for each in machine.programs if each.runs_servers)
    if not able:
        return warned(
            "throw-away-server",
            "No PostgreSQL here can run a throw-away server: nothing is rehearsed or proved.",
            "Run `python -m pip install 'migration-bot[embedded]'`.",
        )
    return passed("throw-away-server", f"PostgreSQL {_listed(able)} can be started here.")


def prisma_cli(prisma: str | Trouble | None, node: str | None) -> Check:
    """Only what makes SQL of a schema, or the client, asks Prisma."""
    if prisma is None:
        return skipped("prisma", "no Prisma here; it is needed to compare schema.prisma, no more.")
    if isinstance(prisma, Trouble):
        return refused("prisma", prisma)
    major = _numbers(prisma)[0]
    if major > NEWEST_PRISMA:
        return failed(
            "prisma",
            f"Prisma {prisma} has another format of migrations than this bot reads.",
            f"Stay on it: `npm install --save-dev prisma@{NEWEST_PRISMA}`.",
        )
    if node is None:
        said = f"Prisma {prisma} is here, and the program node is not."
        return warned("prisma", said, "Install Node.js, and put `node` on the PATH.")
    if major < OLDEST_PRISMA:
        return warned(
            "prisma",
            f"Prisma {prisma} is older than what was tried.",
            f"Upgrade it: `npm install --save-dev prisma@{NEWEST_PRISMA}`.",
        )
    return passed("prisma", f"Prisma {prisma}, Node.js {node}.")


def cache(place: Place) -> Check:
    """Of replayed histories; without it each rehearsal replays all of it."""
    if not place.path:
        return warned(
            "cache",
            "There is no place for a cache: every rehearsal replays the whole history.",
            "Set MIGRATION_BOT_CACHE to the absolute path of a directory.",
        )
    if not place.writable:
        return warned(
            "cache",
            f"The cache {place.path} cannot be written to.",
            "Let this user write there, or set MIGRATION_BOT_CACHE to another directory.",
        )
    return passed("cache", f"The cache is {place.path}.")


def disk(place: Place) -> Check:
    """Where throw-away servers have their data."""
    if not place.writable:
        return failed(
            "disk",
            f"{place.path}, for temporary files, cannot be written to.",
            "Set TMPDIR to a directory that this user may write to.",
        )
    if place.free is None:
        return skipped("disk", f"nobody says how much is free in {place.path}.")
    said = f"{size_text(place.free)} are free in {place.path}"
    advice = "Free some of it, or set TMPDIR to a directory on another disk."
    if place.free < LITTLE:
        return failed("disk", f"Only {said}, for temporary files.", advice)
    if place.free < ENOUGH:
        return warned("disk", f"Only {said}, for temporary files.", advice)
    return passed("disk", f"{said}, for temporary files.")


def _numbers(version: str) -> tuple[int, int]:
    found = _NUMBERS.search(version)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _majors(programs: Iterator[Programs]) -> list[int]:
    return sorted({each.major for each in programs})


def _listed(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


def _some(names: Sequence[str], most: int = 3) -> str:
    more = len(names) - most
    shown = ", ".join(names[:most])
    return f"{shown} and {count(more, 'other')}" if more > 0 else shown
