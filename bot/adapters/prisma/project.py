"""The project's own Prisma, asked by a developer what its schema has that a database has not.

It runs with code of the checkout, the configuration and what that imports: never in a job of
GitHub's, where the checkout is a stranger's. Of the environment it sees where programs are, and
one connection string, that of a throw-away database, under every name that it may want one by.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.prisma.address import prisma_url
from bot.adapters.prisma.asking import SCHEMA_VARIABLE, SHADOW_VARIABLE, asking, knows_config
from bot.adapters.prisma.bounded import Ended, private_directory, run_bounded
from bot.adapters.prisma.cli import HANDED_ON, SETTINGS
from bot.adapters.prisma.installed import InstalledPrisma, installed_prisma, upwards
from bot.adapters.prisma.refusals import refusal
from bot.adapters.prisma.schema import Config, Schema, find_config, find_schema
from bot.adapters.prisma.texts import variables_in
from bot.core.migrations.difference import EMPTY, Difference
from bot.core.redact import Redactor
from bot.core.targets.url import ConnectionUrl
from bot.errors import UsageError

SECONDS = 120.0
MOST_BYTES = 16 * 1024 * 1024
# Where programs that choose a version of Node look.
_HOMES = ("HOME", "NVM_DIR", "VOLTA_HOME", "ASDF_DIR", "ASDF_DATA_DIR", "FNM_DIR", "MISE_DATA_DIR")
_SHADOWED = ("DATABASE_URL",)


@dataclass(frozen=True)
class ProjectPrisma:
    """Finds it when it is asked for. `migrations` is the folder, `root` the checkout's top, and
    `start` where the command line was given."""

    migrations: Path
    root: Path | None
    start: Path
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    def found(self, schema: str | None = None) -> "FoundPrisma":
        """With its schema, or the one that is named. Raises UsageError."""
        if self.environ.get("GITHUB_ACTIONS") == "true":
            raise UsageError(
                "Prisma is not run in a job of GitHub Actions: its configuration is code of the "
                "checkout.",
                hint="Create it on your own machine; `create NAME --empty` runs nothing.",
            )
        beside = self.migrations.parent
        config = find_config(beside, self.root)
        named = self.start / schema if schema is not None else None
        found = find_schema(self.migrations, self.root, config, named)
        place = config.path.parent if config.path else _package(beside, self.root)
        place = place.parent if place.name == ".config" else place
        prisma = installed_prisma(beside, self.root, self.environ, self._scrubbed())
        if not knows_config(prisma.version):
            config = Config()
        return FoundPrisma(prisma, found, config, place, self.root, self._scrubbed())

    def _scrubbed(self) -> Mapping[str, str]:
        kept = {name: self.environ[name] for name in (*HANDED_ON, *_HOMES) if name in self.environ}
        return {"PATH": os.defpath, **kept, **SETTINGS}


@dataclass(frozen=True)
class FoundPrisma:
    """A program, a schema, and the folder that it is run in."""

    prisma: InstalledPrisma
    model: Schema
    config: Config
    place: Path
    root: Path | None
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)
    seconds: float = SECONDS

    @property
    def version(self) -> str:
        return self.prisma.version

    @property
    def schema(self) -> str:
        """Its path, from the checkout's top where it is in one."""
        path, root = self.model.path, self.root
        return (
            path.relative_to(root).as_posix() if root and path.is_relative_to(root) else str(path)
        )

    def difference(self, url: ConnectionUrl) -> Difference:
        """What leads from what is in that database to the schema. Raises UsageError."""
        address = prisma_url(url)
        done = self._run(address)
        if done.stopped or done.code != 0 or not done.out.strip():
            redactor = Redactor({*url.secrets, address} if url.password else ())
            raise refusal(done, self.version, redactor.redact)
        return Difference(_script(done.out), self.schema, self.version)

    def _run(self, address: str) -> Ended:
        try:
            with private_directory() as private:
                asked = asking(
                    self.version,
                    place=private,
                    schema=self.model.path,
                    config=self.config.path,
                )
                for name, text in asked.files.items():
                    (private / name).write_text(text, "utf-8")
                return run_bounded(
                    [str(self.prisma.program), *asked.arguments],
                    place=self.place,
                    environ={**self._shadowed(address), "TMPDIR": str(private)},
                    seconds=self.seconds,
                    most=MOST_BYTES,
                )
        except OSError as error:
            raise UsageError(
                f"{self.prisma.program} could not be run: {error.strerror or error}.",
                hint="Look whether it is there and may be run, and whether there is room for "
                "temporary files.",
            ) from None

    def _shadowed(self, address: str) -> Mapping[str, str]:
        wanted = variables_in(self.model.texts.values(), self.config.text)
        names = {*_SHADOWED, *wanted, SHADOW_VARIABLE} - {*self.environ}
        named = dict.fromkeys(names, address)
        return {**self.environ, **named, SCHEMA_VARIABLE: str(self.model.path)}


def _package(start: Path, root: Path | None) -> Path:
    """The nearest folder with a package.json: where Prisma is called from."""
    folders = upwards(start, root)
    return next((each for each in folders if (each / "package.json").is_file()), start)


def _script(said: str) -> str:
    """As Prisma writes it to a file; what else a version says comes before it."""
    lines = said.splitlines()
    first = next((n for n, each in enumerate(lines) if each.startswith(("--", "/*"))), 0)
    script = "\n".join(lines[first:]).strip("\n")
    return "" if script == EMPTY else f"{script}\n"
