"""What Prisma said when it made no script, told as our errors are: what happened, what to do."""

import re
from collections.abc import Callable

from bot.adapters.prisma.bounded import Ended
from bot.errors import UsageError

_NO_PROGRAM = 127
_MOST_LINES = 40
_MOST_COLUMNS = 300
_EMPTY = "`migration-bot create NAME --empty` needs neither Prisma nor Node"
_HEADING = re.compile(r"^Error:\s*(P\d{4})?:?\s*$")
_NOISE = re.compile(
    r"^(Loaded Prisma config from|Prisma (schema|config) (loaded|detected)|"
    r"Environment variables loaded|Prisma config detected|warn |npm warn|\s+\d+: schema_)"
)
_NO_VARIABLE = re.compile(r"(?:environment variable: |Environment variable not found: )(\w+)")
_DOWNLOAD = re.compile(
    r"binaries\.prisma\.sh|127\.0\.0\.1:9\b|ENOTFOUND|Failed to fetch the engine"
)
_NO_PACKAGE = re.compile(r"Cannot find (?:module|package) '([^'\n]{1,100})'")


def refusal(done: Ended, version: str, clean: Callable[[str], str]) -> UsageError:
    """`clean` strikes secrets out of what it said."""
    said = clean(f"{done.err}\n{done.out}" if done.code else done.err or done.out)
    if done.stopped:
        return UsageError(
            f"Prisma {version} was ended: {done.stopped}.",
            hint="Try again when the machine is less busy; `npx prisma validate` shows whether "
            "the schema is the reason.",
        )
    if done.code == _NO_PROGRAM:
        return UsageError(
            "There is no Node.js here, and Prisma is a program of it.",
            hint=f"Install Node.js, or put `node` into PATH. {_EMPTY}.",
        )
    if missing := _NO_VARIABLE.search(said):
        return UsageError(
            f"The project's Prisma wants the environment variable {missing[1]}, which it is not "
            "shown: it sees connection strings of a throw-away database alone.",
            hint=f'Let prisma.config.ts do without {missing[1]} (`process.env.{missing[1]} ?? ""`).'
            f" {_EMPTY}.",
        )
    if _DOWNLOAD.search(said):
        return UsageError(
            f"The schema engine of Prisma {version} is not installed.",
            hint="Run `npx prisma --version` once, which downloads it; here nothing is downloaded.",
        )
    if package := _NO_PACKAGE.search(said):
        return UsageError(
            f"The project's Prisma lacks the package {_shown(package[1])}.",
            hint=f"Run `npm install` (`pnpm install`, `yarn`). {_EMPTY}.",
        )
    told = _told(said)
    if "P1012" in said or "error: " in said:
        return UsageError(
            f"Prisma {version} finds mistakes in the schema:\n{told}",
            hint="Mend them; `npx prisma validate` shows them too.",
        )
    return UsageError(
        f"Prisma {version} made no script of the schema:\n{told}",
        hint="Mend what it says, or write the SQL yourself: `create NAME --empty`.",
    )


def _told(said: str) -> str:
    lines = [_shown(each.rstrip()) for each in said.splitlines() if not _NOISE.match(each)]
    kept = [each for each in lines if not _HEADING.match(each)]
    while kept and not kept[0].strip():
        kept.pop(0)
    while kept and not kept[-1].strip():
        kept.pop()
    more = len(kept) - _MOST_LINES
    if more > 0:
        kept = [*kept[:_MOST_LINES], f"… and {more} more lines"]
    return "\n".join(f"  {each}".rstrip() for each in kept) or "  It said nothing."


def _shown(text: str) -> str:
    """A line of what a program has said of a stranger's text: nothing in it moves the cursor."""
    line = "".join(each if each.isprintable() else "\ufffd" for each in text.replace("\t", "    "))
    return line if len(line) <= _MOST_COLUMNS else f"{line[: _MOST_COLUMNS - 1]}…"
