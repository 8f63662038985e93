from pathlib import Path

import pytest

from bot.adapters.prisma.schema import Config, find_config, find_schema
from bot.errors import UsageError
from tests.shell import write

SOURCE = 'datasource db {\n  provider = "postgresql"\n}\n'
MIGRATIONS = "prisma/migrations"


def found(root: Path, files: dict[str, str | bytes], named: str | None = None) -> str:
    """The path of the schema, from the root."""
    write(root, {f"{MIGRATIONS}/migration_lock.toml": "", **files})
    migrations = root / MIGRATIONS
    config = find_config(migrations.parent, root)
    schema = find_schema(migrations, root, config, root / named if named else None)
    assert schema.texts
    return schema.path.relative_to(root).as_posix()


def refusal(root: Path, files: dict[str, str | bytes]) -> str:
    with pytest.raises(UsageError) as caught:
        found(root, files)
    assert caught.value.hint
    return caught.value.message


@pytest.mark.parametrize(
    ("files", "path"),
    [
        (["prisma/schema.prisma"], "prisma/schema.prisma"),
        (["prisma/schema/a.prisma", "prisma/schema/b/c.prisma"], "prisma/schema"),
        (["prisma/a.prisma", "prisma/b.prisma"], "prisma"),
        (["schema.prisma"], "schema.prisma"),
        (["prisma/schema.prisma", "prisma/other.prisma"], "prisma/schema.prisma"),
    ],
)
def test_it_is_found_where_prisma_looks(tmp_path: Path, files: list[str], path: str) -> None:
    assert found(tmp_path, dict.fromkeys(files, SOURCE)) == path


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_configuration_says_where_it_is(tmp_path: Path, end: str) -> None:
    config = end.join(["export default {", '  schema: "db/models",', "}"])
    files: dict[str, str | bytes] = {
        "prisma.config.ts": config,
        "db/models/a.prisma": SOURCE.replace("\n", end),
        "prisma/schema.prisma": SOURCE,
    }
    assert found(tmp_path, files) == "db/models"


def test_a_configuration_that_must_be_run_to_tell_is_not_guessed_at(tmp_path: Path) -> None:
    """The schema beside it may be another, and what that lacks would be dropped."""
    files: dict[str, str | bytes] = {
        "prisma.config.ts": "export default { schema: process.env.SCHEMA }",
        "prisma/schema.prisma": SOURCE,
    }
    assert "prisma.config.ts says where the schema is" in refusal(tmp_path, files)
    assert found(tmp_path, files, "prisma/schema.prisma") == "prisma/schema.prisma"


def test_package_json_says_it_too(tmp_path: Path) -> None:
    package = '{"prisma": {"schema": "db/x.prisma"}}'
    assert found(tmp_path, {"package.json": package, "db/x.prisma": SOURCE}) == "db/x.prisma"


@pytest.mark.parametrize("package", ["", "{", "[]", '{"prisma": 1}', '{"prisma": {"schema": 1}}'])
def test_any_other_package_json_says_nothing(tmp_path: Path, package: str) -> None:
    files: dict[str, str | bytes] = {"package.json": package, "prisma/schema.prisma": SOURCE}
    assert found(tmp_path, files) == "prisma/schema.prisma"


def test_what_is_named_goes_before_all(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"prisma/schema.prisma": SOURCE, "x.prisma": SOURCE}
    assert found(tmp_path, files, "x.prisma") == "x.prisma"


def test_without_one_it_is_said_where_it_was_looked_for(tmp_path: Path) -> None:
    assert "not at prisma/schema.prisma, prisma/schema, schema.prisma" in refusal(tmp_path, {})


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("mysql", "MySQL"),
        ("sqlite", "SQLite"),
        ("sqlserver", "SQL Server"),
        ("mongodb", "MongoDB"),
        ("cockroachdb", "CockroachDB"),
        ("oracle", "oracle"),
    ],
)
def test_other_databases_are_refused_by_name(tmp_path: Path, provider: str, name: str) -> None:
    schema = SOURCE.replace("postgresql", provider)
    assert f"is for {name}," in refusal(tmp_path, {"prisma/schema.prisma": schema})


def test_a_schema_without_a_datasource_is_said(tmp_path: Path) -> None:
    assert "no datasource" in refusal(tmp_path, {"prisma/schema.prisma": "model A {}"})


def test_a_schema_that_is_no_text_is_said(tmp_path: Path) -> None:
    assert "it is not UTF-8" in refusal(tmp_path, {"prisma/schema.prisma": b"\xff\xfe"})


def test_the_nearest_configuration_counts_and_that_of_7_first(tmp_path: Path) -> None:
    shop = tmp_path / "apps" / "shop"
    write(tmp_path, {"prisma.config.ts": "top", "apps/shop/.config/prisma.mjs": "own"})
    assert find_config(shop / "prisma", tmp_path) == Config(shop / ".config/prisma.mjs", "own")
    write(shop, {"prisma7.config.js": "seven"})
    assert find_config(shop / "prisma", tmp_path).text == "seven"
    assert find_config(tmp_path / "elsewhere", tmp_path).text == "top"
    assert find_config(tmp_path.parent / "outside", tmp_path.parent) == Config()


def test_no_way_leads_out_of_the_checkout(tmp_path: Path) -> None:
    write(tmp_path, {"prisma.config.ts": "outside", "repo/package.json": "{}"})
    assert find_config(tmp_path / "repo", tmp_path / "repo") == Config()
