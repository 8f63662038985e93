"""The generate hook with Prisma itself: after `apply`, the client is that of the schema."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.commands.place import CONFIGURATION, Place, repository
from tests.npm import installed
from tests.prisma.oracle import CONFIGURATION as PRISMA_CONFIGURATION
from tests.prisma.oracle import SOURCE
from tests.shell import Done, bot

UNASKED = "PRISMA'S OWN GENERATE WAS NOT RUN as a hook"
SCHEMA = """\
datasource db {
  provider = "postgresql"
}
generator client {
  provider = "prisma-client"
  output   = "../client"
}
model Animal {
  id Int @id
}
"""
MODEL = "client/models/Animal.ts"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """A project whose node_modules have the Prisma of the tests."""
    home = installed(SOURCE, unasked=UNASKED)
    found = repository(tmp_path / "project")
    (found.root / "node_modules").symlink_to(home / "node_modules")
    found.write("prisma/schema.prisma", SCHEMA)
    found.write("prisma.config.ts", PRISMA_CONFIGURATION.replace('"schema.', '"prisma/schema.'))
    yield found
    (found.root / "node_modules").unlink()


def apply(
    place: Place, database: str, *more: str, hook: str = "npx --no-install prisma generate"
) -> Done:
    """By the command line itself: the client is a file of the place, which a call may change."""
    place.write(CONFIGURATION, f"hooks: {{generate: {hook}}}\n")
    environ = {
        "DATABASE_URL": database,
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(place.root),
        # It is only looked for: nothing of `generate` runs it.
        "PRISMA_SCHEMA_ENGINE_BINARY": str(installed(SOURCE, unasked=UNASKED) / "schema-engine"),
    }
    return bot("apply", "development", *more, cwd=place.root, environ=environ)


@pytest.mark.slow
def test_the_client_is_generated_after_an_apply_and_not_without(
    place: Place, database: str
) -> None:
    without = apply(place, database, "--no-generate")
    assert without.code == 0, without.said
    assert not (place.root / MODEL).exists()

    done = apply(place, database)

    assert done.code == 0, done.said
    assert "generate | ✔ Generated Prisma Client" in done.err
    assert "AnimalModel" in (place.root / MODEL).read_text("utf-8")


@pytest.mark.slow
@pytest.mark.soak
def test_what_prisma_says_of_a_schema_with_errors_is_shown_and_the_database_is_fine(
    place: Place, database: str
) -> None:
    place.write("prisma/schema.prisma", SCHEMA.replace("Int", "Imt"))

    done = apply(place, database)

    assert done.code == 2
    assert "development is up to date: 1 migration applied" in done.out
    assert "development is up to date, but: The generate hook" in done.err
    assert 'Type "Imt" is neither a built-in type' in done.err


@pytest.mark.slow
def test_without_node_it_is_said_what_to_install(place: Place, database: str) -> None:
    done = apply(place, database, hook="npx-is-not-here prisma generate")

    assert done.code == 2
    assert "npx-is-not-here: No such file or directory" in done.err
    assert "Install npx-is-not-here" in done.err
