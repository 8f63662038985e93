"""The Prisma command line, asked what SQL a schema makes: offline, and knowing nothing but that.

The schema is a stranger's. `prisma migrate diff` reads it and runs none of its generators, and
the program sees no file, no variable and no configuration of the repository.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from bot.adapters.prisma.bounded import Ended, private_directory, run_bounded
from bot.adapters.prisma.version import major_of, version_beside, version_in
from bot.errors import UsageError

VARIABLE = "MIGRATION_BOT_PRISMA"
OF_THE_CHECKOUT = Path("node_modules", ".bin", "prisma")
SECONDS = 60.0
MOST_BYTES = 16 * 1024 * 1024
MOST_SCHEMA_BYTES = 4 * 1024 * 1024
_SCHEMA = "schema.prisma"
_SHOWN = 300
_HINT = "Try `prisma migrate diff --from-empty` with this schema, and mend what it says."

# Where its parts are on this machine, and nothing of what it could reach.
HANDED_ON = (
    "PATH",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PRISMA_SCHEMA_ENGINE_BINARY",
    "PRISMA_QUERY_ENGINE_BINARY",
    "PRISMA_QUERY_ENGINE_LIBRARY",
    "PRISMA_FMT_BINARY",
    "PRISMA_CLI_BINARY_TARGETS",
)
SETTINGS = {
    "CI": "1",
    "NO_COLOR": "1",
    "CHECKPOINT_DISABLE": "1",
    "PRISMA_HIDE_UPDATE_MESSAGE": "1",
    "NODE_OPTIONS": "--max-old-space-size=1024",
    # An engine that is missing would be downloaded: nothing listens there.
    "PRISMA_ENGINES_MIRROR": "http://127.0.0.1:9",
}


@dataclass(frozen=True)
class PrismaCli:
    """A Prisma command line. `program` may be missing: it is said when it is asked."""

    program: Path
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = SECONDS
    most: int = MOST_BYTES

    @cached_property
    def version(self) -> str:
        """Raises UsageError if there is no such program, or it is not Prisma's."""
        if not (self.program.is_file() and os.access(self.program, os.X_OK)):
            raise UsageError(
                f"{self.program} is no program.",
                hint=f"Let {VARIABLE} name the prisma command, such as node_modules/.bin/prisma.",
            )
        found = version_beside(self.program) or self._said_version()
        if not found:
            raise UsageError(
                f"{self.program} does not say which version of Prisma it is.",
                hint=f"Let {VARIABLE} name the prisma command, such as node_modules/.bin/prisma.",
            )
        return found

    def sql_of(self, schemas: Mapping[str, str]) -> str:
        """The SQL that makes everything these files model, from nothing. Raises UsageError."""
        major = major_of(self.version)
        if major >= 8:
            raise UsageError(
                f"Prisma {self.version} has no `prisma migrate`.",
                hint="Prisma 5, 6 and 7 can be asked; stay on `prisma@7`.",
            )
        # Files of one schema may stand in any order, so that one holds them all, for any version.
        text = "\n".join(each.removeprefix("\ufeff") for each in schemas.values())
        if len(text.encode("utf-8", "replace")) > MOST_SCHEMA_BYTES:
            raise UsageError("The Prisma schema is too large to be asked about.", hint=_HINT)
        option = "--to-schema" if major >= 7 else "--to-schema-datamodel"
        done = self._run("migrate", "diff", "--from-empty", option, _SCHEMA, "--script", text=text)
        if done.stopped or done.code != 0 or not done.out.strip():
            raise UsageError(
                f"Prisma {self.version} made no SQL of the schema: {_reason(done)}.", hint=_HINT
            )
        return done.out

    def _said_version(self) -> str:
        return version_in(self._run("--version").out)

    def _run(self, *arguments: str, text: str | None = None) -> Ended:
        try:
            with private_directory() as place:
                if text is not None:
                    (place / _SCHEMA).write_bytes(text.encode("utf-8", "replace"))
                return run_bounded(
                    [str(self.program), *arguments],
                    place=place,
                    environ=self._environment(place),
                    seconds=self.seconds,
                    most=self.most,
                )
        except OSError as error:
            raise UsageError(
                f"{self.program} could not be run: {error.strerror or error}.",
                hint="Free some space for temporary files, and try again.",
            ) from None

    def _environment(self, place: Path) -> Mapping[str, str]:
        kept = {name: self.environ[name] for name in HANDED_ON if name in self.environ}
        return {"PATH": os.defpath, **kept, **SETTINGS, "HOME": str(place), "TMPDIR": str(place)}


def find_prisma(environ: Mapping[str, str], root: Path | None) -> PrismaCli | None:
    """The one that MIGRATION_BOT_PRISMA names, or at a terminal the checkout's own.

    On GitHub's runner the checkout is a stranger's, and so is a program in it.
    """
    if named := environ.get(VARIABLE):
        return PrismaCli(Path(named).absolute(), environ)
    if environ.get("GITHUB_ACTIONS") == "true" or root is None:
        return None
    own = root.absolute() / OF_THE_CHECKOUT
    return PrismaCli(own, environ) if own.is_file() else None


def _reason(done: Ended) -> str:
    if done.stopped:
        return done.stopped
    lines = [" ".join(each.split()) for each in (done.err or done.out).splitlines()]
    telling = [each for each in lines if each.lower().startswith("error: ") and each[7:8] != "P"]
    said = next(iter([*telling, *(each for each in lines if each)]), "it said nothing")
    said = said[7:] if said.lower().startswith("error: ") else said
    shown = "".join(each if each.isprintable() else "\ufffd" for each in said).rstrip(".")
    return shown if len(shown) <= _SHOWN else f"{shown[: _SHOWN - 1]}…"
