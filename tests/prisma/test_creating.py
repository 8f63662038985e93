"""What `create` writes, by the real Prisma CLI: applied, and Prisma finds no difference left."""

import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import SERVERS
from tests.docs.documents import blocks
from tests.prisma.changes import CHANGES, MODELS, schemas
from tests.prisma.oracle import CONFIGURATION, Prisma, find_prisma, find_prisma_6
from tests.shell import ROOT, Done, bot, git, write

# Prisma takes two seconds each time it is asked, and it is asked twice for each change.
pytestmark = pytest.mark.slow

one_server = pytest.mark.parametrize("server", [*SERVERS][:1], indirect=True, scope="session")
SOURCE = 'datasource db {\n  provider = "postgresql"\n}\n'
SOURCE_6 = SOURCE.replace("\n}", '\n  url      = env("DATABASE_URL")\n}')
CONFIGURATION_6 = (
    'export default { schema: "schema.prisma", migrations: { path: "migrations" } };\n'
)


@dataclass(frozen=True)
class Project:
    """A checkout whose packages are an oracle's."""

    top: Path
    prisma: Prisma
    source: str

    def change(self, text: str) -> None:
        write(self.top, {"prisma/schema.prisma": text})

    def bot(self, *arguments: str, **environ: str) -> Done:
        cache = {"MIGRATION_BOT_CACHE": str(self.top.parent / "cache")}
        return bot(*arguments, cwd=self.top, environ={**self.prisma.engines, **cache, **environ})

    def create(self, name: str, *options: str) -> dict[str, Any]:
        done = self.bot("create", name, "--format", "json", *options)
        assert done.code == 0, done.said
        found: dict[str, Any] = json.loads(done.out)
        return found

    def refused(self, *options: str, **environ: str) -> str:
        before = self.folders
        done = self.bot("create", "x", *options, **environ)
        assert done.code == 2, done.said
        assert "hint:" in done.err
        assert self.folders == before
        return done.err

    @property
    def folders(self) -> list[str]:
        return sorted(each.parent.name for each in self.top.glob("prisma/migrations/*/*.sql"))


def project(top: Path, prisma: Prisma, source: str, configuration: str) -> Project:
    made = Project(top, prisma, source)
    files = {"package.json": "{}", ".gitignore": "node_modules\n"}
    write(top, {**files, "prisma/prisma.config.ts": configuration})
    (top / "node_modules").symlink_to(prisma.home / "node_modules")
    git("init", "--quiet", cwd=top)
    made.change(source + MODELS)
    return made


@pytest.fixture
def of_7(tmp_path: Path) -> Project:
    return project(tmp_path / "shop", find_prisma(), SOURCE, CONFIGURATION)


@pytest.fixture
def of_6(tmp_path: Path) -> Project:
    return project(tmp_path / "shop", find_prisma_6(), SOURCE_6, CONFIGURATION_6)


@pytest.mark.parametrize("major", ["of_7", pytest.param("of_6", marks=pytest.mark.soak)])
@pytest.mark.parametrize(
    "together", [len(CHANGES) - 1, pytest.param(1, marks=pytest.mark.soak)], ids=["all", "each"]
)
@one_server
def test_after_each_change_prisma_finds_no_difference(
    request: pytest.FixtureRequest, database: str, major: str, together: int
) -> None:
    """One after the other; or the first, and all others at once."""
    given: Project = request.getfixturevalue(major)
    steps = [*schemas(given.source)][::together]
    for number, (name, text) in enumerate(steps, start=1):
        given.change(text)

        created = given.create(name)

        assert (created["created"], created["refused"]) == (True, ""), name
        assert created["prisma"].startswith("7." if major == "of_7" else "6.")
        assert re.match(r"-- [A-Z]\w+\n", created["sql"]), name
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(created["sql"].encode())
        left = given.prisma.diff(database, given.top / "prisma")
        assert left.code == 0, (name, left.text)
        assert len(given.folders) == number
    assert len(CHANGES) >= 20
    assert given.create("nothing")["created"] is False
    assert len(given.folders) == len(steps)


def test_a_schema_with_mistakes_is_told_in_prisma_s_words(of_7: Project) -> None:
    of_7.change(of_7.source + MODELS.replace("String?", "Strin?"))
    said = of_7.refused()
    assert "Prisma 7.10.1 finds mistakes in the schema:" in said
    assert 'Type "Strin" is neither a built-in type' in said
    assert "schema.prisma:" in said


def test_windows_line_ends_change_nothing(of_7: Project) -> None:
    of_7.change((of_7.source + MODELS).replace("\n", "\r\n"))
    lock = b'# Lock\r\nprovider = "postgresql"\r\n'
    write(of_7.top, {"prisma/migrations/migration_lock.toml": lock})
    assert 'CREATE TABLE "User" (\n    "id" SERIAL NOT NULL,' in of_7.create("first")["sql"]
    assert of_7.create("second")["created"] is False
    assert (of_7.top / "prisma/migrations/migration_lock.toml").read_bytes() == lock


@pytest.mark.soak
@pytest.mark.parametrize("major", ["of_7", "of_6"])
def test_a_schema_in_several_files_schemas_and_preview_features(
    request: pytest.FixtureRequest, major: str
) -> None:
    given: Project = request.getfixturevalue(major)
    source = given.source.replace("\n}", '\n  schemas = ["public", "billing"]\n}')
    features = 'generator client {\n  provider = "x"\n  previewFeatures = ["views"]\n}\n'
    bill = 'model Bill {\n  id Int @id\n  @@schema("billing")\n}\n'
    user = MODELS.replace("name  String?", 'name  String?\n  @@schema("public")')
    configuration = given.top / "prisma/prisma.config.ts"
    (given.top / "prisma/schema.prisma").unlink()
    write(
        given.top,
        {
            "prisma/prisma.config.ts": configuration.read_text("utf-8").replace(
                "schema.prisma", "schema"
            ),
            "prisma/schema/main.prisma": source + features,
            "prisma/schema/models/user.prisma": user,
            "prisma/schema/models/bill.prisma": bill,
        },
    )
    created = given.create("two schemas")
    assert created["prisma_schema"] == "prisma/schema"
    assert 'CREATE SCHEMA IF NOT EXISTS "billing";' in created["sql"]
    assert 'CREATE TABLE "billing"."Bill"' in created["sql"]
    assert given.create("nothing")["created"] is False


def test_no_connection_string_of_the_project_is_used(of_7: Project) -> None:
    """The configuration wants variables; it gets that of the shadow database for each."""
    write(
        of_7.top,
        {
            "prisma/prisma.config.ts": """\
import { writeFileSync } from "node:fs";
import { defineConfig, env } from "prisma/config";
writeFileSync(process.env.HOME + "/seen.json", JSON.stringify(process.env));
export default defineConfig({
  schema: "schema.prisma",
  datasource: { url: env("SHOP_URL"), shadowDatabaseUrl: env("SHOP_SHADOW_URL") },
});
"""
        },
    )
    secret = "postgresql://shop:canary-5f1e@db.example/shop"
    home = str(of_7.top.parent)
    given = {"SHOP_URL": secret, "API_TOKEN": "canary-77aa", "HOME": home}
    done = of_7.bot("create", "first", **given)
    assert done.code == 0, done.said
    seen = json.loads((of_7.top.parent / "seen.json").read_text())
    assert "canary" not in json.dumps(seen)
    assert seen["SHOP_URL"] == seen["SHOP_SHADOW_URL"] == seen["DATABASE_URL"]
    assert "/rehearsal" in seen["SHOP_URL"]


def test_without_node_it_says_so(of_7: Project, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for name in ("git", "sh", "env"):
        found = next(Path(each, name) for each in ("/usr/bin", "/bin") if Path(each, name).exists())
        (tmp_path / "bin" / name).symlink_to(found)
    assert "There is no Node.js here" in of_7.refused(PATH=str(tmp_path / "bin"))


@pytest.mark.soak
@one_server
def test_the_page_s_commands_do_what_it_says(of_7: Project, database: str) -> None:
    """Each of docs/how-to/create-a-migration.md, with something to do for it."""
    commands = [
        shlex.split(each)[1:]
        for block in blocks(ROOT / "docs/how-to/create-a-migration.md", "console")
        for each in block.text.removeprefix("$ ").splitlines()
    ]
    assert len(commands) == 6
    of_7.create("first")
    git("add", "--all", cwd=of_7.top)
    git("commit", "--quiet", "--message", "first", cwd=of_7.top)
    git("branch", "--move", "main", cwd=of_7.top)
    git("checkout", "--quiet", "-b", "branch", cwd=of_7.top)
    assert of_7.bot("apply", "staging", STAGING_DATABASE_URL=database).code == 0
    columns, said = "", []
    for number, command in enumerate(commands):
        if command[0] == "create":
            columns += f"\n  column{number} Int?\n  @@index([column{number}])"
            of_7.change(of_7.source + MODELS.replace("String?", f"String?{columns}"))
        done = of_7.bot(*command, STAGING_DATABASE_URL=database)
        assert done.code == 0, (command, done.said)
        said.append(done.out)
    texts = [each.read_text("utf-8") for each in sorted(of_7.top.glob("prisma/migrations/*/*.sql"))]
    assert any("CONCURRENTLY" in each for each in texts)
    assert "down.sql is beside it, proved" in said[2]
    assert "-- Purpose: Customers pay by invoice from May on\n\n-- AlterTable\n" in "".join(texts)
    assert "what was changed by hand in staging" in " ".join(said[5].split())


@pytest.mark.soak
@pytest.mark.parametrize("schema", ["public", "billing"])
@one_server
def test_what_a_target_has_by_hand_is_not_made_again(
    of_7: Project, database: str, schema: str
) -> None:
    """Whatever schema its URL names: no name in the script says one."""
    url = f"{database}{'&' if '?' in database else '?'}schema={schema}"
    of_7.create("first")
    assert of_7.bot("apply", "staging", STAGING_DATABASE_URL=url).code == 0
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f'ALTER TABLE "{schema}"."User" ADD COLUMN "nick" TEXT'.encode())
    both = MODELS.replace("String?", "String?\n  nick String?\n  age Int?")
    of_7.change(of_7.source + both)

    options = ("--from-target", "staging", "--format", "json")
    done = of_7.bot("create", "age", *options, STAGING_DATABASE_URL=url)

    assert done.code == 0, done.said
    sql = json.loads(done.out)["sql"]
    assert sql == '-- AlterTable\nALTER TABLE "User" ADD COLUMN     "age" INTEGER;\n'
    applied = of_7.bot("apply", "staging", STAGING_DATABASE_URL=url)
    assert applied.code == 0, applied.said
    assert of_7.prisma.diff(url, of_7.top / "prisma").code == 0
