"""The Prisma CLI as a judge: what it says about a database that we have migrated."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.npm import installed

SOURCE = Path(__file__).with_name("oracle")
# The last of major 6, which the same stand-in for an engine serves.
SOURCE_6 = Path(__file__).with_name("oracle-6")
UNASKED = "PRISMA ITSELF WAS NOT ASKED whether it agrees with us"
_SECONDS = 120

# A project's schema.prisma, where it does not matter what is in it.
SCHEMA = 'datasource db {\n  provider = "postgresql"\n}\n'

# An object needs no import of "prisma/config", and so no node_modules beside the project.
CONFIGURATION = """\
export default {
  schema: "schema.prisma",
  migrations: { path: "migrations" },
  datasource: { url: process.env.DATABASE_URL },
};
"""


class Answer(NamedTuple):
    """How Prisma ended, and all that it said."""

    code: int
    text: str


@dataclass(frozen=True)
class Prisma:
    """An installed CLI. `project` is always the folder with schema.prisma and migrations/ in it."""

    home: Path

    def status(self, url: str, project: Path) -> Answer:
        return self.run("migrate", "status", url=url, project=project)

    def deploy(self, url: str, project: Path) -> Answer:
        return self.run("migrate", "deploy", url=url, project=project)

    def resolve(self, url: str, project: Path, *options: str) -> Answer:
        return self.run("migrate", "resolve", *options, url=url, project=project)

    def diff(self, url: str, project: Path) -> Answer:
        """What the schema has and the database lacks; exit code 2 if there is anything."""
        sides: tuple[str, ...] = ("--from-config-datasource", "--to-schema", "schema.prisma")
        if self.home.parent.name == SOURCE_6.name:
            file = "schema.prisma"
            sides = ("--from-schema-datasource", file, "--to-schema-datamodel", file)
        options = ("--script", "--exit-code")
        return self.run("migrate", "diff", *sides, *options, url=url, project=project)

    def run(self, *arguments: str, project: Path, url: str = "") -> Answer:
        config = project / "prisma.config.ts"
        if not config.exists():
            config.write_text(CONFIGURATION, "utf-8")
        done = subprocess.run(
            [self.home / "node_modules" / ".bin" / "prisma", *arguments],
            cwd=project,
            env=self._environment(project, url),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_SECONDS,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode("utf-8"))

    @property
    def engines(self) -> Mapping[str, str]:
        """Where its engines are; 6 wants one for queries to be there, and does not ask it."""
        return {
            "PRISMA_SCHEMA_ENGINE_BINARY": str(self.home / "schema-engine"),
            "PRISMA_QUERY_ENGINE_LIBRARY": str(self.home / "package.json"),
        }

    def _environment(self, project: Path, url: str) -> Mapping[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(project),
            **self.engines,
            "CHECKPOINT_DISABLE": "1",
            "PRISMA_HIDE_UPDATE_MESSAGE": "1",
            "NO_COLOR": "1",
            "CI": "1",
        } | ({"DATABASE_URL": url} if url else {})


def find_prisma() -> Prisma:
    """Skips the test where Prisma cannot be had."""
    return Prisma(installed(SOURCE, unasked=UNASKED))


def find_prisma_6() -> Prisma:
    """The same for Prisma 6."""
    return Prisma(installed(SOURCE_6, unasked=UNASKED, finish=_with_engine))


def _with_engine(folder: Path) -> None:
    shutil.copy2(SOURCE / "schema-engine", folder)
