"""Where the project's own Prisma is: in node_modules, from the schema up to the workspace's root.

npm and yarn put a link there, pnpm a script; in a workspace either stands at its top or beside the
package that wants it.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.prisma.bounded import private_directory, run_bounded
from bot.adapters.prisma.version import major_of, version_beside, version_in
from bot.errors import UsageError

VARIABLE = "MIGRATION_BOT_PRISMA"
OLDEST, NEWEST = 5, 7
_PROGRAMS = ("prisma", "prisma7")
_SECONDS = 60.0
_MOST_BYTES = 1024 * 1024
_EMPTY = "`migration-bot create NAME --empty` needs neither Prisma nor Node."


@dataclass(frozen=True)
class InstalledPrisma:
    """A program, and the version of Prisma that it is."""

    program: Path
    version: str

    @property
    def major(self) -> int:
        return major_of(self.version)


def installed_prisma(
    start: Path, root: Path | None, environ: Mapping[str, str], scrubbed: Mapping[str, str]
) -> InstalledPrisma:
    """The one that MIGRATION_BOT_PRISMA names, or the nearest from `start` up to `root`.

    Raises UsageError without one, and for a version that has no `prisma migrate` as we know it.
    """
    named = environ.get(VARIABLE)
    programs = [Path(named).absolute()] if named else [*_programs(start, root)]
    found = [_known(each, scrubbed) for each in programs[:2]]
    if not found:
        raise _missing(start, root)
    known = next((each for each in found if each.major <= NEWEST), found[0])
    if known.major > NEWEST:
        raise UsageError(
            f"The project's Prisma is {known.version}, which has no `prisma migrate`.",
            hint="Prisma 5, 6 and 7 can be asked: stay on `prisma@7`, or install "
            f"`@prisma/prisma7` beside it. {_EMPTY}",
        )
    if known.major < OLDEST:
        raise UsageError(
            f"The project's Prisma is {known.version}, which is too old to be asked.",
            hint=f"Prisma 5, 6 and 7 can be: `npm install --save-dev prisma@5`. {_EMPTY}",
        )
    return known


def upwards(start: Path, root: Path | None) -> Iterator[Path]:
    """A folder and those around it, as far as the checkout goes."""
    for folder in (start, *start.parents):
        yield folder
        if folder == root:
            return


def _programs(start: Path, root: Path | None) -> Iterator[Path]:
    for folder in upwards(start, root):
        for name in _PROGRAMS:
            program = folder / "node_modules" / ".bin" / name
            if program.is_file() and os.access(program, os.X_OK):
                yield program
        if any((folder / "node_modules" / ".bin" / name).exists() for name in _PROGRAMS):
            return


def _known(program: Path, scrubbed: Mapping[str, str]) -> InstalledPrisma:
    if not (program.is_file() and os.access(program, os.X_OK)):
        raise UsageError(
            f"{program} is no program.",
            hint=f"Let {VARIABLE} name the prisma command, such as node_modules/.bin/prisma.",
        )
    version = version_beside(program) or _said(program, scrubbed)
    if not version:
        raise UsageError(
            f"{program} does not say which version of Prisma it is.",
            hint=f"Let {VARIABLE} name the prisma command, such as node_modules/.bin/prisma.",
        )
    return InstalledPrisma(program, version)


def _said(program: Path, scrubbed: Mapping[str, str]) -> str:
    try:
        with private_directory() as place:
            done = run_bounded(
                [str(program), "--version"],
                place=place,
                environ=scrubbed,
                seconds=_SECONDS,
                most=_MOST_BYTES,
            )
    except OSError:
        return ""
    return version_in(done.out)


def _missing(start: Path, root: Path | None) -> UsageError:
    if any((folder / ".pnp.cjs").exists() for folder in upwards(start, root)):
        return UsageError(
            "The project's packages are Yarn's Plug'n'Play, which has no node_modules.",
            hint="Set `nodeLinker: node-modules` in .yarnrc.yml and run `yarn install`; or let "
            f'{VARIABLE} name a script that runs `yarn prisma "$@"`. {_EMPTY}',
        )
    if any((folder / "package.json").exists() for folder in upwards(start, root)):
        return UsageError(
            "Prisma is not installed in this project: there is no node_modules/.bin/prisma.",
            hint="Run `npm install` (`pnpm install`, `yarn`), with `prisma` among its packages. "
            + _EMPTY,
        )
    return UsageError(
        f"There is no Prisma here: no package.json and no node_modules in {start} or around it.",
        hint=f"Go to the project, or let {VARIABLE} name its prisma command. {_EMPTY}",
    )
