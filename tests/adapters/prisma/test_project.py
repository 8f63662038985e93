"""The project's own Prisma, by a stand-in that tells what it is given."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.adapters.prisma.project import FoundPrisma, ProjectPrisma
from bot.core.targets.url import parse_url
from bot.errors import UsageError
from tests.adapters.prisma.test_cli import program
from tests.shell import write

SHADOW = parse_url("postgresql://author:pa55word@db.example:5432/shadow?sslmode=disable")
SCHEMA = 'datasource db {\n  provider = "postgresql"\n  url = env("SHOP_URL")\n}\n'
SECRETS = {
    "SHOP_URL": "postgresql://shop:canary@production/shop",
    "DATABASE_URL": "postgresql://canary@production/shop",
    "GITHUB_TOKEN": "canary",
    "NODE_OPTIONS": "--require=canary",
    "PGPASSWORD": "canary",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write(tmp_path, {"shop/package.json": "{}", "shop/prisma/schema.prisma": SCHEMA})
    return tmp_path / "shop"


def found(
    shop: Path,
    script: str,
    version: str = "7.10.1",
    *,
    schema: str | None = None,
    environ: Mapping[str, str] = SECRETS,
) -> FoundPrisma:
    program(shop, script, version)
    return ProjectPrisma(shop / "prisma/migrations", shop, shop, environ).found(schema)


def refusal(prisma: FoundPrisma) -> str:
    with pytest.raises(UsageError) as caught:
        prisma.difference(SHADOW)
    assert caught.value.hint
    return caught.value.message


def test_what_it_writes_is_the_difference_whatever_it_says_before(shop: Path) -> None:
    said = "Loaded Prisma config.\\n\\n-- CreateTable\\nCREATE TABLE t ();\\n\\n"
    difference = found(shop, f"printf '{said}'").difference(SHADOW)
    assert difference.sql == "-- CreateTable\nCREATE TABLE t ();\n"
    assert (difference.schema, difference.prisma) == ("prisma/schema.prisma", "7.10.1")


def test_an_empty_migration_is_no_difference(shop: Path) -> None:
    said = found(shop, "printf -- '-- This is an empty migration.\\n\\n'").difference(SHADOW)
    assert said.empty


def test_it_sees_the_shadow_database_and_nothing_else_that_is_secret(shop: Path) -> None:
    """Under each name that the project has for a connection string."""
    seen = shop / "seen"
    prisma = found(shop, f"env > {seen}; echo '-- x'")
    prisma.difference(SHADOW)
    lines = dict(each.partition("=")[::2] for each in seen.read_text().splitlines())
    assert "canary" not in seen.read_text()
    for name in ("SHOP_URL", "DATABASE_URL", "MIGRATION_BOT_SHADOW_URL"):
        assert lines[name] == SHADOW.text
    assert lines["MIGRATION_BOT_SCHEMA"] == str(shop / "prisma/schema.prisma")


@pytest.mark.parametrize(
    ("version", "files"),
    [("7.0.0", "prisma.config.ts"), ("6.19.3", "shadow.prisma"), ("5.22.0", "shadow.prisma")],
)
def test_the_files_it_is_told_of_are_there_while_it_runs(
    shop: Path, version: str, files: str
) -> None:
    script = 'for each in "$@"; do case $each in /*) test -f "$each" || exit 9;; esac; done\n'
    done = found(shop, f'{script}echo "-- $@"', version).difference(SHADOW)
    assert f"/{files}" in done.sql
    place = next(Path(each) for each in done.sql.split() if each.endswith(files)).parent
    assert not place.exists()


@pytest.mark.parametrize(
    ("config", "place"),
    [
        (None, ""),
        ("prisma.config.ts", ""),
        (".config/prisma.ts", ""),
        ("prisma/prisma.config.ts", "prisma"),
    ],
)
def test_it_is_run_where_its_configuration_is(shop: Path, config: str | None, place: str) -> None:
    if config is not None:
        write(shop, {config: "export default {}"})
    assert found(shop, "echo -- $(pwd)").difference(SHADOW).sql.split() == ["--", str(shop / place)]


def test_a_schema_is_named_from_where_the_command_is_given(shop: Path) -> None:
    write(shop, {"prisma/models/a.prisma": SCHEMA})
    assert found(shop, "echo -- x", schema="prisma/models").schema == "prisma/models"


def test_nothing_secret_is_in_what_is_said_of_a_failure(shop: Path) -> None:
    said = refusal(found(shop, 'echo "error: no way to $DATABASE_URL" >&2; exit 1'))
    assert "no way to" in said
    assert "pa55word" not in said


def test_one_that_does_not_end_is_ended(shop: Path) -> None:
    prisma = replace(found(shop, "sleep 60"), seconds=0.5)
    assert "Prisma 7.10.1 was ended" in refusal(prisma)


def test_one_that_says_nothing_has_failed(shop: Path) -> None:
    assert "It said nothing" in refusal(found(shop, "exit 0"))


def test_a_program_that_cannot_be_run_is_said(shop: Path) -> None:
    prisma = found(shop, "exit 0")
    gone = replace(prisma, place=shop / "gone")
    assert "could not be run: No such file" in refusal(gone)


@pytest.mark.parametrize(("version", "kept"), [("6.3.1", False), ("6.4.0", True), ("7.0.0", True)])
def test_a_version_that_knows_no_configuration_is_given_none(
    shop: Path, version: str, *, kept: bool
) -> None:
    write(shop, {"prisma.config.ts": "export default {}"})
    assert (found(shop, "exit 0", version).config.path is not None) is kept


def test_in_a_job_of_github_it_is_not_even_looked_for(tmp_path: Path) -> None:
    """Its configuration is code of a checkout which may be a stranger's."""
    own = ProjectPrisma(tmp_path / "gone", tmp_path, tmp_path, {"GITHUB_ACTIONS": "true"})
    with pytest.raises(UsageError, match="not run in a job of GitHub Actions"):
        own.found()


def test_the_environment_is_not_in_what_python_says_of_it() -> None:
    assert "canary" not in repr(ProjectPrisma(Path("m"), None, Path(), SECRETS))
